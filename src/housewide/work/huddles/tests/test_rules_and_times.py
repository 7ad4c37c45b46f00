"""Rules are data and say why; times are written as people write them; the line follows the tree of places."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.actions import NotSeen, Refused
from housewide.work.huddles.actions import change_plan
from housewide.work.huddles.moments import NotATime, clock_from_text, when_from_text
from housewide.work.huddles.patient_hints import patient_hints
from housewide.work.huddles.plans import plan_of, plans_on, presets
from housewide.work.huddles.rules import answer_due, musts, read_rules, rules
from housewide.work.huddles.tests.cast import Cast

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 23, 7, 5, tzinfo=CHICAGO)
WHERE = {"tier": 1, "reached": 1, "held_days": 0}


@pytest.mark.parametrize(
    ("said", "meant"),
    [("7:05", time(7, 5)), ("0705", time(7, 5)), ("2 pm", time(14)), ("12:30 a.m.", time(0, 30)),
     ("at 9:15", time(9, 15))],
)  # fmt: skip
def test_a_time_as_people_write_it(said: str, meant: time) -> None:
    assert clock_from_text(said) == meant


@pytest.mark.parametrize("said", ["", "25:00", "13 pm", "noonish", "7:61", "715am7"])
def test_what_is_no_time_is_said_so(said: str) -> None:
    with pytest.raises(NotATime, match="is not a time"):
        clock_from_text(said)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("9:15", (23, 9, 15)), ("6:30", (24, 6, 30)), ("tomorrow 8:00", (24, 8, 0)), ("Nov 25, 2:30 pm", (25, 14, 30)),
        ("Friday 9:00", (27, 9, 0)),
    ],
)  # fmt: skip
def test_a_moment_as_people_write_it(said: str, meant: tuple[int, int, int]) -> None:
    day, hour, minute = meant
    assert when_from_text(said, NOW) == datetime(2026, 11, day, hour, minute, tzinfo=CHICAGO)


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_refused_in_words(text: str) -> None:
    try:
        found = when_from_text(text, NOW)
    except NotATime as problem:
        assert "is not a time" in str(problem)
    else:
        assert found.tzinfo is not None


def test_a_fall_with_harm_must_reach_the_directors() -> None:
    found = musts(kind="fall_with_harm", harm="none", hours=None, **WHERE)
    assert [one.tier for one in found] == [3]
    assert found[0].because == "A fall with harm is heard by the directors the same morning."
    assert musts(kind="fall_with_harm", harm="none", hours=None, tier=3, reached=3, held_days=0) == []


@pytest.mark.parametrize(("hours", "must"), [(None, False), (4, False), (5, True)])
def test_equipment_must_go_up_only_when_it_is_down_for_long(hours: int | None, must: bool) -> None:
    found = musts(kind="equipment_down", harm="none", hours=hours, **WHERE)
    assert bool(found) == must
    assert all("more than 4 hours" in one.because for one in found)


@pytest.mark.parametrize(("days", "must"), [(3, False), (4, True)])
def test_an_issue_may_stay_three_workdays_with_a_unit(days: int, must: bool) -> None:
    found = musts(kind="other", harm="none", hours=None, tier=1, reached=1, held_days=days)
    assert [one.tier for one in found] == ([2] if must else [])


def test_the_worst_reason_comes_first() -> None:
    found = musts(kind="staffing_below_minimum", harm="serious", hours=None, **WHERE)
    assert [one.tier for one in found] == [4, 2]


@given(st.integers(0, 60 * 24), st.integers(0, 60 * 24), st.none() | st.integers(0, 48))
def test_those_who_are_asked_have_time_to_read_it(now: int, ends: int, within: int | None) -> None:
    at, end = NOW + timedelta(minutes=now), NOW + timedelta(minutes=ends)
    due = answer_due(at, end, None if within is None else timedelta(hours=within))
    assert due - at >= rules().least
    assert due <= max(end, at + rules().least)


def test_every_rule_says_why_and_where_it_comes_from() -> None:
    for kind in rules().kinds.values():
        assert kind.key == "other" or (kind.because and kind.source and kind.reach > 1)
    said = tomllib.loads((files("housewide.work.huddles") / "data" / "escalation.toml").read_text())
    with pytest.raises(ValueError, match="when_overdue"):
        read_rules(said | {"answers": {"least_minutes": 30, "when_overdue": "forget"}})


@pytest.mark.parametrize(
    "text",
    ["MRN in the chart", "Patient 00482913 fell", "born 3/14/1952", "Mrs. Alvarez fell", "pt John Smith waits",
     "ssn 123-45-6789"],
)  # fmt: skip
def test_what_looks_like_a_patient_is_pointed_out(text: str) -> None:
    assert patient_hints(text)


@pytest.mark.parametrize(
    "text", ["Two RNs short on 4 West", "CT 2 down since 05:50", "Room 12, bed 2", "Due 11/25/2026"]
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert patient_hints(text) == []


@pytest.mark.django_db
def test_the_line_follows_the_tree(cast: Cast) -> None:
    plans = plans_on()
    assert [one.place.code for one in plans.line("MVH-4W")] == ["MVH-MS", "MVH", "SYS"]
    assert [one.place.code for one in plans.line("MVH-ED")] == ["MVH", "SYS"], "one unit has no managers' huddle"
    assert plans.meetings["MVH-LAB"].tier.number == 1, "a department without units huddles with the units"
    assert plans.rows("MVH-MS") == ["MVH-4W", "MVH-5E"]
    assert plans.rows("MVH-4W") == ["MVH-4W"]
    assert set(plans.rows("MVH")) == {"MVH-MS", "MVH-ED", "MVH-LAB"}


@pytest.mark.django_db
def test_a_practice_huddles_once_and_its_units_are_its_rows(cast: Cast) -> None:
    practice = presets()["practice"]
    change_plan(by=cast.pat, place="LKO", preset="practice", tiers=list(practice.tiers), without=[])
    plans = plans_on()
    assert [code for code in plans.meetings if code.startswith("LKO")] == ["LKO"]
    assert plans.rows("LKO") == ["LKO-CLINIC", "LKO-XRAY"]
    keys = [topic.key for topic in plans.meetings["LKO"].topics]
    assert keys == ["schedule", "people", "patients", "equipment", "money"]
    assert plans.home_of("LKO-CLINIC") == plans.meetings["LKO"]


@pytest.mark.django_db
def test_times_are_set_by_those_who_may_and_in_order(cast: Cast) -> None:
    tiers = list(plan_of("MVH").tiers)
    early = [tiers[0], type(tiers[1])(**{**vars(tiers[1]), "time": time(6, 45)}), tiers[2]]
    with pytest.raises(Refused, match="not after the unit huddle at 07:00"):
        change_plan(by=cast.cleo, place="MVH", preset="hospital", tiers=early, without=[])
    with pytest.raises(NotSeen):
        change_plan(by=cast.pat, place="MVH", preset="hospital", tiers=tiers, without=[])
    with pytest.raises((Refused, NotSeen)):
        change_plan(by=cast.dora, place="MVH", preset="hospital", tiers=tiers, without=[])
    change_plan(by=cast.cleo, place="MVH", preset="hospital", tiers=tiers, without=["MVH-LAB"])
    assert "MVH-LAB" not in plans_on().meetings
    assert plans_on(date(2026, 11, 24)).home_of("MVH-LAB").place.code == "MVH"  # type: ignore[union-attr]
