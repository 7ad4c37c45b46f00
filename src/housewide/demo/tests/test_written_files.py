"""The files of the demo world are the same each time, readable, and hold what the fact tables need."""

from __future__ import annotations

import csv
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from housewide.demo import accounts, organisation
from housewide.demo.operating_rooms import LAST_DAY, is_workday, month_starts, write_files
from housewide.demo.tests.reading_back import (
    STAMPS,
    Case,
    log_lines,
    minutes_between,
    split_lines,
    stamp,
    table_lines,
)
from housewide.demo.writing import LOG_HEADINGS, WrittenFile


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        write_files(tmp_path / name, seed=seed, months=2)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")
    assert _contents(tmp_path / "one") != _contents(tmp_path / "three")


def test_a_month_does_not_depend_on_how_many_months_are_written(world: list[WrittenFile], tmp_path: Path) -> None:
    short = _contents_by_name(write_files(tmp_path, months=1))
    long = _contents_by_name(world)
    assert len(short) == 7
    for name, text in short.items():  # plans are printed by the year, so a short world has the end of the long one
        assert set(text.splitlines()) <= set(long[name].splitlines())


def _contents_by_name(files: list[WrittenFile]) -> dict[str, bytes]:
    return {file.path.name: file.path.read_bytes() for file in files}


def test_there_are_24_closed_months_and_november_to_the_22nd(world: list[WrittenFile], cases: list[Case]) -> None:
    logs = [file.path.name for file in world if file.table == "or_case"]
    assert logs[:3] == ["or_log_2024.csv", "or_log_2025.csv", "or_log_2026-01.csv"] and logs[-1] == "or_log_2026-11.csv"
    assert len(logs) == 2 + 11 and len(month_starts(24)) == 25
    assert max(case.day for case in cases) == LAST_DAY == date(2026, 11, 22)


def test_every_file_is_read_by_the_csv_module_and_counts_its_rows(world: list[WrittenFile]) -> None:
    for file in world:
        delimiter = "|" if file.table == "or_block" else ","
        skipped = 2 if file.table == "or_case" else 0
        with file.path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines, delimiter=delimiter))[skipped:]
        assert len(rows) == file.rows + 1 > 1, file.path.name
        assert {len(row) for row in rows} == {len(rows[0])}, file.path.name


def test_the_log_prints_two_lines_above_its_headings_with_a_mark_and_windows_line_ends(
    world: list[WrittenFile],
) -> None:
    data = next(file.path for file in world if file.table == "or_case").read_bytes()
    lines = data.split(b"\r\n")
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    assert lines[2].decode().split(",") == list(LOG_HEADINGS)


def test_every_month_holds_one_to_five_mistakes_and_they_are_the_ones_reported(world: list[WrittenFile]) -> None:
    kinds: set[str] = set()
    for file in world:
        if file.table == "or_case":
            found = split_lines(log_lines(file.path))[1]
            assert found == dict(file.faults), file.path.name
            months = sum(file.path.stem.endswith(f"{month:%Y-%m}") for month in month_starts(24)) or 12
            assert 1 <= sum(found.values()) <= 5 * months
            kinds |= set(found)
    assert kinds == {"missing_wheels_in", "out_before_in", "duplicate_line", "unknown_room", "bad_date"}


def test_milestones_are_in_order_and_complete_except_for_the_planted_mistakes(cases: list[Case]) -> None:
    for case in cases:
        times = [case.stamps[name] for name in STAMPS if name in case.stamps]
        assert times == sorted(times), case.number
        assert case.cancelled or len(times) == len(STAMPS), case.number
        assert not case.cancelled or (len(times) <= 2 and case.cancel_reason), case.number


def test_case_numbers_are_unique_and_only_add_ons_lack_a_frozen_start(cases: list[Case]) -> None:
    assert len({case.number for case in cases}) == len(cases)
    assert all((case.frozen is None) == case.add_on for case in cases)
    assert all(case.start < case.end for case in cases)


def test_no_room_holds_two_patients_and_no_surgeon_operates_on_two_at_once(cases: list[Case]) -> None:
    done = [case for case in cases if not case.cancelled]
    for key, begin, end in (("room", "Wheels in", "Wheels out"), ("surgeon", "Incision", "Close")):
        lanes: dict[str, list[Case]] = {}
        for case in done:
            lanes.setdefault(getattr(case, key), []).append(case)
        for lane in lanes.values():
            lane.sort(key=lambda case: case.stamps[begin])
            for before, after in pairwise(lane):
                assert before.stamps[end] <= after.stamps[begin], (before.number, after.number)


def test_electives_are_booked_on_workdays_only(cases: list[Case]) -> None:
    assert all(is_workday(case.day) for case in cases if case.frozen is not None)
    assert not is_workday(date(2025, 11, 27)) and not is_workday(date(2026, 7, 3)) and is_workday(date(2026, 7, 2))


def test_every_frozen_case_is_in_a_room_staffed_that_day(world: list[WrittenFile], cases: list[Case]) -> None:
    staffed = {
        (datetime.strptime(row["Date"], "%m/%d/%Y").date(), row["Room"])
        for file in world
        if file.table == "staffed_room"
        for row in table_lines(file.path)
    }
    assert all((case.day, case.room) in staffed for case in cases if case.frozen is not None)


def test_blocks_have_unique_ids_and_are_released_3_to_14_days_ahead(blocks: list[dict[str, str]]) -> None:
    assert len({row["Block ID"] for row in blocks}) == len(blocks)
    for row in blocks:
        if row["Released At"]:
            released = datetime.strptime(row["Released At"], "%Y-%m-%d %H:%M").date()
            assert 3 <= (date.fromisoformat(row["Block Date"]) - released).days <= 14
        assert row["Start"] < row["End"] and row["Owner Type"] in ("SERVICE", "SURGEON")


def test_a_late_case_names_the_stage_that_took_too_long(cases: list[Case]) -> None:
    held_up = {
        "Patient arrived late": "Arrived",
        "Consent/H&P missing": "Site marked",
        "Anesthesia": "Anes seen",
        "Surgeon not available": "Surgeon seen",
    }
    usual = dict(zip(STAMPS[1:5], (62, 17, 11, 12), strict=True)) | {"Wheels in": 14}
    seen = {reason: [0, 0] for reason in held_up}
    for case in cases:
        if case.late_reason not in held_up or case.add_on or case.delay < 10 or case.day.month == 1:
            continue
        over = {
            after: minutes_between(case.stamps[before], case.stamps[after]) - usual[after]
            for before, after in pairwise(STAMPS[:6])
        }
        over["Arrived"] = minutes_between(case.start, case.stamps["Arrived"]) + 100
        named = held_up[case.late_reason]
        stage = max((name for name in over if name != "Arrived" or named == "Arrived"), key=over.__getitem__)
        seen[case.late_reason][0] += stage == named
        seen[case.late_reason][1] += 1
    for reason, (right, total) in seen.items():
        assert total > 30 and right / total > 0.80, (reason, right, total)


def test_a_late_reason_is_printed_only_when_the_case_rolled_more_than_five_minutes_late(cases: list[Case]) -> None:
    with_reason = [case for case in cases if case.late_reason]
    assert with_reason
    assert all(minutes_between(case.start, case.stamps["Wheels in"]) > 5 for case in with_reason)


def test_more_hospitals_get_files_of_their_own(tmp_path: Path) -> None:
    files = write_files(tmp_path, months=1, hospitals=2)
    names = {file.path.name for file in files}
    assert {"or_log_2026-10.csv", "or_log_h02_2026-10.csv", "or_blocks_h02_2026.csv"} <= names
    numbers = [
        row["Case #"] for f in files if f.table == "or_case" for row in log_lines(f.path) if stamp(row["Arrived"])
    ]
    faults = sum(sum(file.faults.values()) for file in files)
    assert len(numbers) - len(set(numbers)) <= faults
    codes = {row["code"] for row in table_lines(tmp_path / "organization/places.csv")}
    assert {"H02", "H02-PERIOP", "H02-OR"} <= codes


@pytest.mark.parametrize(("months", "hospitals"), [(0, 1), (1, 0), (1, 100)])
def test_impossible_sizes_are_refused(tmp_path: Path, months: int, hospitals: int) -> None:
    with pytest.raises(ValueError, match="demo world"):
        write_files(tmp_path, months=months, hospitals=hospitals)


def test_places_form_one_tree_and_every_person_and_account_belongs_to_it() -> None:
    places = {row[0]: row for row in organisation.place_rows()}
    ranks = ("system", "facility", "department", "unit")
    for code, _, kind, parent, *_ in places.values():
        assert (code == "MVHS") == (parent == "")
        assert not parent or ranks.index(places[parent][2]) == ranks.index(kind) - 1, code
    people = {row[0]: row for row in organisation.people_rows()}
    assert len(people) == len({row[2] for row in people.values()}) == 26
    assert all(row[4] in places for row in people.values())
    assert [persona.role for persona in accounts.PERSONAS] == list(accounts.ROLE_KEYS)
    for persona in accounts.PERSONAS:
        assert persona.place in places and people[persona.person][2] == persona.username
    assert people["P003"][1] == "Dana Whitfield" and people["P003"][2] == "dana.whitfield@mercyvalley.example"


def test_holidays_are_the_ones_kept_in_2024_to_2027() -> None:
    rows = organisation.holiday_rows()
    days = {(facility, day) for facility, day, _ in rows}
    assert len(days) == 4 * 6 + 4 * 7
    for day in ("2024-11-28", "2025-05-26", "2025-09-01", "2026-07-03", "2026-11-26", "2027-12-24", "2027-07-05"):
        assert ("MVH", day) in days
    assert ("LKO", "2026-11-27") in days and ("MVH", "2026-11-27") not in days
