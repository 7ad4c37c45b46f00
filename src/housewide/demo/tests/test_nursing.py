"""Mercy Valley's shifts: they tie with the census, nobody stands in two places, and the stories are in them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from housewide.demo import stories
from housewide.demo.beds import NUMBER, UNITS, nights
from housewide.demo.nursing import AGENCY, NURSES, OPEN, OVERTIME, REGULAR, Shifts, care_hours, shifts
from housewide.demo.operating_rooms import LAST_DAY, days_of, month_starts
from housewide.demo.shift_files import HEADINGS, write_shifts
from housewide.demo.stays import Column
from housewide.demo.tests.reading_back import table_lines
from housewide.demo.wards import census_rows

Lines = list[dict[str, str]]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    files = write_shifts(tmp_path_factory.mktemp("shifts"), months=36)
    return [row for file in files for row in table_lines(file.path)]


@pytest.fixture(scope="module")
def worked() -> Shifts:
    return shifts(2026, LAST_DAY)


def differing(lines: Lines, months: int) -> list[tuple[str, str]]:
    """Units and days whose printed hours of direct care are not those of the printed shifts."""
    hours: Counter[tuple[str, str]] = Counter()
    for row in lines:
        hours[row["Cost Ctr"], row["Shift Date"]] += round(float(row["Worked Hrs"]) * 100)
    days = [day for month in month_starts(months) for day in days_of(month)]
    census = {(row[0], row[1]): round(float(row[-1]) * 100) for day in days for row in census_rows(2026, day)}
    return [key for key, care in census.items() if hours[key] != care]


def between(of: Shifts, unit: str, first: date, last: date) -> Shifts:
    return of.take((of.unit == NUMBER[unit]) & (of.day >= np.datetime64(first)) & (of.day <= np.datetime64(last)))


def hours_a_patient_day(unit: str, first: date, last: date) -> float:
    counted = nights(2026, LAST_DAY)
    days = slice((first - counted.first).days, (last - counted.first).days + 1)
    return float(care_hours(2026, LAST_DAY)[NUMBER[unit], days].sum() / counted.patients[NUMBER[unit], days].sum())


def share(of: Shifts, kinds: tuple[int, ...]) -> float:
    return float(np.isin(of.kind, kinds).mean())


def nurses_share(of: Shifts) -> float:
    minutes: Column = of.minutes
    return float(minutes[of.role == 0].sum() / minutes.sum())


def test_hours_of_direct_care_in_the_census_are_those_of_the_shifts_on_every_day_of_every_month(lines: Lines) -> None:
    assert len(lines) > 200_000
    assert set(lines[0]) == set(HEADINGS)
    assert differing(lines, 36) == []


def test_an_hour_more_on_one_shift_breaks_the_tie(lines: Lines) -> None:
    of_october = next(i for i, row in enumerate(lines) if row["Shift Date"] == "10/14/2026" and row["Outcome"] == "REG")
    longer = {**lines[of_october], "Worked Hrs": f"{float(lines[of_october]['Worked Hrs']) + 1:.2f}"}
    perturbed = [*lines[:of_october], longer, *lines[of_october + 1 :]]
    assert differing(perturbed, 1) == [(longer["Cost Ctr"], "10/14/2026")]


def test_every_shift_has_a_number_of_its_own_and_nobody_works_two_a_day(lines: Lines, worked: Shifts) -> None:
    assert len({row["Shift #"] for row in lines}) == len(lines)
    taken = worked.take((worked.minutes > 0) & (worked.employee < 980_000))
    pairs = np.stack([taken.employee, taken.day.astype(int)])
    assert np.unique(pairs, axis=1).shape[1] == len(taken)


def test_a_day_more_changes_no_shift_of_the_days_before(worked: Shifts) -> None:
    later = shifts(2026, LAST_DAY + timedelta(days=1))
    before = later.take(later.day <= np.datetime64(LAST_DAY))
    assert len(before) == len(worked)
    assert all((getattr(before, name) == getattr(worked, name)).all() for name in ("employee", "kind", "minutes"))


def test_hours_a_patient_day_lie_near_the_standard_of_the_unit() -> None:
    for unit in UNITS:
        found = hours_a_patient_day(unit.code, date(2025, 1, 1), date(2025, 12, 31))
        assert found == pytest.approx(unit.care, rel=0.04), unit.code


def test_people_work_about_three_shifts_a_week_and_few_are_agency(worked: Shifts) -> None:
    year = worked.take(worked.day >= np.datetime64("2025-11-23"))
    own = year.take((year.minutes > 0) & (year.employee < 900_000) & (year.employee > 0))
    weeks = Counter(zip(own.employee.tolist(), ((own.day.astype(int) + 4) // 7).tolist(), strict=True))
    assert 2.3 < sum(weeks.values()) / len(weeks) < 3.2
    assert 0.02 < share(year, (AGENCY,)) < 0.06
    assert 0.66 < share(year, (REGULAR,)) < 0.80


def test_four_west_pays_overtime_after_four_resignations_and_then_has_a_tenth_fewer_hours(worked: Shifts) -> None:
    year_before = hours_a_patient_day("4 WEST", date(2025, 9, 14), LAST_DAY - timedelta(days=365))
    now = hours_a_patient_day("4 WEST", stories.SHORT_OF_NURSES_SINCE, LAST_DAY)
    assert 0.07 < 1 - now / year_before < 0.14
    autumn = between(worked, "4 WEST", stories.SHORT_OF_NURSES_SINCE, LAST_DAY)
    before = between(worked, "4 WEST", date(2026, 5, 1), date(2026, 7, 31))
    assert share(autumn, (OVERTIME, AGENCY)) > share(before, (OVERTIME, AGENCY)) * 1.15
    assert share(autumn, (OPEN,)) > share(before, (OPEN,)) + 0.08
    for unit in ("3 WEST", "4 EAST", "5 EAST", "5 WEST"):
        held = hours_a_patient_day(unit, stories.SHORT_OF_NURSES_SINCE, LAST_DAY)
        assert held == pytest.approx(next(one.care for one in UNITS if one.code == unit), rel=0.05), unit


def test_five_west_keeps_its_hours_and_loses_its_nurses(worked: Shifts) -> None:
    since, until = stories.SKILL_MIX_SINCE, date(2026, 10, 31)
    before = between(worked, "5 WEST", date(2025, 4, 6), date(2026, 4, 5))
    after = between(worked, "5 WEST", since, until)
    assert nurses_share(before) == pytest.approx(NURSES["5 WEST"], abs=0.02)
    assert 0.11 < nurses_share(before) - nurses_share(after) < 0.16
    assert hours_a_patient_day("5 WEST", since, until) == pytest.approx(
        hours_a_patient_day("5 WEST", date(2025, 4, 6), date(2026, 4, 5)), rel=0.03
    )


def test_sitters_on_three_east_come_in_june_and_go() -> None:
    june = hours_a_patient_day("3 EAST", stories.SITTER_FIRST, stories.SITTER_LAST)
    around = [hours_a_patient_day("3 EAST", date(2026, 4, 1), date(2026, 6, 4)),
              hours_a_patient_day("3 EAST", date(2026, 6, 29), date(2026, 8, 31))]  # fmt: skip
    assert all(1.2 < june - usual < 2.6 for usual in around)


def test_nurses_of_five_east_called_out_on_the_last_sunday() -> None:
    usual = hours_a_patient_day("5 EAST", date(2026, 8, 1), LAST_DAY - timedelta(days=1))
    assert hours_a_patient_day("5 EAST", LAST_DAY, LAST_DAY) < usual * 0.88


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    one, same = (write_shifts(tmp_path / name, months=1) for name in ("one", "same"))
    other = write_shifts(tmp_path / "other", seed=7, months=1)
    assert [file.path.read_bytes() for file in one] == [file.path.read_bytes() for file in same]
    assert one[0].path.read_bytes() != other[0].path.read_bytes()
