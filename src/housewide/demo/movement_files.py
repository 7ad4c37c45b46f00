"""What Mercy Valley's patient access system exports by the month: who was discharged, and who lay in which bed.

Those still in the house when the demo's morning breaks stand in the file of the month in which they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from housewide.demo.arrivals import groups
from housewide.demo.beds import UNITS, Movements, movements
from housewide.demo.emergency import visits
from housewide.demo.operating_rooms import LAST_DAY, month_starts
from housewide.demo.stays import Column, Stays
from housewide.demo.writing import WrittenFile, write_table

ACCOUNT_HEADINGS = (
    "Acct #", "Acct Date", "Pt Class", "Service", "Unit", "Payor", "Age", "Via ED", "Arrival", "Bed Request",
    "Departure", "Disch Disp", "MS-DRG", "GMLOS", "MRN",
)  # fmt: skip
BED_HEADINGS = ("Acct #", "Seq", "Unit", "Bed", "Start Date", "Status", "Bed Start", "Bed End", "MRN")
CLASSES = {"inpatient": "IP", "observation": "OBS", "newborn": "NB", "emergency": "ED"}
DEPARTMENT, NURSERY = "EMERGENCY", "NURSERY"


@dataclass(frozen=True)
class Accounts:
    """Stays and visits as the report prints them. ``unit``: the last one; ``day``: of leaving, else of coming."""

    stays: Stays
    unit: Column
    day: Column
    is_here: Column


def accounts(moved: Movements) -> Accounts:
    """Every stay up to the end of a day, with the unit that it ended in."""
    stays = moved.stays
    unit = np.full(len(stays), DEPARTMENT, "U12")
    unit[stays.kind == "newborn"] = NURSERY
    codes = np.array([one.code for one in UNITS])
    unit[moved.beds.stay] = codes[moved.beds.unit]  # in the order of time: the last one stands
    is_here = stays.left >= np.datetime64(moved.until, "m") + 1440
    day = np.where(is_here, stays.arrived, stays.left).astype("datetime64[D]")
    return Accounts(stays, unit, day, is_here)


def account_rows(of: Accounts, chosen: Column) -> Iterator[tuple[str, ...]]:
    """Lines of the report of discharges."""
    some, here = of.stays.take(chosen), of.is_here[chosen]
    coded = groups()
    columns = (
        some.number, of.day[chosen].astype(object), some.kind, some.line, of.unit[chosen], some.payer, some.age,
        some.from_ed, some.arrived.astype(object), some.decided.astype(object), some.left.astype(object),
        some.disposition, some.drg, some.patient, here,
    )  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for number, day, kind, line, unit, payer, age, from_ed, arrived, decided, left, went, drg, patient, is_here in rows:
        group = None if is_here or not drg else coded[drg]
        yield (
            f"{number}", f"{day:%m/%d/%Y}", CLASSES[kind], line.upper(), unit, payer.upper(), f"{age}",
            "Y" if from_ed else "N", f"{arrived:%m/%d/%Y %H:%M}", f"{decided:%m/%d/%Y %H:%M}" if decided else "",
            "" if is_here else f"{left:%m/%d/%Y %H:%M}", "" if is_here else went, f"{drg}" if group else "",
            f"{group.gmlos:.1f}" if group else "", f"P{patient:09d}",
        )  # fmt: skip


def bed_rows(moved: Movements, chosen: Column) -> Iterator[tuple[str, ...]]:
    """Lines of the bed log."""
    beds = moved.beds
    same = np.r_[False, beds.stay[1:] == beds.stay[:-1]]
    at = np.arange(len(beds))
    sequence = at - np.maximum.accumulate(np.where(same, 0, at)) + 1
    some, of = beds.take(chosen), moved.stays.take(beds.stay[chosen])
    columns = (
        of.number, sequence[chosen], some.unit, some.bed, some.started.astype(object), some.ended.astype(object),
        of.kind, of.patient,
    )  # fmt: skip
    for number, nth, unit, bed, started, ended, kind, patient in zip(*(one.tolist() for one in columns), strict=True):
        yield (
            f"{number}", f"{nth}", UNITS[unit].code, f"{bed:02d}", f"{started:%Y-%m-%d}", CLASSES[kind],
            f"{started:%Y-%m-%d %H:%M}", f"{ended:%Y-%m-%d %H:%M}" if ended else "", f"P{patient:09d}",
        )  # fmt: skip


def write_movements(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """Both reports by the month, oldest first; ``months`` as in ``operating_rooms.write_files``."""
    moved = movements(seed, LAST_DAY)
    stays, written = accounts(moved), []
    begun = moved.beds.started.astype("datetime64[M]")
    for month in month_starts(months):
        of_month = np.datetime64(month, "M")
        path = folder / "encounters" / f"encounters_{month:%Y-%m}.csv"
        rows = [*account_rows(stays, stays.day.astype("datetime64[M]") == of_month), *_visit_rows(seed, month)]
        count = write_table(path, ACCOUNT_HEADINGS, rows, line_end="\r\n")
        written.append(WrittenFile(path, "encounter", count))
        path = folder / "bed_stays" / f"bed_stays_{month:%Y-%m}.txt"
        count = write_table(path, BED_HEADINGS, bed_rows(moved, begun == of_month), delimiter="|")
        written.append(WrittenFile(path, "bed_stay", count))
    return written


def _visit_rows(seed: int, month: date) -> Iterator[tuple[str, ...]]:
    of_month = visits(seed, month)
    of_month = of_month.take(of_month.left < np.datetime64(LAST_DAY, "m") + 1440)
    day = of_month.left.astype("datetime64[D]")
    size = len(of_month)
    seen = Accounts(of_month, np.full(size, DEPARTMENT), day, np.zeros(size, bool))
    return account_rows(seen, np.ones(size, bool))
