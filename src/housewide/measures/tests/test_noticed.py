"""Signals of many measures at many places: computed together as one by one, recorded once, begun once, ended once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from housewide.kit.events.models import Event
from housewide.kit.periods import Month, months_back
from housewide.measures import cubes
from housewide.measures.models import Noticed, SignalRecord
from housewide.measures.noticed.jobs import look, places_of
from housewide.measures.noticed.recording import ENDED, RAISED, notice
from housewide.measures.noticed.states import states_of
from housewide.measures.readings import reading
from housewide.measures.tests.counting import MEASURES, ON_TIME, months_of_stays

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
LAST = Month(2026, 10)
PLACES = ["SYS", "MVH", "MVH-OR", "MVH-4W", "LSR"]


def count(loads: Any, late: Any, months: int = 24) -> None:
    stays = months_of_stays(date(2026, 10, 31), months, late)
    loads(stays)
    cubes.refresh(MEASURES, "MVH", sorted({str(Month.of(stay.day)) for stay in stays}))


def steady(back: int, room: int) -> int:
    return 3 + (back + room) % 3


def worse_since_may(back: int, room: int) -> int:
    return (8 if room == 3 else steady(back, room)) if back <= 5 else 1 + (back + room) % 2


def events(name: str) -> list[dict[str, Any]]:
    return [event.payload for event in Event.objects.filter(name=name)]


@pytest.mark.slow
@pytest.mark.parametrize("late", [steady, worse_since_may])
def test_many_say_what_each_reading_says(loads: Any, late: Any) -> None:
    count(loads, late)
    months = months_back(LAST, 6)
    said = {(one.measure, one.place, one.period): one for one in states_of(MEASURES, PLACES, months)}
    assert said
    for (measure, place, period), state in said.items():
        found = reading(measure, place, period)
        assert (state.word, state.tone, state.arrow) == (found.signal.word, found.signal.tone, found.signal.arrow)
        assert (state.rule, state.since or None) == (found.signal.rule, found.signal.since)
        assert state.verdict == (found.reach.verdict or "")
        assert state.value == found.text
    assert not any(key[1] == "LSR" for key in said)


@pytest.mark.slow
def test_the_first_look_keeps_the_history_and_raises_only_what_still_holds(loads: Any) -> None:
    count(loads, worse_since_may)
    found = notice([ON_TIME], ["MVH"], months_back(LAST, 12))
    row = Noticed.objects.get(ended_at=None)
    assert (row.measure, row.place, row.word, row.period) == (ON_TIME, "MVH", "worsening", "2026-10")
    assert row.first_period < row.period and row.rule
    assert found.raised == 1 == len(events(RAISED))
    assert SignalRecord.objects.using("cubes").filter(period="2026-10").count() == 1


@pytest.mark.slow
def test_looking_again_changes_nothing(loads: Any) -> None:
    count(loads, worse_since_may)
    notice([ON_TIME], ["MVH"], months_back(LAST, 12))
    before = list(SignalRecord.objects.using("cubes").values_list("pk", flat=True))
    again = notice([ON_TIME], ["MVH"], months_back(LAST, 12))
    assert (again.written, again.raised, again.ended) == (0, 0, 0)
    assert list(SignalRecord.objects.using("cubes").values_list("pk", flat=True)) == before
    assert len(events(RAISED)) == 1


@pytest.mark.slow
def test_a_signal_ends_with_the_month_that_no_longer_holds_it(loads: Any) -> None:
    count(loads, worse_since_may)
    notice([ON_TIME], ["MVH"], months_back(LAST, 12))
    cubes.CubeVersion.objects.using("cubes").all().delete()
    count(loads, steady)
    found = notice([ON_TIME], ["MVH"], [LAST])
    row = Noticed.objects.get(public_id=events(RAISED)[0]["signal"])
    assert found.ended == 1 and row.ended_period == "2026-10" and row.ended_at is not None
    assert [one["signal"] for one in events(ENDED)] == [row.public_id]


def test_counting_asks_for_a_look_and_the_look_covers_places_above(loads: Any) -> None:
    from housewide.kit.jobs.workers import run_all

    count(loads, worse_since_may)
    run_all()
    places = set(SignalRecord.objects.using("cubes").values_list("place", flat=True))
    assert {"SYS", "MVH", "MVH-OR"} <= places
    assert set(places_of("MVH")) >= places
    assert look("MVH", [ON_TIME], LAST)["written"] == 0


def test_a_formula_is_looked_at_when_what_it_is_computed_from_was_counted() -> None:
    from housewide.measures.definitions import all_definitions
    from housewide.measures.noticed.jobs import with_those_computed_from

    formula = next(one for one in all_definitions().values() if one.kind == "formula")
    part = formula.components[0].measure
    assert {part, formula.id} <= set(with_those_computed_from([part]))
    assert with_those_computed_from(["no.such"]) == []
