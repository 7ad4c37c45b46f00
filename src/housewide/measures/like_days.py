"""What is usual on a day like this one: workdays are compared with workdays, weekends and holidays with their like.

A day is judged by one rule only, the limits of the like days before it (XmR, the day itself not among them); runs and
trends are for the months. Pure arithmetic besides the calendar it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

LIKE_DAYS = 40
FEWEST = 12
WINDOW = 100  # calendar days: forty workdays, or what there is of weekends and holidays
WORKDAYS, FREE_DAYS = "workdays", "weekends and holidays"

Word = Literal["improving", "worsening", "changed", "no change"]


class Workdays(Protocol):
    """The part of a facility's calendar that matters here."""

    def is_workday(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Usual:
    """The natural limits of the like days; ``base`` of them had a value. None where they are too few."""

    low: float | None
    high: float | None
    base: int

    def side_of(self, value: float) -> int:
        """1 above what is usual, -1 below it, 0 within it or when nothing can be said."""
        if self.low is None or self.high is None:
            return 0
        return (value > self.high) - (value < self.low)


def kind_of_day(calendar: Workdays, day: date) -> str:
    return WORKDAYS if calendar.is_workday(day) else FREE_DAYS


def like_days_before(calendar: Workdays, day: date, count: int = LIKE_DAYS) -> list[date]:
    """At most ``count`` days of the same kind before the day, oldest first, within the window."""
    wanted = calendar.is_workday(day)
    found = []
    for back in range(1, WINDOW + 1):
        one = day - timedelta(days=back)
        if calendar.is_workday(one) is wanted:
            found.append(one)
            if len(found) == count:
                break
    return found[::-1]


def usual_of_many(histories: Sequence[Sequence[float | None]]) -> list[Usual]:
    """What is usual for each history of like days, oldest first; None is a day without a value."""
    if not histories:
        return []
    import numpy as np

    from housewide.methods.spc.batches import xmr_batch
    from housewide.methods.spc.rulesets import SHEWHART

    long = max(1, *(len(one) for one in histories))
    table = np.full((len(histories), long), np.nan)
    for row, values in enumerate(histories):
        if values:
            table[row, long - len(values) :] = [np.nan if one is None else one for one in values]
    chart = xmr_batch(table, rules=SHEWHART)
    bases = (~np.isnan(table)).sum(axis=1)
    return [
        Usual(low, high, base) if base >= FEWEST and low == low and high == high else Usual(None, None, base)
        for low, high, base in zip(chart.lower[:, 0].tolist(), chart.upper[:, 0].tolist(), bases.tolist(), strict=True)
    ]


def word_of(side: int, direction: str) -> Word:
    """The signal word of a day above (1) or below (-1) what is usual."""
    if side == 0:
        return "no change"
    if direction == "none":
        return "changed"
    return "improving" if (side > 0) == (direction == "higher") else "worsening"
