"""The census and the appointments of the demo are believable, repeatable, and whole."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from housewide.demo.beds import UNITS
from housewide.demo.clinic import BOOKED_UNTIL, appointment_rows, is_open, write_appointments
from housewide.demo.operating_rooms import BUSINESS_DATE, LAST_DAY
from housewide.demo.tests.reading_back import table_lines
from housewide.demo.wards import census, census_rows, write_census
from housewide.demo.writing import WrittenFile


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[WrittenFile]:
    folder = tmp_path_factory.mktemp("wards")
    return [*write_census(folder, months=2), *write_appointments(folder, months=2)]


def lines(files: list[WrittenFile], table: str) -> list[dict[str, str]]:
    return [row for file in files if file.table == table for row in table_lines(file.path)]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(
    files: list[WrittenFile], tmp_path: Path
) -> None:
    again = [*write_census(tmp_path, months=2), *write_appointments(tmp_path, months=2)]
    assert [file.path.read_bytes() for file in again] == [file.path.read_bytes() for file in files]
    other = write_census(tmp_path / "other", seed=7, months=2)
    assert other[0].path.read_bytes() != files[0].path.read_bytes()


def test_every_unit_has_a_line_a_night_and_never_more_patients_than_beds(files: list[WrittenFile]) -> None:
    rows = lines(files, "midnight_census")
    nights = (LAST_DAY - date(2026, 9, 1)).days + 1
    assert len(rows) == nights * len(UNITS)
    for row in rows:
        assert 0 < int(row["Patients 2359"]) <= int(row["Staffed Beds"])
        assert int(row["Observation"]) <= int(row["Patients 2359"])
        assert min(int(row[name]) for name in ("Admits", "Discharges", "Xfer In", "Xfer Out")) >= 0


def test_patients_tonight_are_those_of_last_night_with_who_came_and_without_who_went() -> None:
    for day, after in pairwise(date(2026, 10, 1) + timedelta(days=step) for step in range(20)):
        before = {row[0]: int(row[2]) for row in census_rows(2026, day)}
        for code, _, patients, _, _, came, gone, moved_in, moved_out, _ in census_rows(2026, after):
            assert int(patients) == before[code] + int(came) - int(gone) + int(moved_in) - int(moved_out)


def test_who_moves_out_of_a_unit_moves_into_another() -> None:
    rows = list(census_rows(2026, date(2026, 10, 14)))
    assert sum(int(row[7]) for row in rows) == sum(int(row[8]) for row in rows)


def test_a_unit_seldom_jumps() -> None:
    for unit in UNITS:
        nights = [census(2026, unit, date(2026, 10, 1) + timedelta(days=step)) for step in range(40)]
        steps = sorted(abs(one - other) for one, other in pairwise(nights))
        assert steps[len(steps) // 2] <= unit.beds * 0.15
        assert steps[-1] <= unit.beds * 0.5


def test_appointments_stand_on_open_days_only_and_those_to_come_are_not_yet_kept(files: list[WrittenFile]) -> None:
    rows = lines(files, "appointment")
    assert len({row["Appt ID"] for row in rows}) == len(rows)
    for row in rows:
        month, day, year = map(int, row["Appt Date"].split("/"))
        on = date(year, month, day)
        assert is_open(on)
        assert on <= BOOKED_UNTIL
        assert (row["Status"] in ("Scheduled", "Canceled")) or on < BUSINESS_DATE
        assert bool(row["Check-in"]) == (row["Status"] == "Completed")


def test_about_sixty_visits_a_day_and_a_friday_without_reminders() -> None:
    days = [date(2026, 10, 1) + timedelta(days=step) for step in range(30)]
    counts = [len(appointment_rows(2026, day)) for day in days if is_open(day)]
    assert 45 <= sum(counts) / len(counts) <= 75
    friday = appointment_rows(2026, date(2026, 11, 20))
    missed = sum(row[6] == "No Show" for row in friday)
    assert missed / len(friday) > 0.15
    assert appointment_rows(2026, date(2026, 11, 26)) == [], "Thanksgiving"
