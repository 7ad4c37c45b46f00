"""Huddles and issues become fact rows: the two questions that the house asks when it publishes them, one month of one
facility at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from housewide.facts import publishing
from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.org.calendars import days_of, month_of
from housewide.org.tree import tree_on
from housewide.work.huddles.models import Attendance, Huddle, Issue
from housewide.work.huddles.moments import moment_at, naive
from housewide.work.huddles.plans import topic_of

HELD, ISSUES = "huddle_held", "huddle_issue"
WEEK = timedelta(days=7)


def huddle_changed(huddle: Huddle) -> None:
    """The facts about a huddle are behind; inside the action that changed it."""
    _changed(HELD, huddle.place.code, huddle.day)


def issue_changed(issue: Issue) -> None:
    """The facts about an issue are behind; inside the action that changed it."""
    _changed(ISSUES, issue.place.code, naive(issue.raised_at, issue.place.code).date())


def _changed(table: str, place: str, day: date) -> None:
    facility = tree_on(today()).facility_of(place)
    if facility:  # what belongs to the system itself is in no facility's facts
        publishing.mark_dirty(table, facility, str(month_of(facility, day)))


def huddles_held(facility: str, month: Month) -> Iterator[dict[str, Any]]:
    """One row per huddle that was to be held and whose day is over or that is over itself."""
    first, last = days_of(facility, month)
    came = Attendance.Presence
    rows = Huddle.objects.filter(place__code__in=tree_on(today()).below(facility), day__gte=first, day__lte=last)
    rows = rows.filter(Q(day__lt=today()) | Q(state__in=[Huddle.State.HELD, Huddle.State.NOT_HELD]))
    rows = rows.select_related("place").annotate(
        listed=Count("attendance"),
        present=Count("attendance", filter=~Q(attendance__presence=came.ABSENT)),
        late=Count("attendance", filter=Q(attendance__presence=came.LATE)),
    )
    for huddle in rows.order_by("day", "place__code"):
        held = huddle.state in (Huddle.State.HELD, Huddle.State.UNDER_WAY)
        yield {
            "huddle_id": huddle.public_id,
            "place": huddle.place.code,
            "day": huddle.day,
            "tier": f"Tier {huddle.tier}",
            "held": held,
            "not_held_reason": "" if held else huddle.reason or "nobody said why",
            "expected": huddle.listed if held else 0,
            "present": huddle.present if held else 0,
            "late": huddle.late if held else 0,
            "started": naive(huddle.started_at, huddle.place.code) if huddle.started_at and held else None,
            "ended": naive(huddle.ended_at, huddle.place.code) if huddle.ended_at and held else None,
        }


def issues_raised(facility: str, month: Month) -> Iterator[dict[str, Any]]:
    """One row per issue, filed under the day on which it was raised."""
    first, last = days_of(facility, month)
    rows = Issue.objects.filter(place__code__in=tree_on(today()).below(facility)).select_related("place", "home")
    for issue in rows.order_by("raised_at", "pk"):
        code = issue.place.code
        raised = naive(issue.raised_at, code)
        if not first <= raised.date() <= last:
            continue
        yield {
            "issue_id": issue.public_id,
            "place": code,
            "day": raised.date(),
            "topic": topic_of(issue.topic).counts_as,
            "kind": issue.kind,
            "reached": f"Tier {issue.reached}",
            "escalated": issue.asked_at is not None,
            "raised": raised,
            "asked": naive(issue.asked_at, code) if issue.asked_at else None,
            "answer_by": naive(issue.first_due, code) if issue.first_due else None,
            "answered": naive(issue.answered_at, code) if issue.answered_at else None,
            "closed": naive(issue.closed_at, code) if issue.closed_at else None,
            "overdue": _is_overdue(issue),
            "week_over": raised.date() <= today() - WEEK,
        }


def _is_overdue(issue: Issue) -> bool:
    owed = issue.asked_at is not None and issue.answered_at is None and issue.first_due is not None
    return bool(owed and issue.first_due and issue.first_due < moment_at(issue.place.code))


def a_week_is_over(day: date) -> None:
    """Issues raised a week ago can be judged now; inside an act, once a day."""
    places = Issue.objects.filter(
        raised_at__gte=moment_at("") - 3 * WEEK, raised_at__lte=moment_at("") - WEEK
    ).values_list("place__code", flat=True)  # fmt: skip
    for place in sorted(set(places)):
        _changed(ISSUES, place, day - WEEK)


def register() -> None:
    publishing.register(HELD, huddles_held)
    publishing.register(ISSUES, issues_raised)
