"""Who cared for Mercy Valley's patients: from the census to the hours needed, the roster, and the shifts worked.

Twelve-hour shifts from seven to seven with half an hour's unpaid break. The roster follows what is usual for the
weekday; on the day itself people are sent home when few patients lie there, and asked in when many do. Turnover of
nurses is near that of the yearly NSI National Health Care Retention report (18 % of registered nurses in 2023, more
of assistants).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from housewide.demo import stories
from housewide.demo.beds import NUMBER, UNITS, nights
from housewide.demo.stays import Column, Table, rng_for

SHIFT_HOURS, BREAK_HOURS = 12.0, 0.5
WORKED = SHIFT_HOURS - BREAK_HOURS
DAY_SHARE = 0.54
NURSES = {  # registered nurses' share of the hours of direct care
    "ICU": 0.92, "STEPDN": 0.80, "3 EAST": 0.62, "3 WEST": 0.62, "4 EAST": 0.64, "4 WEST": 0.62, "5 EAST": 0.62,
    "5 WEST": 0.62, "MOTHER BABY": 0.80, "BHU": 0.48,
}  # fmt: skip
ROLES, BANDS = ("RN", "PCA"), ("day", "night")
TURNOVER = {"RN": 0.18, "PCA": 0.32}
VACANT_DAYS = {"RN": 68, "PCA": 38}
SHIFTS_A_WEEK = 3
ABSENT = 0.055  # sick, or away at short notice; with the next, assumptions
MISSED_BREAKS = 0.07
NEVER = 100_000
KINDS = ("regular", "overtime", "agency", "called off", "absent", "open")
REGULAR, OVERTIME, AGENCY, CALLED_OFF, SICK, OPEN = range(len(KINDS))


@dataclass(frozen=True)
class Shifts(Table):
    """One entry per rostered or extra shift. ``unit``, ``role``, ``band``, ``kind``: positions in ``UNITS``, ``ROLES``,
    ``BANDS``, ``KINDS``; ``day`` of its beginning; ``employee`` int64, 0 where nobody took the shift; ``minutes``
    worked, without the break."""

    unit: Column
    role: Column
    band: Column
    day: Column
    employee: Column
    kind: Column
    minutes: Column


@cache
def shifts(seed: int, until: date) -> Shifts:
    """Every shift of the inpatient units since the beginning of the world up to a day, in the order of days."""
    needed, first = _needed(seed, until), nights(seed, until).first
    of_groups = [
        _of_group(_Group(seed, unit, role, band, first), needed[unit, role, band])
        for unit in range(len(UNITS)) for role in range(2) for band in range(2)
    ]  # fmt: skip
    every = Shifts.join([*of_groups, _sitters(until)])
    return every.take(np.lexsort((every.employee, every.band, every.role, every.unit, every.day)))


@cache
def care_hours(seed: int, until: date) -> Column:
    """Hours worked in direct care by unit (row) and day (column): those of the shifts that began on the day."""
    every, first = shifts(seed, until), nights(seed, until).first
    size = (until - first).days + 1
    worked = np.zeros((len(UNITS), size))
    np.add.at(worked, (every.unit, (every.day - np.datetime64(first, "D")).astype(int)), every.minutes / 60)
    return worked


def _needed(seed: int, until: date) -> Column:
    """Shifts needed by unit, role, band and day: hours a patient day of the unit, times its patients and how ill they
    are that day. Patients are the mean of two midnights."""
    counted = nights(seed, until)
    patients = counted.patients.astype(float)
    patients[:, 1:] = (patients[:, 1:] + patients[:, :-1]) / 2
    days = np.datetime64(counted.first, "D") + np.arange(patients.shape[1])
    acuity = [np.exp(rng_for(seed, "acuity", unit.code).normal(0, 0.025, len(days))) for unit in UNITS]
    hours = patients * np.array([[unit.care] for unit in UNITS]) * np.array(acuity)
    nurses = np.tile([[NURSES[unit.code]] for unit in UNITS], (1, len(days)))
    nurses[NUMBER[stories.SKILL_MIX_UNIT], days >= np.datetime64(stories.SKILL_MIX_SINCE)] -= stories.SKILL_MIX_LOST
    wanted = np.zeros((len(UNITS), 2, 2, len(days)), dtype=np.int64)
    whole = np.rint(hours / WORKED)
    wanted[:, 0, 0] = np.rint(whole * nurses * DAY_SHARE)
    wanted[:, 0, 1] = np.rint(whole * nurses) - wanted[:, 0, 0]
    wanted[:, 1, 0] = np.rint((whole - np.rint(whole * nurses)) * DAY_SHARE)
    wanted[:, 1, 1] = whole - wanted[:, 0].sum(axis=1) - wanted[:, 1, 0]
    return np.maximum(wanted, 1)


def _rostered(needed: Column) -> Column:
    """What the roster holds, four weeks ahead: the mean of the same weekday in the eight weeks before it is made."""
    days = len(needed)
    held = np.full(days, np.rint(needed[:56].mean()))
    for day in range(84, days):
        held[day] = np.rint(needed[day - 84 : day - 27 : 7].mean())
    return held.astype(int)


@dataclass(frozen=True)
class _Group:
    """People who work the same unit, role and band in turn. Each question draws from a stream of its own, one number a
    shift, so that a day more leaves the days before as they were."""

    seed: int
    unit: int
    role: int
    band: int
    first: date

    @property
    def number(self) -> int:
        return (self.unit * 2 + self.role) * 2 + self.band

    def drawn(self, what: str, size: int) -> Column:
        return rng_for(self.seed, what, self.unit, self.role, self.band).random(size)

    def since(self, day: date) -> int:
        """Position of a day."""
        return (day - self.first).days

    def is_of(self, unit: str) -> bool:
        return UNITS[self.unit].code == unit


def _of_group(group: _Group, needed: Column) -> Shifts:
    """Roster one group, then see what became of each shift."""
    held = _rostered(needed)
    slots = int(np.ceil(held[:365].mean() * 7 / SHIFTS_A_WEEK * 1.1))
    tenures = _tenures(group, slots)
    day = np.repeat(np.arange(len(held)), held)
    employee = tenures.employee(np.arange(len(day)) % slots, day)
    kind = np.where(employee == 0, OPEN, np.where(group.drawn("absent", len(day)) < ABSENT, SICK, REGULAR))
    # Few patients: the last on the day's list may stay at home.
    nth = np.arange(len(day)) - np.searchsorted(day, day)
    kind[(nth >= needed[day]) & (kind == REGULAR)] = CALLED_OFF
    gaps = np.sort(np.concatenate([day[(kind == SICK) | (kind == OPEN)], _repeated(np.maximum(needed - held, 0))]))
    taken_by, how = _fill(group, _colleague(group, tenures, held, slots, gaps))
    kind = np.where(_called_out(group, day, kind), SICK, kind)
    rostered = _worked(group, "rostered", day, employee, kind)
    return Shifts.join([rostered, _worked(group, "extra", gaps, taken_by, how)])


def _repeated(times: Column) -> Column:
    return np.repeat(np.arange(len(times)), times)


def _worked(group: _Group, what: str, day: Column, employee: Column, kind: Column) -> Shifts:
    """The shifts with their minutes; some people get no break."""
    size = len(day)
    if group.is_of(stories.RESIGNING_UNIT):
        # Nobody fills what the four who left would have worked, nor what they used to take over.
        short = group.drawn(f"left open {what}", size) < stories.LEFT_OPEN_THEN
        short &= (day >= group.since(stories.SHORT_OF_NURSES_SINCE)) & (kind <= AGENCY)
        kind = np.where(short, OPEN, kind)
    missed_break = group.drawn(f"break {what}", size) < MISSED_BREAKS
    minutes = np.where(missed_break, SHIFT_HOURS, WORKED) * 60
    return Shifts(
        unit=np.full(size, group.unit), role=np.full(size, group.role), band=np.full(size, group.band),
        day=np.datetime64(group.first, "D") + day, employee=np.where(kind == OPEN, 0, employee), kind=kind,
        minutes=np.where(kind <= AGENCY, minutes, 0).astype(int),
    )  # fmt: skip


@dataclass(frozen=True)
class _Tenures:
    """Who fills each slot when: ``leaves`` (slot x generation) days counted from the first, ``vacant`` days after."""

    base: int
    leaves: Column
    vacant: int

    def employee(self, slot: Column, day: Column) -> Column:
        """The employee number of a slot's person on a day; 0 while the slot is vacant."""
        left = self.leaves[slot] <= day[:, None]
        last = np.where(left, self.leaves[slot], -10_000).max(axis=1)
        number = self.base + slot * 10 + left.sum(axis=1)
        return np.where(day < last + self.vacant, 0, number)


def _tenures(group: _Group, slots: int) -> _Tenures:
    """People leave at the yearly rate, and it takes weeks until somebody new works alone."""
    role = ROLES[group.role]
    rng = rng_for(group.seed, "tenures", group.unit, group.role, group.band)
    waits = rng.exponential(365 / TURNOVER[role], (slots, 9)) + VACANT_DAYS[role]
    leaves, vacant = np.cumsum(waits, axis=1).astype(int), VACANT_DAYS[role]
    if group.is_of(stories.RESIGNING_UNIT) and role == "RN":
        gone = [group.since(when) for when in stories.RESIGNATIONS[group.band :: 2]]
        leaves[: len(gone)] = NEVER  # these had stayed until then
        leaves[: len(gone), 0] = gone
        vacant = 150
    base = 100_000 + group.number * 1_000
    return _Tenures(base, leaves, vacant)


def _colleague(group: _Group, tenures: _Tenures, held: Column, slots: int, gaps: Column) -> Column:
    """For each open shift somebody of the group who is not on that day's roster, nobody twice a day; 0 where there is
    nobody. The roster takes the slots in turn, so those of a day stand side by side; ``gaps`` are days, in order."""
    ends = np.cumsum(held)
    free = np.maximum(slots - held, 1)[gaps]
    nth = np.arange(len(gaps)) - np.searchsorted(gaps, gaps)
    turn = (group.drawn("turn", len(held)) * slots).astype(int)[gaps] + nth
    found = tenures.employee((ends[gaps] + turn % free) % slots, gaps)
    taken: Column = np.where(nth < free, found, 0)
    return taken


def _fill(group: _Group, colleague: Column) -> tuple[Column, Column]:
    """Who takes the shifts that are open: colleagues as overtime, an agency, or nobody."""
    drawn = group.drawn("fill", len(colleague))
    how = np.where(drawn < 0.62, OVERTIME, np.where(drawn < 0.86, AGENCY, OPEN))
    how[(how == OVERTIME) & (colleague == 0)] = AGENCY
    agency: Column = 900_000 + group.number * 300 + np.arange(len(colleague)) % 300
    return np.where(how == OVERTIME, colleague, np.where(how == AGENCY, agency, 0)), how


def _called_out(group: _Group, day: Column, kind: Column) -> Column:
    if not group.is_of(stories.CALLED_OUT_UNIT):
        return np.zeros(len(day), bool)
    on = np.isin(day, [group.since(one) for one in stories.CALLED_OUT])
    called: Column = on & (kind == REGULAR) & (group.drawn("called out", len(day)) < stories.CALLED_OUT_SHARE)
    return called


def _sitters(until: date) -> Shifts:
    """Assistants beside confused patients, on top of the roster, day and night."""
    last = min(stories.SITTER_LAST, until)
    days = [stories.SITTER_FIRST + timedelta(days=one) for one in range(max(0, (last - stories.SITTER_FIRST).days + 1))]
    day = np.repeat(np.array(days, dtype="datetime64[D]"), 2 * stories.SITTERS)
    size = len(day)
    unit = NUMBER[stories.SITTER_UNIT]
    return Shifts(
        unit=np.full(size, unit), role=np.full(size, 1), band=np.arange(size) % 2, day=day,
        employee=980_000 + np.arange(size) % 12, kind=np.full(size, AGENCY), minutes=np.full(size, int(WORKED * 60)),
    )  # fmt: skip
