"""Questions about huddles and issues: what I may see, who answers for a place, what waits for me, who is expected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from housewide.access.gates import GRANTED, allowed, places_where
from housewide.access.models import Grant
from housewide.access.roles import roles_that_can
from housewide.kit.actions import NotSeen
from housewide.kit.clock import today
from housewide.kit.memory import kept, remembered
from housewide.org.models import Account, Person, Place, Position
from housewide.org.tree import tree_on
from housewide.work.huddles.models import Attendance, Huddle, Issue, RoundingNote, Step
from housewide.work.huddles.moments import at, calendar_of_place, moment_at
from housewide.work.huddles.plans import Meeting, Plans, plans_on

SEES, ANSWERS = "see.measures", "huddle.answer"
NOTHING = "There is nothing here that you can see."
GRACE = timedelta(minutes=30)
LATELY = timedelta(days=14)
# Whom a huddle of managers expects from each place that comes to it.
LEADS = re.compile(r"\b(chief|director|manager|supervisor|lead|coordinator|officer)\b", re.IGNORECASE)
State = Issue.State


def visible_issues(account: Account) -> QuerySet[Issue]:
    """Issues about places that the account sees."""
    return Issue.objects.filter(place__code__in=places_where(account, SEES)).select_related(
        "place", "home", "holder", "raised_by__person"
    )


def see_issue(account: Account, public_id: str) -> Issue:
    """The only way to an issue. Raises NotSeen."""
    found = visible_issues(account).filter(public_id=public_id).first()
    if found is None:
        raise NotSeen(NOTHING)
    return found


def see_meeting(account: Account, place: str) -> Meeting:
    """The huddle of a place that the account sees. Raises NotSeen, also where nobody huddles."""
    found = plans_on().meetings.get(place)
    if found is None or not allowed(account, SEES, place):
        raise NotSeen(NOTHING)
    return found


def huddle_on(place: str, day: date) -> Huddle | None:
    """The record of a huddle, when there is one."""
    return Huddle.objects.filter(place__code=place, day=day).select_related("place", "led_by__person").first()


def answerers(place: str) -> list[Account]:
    """Who answers for the huddle of a place: accounts that were given the right there, else at the nearest above."""
    keys = _answering(place)
    found = Account.objects.filter(pk__in=keys).select_related("person").in_bulk()
    return [found[key] for key in keys]


def _answering(place: str) -> tuple[int, ...]:
    day = today()
    by_place = kept(("answerers", day), lambda: _answering_by_place(day), on=GRANTED)
    return next((by_place[up] for up in tree_on(day).above(place) if up in by_place), ())


def _answering_by_place(day: date) -> dict[str, tuple[int, ...]]:
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    able = Grant.objects.filter(holds, role__in=roles_that_can(ANSWERS), account__is_active=True)
    by_place: dict[str, tuple[int, ...]] = {}
    for place, account in able.values_list("place__code", "account"):
        by_place[place] = (*by_place.get(place, ()), account)
    return by_place


def waiting_for(account: Account) -> list[Issue]:
    """Issues whose answer is this account's to give, the most pressing first. Whoever asks must not alter the list."""
    return remembered(("issues that wait for", account.pk), lambda: _waiting_for(account))


def _waiting_for(account: Account) -> list[Issue]:
    waiting = visible_issues(account).filter(state=State.ESCALATED).order_by("answer_by", "pk")
    holders = waiting.order_by().values_list("holder__code", flat=True).distinct()
    mine = [code for code in holders if account.pk in _answering(code)]
    return list(waiting.filter(holder__code__in=mine)) if mine else []


def people_expected(meeting: Meeting, plans: Plans, day: date) -> list[Person]:
    """Who should come: the people of the place; at a huddle of managers those who lead it and the places that come."""
    code = meeting.place.code
    rows = [one for one in plans.rows(code) if one != code]
    leads = bool(rows) and any(one in plans.meetings for one in rows)
    places = {code, *rows} if leads else set(plans.tree.below(code))
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    positions = Position.objects.filter(holds, place__code__in=places).select_related("person").order_by("person__name")
    return list({one.person.pk: one.person for one in positions if not leads or LEADS.search(one.title)}.values())


@dataclass(frozen=True)
class Standing:
    """Where a huddle stands: ``upcoming``, ``due`` (its time has come), ``under_way``, ``held``, ``missed``,
    ``not_held`` (said so), or ``off`` (no workday); in words beside it."""

    key: str
    words: str
    tone: str = ""


def standing(meeting: Meeting, day: date, huddle: Huddle | None, now: datetime) -> Standing:
    """How far the huddle of a day has come, seen from ``now`` at its place."""
    code = meeting.place.code
    if huddle is not None and huddle.state == Huddle.State.UNDER_WAY and huddle.started_at:
        return Standing("under_way", f"under way since {_hour(huddle.started_at, now)}", "now")
    if huddle is not None and huddle.state == Huddle.State.HELD and huddle.started_at:
        return Standing("held", f"held at {_hour(huddle.started_at, now)}", "good")
    if huddle is not None and huddle.state == Huddle.State.NOT_HELD:
        return Standing("not_held", f"not held: {huddle.reason}", "warn")
    starts = at(code, day, huddle.planned if huddle else meeting.tier.time)
    if huddle is None and not calendar_of_place(code).is_workday(day):
        return Standing("off", "no huddle today" if day == now.date() else "no huddle that day")
    if now < starts:
        return Standing("upcoming", f"at {starts:%H:%M}")
    if day == now.date() and now < starts + timedelta(minutes=meeting.tier.minutes) + GRACE:
        return Standing("due", f"due since {starts:%H:%M}", "now")
    return Standing("missed", "not held, and nobody said why", "bad")


def is_on(meeting: Meeting, day: date, huddle: Huddle | None, now: datetime) -> bool:
    """Whether people stand in front of the board: from half an hour before the huddle begins until it is ended, or
    half an hour after its minutes are over."""
    if huddle is not None and huddle.state in (Huddle.State.HELD, Huddle.State.NOT_HELD):
        return False
    starts = at(meeting.place.code, day, huddle.planned if huddle else meeting.tier.time)
    if huddle is not None and huddle.started_at:
        starts = huddle.started_at
    return starts - GRACE <= now < starts + timedelta(minutes=meeting.tier.minutes) + GRACE


def _hour(when: datetime, now: datetime) -> str:
    return f"{when.astimezone(now.tzinfo):%H:%M}"


def attendance_of(huddle: Huddle | None) -> dict[str, str]:
    """Presence by the person's code."""
    if huddle is None:
        return {}
    return dict(Attendance.objects.filter(huddle=huddle).values_list("person__code", "presence"))


def steps_of(issue: Issue) -> list[Step]:
    """The way of an issue, newest first."""
    return list(issue.steps.select_related("by__person", "place", "to").order_by("-pk"))


def rounding_notes(account: Account, place: str = "", day: date | None = None) -> list[RoundingNote]:
    """Notes of rounds at places that the account sees, at or below a place, newest first; at most 200."""
    seen = places_where(account, SEES)
    codes = seen & set(tree_on(today()).below(place)) if place else seen
    found = RoundingNote.objects.filter(place__code__in=codes).select_related("place", "by__person", "issue")
    return list((found.filter(day__gte=day) if day else found)[:200])


def open_issues_below(place: str, account: Account) -> list[Issue]:
    """Open issues about a place or anything below it that the account sees."""
    below = tree_on(today()).below(place)
    return list(visible_issues(account).filter(place__code__in=below).exclude(state=State.CLOSED))


def my_places(account: Account) -> list[Place]:
    """Places about which the account may raise an issue, by name."""
    codes = places_where(account, "huddle.raise")
    return sorted((tree_on(today()).places[code] for code in codes), key=lambda place: place.name)


def day_of(place: str) -> date:
    """The business day at a place."""
    return moment_at(place).date()
