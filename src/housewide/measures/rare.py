"""Events that come less than once a month: charted by what lies between them, so that each one tells something.

Days between events (T chart), or whole days where two fell on one day (G chart); for a share, cases between events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from housewide.kit.ui.numbers import grouped_number
from housewide.measures.definitions import Definition

if TYPE_CHECKING:
    from housewide.measures.series import Point
    from housewide.methods.spc import ChartReading, ControlChart

OPPOSITE = {"higher": "lower", "lower": "higher", "none": "none"}


@dataclass(frozen=True)
class Between:
    """The chart of the gaps: ``labels`` and ``days`` name the event that ended each gap; ``direction`` is that of the
    gaps. ``unit`` is days or cases."""

    chart: ControlChart
    reading: ChartReading
    days: tuple[date, ...]
    direction: str
    unit: str
    open: float = 0.0  # what lies between the last event and the end of the days

    def show(self, value: float) -> str:
        """``12 days``, ``140 cases``."""
        number = round(value)
        unit = self.unit.removesuffix("s") if number == 1 else self.unit
        return f"{grouped_number(number, 0)} {unit}"

    @property
    def labels(self) -> list[str]:
        return [f"{day:%b} {day.day}, {day.year}" for day in self.days]


def between(definition: Definition, kind: str, days: Sequence[Point]) -> Between | None:
    """The chart of the gaps between events (``g events``) or misses (``g misses``) from the days of a place, oldest
    first; None below two events."""
    from housewide.methods.spc import ANHOEJ, control_chart, read_chart

    misses = kind == "g misses"
    at, passed, now = _events(days, misses=misses, cases=definition.kind == "ratio")
    if len(at) < 2:
        return None
    gaps = [float(after - before) for before, after in pairwise(passed)]
    unit = "cases" if definition.kind == "ratio" else "days"
    chart = control_chart("t" if unit == "days" and min(gaps) > 0 else "g", gaps, rules=ANHOEJ)
    direction = definition.direction if misses else OPPOSITE[definition.direction]
    return Between(
        chart,
        read_chart(chart, direction=direction, floor=0.0),
        tuple(at[1:]),
        direction,
        unit,
        float(now - passed[-1]),
    )


def _events(days: Sequence[Point], *, misses: bool, cases: bool) -> tuple[list[date], list[int], int]:
    """The day of each event, how many days (or cases) had passed when it came, and how many have passed in all. Cases
    of one day are in no order, so the events of a day are spread evenly over its cases."""
    at: list[date] = []
    passed: list[int] = []
    before = 0
    for day in days:
        count = day.den - day.num if misses else day.num
        here = date.fromisoformat(day.period)
        for number in range(count):
            at.append(here)
            passed.append(before + (number + 1) * day.den // (count + 1) if cases else here.toordinal())
        before += day.den
    end = before if cases else date.fromisoformat(days[-1].period).toordinal() if days else 0
    return at, passed, end
