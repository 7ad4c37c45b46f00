"""A due day is understood as people write it, or refused in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.work.due import WEEKDAYS, NotADay, due_from_text

MONDAY = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", None),
        ("today", MONDAY),
        ("Tomorrow", date(2026, 11, 24)),
        ("Friday", date(2026, 11, 27)),
        ("next fri", date(2026, 11, 27)),
        ("monday", date(2026, 11, 30)),
        ("next week", date(2026, 11, 30)),
        ("in 2 weeks", date(2026, 12, 7)),
        ("3 days", date(2026, 11, 26)),
        ("in a week", date(2026, 11, 30)),
        ("12/4", date(2026, 12, 4)),
        ("1/5", date(2027, 1, 5)),
        ("12/4/26", date(2026, 12, 4)),
        ("12.04.2026", date(2026, 12, 4)),
        ("2026-12-04", date(2026, 12, 4)),
        ("Dec 4", date(2026, 12, 4)),
        ("December 4th, 2027", date(2027, 12, 4)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_a_day_is_understood_as_people_write_it(text: str, day: date | None) -> None:
    assert due_from_text(text, MONDAY) == day


@pytest.mark.parametrize("text", ["soon", "13/40", "2026-02-30", "t", "Dec", "in many days", "2/30"])
def test_what_is_no_day_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(NotADay, match="Write a day like"):
        due_from_text(text, MONDAY)


@given(day=DAYS, today=DAYS)
def test_a_full_date_means_itself_whatever_day_it_is(day: date, today: date) -> None:
    assert due_from_text(day.isoformat(), today) == day
    assert due_from_text(f"{day.month}/{day.day}/{day.year}", today) == day


@given(today=DAYS, weekday=st.sampled_from(WEEKDAYS))
def test_a_weekday_is_one_of_the_next_seven_days(today: date, weekday: str) -> None:
    day = due_from_text(weekday, today)
    assert day is not None
    assert timedelta(days=1) <= day - today <= timedelta(days=7)
    assert WEEKDAYS[day.weekday()] == weekday
