"""Which chart a measure gets, and why, so that nobody has to choose one.

Counted shares and rates: P or U, with limits that follow each month's denominator; P′ or U′ where months differ more
than chance explains. Rare events: the time (T) or the cases (G) between them. Means of many values: Xbar where the
values within a month explain how months differ. Everything else: XmR. A definition may name another chart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from housewide.measures.definitions import Definition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from housewide.measures.series import Point
    from housewide.methods.spc import ControlChart, RuleSet

# What a definition may ask for, by its kind; other words are passed over.
ALLOWED = {
    "ratio": ("p", "pp", "xmr", "i", "run"),
    "rate": ("u", "up", "xmr", "i", "run"),
    "total": ("c", "xmr", "i", "run"),
    "distribution": ("xbar", "xmr", "i", "run"),
}
ANY = ("xmr", "i", "run")
NAMES = {
    "xmr": "XmR chart", "i": "I chart", "mr": "MR chart", "run": "run chart", "p": "P chart", "pp": "P′ chart",
    "u": "U chart", "up": "U′ chart", "c": "C chart", "xbar": "Xbar chart", "s": "S chart", "g": "G chart",
    "t": "T chart",
}  # fmt: skip
RARE_KINDS = ("g events", "g misses")


@dataclass(frozen=True)
class Choice:
    """A chart by its key and the sentence that says which and why."""

    kind: str
    why: str

    @property
    def name(self) -> str:
        return NAMES[self.kind.partition(" ")[0]]


@dataclass(frozen=True)
class Block:
    """Series of one measure as arrays (series, points), NaN where a month is missing or not complete."""

    definition: Definition
    values: NDArray[np.float64]
    num: NDArray[np.float64]
    den: NDArray[np.float64]
    count: NDArray[np.float64]
    spread: NDArray[np.float64]

    @cached_property
    def is_counted(self) -> NDArray[np.bool_]:
        """Whether each series counts things one by one, so that chance alone sets its limits: events are rows, and for
        a share every row is at most one occasion. Seconds over seconds are not."""
        import numpy as np

        gap = np.isnan(self.values)
        fits: NDArray[np.bool_] = np.logical_and(self.num >= 0, self.num <= self.count)
        if self.definition.kind == "ratio":
            fits = np.logical_and(fits, np.logical_and(self.num <= self.den, self.den <= self.count))
        counted: NDArray[np.bool_] = np.asarray(np.logical_or(fits, gap).all(axis=1), np.bool_)
        return counted

    def windows(self, ends: Sequence[int], width: int) -> Block:
        """Every series as it stood at each of these points: (series x ends, width), all ends of a series together."""
        import numpy as np

        def cut(array: NDArray[np.float64]) -> NDArray[np.float64]:
            stacked = np.stack([array[:, end - width + 1 : end + 1] for end in ends], axis=1)
            return stacked.reshape(-1, width)

        return self._each(cut)

    def only(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Block:
        """Some of the series."""
        return self._each(lambda array: array[rows])

    def _each(self, do: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Block:
        arrays = (self.values, self.num, self.den, self.count, self.spread)
        return Block(self.definition, *(do(array) for array in arrays))


def block_of(definition: Definition, rows: Sequence[Sequence[Point]]) -> Block:
    """Series of points as arrays."""
    import numpy as np

    nan = float("nan")
    gap = (nan,) * 5

    def numbers(point: Point) -> tuple[float, ...]:
        if point.partial or point.exact is None:
            return gap
        spread = nan if point.spread is None else point.spread
        return float(point.exact), point.num, point.den, point.count, spread

    cells = np.array([[numbers(point) for point in row] for row in rows], np.float64)
    return Block(definition, *(np.ascontiguousarray(cells[:, :, at]) for at in range(5)))


def choices(block: Block) -> list[Choice]:
    """The chart of each series of a block."""
    definition = block.definition
    if definition.chart in ALLOWED.get(definition.kind, ANY):
        return [Choice(definition.chart, _asked_for(definition.chart))] * len(block.values)
    if definition.kind in ("ratio", "rate"):
        return _counted(block)
    if definition.kind == "distribution" and definition.stat == "mean":
        return _averages(block)
    return [Choice("xmr", _amount(definition))] * len(block.values)


def choice_of(definition: Definition, points: Sequence[Point]) -> Choice:
    """The chart of one series."""
    return choices(block_of(definition, [points]))[0]


def rules_of(definition: Definition, kind: str) -> RuleSet:
    """The rules a chart is read with: the definition's, else Making Data Count; run tests where points are few."""
    from housewide.methods.spc import ANHOEJ, MDC_7, find_rule_set

    if definition.rule_set:
        return find_rule_set(definition.rule_set)
    return ANHOEJ if kind in ("run", "g", "t") else MDC_7


def chart_of_points(definition: Definition, points: Sequence[Point], choice: Choice | None = None) -> ControlChart:
    """The chart of one series, month by month, in the unit of the measure."""
    from housewide.methods.spc import control_chart

    chosen = choice or choice_of(definition, points)
    kind = "run" if chosen.kind in RARE_KINDS else chosen.kind
    rules = rules_of(definition, kind)
    block = block_of(definition, [points])
    if kind in ("p", "pp", "u", "up"):
        return control_chart(kind, block.num[0], block.den[0], rules=rules).scaled(definition.per)
    if kind == "c":
        return control_chart(kind, block.num[0], rules=rules).scaled(1 / definition.scale)
    if kind == "xbar":
        return control_chart(kind, block.values[0], block.count[0], deviations=block.spread[0], rules=rules)
    return control_chart(kind, block.values[0], rules=rules)


def companion_of(definition: Definition, points: Sequence[Point], choice: Choice) -> ControlChart | None:
    """The chart beside the chart: the steps between months (MR) of an XmR chart, the spread within months (S) of an
    Xbar chart. None for the others, whose limits already say how much months differ."""
    from housewide.methods.spc import SHEWHART, control_chart

    block = block_of(definition, [points])
    if choice.kind in ("xmr", "i"):
        return control_chart("mr", block.values[0], rules=SHEWHART)
    if choice.kind == "xbar":
        return control_chart("s", block.values[0], block.count[0], deviations=block.spread[0], rules=SHEWHART)
    return None


def _counted(block: Block) -> list[Choice]:
    from housewide.methods.spc.choosing import KINDS, choose_counted

    share = block.definition.kind == "ratio"
    chosen = choose_counted(block.num, block.den, share=share)
    found = []
    for counted, code, excess in zip(block.is_counted, chosen.kinds.tolist(), chosen.excess.tolist(), strict=True):
        kind = KINDS[code] if counted else "xmr"
        found.append(Choice(kind, _why_counted(kind, excess, share=share, counted=bool(counted))))
    return found


def _averages(block: Block) -> list[Choice]:
    from housewide.methods.spc.choosing import KINDS, choose_averages

    chosen = choose_averages(block.values, block.count, block.spread)
    return [
        Choice(KINDS[code], _why_averages(KINDS[code], excess))
        for code, excess in zip(chosen.kinds.tolist(), chosen.excess.tolist(), strict=True)
    ]


def _asked_for(kind: str) -> str:
    return f"{_first(NAMES[kind])}, because the definition of this measure asks for it."


def _why_counted(kind: str, excess: float, *, share: bool, counted: bool) -> str:
    if not counted:
        return (
            "XmR chart, because this divides amounts such as time, not things counted one by one: what is usual comes"
            " from the steps between months."
        )
    what = "a share of things counted one by one" if share else "events counted over an exposure"
    return {
        "p": f"P chart, because this is {what}: the limits widen in months with few of them.",
        "u": f"U chart, because this is {what}: the limits widen in months with little of it.",
        "pp": f"P′ chart, because this is {what} and months differ {excess:.1f} times as much as chance explains: the"
        " limits allow for both.",
        "up": f"U′ chart, because this is {what} and months differ {excess:.1f} times as much as chance explains: the"
        " limits allow for both.",
        "g events": "Chart of what lies between events, because there is less than one a month: a chart of months would"
        " show almost only zeros.",
        "g misses": "Chart of what lies between misses, because there is less than one a month: a chart of months would"
        " show almost only 100%.",
        "xmr": "XmR chart: nothing happened in these months that chance could vary.",
    }[kind]


def _why_averages(kind: str, excess: float) -> str:
    if kind == "xbar":
        return (
            "Xbar chart, because this is a mean and the values within each month explain how much months differ: the"
            " limits follow how many there were."
        )
    if excess == excess and excess > 1:
        return (
            f"XmR chart, because months differ {excess:.1f} times as much as the values within them explain: what is"
            " usual comes from the steps between months."
        )
    return _amount(None)


def _amount(definition: Definition | None) -> str:
    what = {
        "total": "an amount each month", "stock": "an amount at one moment", "formula": "computed from other measures",
        "distinct": "a number of different things", "distribution": "a middle or a high value of many",
    }.get(definition.kind if definition else "", "one number each month")  # fmt: skip
    return f"XmR chart, because this is {what}: what is usual comes from the steps between months."


def _first(name: str) -> str:
    return name[:1].upper() + name[1:]
