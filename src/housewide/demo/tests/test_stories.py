"""Each planted story is in the raw files at its size, and its innocent look-alike is not one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path
from statistics import fmean, median, stdev

import pytest

import housewide.demo
from housewide.demo.answer_key import RANGES, STORIES, Story
from housewide.demo.tests.reading_back import Case, first_cases, turnovers
from housewide.demo.writing import WrittenFile

KEY = {story.key: story for story in STORIES}
REDESIGN = date(2026, 5, 4)


def on_time(cases: Iterable[Case], grace: float = 5) -> float:
    return fmean(case.delay <= grace for case in cases)


def mean_delay(cases: Iterable[Case]) -> float:
    return fmean(case.delay for case in cases)


def holds(story: Story, effect: float, n: int) -> None:
    assert story.low <= effect <= story.high, f"{story.key}: {story.effect} is {effect:.3f}"
    assert n >= story.n, f"{story.key}: only {n}"


@pytest.fixture(scope="module")
def firsts(cases: list[Case]) -> list[Case]:
    return first_cases(cases)


def test_the_handoff_redesign_takes_18_minutes_off_the_start_delay_of_three_rooms(firsts: list[Case]) -> None:
    story = KEY["handoff"]
    rooms = [case for case in firsts if case.room in story.places]
    before, after = [c for c in rooms if c.day < REDESIGN], [c for c in rooms if c.day >= REDESIGN]
    holds(story, mean_delay(before) - mean_delay(after), len(before))


def test_the_other_rooms_do_not_change_at_the_redesign(firsts: list[Case]) -> None:
    rooms = [case for case in firsts if case.room not in KEY["handoff"].places]
    before, after = [c for c in rooms if c.day < REDESIGN], [c for c in rooms if c.day >= REDESIGN]
    assert abs(mean_delay(before) - mean_delay(after)) < 2.5


def test_the_lost_minutes_lie_between_surgeon_seen_and_wheels_in_not_in_pre_op(firsts: list[Case]) -> None:
    rooms = [case for case in firsts if case.room in KEY["handoff"].places]

    def stage(cases: list[Case], start: str, end: str) -> float:
        return fmean((case.stamps[end] - case.stamps[start]).total_seconds() / 60 for case in cases)

    before, after = [c for c in rooms if c.day < REDESIGN], [c for c in rooms if c.day >= REDESIGN]
    ready_to_rolling = stage(before, "Pre-op ready", "Wheels in") - stage(after, "Pre-op ready", "Wheels in")
    last_stage = stage(before, "Surgeon seen", "Wheels in") - stage(after, "Surgeon seen", "Wheels in")
    in_preop = stage(before, "Arrived", "Pre-op ready") - stage(after, "Arrived", "Pre-op ready")
    assert 15 <= ready_to_rolling <= 21 and 15 <= last_stage <= 21 and abs(in_preop) < 3


def test_snow_made_two_january_days_late_in_every_room_and_no_other(firsts: list[Case]) -> None:
    storm = KEY["handoff"].look_alike
    week = [c for c in firsts if abs((c.day - storm.first_day).days) <= 9]
    late = Counter(c.day for c in week if c.late_reason == "Patient arrived late")
    in_storm = sum(late[day] for day in (storm.first_day, storm.last_day))
    assert in_storm >= 5
    assert max(number for day, number in late.items() if not storm.first_day <= day <= storm.last_day) <= 3
    assert on_time(c for c in week if storm.first_day <= c.day <= storm.last_day) < 0.45


def test_urology_is_booked_too_short_from_february_2026_and_gynecology_is_not(cases: list[Case]) -> None:
    story = KEY["short_booking"]

    def change(service: str, turn: date) -> tuple[float, float, int]:
        done = [c for c in cases if c.service == service and not c.cancelled]
        before, after = [c for c in done if c.day < turn], [c for c in done if c.day >= turn]
        ratios = [sum(c.actual for c in part) / sum(c.booked for c in part) for part in (before, after)]
        return ratios[1] / ratios[0], fmean(c.actual for c in after) - fmean(c.actual for c in before), len(after)

    ratio, longer, n = change("Urology", story.first_day)
    holds(story, ratio, n)
    assert abs(longer) < 5
    ratio, longer, _ = change("Gynecology", story.look_alike.first_day)
    assert longer > 7 and 0.96 < ratio < 1.05


def test_one_surgeon_keeps_blocks_empty_and_another_gives_them_back(
    cases: list[Case], blocks: list[dict[str, str]]
) -> None:
    story = KEY["idle_block"]
    worked = {(c.surgeon, c.day.isoformat()) for c in cases if not c.cancelled}

    def habit(owner: str) -> tuple[int, int, int]:
        own = [row for row in blocks if row["Owner"] == owner]
        kept = [row for row in own if not row["Released At"]]
        return len(own), len(kept), sum((owner, row["Block Date"]) not in worked for row in kept)

    given, kept, empty = habit("HALLORANDE, MIRIAM")
    assert given == kept
    holds(story, empty / kept, empty)
    given, kept, empty = habit("PRENDERVALE, JOSS")
    assert kept / given < 0.62 and empty / kept < 0.12


def test_two_rooms_wait_for_trays_in_autumn_2025_and_recover(cases: list[Case]) -> None:
    story = KEY["trays"]
    gaps = [turn for turn in turnovers(cases) if turn.after.room in story.places]
    before = [t for t in gaps if t.after.day < story.first_day]
    during = [t for t in gaps if story.first_day <= t.after.day <= story.last_day]
    later = [t for t in gaps if story.last_day < t.after.day <= story.last_day + timedelta(days=200)]
    holds(story, fmean(t.minutes for t in during) - fmean(t.minutes for t in before), len(during))
    assert abs(fmean(t.minutes for t in later) - fmean(t.minutes for t in before)) < 2.5
    trays = [sum(t.after.late_reason == "Equipment/tray" for t in part) / len(part) for part in (before, during, later)]
    assert trays[1] > 0.25 and max(trays[0], trays[2]) < 0.05


def test_or_1_turns_over_longer_from_september_2025_but_never_for_trays(cases: list[Case]) -> None:
    turn = KEY["trays"].look_alike.first_day
    gaps = [t for t in turnovers(cases) if t.after.room == "OR 1"]
    before, after = [t for t in gaps if t.after.day < turn], [t for t in gaps if t.after.day >= turn]
    assert 1 < fmean(t.minutes for t in after) - fmean(t.minutes for t in before) < 7
    assert sum(t.after.late_reason == "Equipment/tray" for t in after) / len(after) < 0.03


def test_consent_is_missing_in_orthopedics_from_october_2026(firsts: list[Case]) -> None:
    story = KEY["consent"]
    own = [c for c in firsts if c.service == "Orthopedics"]
    before = [c for c in own if date(2026, 6, 1) <= c.day < story.first_day]
    after = [c for c in own if c.day >= story.first_day]
    missing = [[c.late_reason == "Consent/H&P missing" for c in part] for part in (before, after)]
    holds(story, fmean(missing[1]) - fmean(missing[0]), sum(missing[1]))
    others = [c for c in firsts if c.service != "Orthopedics" and c.day >= story.first_day]
    assert fmean(c.late_reason == "Consent/H&P missing" for c in others) < 0.08


def test_urologys_late_starts_in_october_2026_were_planned(cases: list[Case]) -> None:
    own = [c for c in cases if c.service == "Urology" and c.frozen is not None]
    october = [c for c in own if (c.day.year, c.day.month) == (2026, 10)]
    rest = [c for c in own if c.day < date(2026, 10, 1)]
    planned = [c for c in october if c.planned_late]
    assert len(planned) >= 6
    assert len(planned) / len(october) > 5 * fmean(c.planned_late for c in rest)
    assert all(c.frozen is not None and c.frozen.time() >= time(8, 30) for c in planned)


def test_the_log_as_a_whole_lies_in_the_documented_ranges(
    world: list[WrittenFile], cases: list[Case], firsts: list[Case], blocks: list[dict[str, str]]
) -> None:
    done = [c for c in cases if not c.cancelled]
    frozen = [c for c in cases if c.frozen is not None]
    workdays = {c.day for c in frozen}
    late = [c for c in done if (c.stamps["Wheels in"] - c.start).total_seconds() > 300]
    logs = [file for file in world if file.table == "or_case"]
    groups: dict[tuple[str, str], list[float]] = {}
    for case in done:
        groups.setdefault((case.procedure, case.surgeon), []).append(math.log(case.actual))
    found = {
        "first cases on time within 5 min, before": on_time(c for c in firsts if c.day < REDESIGN),
        "first cases on time within 5 min, after": on_time(c for c in firsts if c.day >= REDESIGN),
        "cancelled share of the frozen schedule": fmean(c.cancelled for c in frozen),
        "add-on share": fmean(c.add_on for c in cases),
        "median turnover, min": median(t.minutes for t in turnovers(cases)),
        "log sd of minutes within procedure and surgeon": fmean(stdev(v) for v in groups.values() if len(v) > 20),
        "cases per workday": sum(c.day in workdays for c in cases) / len(workdays),
        "fault share of the log": sum(sum(f.faults.values()) for f in logs) / sum(f.rows for f in logs),
        "released share of blocks": fmean(bool(row["Released At"]) for row in blocks),
        "no printed reason among late cases": fmean(not c.late_reason for c in late),
    }
    assert found.keys() == RANGES.keys()
    outside = {name: value for name, value in found.items() if not RANGES[name][0] <= value <= RANGES[name][1]}
    assert outside == {}


def test_only_tests_read_the_answer_key() -> None:
    source = Path(housewide.demo.__file__).parents[1]
    readers = [path for path in source.rglob("*.py") if "import" in (text := path.read_text()) and "answer_key" in text]
    allowed = {"answer_key.py", "answer_key_money.py", "answer_key_practice.py", "stories.py"}
    assert [p for p in readers if "tests" not in p.parts and p.name not in allowed] == []
