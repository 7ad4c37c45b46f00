"""What a chart says in words: improving, worsening or no change; what is usual; and whether the target is in reach.

Nothing here is a red light: a target outside the usual range is a statement about the process, not about the month.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from housewide.methods.spc.charts import ControlChart, Signal
from housewide.methods.spc.icons import Assurance, PointType, assurances, direction_sign, point_types
from housewide.methods.spc.rulesets import Cause

SignalWord = Literal["improving", "worsening", "changed", "no change", "not enough data"]
Verdict = Literal["consistently_hits", "hit_or_miss", "consistently_misses"]

MINIMUM_POINTS = 12

VERDICTS: dict[int, Verdict] = {
    Assurance.CONSISTENTLY_HITS: "consistently_hits",
    Assurance.HIT_OR_MISS: "hit_or_miss",
    Assurance.CONSISTENTLY_MISSES: "consistently_misses",
}


@dataclass(frozen=True, slots=True)
class ChartReading:
    """What a person needs from a chart.

    `word` is "changed" only for measures without a direction. `cause`, `rule` and `began` (zero-based point where the
    present stretch of marked points starts) are set when the word is a signal. `low` and `high` are the limits that
    hold now; None when nothing can be said. `provisional`: the limits rest on fewer than the minimum of points.
    """

    word: SignalWord
    point_type: PointType
    rule_set: str
    cause: Cause | None
    rule: str | None
    began: int | None
    base: int
    provisional: bool
    low: float | None
    high: float | None
    target: float | None
    verdict: Verdict | None

    def describe_capability(self, show: Callable[[float], str]) -> str:
        """One sentence such as "usually 62 % to 76 %; 80 % needs a change in how we work"; `show` formats a value."""
        if self.low is None or self.high is None:
            return "not enough points yet to say what is usual"
        low, high = show(self.low), show(self.high)
        usual = f"steady at {low}" if low == high else f"usually {low} to {high}"
        if self.provisional:
            usual += f" (provisional: {self.base} point{'' if self.base == 1 else 's'})"
        if self.verdict is None or self.target is None:
            return usual
        goal = show(self.target)
        return {
            "consistently_hits": f"{usual}; {goal} is reached as things run now",
            "hit_or_miss": f"{usual}; {goal} is reached in some periods and missed in others",
            "consistently_misses": f"{usual}; {goal} needs a change in how we work",
        }[self.verdict]


def read_chart(
    chart: ControlChart,
    *,
    direction: str,
    target: float | None = None,
    minimum_points: int = MINIMUM_POINTS,
    floor: float | None = None,
    ceiling: float | None = None,
) -> ChartReading:
    """The reading of a chart's last part.

    `direction` is higher, lower or none; `floor` and `ceiling` are values the measure cannot pass (0 and 100 for a
    percentage), so that "usually" never promises the impossible. Below `minimum_points` points behind the present
    limits the limits are provisional and the word is "not enough data": no claim is made on thin evidence.
    """
    sign = direction_sign(direction)
    part = chart.parts[-1]
    provisional = part.base < minimum_points
    low, high = _usual_range(chart, floor, ceiling)
    worst_low, worst_high = (np.nan if edge is None else edge for edge in (low, high))
    assurance = assurances(worst_low, worst_high, np.nan if target is None else target, sign)
    kind, cause, began = (PointType.COMMON, None, None) if provisional else _present_signal(chart, sign)
    return ChartReading(
        word="not enough data" if provisional or chart.last is None else _word_of(kind),
        point_type=kind,
        rule_set=chart.rules.key,
        cause=cause,
        rule=None if cause is None else chart.rules.describe_cause(cause),
        began=began,
        base=part.base,
        provisional=provisional,
        low=low,
        high=high,
        target=target,
        verdict=VERDICTS.get(int(assurance)),
    )


def _word_of(kind: PointType) -> SignalWord:
    if kind is PointType.COMMON:
        return "no change"
    if kind in (PointType.NEUTRAL_HIGH, PointType.NEUTRAL_LOW):
        return "changed"
    return "improving" if kind is PointType.IMPROVEMENT else "worsening"


def _usual_range(chart: ControlChart, floor: float | None, ceiling: float | None) -> tuple[float | None, float | None]:
    """The limits in force at the last observed point of the last part."""
    start = chart.parts[-1].start if chart.parts else 0
    known = np.flatnonzero(~np.isnan(chart.lower[start:]) & ~np.isnan(chart.upper[start:]))
    if not known.size:
        return None, None
    low, high = (float(line[start + known[-1]]) for line in (chart.lower, chart.upper))
    lowest = -np.inf if floor is None else floor
    highest = np.inf if ceiling is None else ceiling
    return min(max(low, lowest), highest), max(min(high, highest), lowest)


def _present_signal(chart: ControlChart, sign: int) -> tuple[PointType, Cause | None, int | None]:
    """Type, rule and first point of the unbroken stretch of like points that ends at the last one."""
    last, start = chart.last, chart.parts[-1].start
    if last is None or last < start:
        return PointType.COMMON, None, None
    types = point_types(chart.causes, sign)
    if types[last] == PointType.COMMON:
        return _present_run(chart, sign, last)
    shown = np.flatnonzero(~np.isnan(chart.values) & chart.counted)
    began = last
    for position in shown[(shown >= start) & (shown < last)][::-1].tolist():
        if types[position] != types[last]:
            break
        began = position
    return PointType(int(types[last])), Cause(int(chart.causes[last])), began


def _present_run(chart: ControlChart, sign: int, last: int) -> tuple[PointType, Cause | None, int | None]:
    """A run test that still holds: a long run that reaches the last useful point, else too few crossings. Points on the
    center line, the last ones too, are passed over: they neither lengthen a run nor break it (Anhoej and Olesen)."""
    useful = np.flatnonzero(chart.sides[: last + 1])
    if not useful.size:
        return PointType.COMMON, None, None
    side = int(chart.sides[useful[-1]])
    present: list[Signal] = [
        signal
        for signal in chart.signals
        if signal.cause in (Cause.LONG_RUN, Cause.FEW_CROSSINGS) and signal.points[-1] == int(useful[-1])
    ]
    if not present:
        return PointType.COMMON, None, None
    signal = min(present, key=lambda candidate: candidate.cause)
    kind = PointType(side * sign) if sign else PointType(2 * side)
    return kind, signal.cause, signal.began
