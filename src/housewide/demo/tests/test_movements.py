"""Mercy Valley's stays and beds: they tie with the census night by night, and look like a hospital's."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from housewide.demo.arrivals import groups, lines
from housewide.demo.beds import NUMBER, UNITS, movements, nights
from housewide.demo.emergency import visits
from housewide.demo.movement_files import write_movements
from housewide.demo.operating_rooms import LAST_DAY, days_of, month_starts
from housewide.demo.stays import BedStays
from housewide.demo.tests.reading_back import table_lines
from housewide.demo.wards import census_rows
from housewide.demo.writing import WrittenFile

MONTHS = 36
NEVER = datetime(2100, 1, 1)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[WrittenFile]:
    return write_movements(tmp_path_factory.mktemp("movements"), months=MONTHS)


@pytest.fixture(scope="module")
def bed_lines(written: list[WrittenFile]) -> list[dict[str, str]]:
    return [row for file in written if file.table == "bed_stay" for row in table_lines(file.path, delimiter="|")]


@pytest.fixture(scope="module")
def account_lines(written: list[WrittenFile]) -> list[dict[str, str]]:
    return [row for file in written if file.table == "encounter" for row in table_lines(file.path)]


def at(text: str, form: str = "%Y-%m-%d %H:%M") -> datetime:
    return datetime.strptime(text, form) if text else NEVER


def patients_by_night(rows: list[dict[str, str]]) -> Counter[tuple[str, date]]:
    """Recount the printed bed log: who had been laid down and not yet left at each midnight."""
    found: Counter[tuple[str, date]] = Counter()
    for row in rows:
        day, end = at(row["Bed Start"]).date(), min(at(row["Bed End"]).date(), LAST_DAY + timedelta(days=1))
        while day < end:
            found[row["Unit"], day] += 1
            day += timedelta(days=1)
    return found


def nights_that_differ(rows: list[dict[str, str]], months: int) -> list[tuple[str, date]]:
    counted = patients_by_night(rows)
    days = [day for month in month_starts(months) for day in days_of(month)]
    census = {(row[0], day): int(row[2]) for day in days for row in census_rows(2026, day)}
    return [key for key, patients in census.items() if counted[key] != patients]


def test_patients_of_the_census_are_those_of_the_bed_log_on_every_night_of_every_month(
    bed_lines: list[dict[str, str]],
) -> None:
    # Who came before the first file is in none; three months later nobody of them is left.
    assert [key for key in nights_that_differ(bed_lines, MONTHS) if key[1] >= date(2024, 2, 1)] == []


def test_one_transfer_printed_an_hour_late_across_midnight_breaks_the_tie(bed_lines: list[dict[str, str]]) -> None:
    moved = next(i for i, row in enumerate(bed_lines) if row["Bed End"].startswith("2026-10-") and row["Seq"] == "1")
    late = dict(bed_lines[moved])
    late["Bed End"] = f"{at(late['Bed End']) + timedelta(days=1):%Y-%m-%d %H:%M}"
    perturbed = [*bed_lines[:moved], late, *bed_lines[moved + 1 :]]
    assert len(nights_that_differ(perturbed, 2)) == 1


def test_nobody_lies_in_two_beds_and_no_bed_holds_two() -> None:
    beds = movements(2026, LAST_DAY).beds
    ended = np.where(np.isnat(beds.ended), np.datetime64("2100-01-01", "m"), beds.ended)
    for first, second in ((beds.unit, beds.bed), (beds.stay, np.zeros_like(beds.stay))):
        order = np.lexsort((beds.started, second, first))
        same = (np.diff(first[order]) == 0) & (np.diff(second[order]) == 0)
        assert (beds.started[order][1:][same] >= ended[order][:-1][same]).all()


def test_a_stay_moves_without_a_gap_from_its_first_bed_to_its_end() -> None:
    moved = movements(2026, LAST_DAY)
    beds, stays = moved.beds, moved.stays
    same = beds.stay[1:] == beds.stay[:-1]
    assert (beds.started[1:][same] == beds.ended[:-1][same]).all()
    last = ~np.r_[same, False]
    closed = last & ~np.isnat(beds.ended)
    assert (beds.ended[closed] == stays.left[beds.stay[closed]]).all()
    assert (beds.started >= stays.decided[beds.stay]).all()


def test_a_day_more_changes_no_bed_of_the_days_before() -> None:
    now, later = (movements(2026, LAST_DAY + timedelta(days=more)).beds for more in (0, 1))
    edge = np.datetime64(LAST_DAY, "m")
    before = [one.take(one.started < edge) for one in (now, later)]
    assert isinstance(before[0], BedStays)
    assert all((getattr(before[0], name) == getattr(before[1], name)).all() for name in ("unit", "bed", "started"))


def test_every_stay_stands_in_one_file_and_those_in_the_house_have_no_departure(
    account_lines: list[dict[str, str]],
) -> None:
    assert len({row["Acct #"] for row in account_lines}) == len(account_lines)
    here = [row for row in account_lines if not row["Departure"]]
    counted = nights(2026, LAST_DAY)
    lying = int(counted.patients[:, -1].sum())
    newborns = sum(row["Pt Class"] == "NB" for row in here)
    boarding = sum(row["Unit"] == "EMERGENCY" for row in here)
    assert len(here) - newborns - boarding == lying
    assert all(not row["MS-DRG"] and not row["Disch Disp"] for row in here)


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    one, same = (write_movements(tmp_path / name, months=1) for name in ("one", "same"))
    other = write_movements(tmp_path / "other", seed=7, months=1)
    assert [file.path.read_bytes() for file in one] == [file.path.read_bytes() for file in same]
    assert one[0].path.read_bytes() != other[0].path.read_bytes()


def test_lengths_of_stay_lie_near_the_geometric_mean_of_their_group() -> None:
    """CMS publishes both means by MS-DRG; a tenth more for weekends, and groups of a few days round to whole nights."""
    stays = movements(2026, LAST_DAY).stays
    nights_of = (stays.left.astype("datetime64[D]") - stays.arrived.astype("datetime64[D]")).astype(int)
    for drg, group in groups().items():
        some = nights_of[(stays.drg == drg) & (stays.kind == "inpatient")]
        if len(some) > 300 and group.gmlos > 2.5:
            assert float(np.exp(np.log(np.maximum(some, 1)).mean())) == pytest.approx(group.gmlos, rel=0.16), drg


def test_units_are_as_full_as_those_of_a_busy_hospital() -> None:
    counted = nights(2026, LAST_DAY).patients[:, -365:]
    for unit in UNITS:
        share = counted[NUMBER[unit.code]].mean() / unit.beds
        assert 0.68 < share < 0.96, unit.code
    assert (counted.max(axis=1) <= [unit.beds for unit in UNITS]).all()
    assert sum(unit.beds for unit in UNITS) == 300


def test_one_in_seven_comes_back_and_more_with_heart_failure_once_the_clinic_is_closed() -> None:
    stays = movements(2026, LAST_DAY).stays
    order = np.lexsort((stays.arrived, stays.patient))
    of = stays.take(order[stays.kind[order] != "newborn"])
    gap = (of.arrived[1:] - of.left[:-1]).astype(int) / 1440
    back = np.r_[(of.patient[1:] == of.patient[:-1]) & (gap <= 30), False]
    closed = np.datetime64("2026-10-15", "m")
    old_enough = (of.left < closed) & (of.kind == "inpatient") & (of.line != "obstetrics")
    assert 0.10 < back[old_enough].mean() < 0.16
    heart = old_enough & (of.drg == 291)
    since = of.left >= np.datetime64("2026-04-01", "m")
    before, after = back[heart & ~since].mean(), back[heart & since].mean()
    assert 0.15 < before < 0.22
    assert 0.25 < after < 0.35


def test_visits_to_the_emergency_department_follow_the_clock_and_the_week() -> None:
    month = visits(2026, date(2026, 10, 1))
    hours = Counter((month.arrived.astype("datetime64[h]").astype(int) % 24).tolist())
    assert hours[11] + hours[12] > 4 * (hours[3] + hours[4]) * 0.75
    assert 2_700 < len(month) < 3_500
    minutes = (month.left - month.arrived).astype(int)
    assert 140 < float(np.median(minutes)) < 190
    assert 0.01 < float((month.disposition == "left unseen").mean()) < 0.035


def test_a_service_has_a_floor_that_exists_and_groups_that_have_a_length_of_stay() -> None:
    for line in lines().values():
        assert set(line.floors) <= set(NUMBER)
        assert {drg for drg, *_ in line.drgs} <= set(groups())
        assert replace(line, arrivals=1.0).arrivals == 1.0
