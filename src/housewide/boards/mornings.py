"""What a person needs to know when the day begins: is the house ready, what changed, what is due, who waits.

One content object for the page Today and for the digest, so that both say the same. It names places and numbers,
never a patient, and nothing that the person may not see.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed, places_where
from housewide.access.models import Grant
from housewide.access.roles import roles
from housewide.boards.frame import widest_first
from housewide.boards.noticings import Noticing, noticings
from housewide.boards.overnight import Overnight, evening_of, overnight
from housewide.boards.presets import MOST, Number, numbers_for
from housewide.kit.clock import moment, today
from housewide.kit.failures import safe_words
from housewide.kit.periods import Month
from housewide.kit.registry import Owed, registry
from housewide.measures import topics
from housewide.measures.daily import DAILY_KINDS, Daily, daily
from housewide.measures.day_parts import news
from housewide.measures.definitions import all_definitions
from housewide.org.calendars import calendars, hold_calendars
from housewide.org.tree import Tree, tree_on
from housewide.reviews import agenda

logger = logging.getLogger(__name__)
SEES, SEES_ROWS = "see.measures", "see.rows"
MOST_CHANGES, MOST_OWED = 8, 12


@dataclass(frozen=True)
class Stat:
    """One number of readiness. ``note`` says of which day it is and what is usual."""

    text: str
    label: str
    day: date
    word: str
    tone: str
    arrow: str
    usual: str
    url: str
    measure_url: str
    is_today: bool = False

    @property
    def icon(self) -> str:
        return f"trending-{self.arrow}" if self.arrow != "flat" else "minus"


@dataclass(frozen=True)
class Change:
    """One line of what changed: a measure at a place on a day (or in a month) that stands out."""

    daily: Daily
    url: str
    rows_url: str


@dataclass(frozen=True)
class Due:
    """Something owed, and how it stands to today."""

    owed: Owed
    late: bool
    when: str


@dataclass(frozen=True)
class Morning:
    """Everything on Today for one person at one of their places."""

    at: datetime
    person: str
    role: str
    place: str
    place_name: str
    since: date
    stats: list[Stat]
    changed: list[Change]
    more_changed: int
    noticed: list[Noticing]
    more_noticed: int
    due: list[Due]
    more_due: int
    waiting: list[Due]
    overnight: Overnight | None
    places: list[tuple[str, str]]
    quiet: list[str] = field(default_factory=list)

    @property
    def month(self) -> str:
        """The last month that has ended: what the links to measures show."""
        return str(Month.of(today()).shift(-1))


def morning(account: Any, at: str = "") -> Morning:
    """The morning of a person at a place of theirs (default: their highest)."""
    with hold_calendars():
        return _morning(account, at)


def _morning(account: Any, at: str) -> Morning:
    day = today()
    tree = tree_on(day)
    tops = own_tops(account, tree)
    place = at if at in places_where(account, SEES) else (tops[0] if tops else "")
    held = _roles(account)
    since = last_look(tree, place, day)
    stats, changed, more = _numbers(account, place, held, since, day) if place else ([], [], 0)
    reviewed = tuple(dict.fromkeys([*topics.measures_of(place), *agenda.measures_of(place)])) if place else ()
    noticed, more_noticed = noticings(place, reviewed, evening_of(since))
    owed, quiet = _owed(account, day)
    waiting = [one for one in owed if one.owed.waiting]
    due = [one for one in owed if not one.owed.waiting]
    return Morning(
        at=moment(),
        person=str(account),
        role=roles()[held[0]].title if held else "No role yet",
        place=place,
        place_name=tree.places[place].name if place else "",
        since=since,
        stats=stats[: MOST - bool(waiting)],
        changed=changed,
        more_changed=more,
        noticed=noticed,
        more_noticed=more_noticed,
        due=due[:MOST_OWED],
        more_due=max(0, len(due) - MOST_OWED),
        waiting=waiting,
        overnight=overnight(account, since),
        places=[(code, tree.places[code].name) for code in tops],
        quiet=quiet,
    )


def own_tops(account: Any, tree: Tree) -> list[str]:
    """The highest places that the account sees numbers of, the widest first; of those as wide, where they work."""
    seen = places_where(account, SEES)
    return widest_first(account, (code for code in seen if tree.parent.get(code) not in seen), tree)


def _roles(account: Any) -> list[str]:
    held = Grant.objects.filter(account=account, valid_from__lte=today()).order_by("pk").values_list("role", flat=True)
    return [role for role in dict.fromkeys(held) if role in roles()]


def last_look(tree: Tree, place: str, day: date) -> date:
    """The workday before today: what has happened since then is news. On a Monday that is Friday."""
    facilities = tree.facilities_below(place) if place else []
    own = calendars().get(facilities[0]) if facilities else None
    try:
        return own.workday_before(day) if own else day - timedelta(days=1)
    except ValueError:
        return day - timedelta(days=1)


def _numbers(account: Any, place: str, held: list[str], since: date, day: date) -> tuple[list[Stat], list[Change], int]:
    known = all_definitions()
    every = tuple(one for one in topics.measures_of(place) if one in known and known[one].kind in DAILY_KINDS)
    if not every:
        return [], [], 0
    yesterday = day - timedelta(days=1)
    ready = [one for one in topics.measures_of(place, readiness=True) if one in every]
    wanted = numbers_for(held, [*ready, *every] if ready else every)
    found = {one.measure: one for one in daily(every, place, yesterday)}
    planned = {one.measure: one for one in _planned(wanted, place, day)}
    stats = []
    for number in wanted:
        one = planned.get(number.measure) if number.when == "today" else found.get(number.measure)
        if one is not None and (number.label or number.measure in ready):
            stats.append(_stat(account, one, number))
    shown, more = news(every, place, since, yesterday, MOST_CHANGES)
    return stats, [Change(one, _measure_url(one), _rows_url(account, one)) for one in shown], more


def _planned(wanted: list[Number], place: str, day: date) -> list[Daily]:
    ids = [one.measure for one in wanted if one.when == "today"]
    return daily(ids, place, day, exactly=True) if ids else []


def _stat(account: Any, one: Daily, number: Number) -> Stat:
    return Stat(
        text=one.text,
        label=number.label or one.title,
        day=one.day,
        word=one.signal.word if one.stands_out else "",
        tone=one.signal.tone if one.signal.tone != "neutral" else "",
        arrow=one.signal.arrow,
        usual=one.usual.removesuffix(f" on {one.kind_of_day}"),
        url=_rows_url(account, one) or _measure_url(one),
        measure_url=_measure_url(one),
        is_today=number.when == "today",
    )


def _measure_url(one: Daily) -> str:
    return reverse("measure", args=[one.place, str(Month.of(one.day)), one.measure])


def _rows_url(account: Any, one: Daily) -> str:
    if not allowed(account, SEES_ROWS, one.place):
        return ""
    return f"{reverse('measure-rows', args=[one.place, str(Month.of(one.day)), one.measure])}?day={one.day}"


def _owed(account: Any, day: date) -> tuple[list[Due], list[str]]:
    """Everything owed, overdue first and the oldest of it on top; and what could not be asked, in words."""
    found: list[Owed] = []
    quiet = []
    for source in registry.debts:
        try:
            found += list(source(account))
        except Exception as problem:  # one list that fails must not take the whole morning with it
            logger.error("debts of %s could not be read: %s", source.__module__, safe_words(problem))
            quiet.append("One of the lists of what is due from you could not be read. The administrator is told.")
    found.sort(key=lambda one: (one.due is None, one.due or day, one.title))
    return [Due(one, one.due is not None and one.due < day, when(one.due, day)) for one in found], quiet[:1]


def when(due: date | None, day: date) -> str:
    """``Overdue 3 days``, ``Due today``, ``Due Wed, Nov 25``."""
    from housewide.kit.ui.days import weekday_text

    if due is None:
        return "No day set"
    if due < day:
        late = (day - due).days
        return f"Overdue {late} day{'s' * (late > 1)}"
    return "Due today" if due == day else f"Due {weekday_text(due)}"
