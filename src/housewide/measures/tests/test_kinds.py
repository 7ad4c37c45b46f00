"""Stocks, distinct counts, formulas and denominators that count once: at every place, in any tree, the rows make the
reading, and both are what a person counts by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from housewide.kit.periods import Month
from housewide.measures import cubes, definitions
from housewide.measures.contributions import largest_part
from housewide.measures.definitions import all_definitions
from housewide.measures.joined import parts_of_change, shared_keys
from housewide.measures.models import DayCell
from housewide.measures.readings import breakdown, days, reading, series
from housewide.measures.rollups import scope_of, totals
from housewide.measures.rows import rows_behind, value_of_rows
from housewide.measures.series import series_of_many
from housewide.measures.tests import counting
from housewide.measures.tests.counting import Stay
from housewide.org.models import Place, Placement

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
ROOMS, WAITING, A_DAY = "kinds.rooms", "kinds.waiting", "kinds.late_a_day"
PER_STAY, EXCESS = "kinds.wait_per_stay", "kinds.excess_per_room"
EVERY = ("kinds.waits", "kinds.counted", ROOMS, WAITING, A_DAY)
MONTHS = (Month(2026, 9), Month(2026, 10))
UNITS = ("MVH-OR", "MVH-4W", "LSR-OR")


@pytest.fixture
def kinds(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "_folders", [counting.FOLDER / "kinds"])
    monkeypatch.setattr(definitions, "_read", None)
    counting.make_places()


@pytest.fixture
def load(kinds: None, tmp_path: Path) -> Any:
    def go(stays: Iterable[Stay], facility: str = "MVH") -> None:
        some = list(stays)
        counting.load_stays(tmp_path, some, facility)
        cubes.refresh(EVERY, facility, sorted({str(Month.of(stay.day)) for stay in some}))

    return go


# --- worked examples ---------------------------------------------------------------------------------------------

OCTOBER = date(2026, 10, 5)


def test_a_thing_in_two_units_counts_once_where_they_meet(load: Any) -> None:
    load([Stay(OCTOBER, "MVH-OR", "A"), Stay(OCTOBER, "MVH-4W", "A"), Stay(OCTOBER, "MVH-4W", "B", late=True)])
    load([Stay(OCTOBER, "LSR-OR", "B")], "LSR")
    said = {place: reading(ROOMS, place, "2026-10").text for place in ("MVH-OR", "MVH-4W", "MVH", "LSR", "SYS")}
    assert said == {"MVH-OR": "1 rooms", "MVH-4W": "2 rooms", "MVH": "2 rooms", "LSR": "1 rooms", "SYS": "2 rooms"}
    assert reading(ROOMS, "SYS", "2026-10").num == 2
    assert [(part.label, part.num, part.share) for part in breakdown(ROOMS, "MVH", "2026-10", "late")] == [
        ("late", 1, None), ("on time", 1, None),
    ]  # fmt: skip


def test_the_keys_of_a_distinct_count_are_kept_so_that_nobody_can_read_them(load: Any) -> None:
    load([Stay(OCTOBER, room="Dr. Secret"), Stay(OCTOBER, room="")])
    (cell,) = DayCell.objects.filter(version__measure=ROOMS, version__current=True)
    assert "Secret" not in str(cell.bins)
    assert reading(ROOMS, "MVH", "2026-10").left_out == {"not named": 1}


def test_too_many_things_keep_their_month_and_lose_their_days_and_labels(
    load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cubes, "MOST_KEYS", 2)
    load([Stay(OCTOBER, room=room) for room in "ABC"])
    assert reading(ROOMS, "MVH", "2026-10").num == 3
    assert breakdown(ROOMS, "MVH", "2026-10", "late") == []


def test_a_stock_is_what_there_is_on_the_last_day_and_adds_up_over_places_only(load: Any) -> None:
    early, last = date(2026, 10, 23), date(2026, 10, 30)
    load([Stay(early, wait=900), Stay(early, "MVH-4W", wait=50), Stay(last, wait=60), Stay(last, room="B", wait=40)])
    load([Stay(early, "LSR-OR", wait=7)], "LSR")
    assert [reading(WAITING, place, "2026-10").num for place in ("MVH-OR", "MVH", "LSR", "SYS")] == [100, 100, 7, 107]
    assert reading(WAITING, "MVH-4W", "2026-10").text == "0 seconds"
    assert [point.num for point in series(WAITING, "SYS", MONTHS[1], 2)] == [0, 107]
    assert series(WAITING, "SYS", MONTHS[1], 2)[0].value is None
    assert {day.period: day.num for day in days(WAITING, "MVH", early, last) if day.value is not None} == {
        "2026-10-23": 950, "2026-10-30": 100,
    }  # fmt: skip


def test_a_denominator_that_counts_once_counts_a_day_once_however_many_places_had_it(load: Any) -> None:
    second = date(2026, 10, 6)
    load([Stay(OCTOBER, late=True), Stay(OCTOBER, "MVH-4W", late=True), Stay(second, late=True)])
    load([Stay(OCTOBER, "LSR-OR", late=True)], "LSR")
    said = {place: reading(A_DAY, place, "2026-10") for place in ("MVH-OR", "MVH-4W", "MVH", "SYS")}
    assert {place: (one.num, one.den) for place, one in said.items()} == {
        "MVH-OR": (2, 2), "MVH-4W": (1, 1), "MVH": (3, 2), "SYS": (4, 2),
    }  # fmt: skip


def test_a_formula_is_worked_out_anew_and_division_by_nothing_gives_no_value(load: Any) -> None:
    load([Stay(OCTOBER, wait=100), Stay(OCTOBER, wait=200), Stay(OCTOBER, "MVH-4W", wait=600)])
    said = [reading(PER_STAY, place, "2026-10").text for place in ("MVH-OR", "MVH-4W", "MVH")]
    assert said == ["150.00 seconds", "600.00 seconds", "300.00 seconds"]
    load([Stay(OCTOBER, "LSR-OR", void=True)], "LSR")
    empty = reading(PER_STAY, "LSR", "2026-10")
    assert (empty.value, empty.components) == (None, {"waits": "0", "stays": "0"})
    found = reading(PER_STAY, "MVH", "2026-10")
    assert (found.num, found.den, found.components) == (900, 3, {"waits": "900", "stays": "3"})
    assert not any("counted again" in caveat for caveat in found.caveats)


def test_the_rows_of_a_formula_are_those_of_its_components(load: Any) -> None:
    load([Stay(OCTOBER, wait=100), Stay(OCTOBER, wait=200)])
    found = rows_behind(EXCESS, "MVH", "2026-10")
    assert found.rows == [] and list(found.components) == ["wait", "rooms"]
    assert [len(one.rows) for one in found.components["wait"].components.values()] == [2, 2]
    assert value_of_rows(all_definitions()[EXCESS], found) == Fraction(-150)


# --- any house, any move, any rows -------------------------------------------------------------------------------


# One void row a month, so that a month of an earlier world never stays behind.
FILL = {
    facility: [Stay(date(2026, month, 1), f"{facility}-OR", "A", void=True) for month in (9, 10)]
    for facility in ("MVH", "LSR")
}


@dataclass(frozen=True)
class World:
    stays: tuple[tuple[str, Stay], ...]
    before: dict[str, str]
    after: dict[str, str]

    def inside(self, month: Month, place: str) -> list[Stay]:
        """The rows that count for a place in a month, void ones among them."""
        up = {"MVH": "SYS", "LSR": "SYS", **(self.before if month == MONTHS[0] else self.after)}

        def above(code: str) -> set[str]:
            return {code} | (above(up[code]) if code in up else set())

        rows = [*(stay for _, stay in self.stays), *(stay for stays in FILL.values() for stay in stays)]
        return [stay for stay in rows if Month.of(stay.day) == month and place in above(stay.place)]


stays = st.tuples(
    st.sampled_from(UNITS),
    st.builds(
        Stay,
        day=st.builds(date, st.just(2026), st.sampled_from([9, 10]), st.sampled_from([1, 2, 15, 28])),
        room=st.sampled_from(["A", "B", "C", ""]),
        wait=st.none() | st.integers(-100, 1000),
        late=st.booleans(),
        void=st.booleans(),
    ),
)
parents = st.fixed_dictionaries(
    {"MVH-OR": st.sampled_from(["MVH", "LSR"]), "MVH-4W": st.sampled_from(["MVH", "LSR", "MVH-OR"]),
     "LSR-OR": st.sampled_from(["LSR", "MVH", "MVH-4W"])}
)  # fmt: skip
worlds = st.builds(
    lambda some, before, after: World(
        tuple((unit, Stay(one.day, unit, one.room, one.wait, one.late, one.void)) for unit, one in some), before, after
    ),
    st.lists(stays, min_size=1, max_size=25),
    parents,
    parents,
)


def build(world: World, folder: Path) -> None:
    places = {place.code: place for place in Place.objects.all()}
    Placement.objects.filter(place__code__in=UNITS).delete()
    for unit in UNITS:
        Placement.objects.create(place=places[unit], parent=places[unit[:3]], valid_from=counting.SINCE)
    for facility in ("MVH", "LSR"):
        own = [stay for unit, stay in world.stays if unit.startswith(facility)]
        counting.load_stays(folder, [*own, *FILL[facility]], facility)
        cubes.refresh(EVERY, facility, ["2026-09", "2026-10"])
    moved = date(2026, 10, 1)  # the units are rearranged after everything was counted
    Placement.objects.filter(place__code__in=UNITS).delete()
    for unit in UNITS:
        before, after = places[world.before[unit]], places[world.after[unit]]
        Placement.objects.create(place=places[unit], parent=before, valid_from=counting.SINCE, valid_to=moved)
        Placement.objects.create(place=places[unit], parent=after, valid_from=moved)


def by_hand(measure: str, rows: list[Stay]) -> Fraction | None:
    """What the measure must be for the rows of a place."""
    counted = [row for row in rows if not row.void]
    waits = sum(row.wait or 0 for row in counted)
    if measure == ROOMS:
        named = [row.room for row in counted if row.room]
        return Fraction(len(set(named))) if named else None
    if measure == A_DAY:
        days_with = {row.day for row in rows}
        return Fraction(sum(row.late for row in counted), len(days_with)) if days_with else None
    if measure == PER_STAY:
        return Fraction(waits, len(counted)) if counted else None
    if measure == EXCESS:
        wait, rooms = by_hand(PER_STAY, rows), by_hand(ROOMS, rows)
        return None if wait is None or rooms is None else (wait - 300) / rooms
    raise AssertionError(measure)


@pytest.mark.slow
@settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(world=worlds)
def test_in_any_house_the_rows_make_the_reading_and_both_are_what_a_person_counts(
    kinds: None, tmp_path: Path, world: World
) -> None:
    build(world, tmp_path)
    codes = sorted(place.code for place in Place.objects.all())
    measures = [ROOMS, WAITING, A_DAY, PER_STAY, EXCESS]
    many = series_of_many(measures, codes, MONTHS[1], 2)
    for code in codes:
        for measure in measures:
            points = dict(zip(MONTHS, many[measure, code], strict=True))
            if measure != WAITING:
                for month, point in points.items():
                    assert point.exact == by_hand(measure, world.inside(month, code)), (measure, code, str(month))
            if code in ("SYS", "MVH", "MVH-OR"):
                made = value_of_rows(all_definitions()[measure], rows_behind(measure, code, str(MONTHS[1])))
                assert (made or 0) == (points[MONTHS[1]].exact or 0), (measure, code)


@settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(world=worlds)
def test_days_of_any_month_join_to_its_stock_and_its_things(kinds: None, tmp_path: Path, world: World) -> None:
    build(world, tmp_path)
    for code in ("SYS", "MVH", "LSR", "MVH-OR"):
        whole = totals([ROOMS], scope_of(code, [MONTHS[1]])).get((ROOMS, MONTHS[1]), {}).get("")
        daily = days(ROOMS, code, date(2026, 10, 1), date(2026, 10, 31))
        largest = max((day.num for day in daily), default=0)
        assert largest <= (whole.num if whole else 0) <= sum(day.num for day in daily)
        labels = totals([ROOMS], scope_of(code, [MONTHS[1]]), by="late").get((ROOMS, MONTHS[1]), {})
        assert sum(shared_keys(labels).values(), Fraction(0)) == (whole.num if whole else 0)


# --- the largest part of a change --------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [ROOMS, A_DAY, PER_STAY])
def test_parts_of_a_change_add_up_also_where_cells_do_not(load: Any, measure: str) -> None:
    load(
        Stay(date(2026 if back < 10 else 2025, (10 - back - 1) % 12 + 1, day), room=room, wait=wait, late=room == "B")
        for back in range(14)
        for day, room, wait in ((1, "A", 100), (2, "B", 200 + (900 if back < 2 else 0)), (3, "B", 10))
    )
    load([Stay(date(2026, 10, 1), room="Z", wait=5000, late=True), Stay(date(2026, 9, 2), room="A", wait=1)])
    definition, scope = all_definitions()[measure], scope_of("MVH", [Month(2026, 9).shift(-12), *MONTHS])
    by = definition.breakdowns[0]
    parts = parts_of_change(definition, scope, Month(2026, 9), by)
    assert parts and sum(part.share for part in parts) >= 1
    assert largest_part(definition, scope, Month(2026, 9)) is not None


def test_a_short_history_is_not_taken_for_a_whole_year(kinds: None, tmp_path: Path) -> None:
    """Seven months of 50 a month in each room, then 48 and 32: the fall is the second room's."""
    from housewide.measures.tests.counting import load_stays

    months = [Month(2026, 4).shift(step) for step in range(7)]
    stays = [
        Stay(date(month.year, month.number, 1 + number % 28), room=room)
        for month in months
        for room, usual, last in (("A", 50, 48), ("B", 50, 32))
        for number in range(last if month == months[-1] else usual)
    ]
    load_stays(tmp_path, stays, "MVH")
    cubes.refresh(["kinds.counted"], "MVH", [str(month) for month in months])
    definition = all_definitions()["kinds.counted"]
    part = largest_part(definition, scope_of("MVH", months), months[-1])
    assert part is not None and (part.label, part.amount) == ("B", -18)
