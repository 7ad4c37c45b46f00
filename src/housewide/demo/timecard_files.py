"""What the payroll system exports by the month: every workweek that ended in it, by person, place and pay code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from housewide.demo.operating_rooms import LAST_DAY, month_starts
from housewide.demo.timecards import CODES, Timecards, last_saturday, timecards
from housewide.demo.writing import WrittenFile, write_table

HEADINGS = ("Emp #", "Dept", "Week Ending", "Pay Code", "Hours", "Amount")
PRINTED = {
    "regular": "REG", "overtime": "OT", "night differential": "NITE", "pto": "PTO", "low census": "LC", "agency": "CTR",
}  # fmt: skip


def timecard_rows(of: Timecards) -> Iterator[tuple[str, ...]]:
    """Lines of the report, in the order of weeks and people."""
    columns = (of.employee, of.place, of.week.astype(object), of.code, of.minutes, of.cents)
    for employee, place, week, code, minutes, cents in zip(*(one.tolist() for one in columns), strict=True):
        amount = f"{cents // 100:,}.{cents % 100:02d}"
        yield f"{employee}", place, f"{week:%m/%d/%y}", PRINTED[CODES[code]], f"{minutes / 60:.2f}", amount


def write_timecards(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """One report a month and facility, oldest first; ``months`` as in ``operating_rooms.write_files``."""
    every, written = timecards(seed, last_saturday(LAST_DAY)), []
    of_month, practice = every.week.astype("datetime64[M]"), np.char.startswith(every.place.astype(str), "LKO")
    for month in month_starts(months):
        for name, here in (("timecards", ~practice), ("timecards_lko", practice)):
            path = folder / name / f"{name}_{month:%Y-%m}.csv"
            rows = timecard_rows(every.take(here & (of_month == np.datetime64(month, "M"))))
            count = write_table(path, HEADINGS, rows, preamble=("Labor distribution by workweek",), line_end="\r\n")
            written.append(WrittenFile(path, "timecard", count))
    return written
