"""Reads the written files back as a stranger would, with the csv module only, for the tests of the demo world."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

STAMPS = (
    "Arrived",
    "Pre-op ready",
    "Site marked",
    "Anes seen",
    "Surgeon seen",
    "Wheels in",
    "Anes ready",
    "Incision",
    "Close",
    "Wheels out",
)


@dataclass(frozen=True)
class Case:
    number: str
    day: date
    room: str
    service: str
    surgeon: str
    procedure: str
    kind: str
    add_on: bool
    cancelled: bool
    cancel_reason: str
    planned_late: bool
    start: datetime
    end: datetime
    frozen: datetime | None
    stamps: dict[str, datetime]
    late_reason: str

    @property
    def delay(self) -> float:
        """Minutes from the frozen (or, for an add-on, the scheduled) start to wheels in."""
        return minutes_between(self.frozen or self.start, self.stamps["Wheels in"])

    @property
    def booked(self) -> float:
        return minutes_between(self.start, self.end)

    @property
    def actual(self) -> float:
        return minutes_between(self.stamps["Wheels in"], self.stamps["Wheels out"])


@dataclass(frozen=True)
class Turnover:
    before: Case
    after: Case
    minutes: float


def minutes_between(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def stamp(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %H:%M") if text else None


def log_lines(path: Path) -> list[dict[str, str]]:
    """The data lines of one operating-room log, below its two preamble lines."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        next(lines)
        next(lines)
        return list(csv.DictReader(lines))


def table_lines(path: Path, delimiter: str = ",", skip: int = 0) -> list[dict[str, str]]:
    """The rows of a file, ``skip`` lines above its headings left out."""
    with path.open(encoding="utf-8", newline="") as lines:
        for _ in range(skip):
            next(lines)
        return list(csv.DictReader(lines, delimiter=delimiter))


def _case(row: dict[str, str]) -> Case:
    start, end = stamp(row["Sched Start"]), stamp(row["Sched End"])
    assert start is not None and end is not None
    times = {name: stamp(row[name]) for name in STAMPS}
    return Case(
        row["Case #"],
        datetime.strptime(row["Surgery Date"], "%m/%d/%Y").date(),
        row["OR"],
        row["Service"],
        row["Surgeon"],
        row["Procedure"],
        row["Class"],
        row["Add-on"] == "Y",
        row["Cancelled"] == "Y",
        row["Cancel reason"],
        row["Planned late"] == "Y",
        start,
        end,
        stamp(row["Frozen Start"]),
        {name: value for name, value in times.items() if value is not None},
        row["Late reason"],
    )


def fault_of(row: dict[str, str], seen: set[str]) -> str:
    """Which planted mistake a data line shows, or nothing."""
    if row["Surgery Date"].startswith("13/45/"):
        return "bad_date"
    if row["OR"] == "OR 14":
        return "unknown_room"
    if row["Case #"] in seen:
        return "duplicate_line"
    if row["Cancelled"] == "N" and not row["Wheels in"]:
        return "missing_wheels_in"
    wheels_in, wheels_out = stamp(row["Wheels in"]), stamp(row["Wheels out"])
    if wheels_in and wheels_out and wheels_out < wheels_in:
        return "out_before_in"
    return ""


def split_lines(rows: list[dict[str, str]]) -> tuple[list[Case], dict[str, int]]:
    """(the good cases, the planted mistakes found counted by kind)."""
    cases, faults, seen = [], dict[str, int](), set[str]()
    for row in rows:
        fault = fault_of(row, seen)
        seen.add(row["Case #"])
        if fault:
            faults[fault] = faults.get(fault, 0) + 1
        else:
            cases.append(_case(row))
    return cases, faults


def first_cases(cases: Iterable[Case]) -> list[Case]:
    """First elective case per room and day on the frozen schedule; cancelled and planned late ones left out."""
    firsts: dict[tuple[date, str], Case] = {}
    for case in cases:
        if case.kind != "Elective" or case.frozen is None:
            continue
        key = (case.day, case.room)
        if key not in firsts or case.frozen < (firsts[key].frozen or case.frozen):
            firsts[key] = case
    return [case for case in firsts.values() if not case.cancelled and not case.planned_late]


def turnovers(cases: Iterable[Case], longest: int = 60) -> list[Turnover]:
    """Gaps of at most `longest` minutes between consecutive patients of a room and day."""
    rooms: dict[tuple[date, str], list[Case]] = {}
    for case in cases:
        if not case.cancelled:
            rooms.setdefault((case.day, case.room), []).append(case)
    found = []
    for row in rooms.values():
        row.sort(key=lambda case: case.stamps["Wheels in"])
        for before, after in pairwise(row):
            gap = minutes_between(before.stamps["Wheels out"], after.stamps["Wheels in"])
            if gap <= longest:
                found.append(Turnover(before, after, gap))
    return found
