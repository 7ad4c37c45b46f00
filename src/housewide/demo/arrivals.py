"""Who comes to stay at Mercy Valley: by service, season, weekday and hour, with the group that says how long.

Lengths of stay are log-normal about CMS's geometric mean of the MS-DRG, with the spread that its arithmetic one implies
(FY 2026 IPPS final rule, table 5). People come back: the share within thirty days is that of CMS's hospital-wide
measure, about 15 % of Medicare discharges, less for the young.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from math import log, sqrt
from typing import Any

import numpy as np

from housewide.demo import stories
from housewide.demo.stays import Column, Stays, rng_for

FIRST_MONTH = date(2023, 9, 1)  # two months before anything is printed, so that the beds are full when it begins
WEEKS = {  # Monday to Sunday
    "emergency": (1.05, 1.01, 1.00, 1.00, 1.01, 0.97, 0.96),
    "elective": (1.24, 1.26, 1.20, 1.18, 1.02, 0.58, 0.52),
    "births": (1.04, 1.08, 1.07, 1.06, 1.06, 0.86, 0.83),
}
# Share of a day's unplanned arrivals by hour: low before dawn, a long plateau from late morning to evening, as in
# published emergency department arrival curves (e.g. NHAMCS 2021, visits by time of day).
HOURS = np.array(
    [
        2.6,
        2.1,
        1.8,
        1.6,
        1.6,
        1.8,
        2.3,
        3.2,
        4.3,
        5.3,
        6.0,
        6.3,
        6.2,
        6.1,
        6.0,
        5.9,
        5.8,
        5.7,
        5.6,
        5.4,
        5.0,
        4.4,
        3.7,
        3.0,
    ]
)
# Mean and spread of the clock time of leaving, hours: most people leave in the early afternoon.
LEAVES_AT = (14.3, 2.5)
RETURNS_BY_LINE = {"obstetrics": 0.02, "orthopedics": 0.06, "surgery": 0.09, "behavioral": 0.13}
RETURNS_BY_DRG = {291: 0.19, 190: 0.18, 189: 0.17, 871: 0.16, 682: 0.17}
USUAL_RETURNS = 0.125
GENERATIONS = 3
DISPOSITIONS = (
    "home",
    "home health",
    "skilled nursing",
    "rehabilitation",
    "hospice",
    "transfer",
    "died",
    "against advice",
)
LEAVING_OLD = (0.50, 0.19, 0.18, 0.04, 0.03, 0.015, 0.035, 0.01)
LEAVING_YOUNG = (0.87, 0.05, 0.01, 0.01, 0.005, 0.02, 0.01, 0.025)
# Under 65 and from 65 on: assumptions of a community hospital, no single source.
PAYERS = (
    "medicare", "ma_summit", "ma_evergreen", "medicaid", "blue_prairie", "unison", "corvane", "workers_comp",
    "self_pay",
)  # fmt: skip
PAYS_OLD = (0.58, 0.22, 0.14, 0.015, 0.02, 0.01, 0.005, 0.005, 0.005)
PAYS_YOUNG = (0.07, 0.02, 0.01, 0.36, 0.24, 0.14, 0.07, 0.02, 0.07)


@dataclass(frozen=True)
class Line:
    """A service: ``arrivals`` a day, ``floors`` in the order in which its patients are laid there."""

    name: str
    title: str
    arrivals: float
    from_ed: float
    observation: float
    week: str
    winter: float
    age: tuple[int, int]
    floors: tuple[str, ...]
    drgs: tuple[tuple[int, float, float, float], ...]


@dataclass(frozen=True)
class Group:
    """An MS-DRG. ``weight`` x 10,000; lengths of stay in days."""

    title: str
    weight: int
    gmlos: float
    amlos: float

    @property
    def spread(self) -> float:
        """Standard deviation of the logarithm of a log-normal with these two means."""
        return sqrt(max(0.02, 2 * log(self.amlos / self.gmlos)))


@cache
def _plan() -> dict[str, Any]:
    return tomllib.loads((files("housewide.demo") / "data" / "stays.toml").read_text(encoding="utf-8"))


@cache
def lines() -> dict[str, Line]:
    """The services by name."""
    made = [
        Line(
            **{**one, "age": tuple(one["age"]), "floors": tuple(one["floors"]), "drgs": tuple(map(tuple, one["drgs"]))}
        )
        for one in _plan()["lines"]
    ]
    return {line.name: line for line in made}


@cache
def groups() -> dict[int, Group]:
    """The MS-DRGs by number."""
    return {int(number): Group(**said) for number, said in _plan()["drgs"].items()}


def months_until(last: date) -> Iterator[date]:
    """First days of the months from the beginning of the world to a day."""
    month = FIRST_MONTH
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


@cache
def all_stays(seed: int, until: date) -> Stays:
    """Everybody who has come by the end of a day, in the order of their coming."""
    first = [_newcomers(seed, line, month) for month in months_until(until) for line in lines().values()]
    came = [one for one in first if len(one)]
    again = Stays.join(came)
    for generation in range(GENERATIONS):
        again = _returns(seed, generation, again)
        came.append(again)
    mothers = Stays.join(came)
    stays = Stays.join([mothers, _newborns(seed, mothers)])
    stays = stays.take(stays.arrived < np.datetime64(until + timedelta(days=1), "m"))
    return _numbered(stays.take(np.lexsort((stays.patient, stays.arrived))))


def _newcomers(seed: int, line: Line, month: date) -> Stays:
    rng = rng_for(seed, "arrivals", line.name, month)
    after = (month + timedelta(days=32)).replace(day=1)
    days = np.arange(np.datetime64(month, "D"), np.datetime64(after, "D"))
    since_newyear = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)
    weekday = (days.astype(int) + 3) % 7
    expected = line.arrivals * np.array(WEEKS[line.week])[weekday]
    expected *= 1 + line.winter * np.cos(2 * np.pi * (since_newyear - 20) / 365)
    expected *= np.exp(rng.normal(0, 0.08, len(days)))
    day = np.repeat(days, rng.poisson(expected))
    patient = (month.year * 12 + month.month) * 100_000 + _range_of(line) * 10_000 + np.arange(len(day))
    return _stays(rng, line, day, patient)


def _range_of(line: Line) -> int:
    """Each service numbers its new patients in a range of its own."""
    return list(lines()).index(line.name)


def _stays(rng: np.random.Generator, line: Line, day: Column, patient: Column, drg: Column | None = None) -> Stays:
    """Draw everything about stays of a service that begin on these days."""
    size = len(day)
    numbers, shares, intensive, step_down = (np.array(one) for one in zip(*line.drgs, strict=True))
    if drg is None:
        drg = rng.choice(numbers, size, p=shares / shares.sum())
    from_ed = rng.random(size) < line.from_ed
    arrived = day.astype("datetime64[m]") + _minute(rng, from_ed)
    observed = rng.random(size) < line.observation
    decided = arrived + _until_decided(rng, from_ed)
    age = np.clip(rng.normal(*line.age, size), 18, 99).astype(np.int16)
    left = np.where(observed, _after_hours(rng, decided), _after_nights(rng, drg, day))
    left = np.maximum(left, decided + 120)
    nights = (left - decided).astype(int) / 1440
    place = np.searchsorted(np.sort(numbers), drg)
    order = np.argsort(numbers)
    acute = [np.where(observed, 0.0, needs[order][place]) for needs in (intensive, step_down)]
    beside = [_care(rng, share, *usual, nights) for share, usual in zip(acute, ((3.4, 0.6), (2.6, 0.35)), strict=True)]
    return Stays(
        number=np.zeros(size, np.int64), patient=patient,
        kind=np.where(observed, "observation", "inpatient").astype("U12"),
        line=np.full(size, line.name, "U12"), drg=np.where(observed, 0, drg).astype(np.int16), age=age,
        payer=either(rng, age >= 65, PAYERS, PAYS_OLD, PAYS_YOUNG), from_ed=from_ed, arrived=arrived,
        decided=decided, left=left,
        intensive=beside[0], step_down=beside[1],
        disposition=either(rng, age >= 65, DISPOSITIONS, LEAVING_OLD, LEAVING_YOUNG),
    )  # fmt: skip


def _minute(rng: np.random.Generator, from_ed: Column) -> Column:
    """Minutes after midnight: people who were sent for come before seven to eleven, all others around the clock."""
    hour = rng.choice(24, len(from_ed), p=HOURS / HOURS.sum())
    unplanned = hour * 60 + rng.integers(0, 60, len(from_ed))
    planned = np.clip(rng.normal(8.2 * 60, 95, len(from_ed)), 5 * 60, 17 * 60).astype(int)
    return np.where(from_ed, unplanned, planned)


def _until_decided(rng: np.random.Generator, from_ed: Column) -> Column:
    """Minutes until somebody decides that the patient stays: about four hours in the emergency department (CMS measure
    ED-1 had national medians near 280 minutes from arrival to leaving it for a bed), at once for those sent for."""
    worked_up = np.exp(rng.normal(np.log(225), 0.42, len(from_ed)))
    return np.where(from_ed, np.clip(worked_up, 40, 900), 15).astype(int)


def _after_hours(rng: np.random.Generator, decided: Column) -> Column:
    """When observation ends: about a day after it began, seldom two (42 CFR 412.3 expects inpatient orders then)."""
    hours = np.exp(rng.normal(np.log(22), 0.48, len(decided)))
    ended: Column = decided + np.clip(hours * 60, 240, 96 * 60).astype(int)
    return ended


def _after_nights(rng: np.random.Generator, drg: Column, day: Column) -> Column:
    """When an inpatient leaves: whole nights about the geometric mean of the group, then in the course of a day; of
    those due on a weekend a fifth wait for Monday."""
    of = groups()
    center = np.array([of[int(one)].gmlos for one in drg]) if len(drg) else np.zeros(0)
    spread = np.array([of[int(one)].spread for one in drg]) if len(drg) else np.zeros(0)
    nights = np.maximum(1, np.rint(center * np.exp(spread * rng.normal(0, 1, len(drg))))).astype(int)
    nights = np.minimum(nights, 60)
    weekday = ((day + nights).astype(int) + 3) % 7
    nights += np.where((weekday >= 5) & (rng.random(len(drg)) < 0.2), 7 - weekday, 0)
    clock = np.clip(rng.normal(LEAVES_AT[0] * 60, LEAVES_AT[1] * 60, len(drg)), 8 * 60, 23 * 60).astype(int)
    left: Column = (day + nights).astype("datetime64[m]") + clock
    return left


def _care(rng: np.random.Generator, share: Column, usual: float, most: float, nights: Column) -> Column:
    """Minutes of a higher level of care: ``usual`` days, at most this part of the stay; 0 for those who need none."""
    needs = rng.random(len(share)) < share
    wanted = np.exp(rng.normal(np.log(usual), 0.55, len(share)))
    return np.where(needs, np.minimum(wanted, nights * most) * 1440, 0).astype(int)


def either(rng: np.random.Generator, old: Column, names: tuple[str, ...], of_old: Any, of_young: Any) -> Column:
    """One of these names each, by the shares of the old or of the young."""
    drawn = rng.random(len(old))
    picked = [np.searchsorted(np.cumsum(shares) / sum(shares), drawn, side="right") for shares in (of_old, of_young)]
    return np.array(names)[np.minimum(np.where(old, *picked), len(names) - 1)]


def _returns(seed: int, generation: int, before: Stays) -> Stays:
    """The unplanned stays within thirty days of those before, by service, drawn for the month in which these ended."""
    found = []
    for line in lines().values():
        of_line = before.take((before.line == line.name) & (before.disposition != "died"))
        months = of_line.left.astype("datetime64[M]")
        for month in np.unique(months):
            some = of_line.take(months == month)
            rng = rng_for(seed, "returns", generation, line.name, month)
            share = np.full(len(some), RETURNS_BY_LINE.get(line.name, USUAL_RETURNS))
            for drg, usual in RETURNS_BY_DRG.items():
                share[some.drg == drg] = usual
            share *= _without_clinic(some)
            back = some.take(rng.random(len(some)) < share)
            gap = np.minimum(1 + rng.exponential(9, len(back)), 30).astype(int)
            same = np.where((back.drg > 0) & (rng.random(len(back)) < 0.6), back.drg, line.drgs[0][0])
            stays = _stays(rng, line, back.left.astype("datetime64[D]") + gap, back.patient, same)
            found.append(stays)
    return Stays.join(found)


def _without_clinic(stays: Stays) -> Column:
    """By what the chance to come back is multiplied."""
    after = stays.left >= np.datetime64(stories.HEART_CLINIC_CLOSED, "m")
    return np.where((stays.drg == stories.HEART_FAILURE) & after, stories.RETURNS_FACTOR, 1.0)


def _newborns(seed: int, mothers: Stays) -> Stays:
    """A child for every delivery: born some hours after the mother came, leaves with her."""
    births = mothers.take((mothers.line == "obstetrics") & (mothers.kind == "inpatient"))
    rng = rng_for(seed, "births")
    size = len(births)
    born = births.arrived + rng.integers(3 * 60, 14 * 60, size)
    nothing = np.zeros(size, int)
    drg = rng.choice([795, 794, 793], size, p=[0.80, 0.17, 0.03]).astype(np.int16)
    return Stays(
        number=nothing.astype(np.int64), patient=births.patient + 50_000_000, kind=np.full(size, "newborn", "U12"),
        line=np.full(size, "newborn", "U12"), drg=drg, age=nothing.astype(np.int16), payer=births.payer,
        from_ed=np.zeros(size, bool), arrived=born, decided=born, left=np.maximum(births.left, born + 600),
        intensive=nothing, step_down=nothing, disposition=np.full(size, "home", "U16"),
    )  # fmt: skip


def _numbered(stays: Stays) -> Stays:
    """Encounter numbers by the day of coming: 260914 0037 is the 37th of September 14, 2026."""
    day = stays.arrived.astype("datetime64[D]")
    first = np.searchsorted(day, day, side="left")
    whole = np.array([int(f"{one:%y%m%d}") for one in np.unique(day).astype(object)])
    spread = whole[np.searchsorted(np.unique(day), day)]
    stays.number[:] = spread * 10_000 + np.arange(len(stays)) - first + 1
    return stays
