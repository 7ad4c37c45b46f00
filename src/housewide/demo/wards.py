"""Mercy Valley's midnight census: who lay where at the end of each day, and how many hours of care they were given.

Ten inpatient units with 312 beds. Each day is drawn from its own seeds, so that a year can be printed without the one
before; yet a unit never jumps, because the noise of a day is a moving average of the days before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import cos, pi
from pathlib import Path
from random import Random

from housewide.demo.operating_rooms import days_of, month_starts
from housewide.demo.writing import WrittenFile, write_table

HEADINGS = (
    "Unit", "Census Date", "Patients 2359", "Observation", "Staffed Beds", "Admits", "Discharges", "Xfer In",
    "Xfer Out", "Direct Care Hrs",
)  # fmt: skip
WEEKDAY = (0.98, 1.02, 1.035, 1.03, 1.0, 0.955, 0.94)
SHORT_OF_NURSES_SINCE = date(2026, 9, 14)
CALLED_OUT = (date(2026, 11, 22),)


@dataclass(frozen=True)
class Unit:
    """``code`` is the census system's own name; ``care`` hours of direct care a patient day."""

    code: str
    beds: int
    usual: float
    care: float
    stay: float


UNITS = (
    Unit("ICU", 20, 0.82, 17.6, 3.4),
    Unit("STEPDN", 24, 0.88, 10.8, 3.1),
    Unit("3 EAST", 32, 0.89, 8.6, 3.9),
    Unit("3 WEST", 32, 0.87, 8.5, 3.8),
    Unit("4 EAST", 36, 0.90, 8.4, 4.2),
    Unit("4 WEST", 36, 0.93, 8.5, 4.4),
    Unit("5 EAST", 36, 0.88, 8.6, 4.0),
    Unit("5 WEST", 36, 0.86, 8.5, 3.9),
    Unit("MOTHER BABY", 30, 0.70, 8.0, 2.3),
    Unit("BHU", 30, 0.84, 6.6, 7.5),
)
# Where patients move to when they get better, or worse.
MOVES = (("ICU", "STEPDN"), ("STEPDN", "3 EAST"), ("STEPDN", "4 EAST"), ("STEPDN", "4 WEST"), ("STEPDN", "5 EAST"),
         ("4 WEST", "STEPDN"), ("3 WEST", "ICU"), ("5 WEST", "STEPDN"))  # fmt: skip


@cache
def _noise(seed: int, code: str, day: date) -> float:
    return Random(f"{seed}/census/{code}/{day}").gauss(0, 1)


@cache
def census(seed: int, unit: Unit, day: date) -> int:
    """Patients in the unit at midnight of a day."""
    drift = sum(_noise(seed, unit.code, day - timedelta(days=back)) * 0.75**back for back in range(8))
    season = 1 + 0.03 * cos(2 * pi * (day.timetuple().tm_yday - 20) / 365)
    wanted = unit.beds * unit.usual * WEEKDAY[day.weekday()] * season + 0.9 * drift
    return max(2, min(unit.beds, round(wanted)))


def _moves(seed: int, day: date) -> tuple[Counter[str], Counter[str]]:
    rng = Random(f"{seed}/moves/{day}")
    out, into = Counter[str](), Counter[str]()
    for here, there in MOVES:
        times = rng.choice((0, 1, 1, 2, 3)) if here in ("ICU", "STEPDN") else rng.choice((0, 0, 1))
        out[here] += times
        into[there] += times
    return out, into


def _care(unit: Unit, day: date, patients: int, rng: Random) -> float:
    """Hours of direct care, in the quarters of an hour that a time clock prints."""
    hours = unit.care * (1 + rng.gauss(0, 0.022))
    if unit.code == "4 WEST" and day >= SHORT_OF_NURSES_SINCE:
        hours *= 0.9
    if unit.code == "5 EAST" and day in CALLED_OUT:
        hours *= 0.76
    return round(hours * patients * 4) / 4


def census_rows(seed: int, day: date) -> Iterator[tuple[str, ...]]:
    """One line a unit. Patients today = yesterday + admits + moved in - discharges - moved out."""
    out, into = _moves(seed, day)
    for unit in UNITS:
        rng = Random(f"{seed}/unit/{unit.code}/{day}")
        before, patients = census(seed, unit, day - timedelta(days=1)), census(seed, unit, day)
        leaving = 0.8 if day.weekday() >= 5 else 1.08
        gone = max(0, round(before / unit.stay * leaving + rng.gauss(0, 1)))
        came = patients - before + gone + out[unit.code] - into[unit.code]
        gone, came = (gone - came, 0) if came < 0 else (gone, came)
        observed = min(patients, round(patients * rng.uniform(0.02, 0.09))) if unit.code[0].isdigit() else 0
        numbers = (patients, observed, unit.beds, came, gone, into[unit.code], out[unit.code])
        yield unit.code, f"{day:%m/%d/%Y}", *map(str, numbers), f"{_care(unit, day, patients, rng):.2f}"


def write_census(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """The census of every calendar year, in the order to import; ``months`` as in ``operating_rooms.write_files``."""
    written = []
    starts = month_starts(months)
    for year in sorted({month.year for month in starts}):
        days = [day for month in starts if month.year == year for day in days_of(month)]
        path = folder / "midnight_census" / f"midnight_census_{year}.csv"
        rows = write_table(path, HEADINGS, (row for day in days for row in census_rows(seed, day)))
        written.append(WrittenFile(path, "midnight_census", rows))
    return written
