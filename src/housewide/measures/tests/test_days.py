"""A day read from the cubes is the day of the rows; what made most of it is counted from the same rows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from housewide.measures.daily import changes, daily, days_of
from housewide.measures.day_parts import _counted, largest_label, split
from housewide.measures.definitions import get
from housewide.measures.like_days import like_days_before
from housewide.measures.rollups import scope_of
from housewide.measures.rows import rows_behind
from housewide.measures.tests.screen_world import CASES, DELAY, LAST, ON_TIME
from housewide.measures.tests.screen_world.house import counted_cases  # noqa: F401 - a fixture
from housewide.org.calendars import PLAIN

pytestmark = [pytest.mark.django_db(databases=["default", "cubes"]), pytest.mark.usefixtures("counted_cases")]
DAY = date(2026, 10, 9)


@pytest.mark.parametrize("measure", [ON_TIME, DELAY, CASES])
def test_every_day_is_the_sum_of_its_rows_at_every_place_above_them(measure: str) -> None:
    rows = [row for row in rows_behind(measure, "SYS", str(LAST)).rows if row.left_out is None]
    held = days_of((measure,), "SYS", LAST.last_day())[measure]
    for place in ("SYS", "MVH", "MVH-OR"):
        for day in {row.day for row in rows}:
            here = [row for row in rows if row.day == day]
            assert held[place][day].count == len(here)
            if measure != DELAY:
                assert held[place][day].num == sum(row.num for row in here)
    assert "LKS" not in held


def test_the_newest_day_with_a_value_is_told_in_the_order_asked() -> None:
    found = daily([CASES, ON_TIME], "MVH-OR", DAY)
    assert [(one.measure, one.day) for one in found] == [(CASES, DAY), (ON_TIME, DAY)]
    assert all(one.before == date(2026, 10, 8) for one in found)
    assert daily([CASES], "LKS", DAY) == []
    with pytest.raises(KeyError):
        daily(["tests.nothing"], "MVH-OR", DAY)


def test_the_parts_of_a_unit_add_up_to_its_difference_from_the_like_days() -> None:
    definition = get(ON_TIME)
    scope = scope_of("MVH-OR", [LAST])
    before = [one for one in like_days_before(PLAIN, DAY) if one > DAY - timedelta(days=45)]
    cells = _counted(definition, scope, "MVH", ["room"], DAY, before)
    now = {label: (num, den) for _, is_now, label, num, den in cells if is_now}
    past = {label: (num, den) for _, is_now, label, num, den in cells if not is_now}
    parts = split(definition, now, past, len(before))
    sums = [
        Fraction(sum(one[0] for one in some.values()), sum(one[1] for one in some.values())) for some in (now, past)
    ]
    assert sum(parts.values()) == definition.per * (sums[0] - sums[1])
    here = days_of((ON_TIME,), "MVH-OR", DAY)[ON_TIME]["MVH-OR"][DAY]
    assert (sum(one[0] for one in now.values()), sum(one[1] for one in now.values())) == (here.num, here.den)


def test_nobody_is_named_as_the_largest_part() -> None:
    for day in range(1, 13):
        part = largest_label(DELAY, "MVH-OR", date(2026, 10, day))
        assert part is None or "Dr." not in part.label


def test_a_place_whose_rows_are_all_one_units_gives_way_to_the_unit() -> None:
    found = changes([CASES, ON_TIME, DELAY], "SYS", date(2026, 10, 1), date(2026, 10, 12))
    assert {one.place for one in found} <= {"MVH-OR"}
