"""The calendar of the monthly review: which step is due on which workday after the month, as facilities set it."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

from housewide.kit.periods import Month
from housewide.org.calendars import FacilityCalendar, calendar_of
from housewide.org.tree import Tree, tree_on
from housewide.reviews.models import StepDay

LATEST = 40


@dataclass(frozen=True)
class Step:
    """A step of the calendar as it ships. ``workday``: counted from 1 after the last day of the month; ``owes``:
    ``comment`` or ``signature`` where somebody owes one that day."""

    key: str
    title: str
    workday: int
    says: str
    owes: str = ""


@dataclass(frozen=True)
class DatedStep:
    """A step with its day for one month; ``workday`` as the facility has it, None when it leaves the step out."""

    step: Step
    workday: int | None
    day: date | None


@functools.cache
def steps() -> tuple[Step, ...]:
    """The steps in their order, from data/calendar.toml."""
    text = (files("housewide.reviews") / "data" / "calendar.toml").read_text(encoding="utf-8")
    return tuple(Step(**row) for row in tomllib.loads(text)["steps"])


def nth_workday(calendar: FacilityCalendar, last_day: date, number: int) -> date:
    """The ``number``-th workday after a day, by a facility's calendar. Raises ValueError below 1, or when the calendar
    has no workdays."""
    if number < 1:
        raise ValueError("workdays after the month are counted from 1")
    day, found = last_day, 0
    for _ in range(number * 10 + 60):
        day += timedelta(days=1)
        found += calendar.is_workday(day)
        if found == number:
            return day
    raise ValueError("this calendar has no workdays")


def workdays_set(facilities: Iterable[str]) -> dict[tuple[str, str], int | None]:
    """What facilities have set themselves, by (facility, step): one query."""
    rows = StepDay.objects.filter(facility__code__in=list(facilities))
    return {(code, step): number for code, step, number in rows.values_list("facility__code", "step", "workday")}


def dated_steps(
    facility: str, month: Month, own: Mapping[tuple[str, str], int | None] | None = None
) -> list[DatedStep]:
    """Every step of a facility's month with its day; one query unless ``own`` (of workdays_set) is given."""
    chosen = workdays_set([facility]) if own is None else own
    calendar = calendar_of(facility)
    last_day = calendar.days_of(month)[1]
    found = []
    for step in steps():
        number = chosen.get((facility, step.key), step.workday)
        found.append(DatedStep(step, number, nth_workday(calendar, last_day, number) if number else None))
    return found


def due_days(
    place: str, month: Month, tree: Tree | None = None, own: Mapping[tuple[str, str], int | None] | None = None
) -> dict[str, date]:
    """The day of each step for a place, by step: that of its facility; for a system, when its last facility is due."""
    facilities = (tree or tree_on(month.last_day())).facilities_below(place)
    chosen = workdays_set(facilities) if own is None else own
    days: dict[str, date] = {}
    for facility in facilities:
        for one in dated_steps(facility, month, chosen):
            if one.day is not None:
                days[one.step.key] = max(one.day, days.get(one.step.key, one.day))
    return days
