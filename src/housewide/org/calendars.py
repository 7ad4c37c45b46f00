"""How each facility counts time: fiscal months (calendar or 4-4-5 weeks), 14-day pay periods, workdays, holidays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta

from housewide.kit.periods import Month
from housewide.org.models import Calendar, Holiday

WEEKS = (4, 4, 5) * 4
DAY = timedelta(days=1)


@dataclass(frozen=True)
class FacilityCalendar:
    """The calendar of one facility, as plain values.

    A 4-4-5 year has 52 weeks, and 53 when the next one would otherwise start too early; the extra week joins its last
    month. Fiscal month n carries the name of the calendar month it stands for: the first one that of
    ``year_starts_month``. ``year_starts_on`` shows the rule by example: within 3 days of the first of that month means
    “the nearest such weekday”, earlier means “the last such weekday on or before”, later “the first on or after”.
    """

    pattern: str = "calendar"
    year_starts_month: int = 1
    year_starts_on: date | None = None
    pay_period_anchor: date = date(2026, 1, 4)
    workdays: str = "1111100"
    holidays: dict[date, str] = field(default_factory=dict)

    def month_of(self, day: date) -> Month:
        """The fiscal month that holds the day."""
        if self.pattern != Calendar.Pattern.FOUR_FOUR_FIVE:
            return Month.of(day)
        year = day.year + 1
        while self._year_start(year) > day:
            year -= 1
        weeks = (day - self._year_start(year)).days // 7
        number = 0
        while number < 11 and weeks >= WEEKS[number]:
            weeks -= WEEKS[number]
            number += 1
        return Month(year, self.year_starts_month).shift(number)

    def days_of(self, month: Month) -> tuple[date, date]:
        """First and last day of a fiscal month."""
        if self.pattern != Calendar.Pattern.FOUR_FOUR_FIVE:
            return month.first_day(), month.last_day()
        number = (month.number - self.year_starts_month) % 12
        year = month.shift(-number).year
        first = self._year_start(year) + timedelta(weeks=sum(WEEKS[:number]))
        last = self._year_start(year + 1) - DAY if number == 11 else first + timedelta(weeks=WEEKS[number]) - DAY
        return first, last

    def pay_period_of(self, day: date) -> tuple[date, date]:
        """First and last day of the 14-day pay period that holds the day."""
        first = day - timedelta(days=(day - self.pay_period_anchor).days % 14)
        return first, first + timedelta(days=13)

    def is_workday(self, day: date) -> bool:
        """Whether elective work runs: a working weekday that is no holiday."""
        return self.workdays[day.weekday()] == "1" and day not in self.holidays

    def workdays_between(self, first: date, last: date) -> int:
        """Workdays from first to last, both counted."""
        return sum(self.is_workday(day) for day in _days(first, last))

    def workday_before(self, day: date) -> date:
        """The last workday before the day. Raises ValueError when no weekday is a workday."""
        for back in range(1, 60):
            if self.is_workday(day - timedelta(days=back)):
                return day - timedelta(days=back)
        raise ValueError("this calendar has no workdays")

    def _year_start(self, year: int) -> date:
        """First day of the fiscal year whose first month is ``year_starts_month`` of ``year``."""
        example = self.year_starts_on or date(year, self.year_starts_month, 1)
        target = date(year, self.year_starts_month, 1)
        ahead = (example.weekday() - target.weekday()) % 7
        off = _off_the_first(example, self.year_starts_month)
        if off > 3:
            return target + timedelta(days=ahead)
        if off < -3:
            return target - timedelta(days=(7 - ahead) % 7)
        return target + timedelta(days=ahead if ahead <= 3 else ahead - 7)


def _off_the_first(example: date, month: int) -> int:
    """Days from the nearest first of the month to the example; negative when it lies before."""
    return min(((example - date(example.year + step, month, 1)).days for step in (-1, 0, 1)), key=abs)


def _days(first: date, last: date) -> Iterator[date]:
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)


PLAIN = FacilityCalendar()
_held: ContextVar[dict[str, FacilityCalendar] | None] = ContextVar("held_calendars", default=None)


def calendars() -> dict[str, FacilityCalendar]:
    """Every facility's calendar by its code: two queries, or none inside ``hold_calendars``."""
    held = _held.get()
    if held is not None:
        return held
    holidays: dict[str, dict[date, str]] = {}
    for code, day, name in Holiday.objects.values_list("facility__code", "day", "name"):
        holidays.setdefault(code, {})[day] = name
    return {
        row.facility.code: FacilityCalendar(
            pattern=row.pattern,
            year_starts_month=row.year_starts_month,
            year_starts_on=row.year_starts_on,
            pay_period_anchor=row.pay_period_anchor,
            workdays=row.workdays,
            holidays=holidays.get(row.facility.code, {}),
        )
        for row in Calendar.objects.select_related("facility")
    }


@contextmanager
def hold_calendars() -> Iterator[dict[str, FacilityCalendar]]:
    """Read the calendars once and use them for the whole block, as they stood at its start.

    There is no cache that outlives the block: a process would go on with a calendar that another has changed.
    """
    token = _held.set(calendars())
    try:
        yield _held.get() or {}
    finally:
        _held.reset(token)


def calendar_of(facility: str) -> FacilityCalendar:
    """The calendar of a facility; plain calendar months, Monday to Friday, when it has none."""
    return calendars().get(facility, PLAIN)


def month_of(facility: str, day: date) -> Month:
    """The facility's fiscal month that holds the day."""
    return calendar_of(facility).month_of(day)


def days_of(facility: str, month: Month) -> tuple[date, date]:
    """First and last day of the facility's fiscal month."""
    return calendar_of(facility).days_of(month)


CalendarRow = tuple[str, date, int, bool, bool, str]


def calendar_rows(facility: str, first: date, last: date) -> list[CalendarRow]:
    """(facility, day, weekday, holiday, workday, period) for each day; weekday 1 is Monday, 7 Sunday."""
    own = calendar_of(facility)
    return [
        (facility, day, day.isoweekday(), day in own.holidays, own.is_workday(day), str(own.month_of(day)))
        for day in _days(first, last)
    ]
