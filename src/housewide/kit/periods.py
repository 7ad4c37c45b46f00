"""The month or day that a screen is about, as text in the address: ``2026-10`` or ``2026-10-14``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTH = re.compile(r"(19[0-9]{2}|2[0-9]{3})-(0[1-9]|1[0-2])")
NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
         "November", "December")  # fmt: skip


class BadPeriod(ValueError):
    """The text names no period."""


@dataclass(frozen=True, order=True)
class Month:
    """A month by its number; which days it covers is for a calendar to say (fiscal months may be 4-4-5)."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2026-10``, of the years 1900 to 2999: charts look years back and forth. Raises BadPeriod."""
        found = MONTH.fullmatch(text)
        if not found:
            raise BadPeriod(f"“{text}” is not a month; write it like 2026-10")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    def shift(self, months: int) -> Month:
        """The month so many months later (negative: earlier)."""
        ordinal = self.year * 12 + self.number - 1 + months
        return Month(ordinal // 12, ordinal % 12 + 1)

    def first_day(self) -> date:
        """First calendar day."""
        return date(self.year, self.number, 1)

    def last_day(self) -> date:
        """Last calendar day."""
        return self.shift(1).first_day() - timedelta(days=1)

    @property
    def title(self) -> str:
        return f"{NAMES[self.number - 1]} {self.year}"

    @property
    def short(self) -> str:
        return f"{NAMES[self.number - 1][:3]} {self.year % 100:02d}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def months_back(last: Month, count: int) -> list[Month]:
    """``count`` months that end with ``last``, oldest first."""
    return [last.shift(-step) for step in range(count - 1, -1, -1)]
