"""What the buttons of a review do: each calls one action and comes back to the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from housewide.access.gates import see, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.reviews import actions
from housewide.reviews.forms import CommentForm, DecisionForm, MonthForm, UnfreezeForm
from housewide.reviews.models import Review
from housewide.reviews.rolling_up import comment_below
from housewide.reviews.views.pages import page, review_at
from housewide.work.queries import people_who_see


def _the_review(request: HttpRequest, place: str, period: str) -> Review:
    see(request.user, "see.reviews", place)
    found = review_at(place, period)
    if found is None:
        raise NotSeen("There is nothing here that you can see.")
    return found


def _done(
    request: HttpRequest,
    place: str,
    period: str,
    do: Callable[[], Any],
    said: str,
    form: django_forms.Form | None = None,
) -> HttpResponse:
    """Do it and come back; a refusal is shown on the page with what was typed."""
    if form is None or form.is_valid():
        try:
            do()
        except Refused as refusal:
            return page(request, place, period, refusal=str(refusal), bound=form)
        messages.success(request, said)
        return redirect("review", place=place, period=period)
    return page(request, place, period, bound=form)


@require_POST
def open_review(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """Begin the review."""
    see(request.user, "see.reviews", place)

    def do() -> None:
        actions.open_review(by=signed_in(request), place=place, period=period)

    return _done(request, place, period, do, "The review is open.")


@require_POST
def comment(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST text, measure; for a measure also continues, action, action_owner, action_due, promise_value, promise_by"""
    review = _the_review(request, place, period)
    form: django_forms.Form = MonthForm(request.POST)
    if request.POST.get("measure"):
        form = CommentForm(request.POST, people=people_who_see(place), period=period)

    def do() -> None:
        actions.comment_on_review(by=signed_in(request), review=review, **form.cleaned_data)

    return _done(request, place, period, do, "Comment kept.", form)


@require_POST
def still_true(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST measure: what was last said about it still stands."""
    review, measure = _the_review(request, place, period), request.POST.get("measure", "")

    def do() -> None:
        actions.carry_comment(by=signed_in(request), review=review, measure=measure)

    return _done(request, place, period, do, "Kept: what was said still stands.")


@require_POST
def adopt(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST comment: take a comment of a review below into this one."""
    review = _the_review(request, place, period)
    found = comment_below(review, request.POST.get("comment", ""))
    if found is None:
        raise NotSeen("There is nothing here that you can see.")

    def do() -> None:
        actions.adopt_comment(by=signed_in(request), review=review, comment=found)

    return _done(request, place, period, do, "The comment is in this review now.")


@require_POST
def decide(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST text, owner"""
    review = _the_review(request, place, period)
    form = DecisionForm(request.POST, people=people_who_see(place))

    def do() -> None:
        actions.record_decision(by=signed_in(request), review=review, **form.cleaned_data)

    return _done(request, place, period, do, "Decision kept.", form)


@require_POST
def close_month(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """Close the month of what the review rests on, as far as the person may."""
    review = _the_review(request, place, period)
    said = "The month is closed for what you answer for. Rows that come later are set aside until someone restates it."
    return _done(request, place, period, lambda: actions.close_month(by=signed_in(request), review=review), said)


@require_POST
def freeze(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """Freeze the figures; POST below=1 also freezes drafts below."""
    review, below = _the_review(request, place, period), bool(request.POST.get("below"))

    def do() -> None:
        actions.freeze_review(by=signed_in(request), review=review, below=below)

    return _done(request, place, period, do, "Figures frozen.")


@require_POST
def unfreeze(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST reason"""
    review = _the_review(request, place, period)
    form = UnfreezeForm(request.POST)

    def do() -> None:
        actions.unfreeze_review(by=signed_in(request), review=review, **form.cleaned_data)

    return _done(request, place, period, do, "The figures were taken back.", form)


@require_POST
def sign(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """Sign the frozen figures; POST without: why, though reviews below are not signed."""
    review, without = _the_review(request, place, period), request.POST.get("without", "")

    def do() -> None:
        actions.sign_review(by=signed_in(request), review=review, without=without)

    return _done(request, place, period, do, "Signed.")
