"""The calendar of a month's review, who is late, and the days that a facility sets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from housewide.access.gates import allowed, places_where, see, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.kit.lists import Column, Filter, RowSource, list_response
from housewide.kit.periods import Month
from housewide.org.tree import tree_on
from housewide.reviews.actions import set_calendar
from housewide.reviews.answering import Duty, duties
from housewide.reviews.forms import CalendarForm
from housewide.reviews.timetable import DatedStep, dated_steps, steps
from housewide.reviews.views.pages import month_or_404

WHAT = {"comment": "Comments", "signature": "Signature"}


@require_GET
def show(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """GET /at/<place>/<period>/review/calendar/: the dates of every facility of the place"""
    return _page(request, place, period)


def _page(
    request: HttpRequest, place: str, period: str, bound: CalendarForm | None = None, refusal: str = ""
) -> HttpResponse:
    where, month = see(request.user, "see.reviews", place), month_or_404(period)
    tree = tree_on(month.last_day())
    facilities = [tree.places[code] for code in tree.facilities_below(place)]
    own = facilities[0] if len(facilities) == 1 else None
    tables = [{"facility": one, "steps": _rows(dated_steps(one.code, month))} for one in facilities]
    form = None
    if own is not None and allowed(request.user, "review.close", own.code):
        days = {one.step.key: one.workday for one in dated_steps(own.code, month)}
        form = bound or CalendarForm(initial=days, steps=steps(), auto_id="step_%s")
    context: dict[str, Any] = {
        "title": "Review calendar", "lead": f"{where.name}, {month.title}", "place": where, "period": period,
        "month": month, "tables": tables, "form": form, "own": own, "refusal": refusal,
        "before": str(month.shift(-1)), "after": str(month.shift(1)),
        "crumbs": [
            {"title": "Reviews & packs", "url": reverse("reviews")},
            {"title": f"Review of {where.name}", "url": reverse("review", args=[place, period])},
        ],
    }  # fmt: skip
    wrong = bool(refusal or (bound and bound.errors))
    return render(request, "reviews/calendar.html", context, status=422 if wrong else 200)


def _rows(dated: list[DatedStep]) -> list[dict[str, Any]]:
    day = today()
    return [
        {"title": one.step.title, "says": one.step.says, "workday": one.workday, "day": one.day,
         "past": one.day is not None and one.day < day, "today": one.day == day}
        for one in dated
    ]  # fmt: skip


@require_POST
def change(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST a workday for each step; an empty one leaves the step out. The days hold for the facility of the place."""
    see(request.user, "see.reviews", place)
    month = month_or_404(period)
    facility = tree_on(month.last_day()).facility_of(place)
    if facility is None:
        raise NotSeen("There is nothing here that you can see.")
    form = CalendarForm(request.POST, steps=steps(), auto_id="step_%s")
    if not form.is_valid():
        return _page(request, place, period, form)
    try:
        set_calendar(by=signed_in(request), facility=facility, workdays=form.cleaned_data)
    except Refused as refusal:
        return _page(request, place, period, form, str(refusal))
    messages.success(request, "The calendar is changed, for this month and every other.")
    return redirect("review-calendar", place=place, period=period)


@require_GET
def late(request: HttpRequest) -> HttpResponseBase:
    """GET /reviews/late/: who owes which comment or signature, and for how many days"""
    seen = places_where(request.user, "see.reviews")
    if not seen:
        raise NotSeen("There is nothing here that you can see.")
    columns = [
        Column("place", "Place", "link", link=lambda row: row["url"]),
        Column("month", "Month", order_by="period"),
        Column("what", "Owed"),
        Column("said", "Where it stands"),
        Column("owners", "Who"),
        Column("due", "Due", "date"),
        Column("days_late", "Days late", "number"),
    ]
    filters = [Filter("what", "Owed", [(word, word) for word in WHAT.values()]), Filter("place", "Place")]
    source = RowSource(lambda: [_late_row(one) for one in duties(seen)], columns, filters)
    empty = ("Nothing is owed", "Every review that is due has its comments and its signature.")
    return list_response(
        request, source, title="What reviews are waiting for", noun="entries", empty=empty,
        lead="Comments and signatures that are owed, the oldest first. A delegate sees them under Today.",
        context={"crumbs": [{"title": "Reviews & packs", "url": reverse("reviews")}]},
    )  # fmt: skip


def _late_row(duty: Duty) -> dict[str, Any]:
    return {
        "place": duty.place.name,
        "url": duty.url,
        "period": duty.period,
        "month": Month.parse(duty.period).title,
        "what": WHAT[duty.what],
        "said": duty.said,
        "owners": ", ".join(str(one) for one in duty.owners) or "Nobody",
        "due": duty.due,
        "days_late": duty.days_late or None,
    }
