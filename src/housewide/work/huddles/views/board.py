"""The board of a huddle: start it, say who came, work through what is open, end it. Its wall and its sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from housewide.access.gates import allowed, places_where, signed_in
from housewide.access.sessions import is_here
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.org.models import Account
from housewide.work.huddles import actions, queries
from housewide.work.huddles.boards import Board, board_of
from housewide.work.huddles.forms import AttendanceForm, RaiseForm, RecordForm, SkipForm
from housewide.work.huddles.models import Huddle
from housewide.work.huddles.moments import at, calendar_of_place, next_workday
from housewide.work.huddles.plans import Meeting, plans_on
from housewide.work.huddles.queries import attendance_of, people_expected
from housewide.work.huddles.views.tiers import tiers_around


def day_from(text: str) -> date:
    """The day of an address. Raises NotSeen."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotSeen(queries.NOTHING) from None


@require_GET
def show(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """GET /huddles/<place>/<day>/"""
    return _page(request, board_of(signed_in(request), place, day_from(day)))


@require_GET
def sheet(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """GET /huddles/<place>/<day>/sheet/: one page of paper"""
    board = board_of(signed_in(request), place, day_from(day))
    people = people_expected(board.meeting, plans_on(), board.day)
    blank = [*map(str, people), *[""] * max(0, 8 - len(people))]
    return render(request, "huddles/sheet.html", {**_about(board), "people": blank, "blank": range(5)})


@require_GET
def wall(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """GET /huddles/<place>/<day>/wall/: large and dark, renews itself; keeps one signed in while the huddle is on"""
    account = signed_in(request)
    asked = day_from(day)
    board = board_of(account, place, asked)
    if queries.is_on(board.meeting, board.day, board.huddle, board.now):
        is_here(request)
    return render(
        request, "huddles/wall.html", {**_about(board), "theme": "dark", "tiers": tiers_around(board, account)}
    )


def _about(board: Board) -> dict[str, Any]:
    meeting = board.meeting
    return {
        "title": f"{meeting.tier.title}, {meeting.place.name}",
        "board": board,
        "place": meeting.place,
        "day": board.day,
        "topics": meeting.topics,
    }


def _page(request: HttpRequest, board: Board, **bound: django_forms.Form) -> HttpResponse:
    account = signed_in(request)
    meeting, huddle = board.meeting, board.huddle
    code = meeting.place.code
    runs = allowed(account, actions.RUNS, code)
    people = people_expected(meeting, plans_on(), board.day)
    marked = attendance_of(huddle)
    began = huddle is not None and huddle.state in (Huddle.State.UNDER_WAY, Huddle.State.HELD)
    context = {
        **_about(board),
        "lead_words": f"{meeting.tier.who} · {board.day:%A, %b} {board.day.day}, {board.day.year} · "
        f"{meeting.tier.time:%H:%M}, {meeting.tier.minutes} minutes",
        "crumbs": [("Huddles", reverse("huddles"))],
        "tiers": tiers_around(board, account),
        "runs": runs,
        "raises": allowed(account, "huddle.raise", code),
        "is_today": board.day == today(),
        "began": began,
        "started": huddle is not None and huddle.state == Huddle.State.UNDER_WAY,
        "people": people,
        "marked": marked,
        "came": sum(presence != "absent" for presence in marked.values()),
        "attendance_form": bound.get("attendance")
        or AttendanceForm(people, marked, initial={"others": huddle.others if huddle else 0}, auto_id="came_%s"),
        "record_form": bound.get("record") or RecordForm(people, marked, auto_id="record_%s"),
        "skip_form": bound.get("skip") or SkipForm(auto_id="skip_%s"),
        "raise_form": raise_form(account, meeting),
        "opened": next(iter(bound), ""),
        "before": _neighbour(board, -1),
        "after": _neighbour(board, 1),
    }
    return render(request, "huddles/board.html", context, status=422 if bound else 200)


def raise_form(account: Account, meeting: Meeting | None, data: Any = None) -> RaiseForm:
    """The form with the topics and places of a huddle, or of everything the account may raise issues about."""
    plans = plans_on()
    may_at = places_where(account, "huddle.raise")
    if meeting is not None:
        code = meeting.place.code
        codes = [one for one in dict.fromkeys([*plans.rows(code), code]) if one in may_at]
        topics = meeting.topics
    else:
        codes = [one for one in sorted(may_at) if plans.home_of(one)]
        homes = [home for one in codes if (home := plans.home_of(one))]
        topics = tuple({topic.key: topic for home in homes for topic in home.topics}.values())
    places = sorted(((one, plans.tree.places[one].name) for one in codes), key=lambda pair: pair[1])
    if meeting is not None and meeting.place.code in codes and len(plans.rows(meeting.place.code)) == 1:
        places = [(meeting.place.code, meeting.place.name)]
    if len(places) > 1:
        places.insert(0, ("", "Choose a place"))
    return RaiseForm(topics, places, data, auto_id="raise_%s")


def _neighbour(board: Board, step: int) -> str:
    """The address of the workday before or after; "" for a day still to come."""
    code = board.meeting.place.code
    try:
        day = calendar_of_place(code).workday_before(board.day) if step < 0 else next_workday(code, board.day)
    except ValueError:
        return ""
    return reverse("huddle", args=[code, day.isoformat()]) if day <= today() else ""


@require_POST
def start(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """POST; only today's"""
    queries.see_meeting(signed_in(request), place)
    if day_from(day) != today():
        messages.error(request, "Only today's huddle can be started. Enter one that was held on paper instead.")
        return redirect("huddle", place=place, day=day)
    return _do(request, place, day, lambda: actions.start_huddle(by=signed_in(request), place=place), "Begun.")


@require_POST
def end(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """POST"""
    huddle = _record_of(request, place, day)
    return _do(request, place, day, lambda: actions.end_huddle(by=signed_in(request), huddle=huddle), "Ended.")


@require_POST
def skip(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """POST reason"""
    queries.see_meeting(signed_in(request), place)
    form = SkipForm(request.POST, auto_id="skip_%s")
    if not form.is_valid():
        return _page(request, board_of(signed_in(request), place, day_from(day)), skip=form)
    by, asked = signed_in(request), day_from(day)
    reason = form.cleaned_data["reason"]
    return _do(request, place, day,
               lambda: actions.skip_huddle(by=by, place=place, day=asked, reason=reason), "Noted.")  # fmt: skip


@require_POST
def attendance(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """POST a presence for each person"""
    huddle = _record_of(request, place, day)
    meeting = queries.see_meeting(signed_in(request), place)
    people = people_expected(meeting, plans_on(), huddle.day)
    form = AttendanceForm(people, {}, request.POST, auto_id="came_%s")
    if not form.is_valid():
        return _page(request, board_of(signed_in(request), place, huddle.day), attendance=form)
    by = signed_in(request)
    return _do(
        request, place, day,
        lambda: actions.mark_attendance(by=by, huddle=huddle, presences=form.presences(), others=form.others()),
        "Attendance kept.",
    )  # fmt: skip


@require_POST
def record(request: HttpRequest, place: str, day: str) -> HttpResponse:
    """POST times and who came, of a huddle held on paper"""
    by, asked = signed_in(request), day_from(day)
    meeting = queries.see_meeting(by, place)
    form = RecordForm(people_expected(meeting, plans_on(), asked), {}, request.POST, auto_id="record_%s")
    if not form.is_valid():
        return _page(request, board_of(by, place, asked), record=form)
    given = form.cleaned_data
    started, ended = at(place, asked, given["started"]), at(place, asked, given["ended"])
    return _do(
        request, place, day,
        lambda: actions.record_huddle(by=by, place=place, day=asked, started=started, ended=ended,
                                      presences=form.presences(), others=form.others()),
        "Entered.",
    )  # fmt: skip


def _record_of(request: HttpRequest, place: str, day: str) -> Huddle:
    queries.see_meeting(signed_in(request), place)
    found = queries.huddle_on(place, day_from(day))
    if found is None:
        raise Refused("This huddle has not begun. Start it first; nothing was changed.")
    return found


def _do(request: HttpRequest, place: str, day: str, act: Any, done: str) -> HttpResponse:
    """One change and back to the board; a gate's refusal goes to the page of refusals, the others are said here."""
    if not allowed(request.user, actions.RUNS, place):
        act()  # raises, in the gate's own words
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("huddle", place=place, day=day)
