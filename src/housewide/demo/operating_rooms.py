"""Mercy Valley's operating-room log, block report and staffing sheets, as its systems would export them: the years
before were handed over whole when the hospital began with Housewide, this year came month by month.

Twenty-four closed months and the open November up to the Sunday before the demo's pinned Monday, 23 November 2026. The
same seed writes the same bytes; each day has its own seed, so a month can be written without the ones before it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from random import Random

from housewide.demo import organisation, writing
from housewide.demo.faults import plant_faults
from housewide.demo.milestones import play_day
from housewide.demo.schedule import DaySchedule, schedule_day
from housewide.demo.writing import WrittenFile

BUSINESS_DATE = date(2026, 11, 23)
LAST_CLOSED = (2026, 10)
LAST_DAY = date(2026, 11, 22)
Plan = dict[date, list[DaySchedule]]  # by month

PRINTED_BY = "Mercy Valley Health - Surgical Information System - OR Case Log"


def month_starts(months: int) -> list[date]:
    """First days of the last `months` closed months and of the open one, oldest first."""
    if months < 1:
        raise ValueError("The demo world needs at least one closed month.")
    year, month = LAST_CLOSED
    last = year * 12 + month - 1
    return [date(index // 12, index % 12 + 1, 1) for index in range(last - months + 1, last + 2)]


def days_of(month: date) -> Iterator[date]:
    """The days of the month that have happened by the demo's business date."""
    for number in range(1, monthrange(month.year, month.month)[1] + 1):
        day = month.replace(day=number)
        if day <= LAST_DAY:
            yield day


def is_workday(day: date) -> bool:
    """A weekday on which the hospital books elective surgery."""
    holidays = {kept for year in (day.year, day.year + 1) for kept, _ in organisation.hospital_holidays(year)}
    return day.isoweekday() <= 5 and day not in holidays


def _logs(months: list[date]) -> Iterator[tuple[str, list[date]]]:
    """The files of the log: the years before this one were handed over whole, this year's came month by month."""
    for year, of_year in groupby(months, key=lambda month: month.year):
        if year < LAST_DAY.year:
            yield f"{year}", list(of_year)
        else:
            yield from ((f"{month:%Y-%m}", [month]) for month in of_year)


def _write_log(folder: Path, seed: int, hospital: str, name: str, months: list[date], plan: Plan) -> WrittenFile:
    rows: list[dict[str, str]] = []
    faults: dict[str, int] = {}
    for month in months:
        month_rows = [
            writing.log_row(hospital, case, course)
            for schedule in plan[month]
            for case, course in play_day(seed, hospital, schedule)
        ]
        rng = Random(f"{seed}/{hospital}/{month:%Y-%m}/faults")
        month_rows, planted = plant_faults(rng, month_rows, rng.randint(2, 3))
        rows += month_rows
        faults = {kind: faults.get(kind, 0) + planted.get(kind, 0) for kind in {**faults, **planted}}
    tag = "" if hospital == "MVH" else f"_{hospital.lower()}"
    path = folder / f"or_log/or_log{tag}_{name}.csv"
    printed = max(days_of(months[-1]))
    count = writing.write_table(
        path,
        writing.LOG_HEADINGS,
        ([row[heading] for heading in writing.LOG_HEADINGS] for row in rows),
        preamble=(PRINTED_BY, f"Surgery dates {months[0]:%m/%d/%Y} to {printed:%m/%d/%Y}; all rooms; all classes"),
        line_end="\r\n",
        encoding="utf-8-sig",
    )
    return WrittenFile(path, "or_case", count, faults)


def _write_plans(folder: Path, hospital: str, year: int, plan: Plan) -> list[WrittenFile]:
    """Blocks and staffed rooms of a calendar year: schedules are exported by the year."""
    schedules = [schedule for month, days in plan.items() if month.year == year for schedule in days]
    blocks, staffed = (folder / _yearly_name(table, hospital, year) for table in ("or_blocks", "staffed_rooms"))
    block_rows = [writing.block_row(hospital, block) for schedule in schedules for block in schedule.blocks]
    staffed_rows = [
        writing.staffed_row(hospital, schedule.day, *line) for schedule in schedules for line in schedule.staffed
    ]
    return [
        WrittenFile(blocks, "or_block", writing.write_table(blocks, writing.BLOCK_HEADINGS, block_rows, delimiter="|")),
        WrittenFile(staffed, "staffed_room", writing.write_table(staffed, writing.STAFFED_HEADINGS, staffed_rows)),
    ]


def _yearly_name(table: str, hospital: str, year: int) -> str:
    return f"{table}/{table}_{'' if hospital == 'MVH' else f'{hospital.lower()}_'}{year}.csv"


def _write_organisation(folder: Path, hospitals: int) -> list[WrittenFile]:
    places, people, holidays = (folder / "organization" / f"{name}.csv" for name in ("places", "people", "holidays"))
    place_headings = ("code", "name", "kind", "parent", "cost_centre", "active_from", "active_to")
    people_headings = ("code", "name", "email", "title", "place", "position", "from", "to")
    place_rows = organisation.place_rows(hospitals)
    return [
        WrittenFile(places, "place", writing.write_table(places, place_headings, place_rows)),
        WrittenFile(people, "person", writing.write_table(people, people_headings, organisation.people_rows())),
        WrittenFile(
            holidays,
            "holiday",
            writing.write_table(holidays, ("facility", "day", "name"), organisation.holiday_rows(hospitals)),
        ),
    ]


def write_files(folder: Path, seed: int = 2026, months: int = 24, hospitals: int = 1) -> list[WrittenFile]:
    """Write the demo world's operating-room files under `folder`; returns them in the order to import.

    `months` counts closed months up to October 2026; the open November always follows. Every hospital after the first
    (H02, H03 …) has the same block plan and its own cases. ValueError when months < 1 or hospitals is not 1 to 99.
    """
    written = _write_organisation(folder, hospitals)
    all_months = month_starts(months)
    for hospital in organisation.hospital_codes(hospitals):
        plan = {
            month: [schedule_day(seed, hospital, day, is_workday(day)) for day in days_of(month)]
            for month in all_months
        }
        written += [_write_log(folder, seed, hospital, name, some, plan) for name, some in _logs(all_months)]
        for year in sorted({month.year for month in all_months}):
            written += _write_plans(folder, hospital, year, plan)
    return written
