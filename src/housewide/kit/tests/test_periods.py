"""A month in an address is a month somebody could mean."""

from __future__ import annotations

import pytest

from housewide.kit.periods import BadPeriod, Month, months_back


@pytest.mark.parametrize("text", ["1900-01", "2026-10", "2999-12"])
def test_a_month_reads_back_as_it_was_written(text: str) -> None:
    assert str(Month.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-00", "9999-12", "0001-01", "0000-01", "2026-10-14", "2026-10\n", "２０２６-10", "٢٠٢٦-10"],
)
def test_other_texts_are_no_month(text: str) -> None:
    with pytest.raises(BadPeriod):
        Month.parse(text)


@pytest.mark.parametrize("text", ["1900-01", "2999-12"])
def test_ten_years_around_every_month_have_days(text: str) -> None:
    month = Month.parse(text)
    assert len({one.last_day() for one in months_back(month, 121) + months_back(month.shift(120), 121)}) == 241
