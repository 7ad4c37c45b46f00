"""A month that is not over is set against the same workdays of the month before, never against the whole of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from housewide.measures import cubes, definitions
from housewide.measures.tests import counting
from housewide.measures.tests.counting import ON_TIME, STAYS, Stay
from housewide.measures.to_date import month_to_date, months_to_date
from housewide.org.models import Calendar, Holiday, Place

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
KINDS = ("kinds.rooms", "kinds.waiting", "kinds.wait_per_stay", "kinds.counted", "kinds.waits")


def every_day(first: date, last: date, **more: Any) -> list[Stay]:
    return [Stay(first + timedelta(days=step), **more) for step in range((last - first).days + 1)]


def count(loads: Any, *stays: Stay) -> None:
    loads(stays)
    cubes.refresh([STAYS, ON_TIME], "MVH", ["2026-10", "2026-11"])


def test_the_days_so_far_are_set_against_as_many_workdays(loads: Any) -> None:
    """Today is Nov 23: 15 workdays of November are over, the 15th of October was the 21st."""
    october = every_day(date(2026, 10, 1), date(2026, 10, 31), late=True)
    count(loads, *october, *every_day(date(2026, 11, 1), date(2026, 11, 22)), Stay(date(2026, 10, 5)))
    found = month_to_date(STAYS, "MVH", "2026-11")
    assert found is not None
    assert (found.through, found.days, found.before_through) == (date(2026, 11, 22), 15, date(2026, 10, 21))
    assert (found.value, found.before) == (Decimal(22), Decimal(22))
    share = month_to_date(ON_TIME, "MVH", "2026-11")
    assert share is not None
    assert share.sentence == ("So far: 100.0% over 15 workdays; October’s first 15 workdays: 4.5%; target: 80.0%")


def test_days_that_have_not_come_in_are_not_counted_as_over(loads: Any) -> None:
    count(loads, *every_day(date(2026, 10, 1), date(2026, 10, 31)), *every_day(date(2026, 11, 2), date(2026, 11, 6)))
    found = month_to_date(STAYS, "MVH", "2026-11")
    assert found is not None
    assert (found.through, found.days, found.before_through) == (date(2026, 11, 6), 5, date(2026, 10, 7))
    assert found.sentence == "So far: 5 over 5 workdays; October’s first 5 workdays: 7"


def test_a_holiday_is_no_workday_on_either_side(loads: Any) -> None:
    place = Place.objects.get(code="MVH")
    Calendar.objects.create(facility=place, pay_period_anchor=date(2026, 1, 4))
    for day in (date(2026, 10, 1), date(2026, 11, 3)):
        Holiday.objects.create(facility=place, day=day, name="Founders’ Day")
    count(loads, *every_day(date(2026, 10, 1), date(2026, 10, 31)), *every_day(date(2026, 11, 2), date(2026, 11, 6)))
    found = month_to_date(STAYS, "MVH", "2026-11")
    assert found is not None
    assert (found.days, found.before_through) == (4, date(2026, 10, 7))


def test_a_month_before_with_fewer_workdays_is_compared_whole_and_said_to_have_as_many_as_it_had(loads: Any) -> None:
    """15 workdays of November are over; the 12th of October and all after it were holidays, so it had 7."""
    place = Place.objects.get(code="MVH")
    Calendar.objects.create(facility=place, pay_period_anchor=date(2026, 1, 4))
    for day in range(12, 32):
        Holiday.objects.create(facility=place, day=date(2026, 10, day), name="Closed")
    count(loads, *every_day(date(2026, 10, 1), date(2026, 10, 31)), *every_day(date(2026, 11, 1), date(2026, 11, 22)))
    found = month_to_date(STAYS, "MVH", "2026-11")
    assert found is not None
    assert found.sentence == "So far: 22 over 15 workdays; October’s 7 workdays: 31"


def test_what_happens_every_day_is_set_against_as_many_days_weekends_and_all(
    loads: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from housewide.measures import to_date
    from housewide.measures.targets import Target

    always = replace(definitions.get(STAYS), every_day=True)
    monkeypatch.setattr(to_date.definitions, "get", lambda _: always)
    monkeypatch.setattr(to_date, "targets_for", lambda *_: {STAYS: Target(Decimal(60), "60", "board")})
    count(loads, *every_day(date(2026, 10, 1), date(2026, 10, 31)), *every_day(date(2026, 11, 1), date(2026, 11, 22)))
    found = month_to_date(STAYS, "MVH", "2026-11")
    assert found is not None
    assert (found.days, found.days_in_month, found.before_through) == (22, 30, date(2026, 10, 22))
    assert found.sentence == "So far: 22 over 22 days; October’s first 22 days: 22; the target for these days: 44"


def test_a_total_has_its_target_by_workdays(loads: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from housewide.measures import to_date
    from housewide.measures.targets import Target

    count(loads, *every_day(date(2026, 11, 1), date(2026, 11, 22)), Stay(date(2026, 10, 5)))
    monkeypatch.setattr(to_date, "targets_for", lambda *_: {STAYS: Target(Decimal(42), "42", "board")})
    found = month_to_date(STAYS, "MVH", "2026-11")
    assert found is not None
    assert (found.days_in_month, found.target) == (21, Decimal(30))
    assert found.sentence.endswith("; the target for these days: 30")


def test_a_complete_month_and_one_without_rows_have_none(loads: Any) -> None:
    count(loads, *every_day(date(2026, 10, 1), date(2026, 10, 31)))
    assert month_to_date(STAYS, "MVH", "2026-10") is None
    assert month_to_date(STAYS, "MVH", "2026-11") is None


def test_every_kind_joins_its_days_in_its_own_way(
    counted: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(definitions, "_folders", [counting.FOLDER / "kinds"])
    monkeypatch.setattr(definitions, "_read", None)
    rows = [
        Stay(date(2026, month, day), room=room, wait=wait)
        for month, day, room, wait in (
            (10, 1, "A", 100), (10, 2, "B", 50), (10, 5, "A", 10), (11, 2, "A", 300),
            (11, 3, "A", 100), (11, 4, "C", 20),
        )
    ]  # fmt: skip
    counting.load_stays(tmp_path, rows)
    cubes.refresh(KINDS, "MVH", ["2026-10", "2026-11"])
    with django_assert_max_num_queries(9), django_assert_max_num_queries(2, using="cubes"):
        found = months_to_date(KINDS, "MVH", "2026-11")
    said = {key: (one.value, one.before) for key, one in found.items() if one is not None}
    assert said == {
        "kinds.rooms": (Decimal(2), Decimal(2)),
        "kinds.waiting": (Decimal(20), Decimal(10)),
        "kinds.wait_per_stay": (Decimal("140.00"), Decimal("53.33")),
        "kinds.counted": (Decimal(3), Decimal(3)),
        "kinds.waits": (Decimal(420), Decimal(160)),
    }
