"""The review of a place and month: prepare, close the month, freeze, sign, print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import allowed, places_where, see
from housewide.kit.actions import NotSeen
from housewide.kit.audit.models import Act
from housewide.kit.clock import today
from housewide.kit.jobs.models import Job
from housewide.kit.lists import Column, Filter, RowSource, list_response
from housewide.kit.periods import BadPeriod, Month, months_back
from housewide.org.models import Account, Place
from housewide.org.tree import tree_on
from housewide.reviews import actions, months
from housewide.reviews.boards import for_the_board
from housewide.reviews.forms import DecisionForm, MonthForm, UnfreezeForm
from housewide.reviews.jobs import KIND
from housewide.reviews.models import Review
from housewide.reviews.offering import places_offered
from housewide.reviews.queries import visible_reviews
from housewide.reviews.rolling_up import below, drafts_below, unsigned_below
from housewide.reviews.subjects import review_address
from housewide.reviews.timetable import due_days
from housewide.reviews.views.cards import Cards, cards_of
from housewide.work.queries import people_who_see, tasks_about

MONTHS_OFFERED = 3
ACTS = {
    "review.open": "Review opened",
    "review.comment": "Comment added",
    "review.still_true": "Comment carried on",
    "review.adopt": "Comment taken from below",
    "review.decide": "Decision written down",
    "review.close_month": "Month closed",
    "review.freeze": "Figures frozen",
    "review.unfreeze": "Figures taken back",
    "review.sign": "Signed",
    "review.make_pack": "Pack made",
}


@require_GET
def listed(request: HttpRequest) -> HttpResponseBase:
    """GET /reviews/: what there is, and the last months of places whose review has not begun."""
    seen = places_where(request.user, "see.reviews")
    if not seen:
        raise NotSeen("There is nothing here that you can see.")
    states = [(label, label) for label in ["Not begun", *Review.State.labels]]
    columns = [
        Column("place", "Place", "link", link=lambda row: row["url"]),
        Column("period", "Month", value=lambda row: row["period"]),
        Column("state", "State"),
        Column("figures", "Figures", "number"),
        Column("restated", "Restated since", "number"),
        Column("signed", "Signed by"),
    ]
    filters = [Filter("state", "State", states), Filter("place", "Place")]
    source = RowSource(lambda: _rows(request.user), columns, filters)  # type: ignore[arg-type]
    empty = ("No reviews yet", "A review appears here once a duty measures something at a place you see.")
    actions = [{"title": "Who is late", "url": reverse("reviews-late"), "icon": "clock"}]
    context = {"actions": actions}
    return list_response(request, source, title="Reviews & packs", noun="reviews", empty=empty, context=context)


def _rows(account: Account) -> list[dict[str, Any]]:
    tree = tree_on(today())
    counted = visible_reviews(account).annotate(
        figure_count=Count("figures"), restated_count=Count("figures", filter=Q(figures__restated_at__isnull=False))
    )
    reviews = {(one.place.code, one.period): one for one in counted.prefetch_related("signatures__by__person")}
    last = Month.of(today()).shift(-1)
    own = {code for code, _ in reviews}
    places = [
        code
        for code in places_offered(places_where(account, "see.reviews"))
        if tree.places[code].kind != Place.Kind.UNIT or code in own  # a unit is reviewed with its department
    ]
    keys = dict.fromkeys(
        [*reviews, *((code, str(month)) for code in places for month in months_back(last, MONTHS_OFFERED))]
    )
    rows = []
    for code, period in sorted(
        keys, key=lambda key: (-Month.parse(key[1]).first_day().toordinal(), len(tree.above(key[0])), key[0])
    ):
        review = reviews.get((code, period))
        rows.append({
            "place": tree.places[code].name,
            "period": period,
            "state": review.get_state_display() if review else "Not begun",
            "figures": getattr(review, "figure_count", 0) or None,
            "restated": getattr(review, "restated_count", 0) or None,
            "signed": ", ".join(str(one.by) for one in review.signatures.all()) if review else "",
            "url": reverse("review", args=[code, period]),
        })  # fmt: skip
    return rows


def review_at(place: str, period: str) -> Review | None:
    """The review of a place and month, if it was begun; gates are for the caller."""
    return Review.objects.select_related("place", "opened_by__person").filter(place__code=place, period=period).first()


@require_GET
def show(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """GET /at/<place>/<period>/review/"""
    return page(request, place, period)


def page(
    request: HttpRequest, place: str, period: str, *, refusal: str = "", bound: django_forms.Form | None = None
) -> HttpResponse:
    """The page, with what was refused and what was typed when a change did not happen (422)."""
    where = see(request.user, "see.reviews", place)
    month = month_or_404(period)
    review = review_at(place, period)
    account: Account = request.user  # type: ignore[assignment]
    can = {key: allowed(account, f"review.{key}", place) for key in ("comment", "sign", "close")}
    can["pack"], can["task"] = allowed(account, "pack.download", place), allowed(account, "task.raise", place)
    writes = can["comment"] and review is not None and review.state != Review.State.SIGNED
    people = people_who_see(place) if writes else None
    about = request.GET.get("about", "")
    cards = cards_of(review, place, period, bound=bound, about=about, people=people)
    context: dict[str, Any] = {
        "title": f"Review of {where.name}", "lead": month.title, "place": where, "period": period, "month": month,
        "review": review, "can": can, "refusal": refusal, "writes": writes, "about": about,
        "crumbs": [{"title": "Reviews & packs", "url": reverse("reviews")}],
        "stages": _stages(review, cards, place, period), "cards": cards, "due": due_days(place, month),
    }  # fmt: skip
    if review:
        context |= {**packs_of(review, account), **_about(review, account, bound, people or []), "can": can}
        context["closes_some"] = any(not one["ask"] for one in context["open_books"])
    return render(request, "reviews/review.html", context, status=422 if refusal or (bound and bound.errors) else 200)


def month_or_404(period: str) -> Month:
    try:
        return Month.parse(period)
    except BadPeriod as problem:
        raise Http404 from problem


@dataclass(frozen=True)
class Step:
    """One step of the bar: done, current or still to come."""

    title: str
    detail: str
    state: str


def _stages(review: Review | None, cards: Cards, place: str, period: str) -> list[Step]:
    closed = not months.still_open(place, period)
    frozen_at = review.frozen_at if review else None
    signed = review is not None and review.state == Review.State.SIGNED
    packs = review.packs.count() if review else 0
    said = review.comments.count() if review else 0
    written = f"{said} comment{'' if said == 1 else 's'}" + (f", {cards.missing} missing" if cards.missing else "")
    done = [review is not None and not cards.missing, closed, frozen_at is not None, signed, signed and packs > 0]
    details = [
        written if review else "not begun",
        "closed" if closed else "still open",
        f"{frozen_at:%b} {frozen_at.day}, {frozen_at.year}" if frozen_at else "not yet",
        "signed" if signed else "not yet",
        f"{packs} made" if packs else "none yet",
    ]
    current = next((at for at, one in enumerate(done) if not one), None)
    titles = ("Prepare", "Close month", "Freeze", "Sign", "Pack")
    return [
        Step(title, detail, "done" if done[at] else "current" if at == current else "todo")
        for at, (title, detail) in enumerate(zip(titles, details, strict=True))
    ]


def _open_books(review: Review, account: Account) -> list[dict[str, Any]]:
    """What is still open, each with whom to ask where it is not this person's to close."""
    still_open = months.open_books(review) if review.state != Review.State.SIGNED else []
    return [{"title": one.title(), "ask": "" if one.may_close(account) else one.ask_whom()} for one in still_open]


def packs_of(review: Review, account: Account) -> dict[str, Any]:
    """What the card of the packs shows: those that were made and the account may see, and those being made for it."""
    place = review.place.code
    jobs = Job.objects.filter(kind=KIND, place=place, asked_by=account, params__review=review.public_id)
    names = allowed(account, "surgeon.names", place)
    return {
        "packs": review.packs.all() if names else review.packs.filter(names_shown=False),
        "boards": for_the_board(review),
        "jobs": jobs.exclude(state=Job.State.DONE)[:3],
        "can": {"pack": allowed(account, "pack.download", place)},
    }


def _about(review: Review, account: Account, bound: django_forms.Form | None, people: list[Account]) -> dict[str, Any]:
    acts = Act.objects.filter(subject=f"review:{review.public_id}").order_by("-pk")[:30]
    actors = Account.objects.filter(username__in={act.actor for act in acts}).select_related("person")
    called = {one.username: str(one) for one in actors}
    return {
        "month_comments": [one for one in review.comments.select_related("by__person") if not one.measure],
        "month_form": bound if isinstance(bound, MonthForm) else MonthForm(auto_id="month_%s"),
        "decisions": review.decisions.select_related("owner__person", "by__person"),
        "decision_form": bound if isinstance(bound, DecisionForm) else DecisionForm(auto_id="decide_%s", people=people),
        "below": below(review, account),
        "unsigned": unsigned_below(review) if review.state == Review.State.FROZEN else [],
        "drafts": len(drafts_below(review)) if review.state == Review.State.DRAFT else 0,
        "unfreeze_form": bound if isinstance(bound, UnfreezeForm) else UnfreezeForm(auto_id="unfreeze_%s"),
        "not_ready": actions.not_ready_to_sign(review) if review.state == Review.State.FROZEN else [],
        "open_books": _open_books(review, account),
        "signatures": [
            {"one": one, "holds": actions.signature_holds(one)}
            for one in review.signatures.select_related("by__person", "on_behalf_of__person")
        ],
        "tasks": tasks_about("review", review.public_id, account),
        "history": [
            *((ACTS.get(act.name, act.name), called.get(act.actor, act.actor), act.at, act.reason) for act in acts),
            (ACTS["review.open"], str(review.opened_by), review.opened_at, ""),
        ],
        "address": review_address(review),
    }
