"""Everybody's week on the time clock, and what it pays: the shifts of the inpatient units and the weeks of all others.

The workweek begins on Sunday. Hours beyond forty are overtime at one and a half times the regular rate, which counts
night differentials in (29 USC 207(a), 29 CFR 778.109 and 778.207). Extra shifts are overtime pay only where they pass
forty hours; people sent home for low census are not paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from housewide.demo.beds import UNITS
from housewide.demo.nursing import CALLED_OFF, SICK, WORKED, shifts
from housewide.demo.operating_rooms import LAST_DAY
from housewide.demo.staff import Person, people, wages_of_nurses
from housewide.demo.stays import Column, Table, rng_for

CODES = ("regular", "overtime", "night differential", "pto", "low census", "agency")
REGULAR, OVERTIME, NIGHT, PTO, LOW_CENSUS, CONTRACT = range(len(CODES))
PLACES_OF_UNITS = {
    "ICU": "MVH-ICU", "STEPDN": "MVH-STEP", "3 EAST": "MVH-3E", "3 WEST": "MVH-3W", "4 EAST": "MVH-4E",
    "4 WEST": "MVH-4W", "5 EAST": "MVH-5E", "5 WEST": "MVH-5W", "MOTHER BABY": "MVH-MB", "BHU": "MVH-BH",
}  # fmt: skip
DIFFERENTIAL = (500, 250)  # cents a night hour: registered nurses, assistants
AGENCY_RATE = (9_200, 4_400)  # cents an hour, as invoiced
FORTY = 40 * 60
FIRST_AGENCY = 900_000
PAID_WHEN_ABSENT = 0.7
FIRST_SUNDAY = date(2023, 9, 3)


@dataclass(frozen=True)
class Timecards(Table):
    """One entry per person, workweek and pay code. ``employee`` int64; ``place`` its code; ``week``: the Saturday it
    ends with; ``code``: position in ``CODES``; ``minutes`` (0 for a differential, which pays on top of worked hours);
    ``cents``."""

    employee: Column
    place: Column
    week: Column
    code: Column
    minutes: Column
    cents: Column


@cache
def timecards(seed: int, last_week: date) -> Timecards:
    """All timecards of the weeks from the beginning up to that which ends on this Saturday."""
    every = Timecards.join([_of_shifts(seed, last_week), weeks_of_teams(seed, last_week)])
    return every.take(np.lexsort((every.code, every.employee, every.week)))


def last_saturday(until: date) -> date:
    """The end of the last whole workweek."""
    return until - timedelta(days=(until.weekday() + 2) % 7)


def _week_of(day: Column) -> Column:
    """The Saturday of the workweek of each day (1970-01-03 was one)."""
    weeks: Column = ((day.astype(int) + 4) // 7 * 7 + 2).astype("datetime64[D]")
    return weeks


def _of_shifts(seed: int, last_week: date) -> Timecards:
    every = shifts(seed, max(last_week, LAST_DAY))
    week = _week_of(every.day)
    inside = (every.employee > 0) & (week <= np.datetime64(last_week)) & (week > np.datetime64(FIRST_SUNDAY))
    every, week = every.take(inside), week[inside]
    # A person works one unit and role all the time, so person and week tell the weeks of people apart.
    _, first, whose = np.unique(every.employee * 100_000 + week.astype(int), return_index=True, return_inverse=True)

    def summed(minutes: Column) -> Column:
        return np.bincount(whose, weights=minutes, minlength=len(first)).astype(int)

    full = np.full(len(every), int(WORKED * 60))
    paid_absence = rng_for(seed, "pto of shifts").random(len(every)) < PAID_WHEN_ABSENT
    worked, nights = summed(every.minutes), summed(np.where(every.band == 1, every.minutes, 0))
    absent = summed(np.where((every.kind == SICK) & paid_absence, full, 0))
    sent_home = summed(np.where(every.kind == CALLED_OFF, full, 0))
    employee, role = every.employee[first], every.role[first]
    place = np.array([PLACES_OF_UNITS[unit.code] for unit in UNITS])[every.unit[first]]
    is_agency = employee >= FIRST_AGENCY
    wage = np.where(is_agency, 0, wages_of_nurses(seed, np.where(is_agency, 0, employee), role))
    own = np.where(is_agency, 0, worked)
    rows = [*_paid(wage, own, np.where(is_agency, 0, nights), np.array(DIFFERENTIAL)[role])]
    rows.append((PTO, np.where(is_agency, 0, absent), wage * absent / 60))
    rows.append((LOW_CENSUS, np.where(is_agency, 0, sent_home), np.zeros(len(first))))
    hired = np.where(is_agency, worked, 0)
    rows.append((CONTRACT, hired, hired * np.array(AGENCY_RATE)[role] / 60))
    return _together(employee, place, week[first], rows)


def _paid(wage: Column, worked: Column, nights: Column, differential: Column) -> list[tuple[int, Column, Column]]:
    """Regular and overtime pay of a week, and the differential for its nights."""
    beyond = np.maximum(worked - FORTY, 0)
    premium = nights * differential / 60
    regular_rate = (wage * worked / 60 + premium) / np.maximum(worked / 60, 1)
    overtime = beyond / 60 * (wage + 0.5 * regular_rate)
    within = worked - beyond
    return [
        (REGULAR, within, wage * within / 60),
        (OVERTIME, beyond, overtime),
        (NIGHT, np.zeros_like(nights), premium),
    ]


def weeks_of_teams(seed: int, last_week: date, facility: str = "") -> Timecards:
    """Weeks of people who are paid by the week's hours: now and then a day or a week off, or hours more. Everybody, or
    those of one ``facility``."""
    count = (last_week - FIRST_SUNDAY).days // 7 + 1
    week = (np.datetime64(FIRST_SUNDAY) + 6 + 7 * np.arange(count)).astype("datetime64[D]")
    return Timecards.join(
        [_of_person(seed, person, week) for person in people(seed) if facility in ("", person.team.facility)]
    )


def _of_person(seed: int, person: Person, week: Column) -> Timecards:
    rng = rng_for(seed, "weeks", person.number)
    # Rows of three draws, so that a week more leaves those before as they were.
    absent, longer, by = rng.random((len(week), 3)).T
    usual = round(person.team.hours * 60)
    away = np.where(absent < 0.055, usual, np.where(absent < 0.22, usual // 5, 0))
    over = np.where((longer < 0.2) & (away == 0), np.rint(-2.2 * np.log(1 - by) * 4) * 15, 0).astype(int)
    worked = usual - away + np.minimum(over, 16 * 60)
    wage, nobody = np.full(len(week), person.wage), np.zeros(len(week), int)
    rows = [*_paid(wage, worked, nobody, nobody), (PTO, away, wage * away / 60)]
    size = len(week)
    return _together(np.full(size, person.number), np.full(size, person.team.place, "U12"), week, rows)


def _together(employee: Column, place: Column, week: Column, rows: list[tuple[int, Column, Column]]) -> Timecards:
    """The rows of all pay codes in which there is something, cents rounded once."""
    found = []
    for code, minutes, cents in rows:
        some = (minutes > 0) | (np.rint(cents) > 0)
        found.append(
            Timecards(
                employee[some],
                place[some].astype("U12"),
                week[some],
                np.full(int(some.sum()), code),
                minutes[some].astype(int),
                np.rint(cents[some]).astype(int),
            )
        )
    return Timecards.join(found)
