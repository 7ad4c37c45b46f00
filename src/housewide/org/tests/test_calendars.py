"""Fiscal months, pay periods and workdays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.periods import Month
from housewide.org.calendars import (
    FacilityCalendar,
    calendar_rows,
    days_of,
    hold_calendars,
    month_of,
)
from housewide.org.models import Calendar, Holiday, Place

# 28 December 2025 lies 4 days before the first: “the last Sunday on or before”.
WEEKS = FacilityCalendar(pattern="445", year_starts_month=1, year_starts_on=date(2025, 12, 28))
JULY_LAST = FacilityCalendar(pattern="445", year_starts_month=7, year_starts_on=date(2026, 6, 27))
FIRST_ON = FacilityCalendar(pattern="445", year_starts_month=10, year_starts_on=date(2026, 10, 5))
NEAREST = FacilityCalendar(pattern="445", year_starts_month=1, year_starts_on=date(2024, 12, 29))
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_four_four_five_months_of_a_year_of_52_weeks():
    assert WEEKS.days_of(Month(2026, 1)) == (date(2025, 12, 28), date(2026, 1, 24))
    assert WEEKS.days_of(Month(2026, 3)) == (date(2026, 2, 22), date(2026, 3, 28))
    assert WEEKS.days_of(Month(2026, 12)) == (date(2026, 11, 22), date(2026, 12, 26))
    assert WEEKS.month_of(date(2025, 12, 28)) == Month(2026, 1)
    assert WEEKS.month_of(date(2025, 12, 27)) == Month(2025, 12)


def weeks_of_year(calendar: FacilityCalendar, year: int) -> int:
    first = Month(year, calendar.year_starts_month)
    return ((calendar.days_of(first.shift(11))[1] - calendar.days_of(first)[0]).days + 1) // 7


def test_the_53rd_week_joins_the_last_month():
    long = [year for year in range(2020, 2040) if weeks_of_year(WEEKS, year) == 53]
    assert long == [2022, 2028, 2033, 2039]  # last Sunday up to 1 January: 26 Dec 2021, then 1 Jan 2023
    first, last = WEEKS.days_of(Month(2022, 12))
    assert (last - first).days + 1 == 6 * 7
    assert WEEKS.month_of(last) == Month(2022, 12) and WEEKS.month_of(last + timedelta(days=1)) == Month(2023, 1)


def test_a_fiscal_year_may_start_on_the_last_such_weekday_before():
    old = FacilityCalendar(pattern="445", year_starts_month=7, year_starts_on=date(2026, 6, 26))  # a Friday, 5 before
    assert old.days_of(Month(2025, 7))[0] == date(2025, 6, 27)
    assert old.days_of(Month(2022, 7))[0] == date(2022, 7, 1)


def test_a_fiscal_year_may_start_on_the_nearest_such_weekday():
    starts = [NEAREST.days_of(Month(year, 1))[0] for year in (2025, 2026, 2027, 2028)]
    assert starts == [date(2024, 12, 29), date(2026, 1, 4), date(2027, 1, 3), date(2028, 1, 2)]
    assert weeks_of_year(NEAREST, 2025) == 53


@pytest.mark.parametrize("calendar", [WEEKS, JULY_LAST, FIRST_ON, NEAREST, FacilityCalendar()])
@given(day=DAYS)
def test_every_day_lies_in_exactly_the_month_that_claims_it(calendar, day):
    month = calendar.month_of(day)
    first, last = calendar.days_of(month)
    assert first <= day <= last
    assert calendar.days_of(month.shift(1))[0] == last + timedelta(days=1)
    assert calendar.month_of(first) == calendar.month_of(last) == month


@pytest.mark.parametrize("calendar", [WEEKS, JULY_LAST, FIRST_ON, NEAREST])
@given(year=st.integers(1995, 2055))
def test_a_year_has_52_or_53_weeks_and_starts_on_its_weekday(calendar, year):
    assert weeks_of_year(calendar, year) in (52, 53)
    start = calendar.days_of(Month(year, calendar.year_starts_month))[0]
    assert start.weekday() == calendar.year_starts_on.weekday()


@given(day=DAYS)
def test_pay_periods_are_14_days_on_the_anchor(day):
    first, last = FacilityCalendar(pay_period_anchor=date(2026, 1, 4)).pay_period_of(day)
    assert first <= day <= last and (last - first).days == 13 and (first - date(2026, 1, 4)).days % 14 == 0


def test_holidays_and_weekends_are_no_workdays():
    calendar = FacilityCalendar(holidays={date(2026, 11, 26): "Thanksgiving"})
    assert calendar.workdays_between(date(2026, 11, 23), date(2026, 11, 29)) == 4
    assert calendar.workday_before(date(2026, 11, 27)) == date(2026, 11, 25)
    assert calendar.workday_before(date(2026, 11, 30)) == date(2026, 11, 27)
    with pytest.raises(ValueError, match="no workdays"):
        FacilityCalendar(workdays="0000000").workday_before(date(2026, 11, 27))


@pytest.mark.django_db
def test_each_facility_counts_by_its_own_calendar(django_assert_num_queries):
    places = [Place.objects.create(code=c, name=c, kind="facility", active_from=date(2020, 1, 1)) for c in ("A", "B")]
    Calendar.objects.create(
        facility=places[0], pattern="445", year_starts_on=date(2025, 12, 28), pay_period_anchor=date(2026, 1, 4)
    )
    Holiday.objects.create(facility=places[0], day=date(2026, 10, 26), name="Founders' day")
    assert month_of("A", date(2026, 10, 25)) == Month(2026, 11) and month_of("B", date(2026, 10, 25)) == Month(2026, 10)
    assert days_of("B", Month(2026, 2)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert calendar_rows("A", date(2026, 10, 24), date(2026, 10, 26)) == [
        ("A", date(2026, 10, 24), 6, False, False, "2026-10"),
        ("A", date(2026, 10, 25), 7, False, False, "2026-11"),
        ("A", date(2026, 10, 26), 1, True, False, "2026-11"),
    ]
    with django_assert_num_queries(2), hold_calendars():
        assert [month_of("A", date(2026, 1, day)).number for day in (1, 24, 25)] == [1, 1, 2]
