"""A day is written the way people in the United States write it, wherever it comes from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.ui.days import day_text, moment_text, short_day_text, weekday_text


@given(st.dates())
def test_a_day_and_its_iso_text_are_written_alike_and_without_a_leading_zero(day: date) -> None:
    assert day_text(day) == day_text(day.isoformat())
    month, number, year = day_text(day).replace(",", "").split()
    assert (number, int(year)) == (str(day.day), day.year)
    assert f"{day:%b}" == month


def test_a_moment_is_told_in_the_time_of_the_installation() -> None:
    moment = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)  # the evening before in Chicago
    assert (day_text(moment), moment_text(moment)) == ("Nov 23, 2026", "Nov 23, 2026, 21:05")


def test_the_short_forms_leave_out_what_is_plain() -> None:
    assert (short_day_text(date(2026, 10, 1)), weekday_text(date(2026, 10, 1))) == ("Oct 1", "Thu, Oct 1")


@pytest.mark.parametrize("value", [None, ""])
def test_no_day_is_a_dash(value: object) -> None:
    assert day_text(value) == "–"


@pytest.mark.parametrize("text", ["2026-13-40", "whenever", "2026-10"])
def test_what_is_no_day_stays_as_it_is(text: str) -> None:
    assert day_text(text) == text
