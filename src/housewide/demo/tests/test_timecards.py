"""Mercy Valley's timecards: they hold the hours of the shifts, and pay what the law says."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from housewide.demo.beds import UNITS
from housewide.demo.nursing import AGENCY as BY_AGENCY
from housewide.demo.nursing import shifts
from housewide.demo.operating_rooms import LAST_DAY, month_starts
from housewide.demo.organisation import PLACES
from housewide.demo.staff import TEAMS, people
from housewide.demo.tests.reading_back import table_lines
from housewide.demo.timecard_files import write_timecards
from housewide.demo.timecards import (
    CONTRACT,
    FORTY,
    NIGHT,
    OVERTIME,
    PLACES_OF_UNITS,
    PTO,
    REGULAR,
    Timecards,
    last_saturday,
    timecards,
)

LAST_WEEK = last_saturday(LAST_DAY)
WORKED = (REGULAR, OVERTIME, CONTRACT)
Lines = list[dict[str, str]]


@pytest.fixture(scope="module")
def cards() -> Timecards:
    return timecards(2026, LAST_WEEK)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    files = write_timecards(tmp_path_factory.mktemp("timecards"), months=36)
    return [row for file in files for row in table_lines(file.path, skip=1)]


def minutes_by_week(lines: Lines) -> Counter[tuple[str, date]]:
    """Worked minutes of the inpatient units by week, as the labor distribution prints them."""
    found: Counter[tuple[str, date]] = Counter()
    for row in lines:
        if (
            row["Pay Code"] in ("REG", "OT", "CTR")
            and row["Dept"] in PLACES_OF_UNITS.values()
            and row["Emp #"][0] != "3"
        ):
            month, day, year = map(int, row["Week Ending"].split("/"))
            found[row["Dept"], date(2000 + year, month, day)] += round(float(row["Hours"]) * 60)
    return found


def weeks_that_differ(lines: Lines) -> list[tuple[str, date]]:
    every = shifts(2026, LAST_DAY)
    of_shifts: Counter[tuple[str, date]] = Counter()
    ends = ((every.day.astype(int) + 4) // 7 * 7 + 2).astype("datetime64[D]").astype(object)
    for unit, end, minutes in zip(every.unit.tolist(), ends.tolist(), every.minutes.tolist(), strict=True):
        of_shifts[PLACES_OF_UNITS[UNITS[unit].code], end] += minutes
    printed = minutes_by_week(lines)
    first = month_starts(36)[0]
    weeks = [first + timedelta(days=step) for step in range((LAST_WEEK - first).days + 1)]
    every_week = [(place, end) for place in PLACES_OF_UNITS.values() for end in weeks if end.weekday() == 5]
    return [key for key in every_week if abs(printed[key] - of_shifts[key]) > 0]


def test_hours_worked_on_timecards_are_those_of_the_shifts_in_every_unit_and_week(lines: Lines) -> None:
    assert weeks_that_differ(lines) == []


def test_a_quarter_of_an_hour_more_on_one_timecard_breaks_the_tie(lines: Lines) -> None:
    at = next(i for i, row in enumerate(lines) if row["Dept"] == "MVH-4W" and row["Pay Code"] == "REG")
    longer = {**lines[at], "Hours": f"{float(lines[at]['Hours']) + 0.25:.2f}"}
    assert len(weeks_that_differ([*lines[:at], longer, *lines[at + 1 :]])) == 1


def test_printed_amounts_are_the_cents_of_the_timecards(lines: Lines, cards: Timecards) -> None:
    first = np.datetime64(month_starts(36)[0])
    printed = sum(round(float(row["Amount"].replace(",", "")) * 100) for row in lines)
    assert printed == int(cards.cents[cards.week >= first].sum())


def test_nobody_has_regular_hours_beyond_forty_a_week(cards: Timecards) -> None:
    assert int(cards.minutes[cards.code == REGULAR].max()) <= FORTY
    beyond = cards.take(cards.code == OVERTIME)
    key = cards.employee * 100_000 + cards.week.astype(int)
    full = set(key[(cards.code == REGULAR) & (cards.minutes == FORTY)].tolist())
    assert set((beyond.employee * 100_000 + beyond.week.astype(int)).tolist()) <= full


def test_overtime_pays_one_and_a_half_times_a_regular_rate_that_counts_differentials_in(cards: Timecards) -> None:
    """29 CFR 778.207: a nurse of $40 an hour with 46 night hours at $5 has a regular rate of $45: 6 hours of overtime
    cost 6 x (40 + 22.50) beside the differential on all 46."""
    from housewide.demo.timecards import _paid

    one = np.array([1])
    rows = _paid(one * 4_000, one * 46 * 60, one * 46 * 60, one * 500)
    assert [int(cents[0]) for _, _, cents in rows] == [160_000, 37_500, 23_000]
    assert int((cards.cents[cards.code == NIGHT] <= 0).sum()) == 0


def test_agency_hours_are_those_of_agency_shifts(cards: Timecards) -> None:
    every = shifts(2026, LAST_DAY)
    inside = (every.day > np.datetime64("2024-06-01")) & (every.day <= np.datetime64("2026-10-31"))
    shift_minutes = int(every.minutes[inside & (every.kind == BY_AGENCY)].sum())
    weeks = (cards.week > np.datetime64("2024-06-01")) & (cards.week <= np.datetime64("2026-10-31"))
    assert int(cards.minutes[weeks & (cards.code == CONTRACT)].sum()) == shift_minutes


def test_a_week_more_changes_no_timecard_of_the_weeks_before(cards: Timecards) -> None:
    later = timecards(2026, LAST_WEEK + timedelta(days=7))
    before = later.take(later.week <= np.datetime64(LAST_WEEK))
    assert len(before) == len(cards)
    assert (before.cents == cards.cents).all()


def test_the_hospital_has_about_twelve_hundred_full_time_equivalents_and_the_practice_twenty_four_people(
    cards: Timecards,
) -> None:
    year = cards.take(cards.week > np.datetime64(LAST_WEEK - timedelta(days=364)))
    paid = np.isin(year.code, (*WORKED, PTO))
    assert 1_100 < year.minutes[paid].sum() / 60 / 2080 < 1_350
    assert sum(team.people for team in TEAMS if team.facility == "LKO") == 24
    assert {person.team.place for person in people(2026)} <= {place[0] for place in PLACES}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    one, same = (write_timecards(tmp_path / name, months=1) for name in ("one", "same"))
    assert [file.path.read_bytes() for file in one] == [file.path.read_bytes() for file in same]
