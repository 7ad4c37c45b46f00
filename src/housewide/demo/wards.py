"""Mercy Valley's midnight census: who lay where at the end of each day, and how many hours of care they were given.

Ten inpatient units with 300 beds. The patients are counted in the beds of ``beds``, the hours in the shifts of
``nursing``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from housewide.demo.beds import NUMBER, UNITS, Unit, nights
from housewide.demo.nursing import care_hours
from housewide.demo.operating_rooms import LAST_DAY, days_of, month_starts
from housewide.demo.writing import WrittenFile, write_table

HEADINGS = (
    "Unit", "Census Date", "Patients 2359", "Observation", "Staffed Beds", "Admits", "Discharges", "Xfer In",
    "Xfer Out", "Direct Care Hrs",
)  # fmt: skip


def census(seed: int, unit: Unit, day: date) -> int:
    """Patients in the unit at midnight of a day."""
    counted = nights(seed, max(day, LAST_DAY))
    return int(counted.patients[NUMBER[unit.code], (day - counted.first).days])


def census_rows(seed: int, day: date) -> Iterator[tuple[str, ...]]:
    """One line a unit. Patients today = yesterday + admits + moved in - discharges - moved out."""
    until = max(day, LAST_DAY)
    counted, hours = nights(seed, until), care_hours(seed, until)
    at = (day - counted.first).days
    for number, unit in enumerate(UNITS):
        patients, observed, came, gone, moved_in, moved_out = (int(one[number, at]) for one in counted.columns)
        numbers = (patients, observed, unit.beds, came, gone, moved_in, moved_out)
        yield unit.code, f"{day:%m/%d/%Y}", *map(str, numbers), f"{hours[number, at]:.2f}"


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
