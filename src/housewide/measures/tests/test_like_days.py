"""What is usual on a day is told from days of its kind alone, and the day itself never moves its own limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.measures.day_parts import largest, split
from housewide.measures.like_days import FEWEST, LIKE_DAYS, WINDOW, like_days_before, usual_of_many, word_of
from housewide.measures.tests.declared import made
from housewide.org.calendars import FacilityCalendar

MONDAY = date(2026, 11, 23)
THANKSGIVING = date(2026, 11, 26)
OWN = FacilityCalendar(holidays={THANKSGIVING: "Thanksgiving Day"})
values = st.lists(st.one_of(st.none(), st.floats(0, 1000)), max_size=60)
cells = st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=1)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, LIKE_DAYS))
def test_like_days_are_of_the_same_kind_before_the_day_and_in_order(day: date, count: int) -> None:
    found = like_days_before(OWN, day, count)
    assert found == sorted(set(found))
    assert all(OWN.is_workday(one) is OWN.is_workday(day) for one in found)
    assert all(day - timedelta(days=WINDOW) <= one < day for one in found)
    assert len(found) == count or not OWN.is_workday(day)


def test_a_holiday_is_compared_with_weekends() -> None:
    assert like_days_before(OWN, THANKSGIVING, 2) == [date(2026, 11, 21), date(2026, 11, 22)]
    assert THANKSGIVING not in like_days_before(OWN, date(2026, 11, 30), 5)


@given(st.lists(values, min_size=1, max_size=5))
def test_what_is_usual_does_not_depend_on_what_else_is_asked(histories: list[list[float | None]]) -> None:
    together = usual_of_many(histories)
    for history, usual in zip(histories, together, strict=True):
        assert usual.base == sum(one is not None for one in history)
        alone = usual_of_many([history])[0]
        assert (usual.low is None) == (alone.low is None) == (usual.base < FEWEST)
        if usual.low is not None and alone.low is not None and usual.high is not None and alone.high is not None:
            assert (usual.low, usual.high) == (pytest.approx(alone.low), pytest.approx(alone.high))
            assert usual.low <= usual.high


@given(st.lists(st.integers(0, 1000), min_size=FEWEST, max_size=LIKE_DAYS), st.integers(-50, 50), st.integers(1, 60))
def test_another_unit_of_the_measure_gives_the_same_verdict(history: list[int], moved: int, scale: int) -> None:
    value = history[-1] + moved
    plain = usual_of_many([[float(one) for one in history]])[0]
    scaled = usual_of_many([[float(one * scale) for one in history]])[0]
    assert plain.low is not None and plain.high is not None and scaled.low is not None and scaled.high is not None
    edge = min(abs(value - plain.low), abs(value - plain.high))
    if edge > 1e-6:
        assert plain.side_of(float(value)) == scaled.side_of(float(value * scale))


def test_a_steady_history_has_limits_at_its_value_and_any_other_day_stands_out() -> None:
    usual = usual_of_many([[10.0] * 20])[0]
    assert (usual.low, usual.high) == (10.0, 10.0)
    assert [usual.side_of(value) for value in (9.0, 10.0, 11.0)] == [-1, 0, 1]


@pytest.mark.parametrize(
    ("side", "direction", "word"),
    [(1, "higher", "improving"), (-1, "higher", "worsening"), (1, "lower", "worsening"), (-1, "lower", "improving"),
     (1, "none", "changed"), (0, "lower", "no change")],
)  # fmt: skip
def test_the_word_follows_the_direction_that_is_better(side: int, direction: str, word: str) -> None:
    assert word_of(side, direction) == word


RATIO = replace(made(), kind="ratio", unit="%", per=100)


@given(cells, cells)
def test_the_parts_of_a_ratio_add_up_to_its_whole_difference(
    now: dict[str, tuple[int, int]], past: dict[str, tuple[int, int]]
) -> None:
    parts = split(RATIO, now, past, 40)
    if not parts:
        return  # the labels only name the outcome
    here, before = ([sum(one[index] for one in cells.values()) for index in (0, 1)] for cells in (now, past))
    assert sum(parts.values()) == 100 * (Fraction(here[0], here[1]) - Fraction(before[0], before[1]))


@given(cells, cells, st.integers(1, 40))
def test_the_parts_of_a_total_add_up_to_the_difference_from_the_mean_day(
    now: dict[str, tuple[int, int]], past: dict[str, tuple[int, int]], days: int
) -> None:
    parts = split(made(), now, past, days)
    assert sum(parts.values()) == sum(one[0] for one in now.values()) - Fraction(
        sum(one[0] for one in past.values()), days
    )


@given(cells, cells)
def test_the_largest_part_goes_the_way_of_the_change(
    now: dict[str, tuple[int, int]], past: dict[str, tuple[int, int]]
) -> None:
    part, parts = largest(RATIO, "room", now, past, 40), split(RATIO, now, past, 40)
    if part is not None:
        assert part.share > 0
        assert abs(part.amount) == max(abs(one) for one in parts.values() if one * sum(parts.values()) > 0)
