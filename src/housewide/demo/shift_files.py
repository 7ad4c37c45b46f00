"""What the staffing office's system exports by the month: every shift of the inpatient units and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np

from housewide.demo.beds import UNITS
from housewide.demo.nursing import BANDS, KINDS, ROLES, SHIFT_HOURS, Shifts, shifts
from housewide.demo.operating_rooms import LAST_DAY, month_starts
from housewide.demo.writing import WrittenFile, write_table

HEADINGS = (
    "Shift #", "Cost Ctr", "Shift Date", "Start", "End", "Skill", "Emp #", "Outcome", "Worked Hrs",
)  # fmt: skip
STARTS = {"day": 7, "night": 19}
OUTCOMES = {
    "regular": "REG", "overtime": "OT", "agency": "AGY", "called off": "LOW CENSUS", "absent": "CALL OUT",
    "open": "UNFILLED",
}  # fmt: skip


def shift_rows(of: Shifts) -> Iterator[tuple[str, ...]]:
    """Lines of the report, numbered within their day."""
    day = of.day
    nth = np.arange(len(of)) - np.searchsorted(day, day) + 1
    columns = (nth, of.unit, day.astype(object), of.band, of.role, of.employee, of.kind, of.minutes)
    for number, unit, on, band, role, employee, kind, minutes in zip(*(one.tolist() for one in columns), strict=True):
        hour = STARTS[BANDS[band]]
        ends = on + timedelta(days=hour + int(SHIFT_HOURS) >= 24)
        yield (
            f"{on:%y%m%d}-{number:04d}", UNITS[unit].code, f"{on:%m/%d/%Y}", f"{on:%m/%d/%Y} {hour:02d}:00",
            f"{ends:%m/%d/%Y} {(hour + int(SHIFT_HOURS)) % 24:02d}:00", ROLES[role], f"{employee}" if employee else "",
            OUTCOMES[KINDS[kind]], f"{minutes / 60:.2f}",
        )  # fmt: skip


def write_shifts(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """The report of every month, oldest first; ``months`` as in ``operating_rooms.write_files``."""
    every, written = shifts(seed, LAST_DAY), []
    of_month = every.day.astype("datetime64[M]")
    for month in month_starts(months):
        path = folder / "shifts" / f"shifts_{month:%Y-%m}.csv"
        rows = shift_rows(every.take(of_month == np.datetime64(month, "M")))
        written.append(WrittenFile(path, "shift", write_table(path, HEADINGS, rows)))
    return written
