"""Money, days and lengths of time are read as people write them, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.ui.fields import MoneyField, read_day, read_duration, read_money
from housewide.kit.ui.numbers import duration_text, grouped_number, minutes_text, money_text


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("$38,200", 3820000),
        ("38200.15", 3820015),
        ("(200)", -20000),
        ("-5", -500),
        ("1.5k", 150000),
        ("2m", 200000000),
        (".50", 50),
    ],
)
def test_money_is_read_as_typed(typed: str, cents: int) -> None:
    assert read_money(typed) == cents


@pytest.mark.parametrize("typed", ["lots", "1.234", "", "1e5", "--5", "1k5", "nan", "١٢"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_money(typed)


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_money_survives_the_way_to_the_page_and_back(cents: int) -> None:
    assert read_money(money_text(cents)) == cents
    assert read_money(str(MoneyField().prepare_value(cents))) == cents


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (read_money, read_duration, read_day):
        try:
            read(text)
        except ValueError:
            continue


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("7:30", 27000), ("7h30", 27000), ("1.5 h", 5400), ("45", 2700), ("45 min", 2700), ("2 d", 172800), ("30 s", 30)],
)
def test_lengths_of_time_are_read_as_typed(typed: str, seconds: int) -> None:
    assert read_duration(typed) == seconds


@pytest.mark.parametrize("typed", ["2026-10-14", "10/14/2026", "14 Oct 2026", "October 14, 2026", "Oct 14 2026"])
def test_days_are_read_as_typed(typed: str) -> None:
    assert read_day(typed) == date(2026, 10, 14)


def test_figures_read_as_people_say_them() -> None:
    assert grouped_number(1204) == "1,204"
    assert grouped_number("-1234.55", 1) == "\u22121,234.6"
    assert (minutes_text(1860), minutes_text(-90)) == ("31 min", "\u22122 min")
    assert [duration_text(seconds) for seconds in (45, 1860, 25500, 273600)] == [
        "45 s",
        "31 min",
        "7 h 05 min",
        "3 d 4 h",
    ]
    assert (money_text(3820015), money_text(3820000), money_text(3820050, 0), money_text(3820000, 2)) == (
        "$38,200.15",
        "$38,200",
        "$38,201",
        "$38,200.00",
    )
    assert grouped_number(None) == "–"
