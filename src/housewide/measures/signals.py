"""What the statistics say about a reading: has it changed, since when, by which rule, and is the target in reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from housewide.kit.periods import Month
from housewide.measures.amounts import half_up, show
from housewide.measures.definitions import Definition
from housewide.measures.targets import Target

if TYPE_CHECKING:
    from housewide.measures.rare import Between
    from housewide.measures.series import Point
    from housewide.methods.spc import ChartReading

Word = Literal["improving", "worsening", "changed", "no change", "not enough data"]
TONES: dict[str, Literal["good", "bad", "neutral"]] = {"improving": "good", "worsening": "bad"}
CHANGED = ("improving", "worsening", "changed")


@dataclass(frozen=True)
class Signal:
    """What the chart says. ``rule`` is the rule that fired, in words; ``since`` the month its stretch began."""

    word: Word = "not enough data"
    tone: Literal["good", "bad", "neutral"] = "neutral"
    arrow: Literal["up", "down", "flat"] = "flat"
    rule: str = ""
    since: str | None = None
    why: list[str] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        return self.word in CHANGED


@dataclass(frozen=True)
class Reach:
    """What the process gives as it runs now. ``verdict`` is consistently_hits, hit_or_miss or consistently_misses."""

    low: Decimal | None = None
    high: Decimal | None = None
    verdict: str | None = None
    sentence: str = ""


def arrow_of(direction: str, kind: int) -> Literal["up", "down"]:
    """Which way a measure goes, from what its signal means (``PointType``) and not from where its last month lies: a
    trend may rise while still below the average, a run may hold while its last point lies on the center line."""
    return "up" if (kind > 0) == (direction != "lower") else "down"


def signal_of(definition: Definition, points: Sequence[Point], said: ChartReading) -> Signal:
    """The signal of the last point. A month that is not complete, or has no value, gets none."""
    last = points[-1]
    if last.exact is None:
        return Signal(why=["Nothing was counted in this month."])
    if last.partial:
        return Signal(why=["The month is not complete, so it gets no signal and no verdict yet."])
    if said.word == "not enough data":
        return Signal(why=[f"{said.base} complete months are too few to tell a change from chance."])
    if said.cause is None or said.began is None or said.rule is None:
        return Signal(
            "no change", why=["No rule fires with this month: it lies within the ups and downs that this process has."]
        )
    began = points[said.began]
    arrow = arrow_of(definition.direction, said.point_type)
    rule = f"{said.rule[:1].upper()}{said.rule[1:]}"
    stretch = "in" if began.period == last.period else "since"
    return Signal(
        said.word,
        TONES.get(said.word, "neutral"),
        arrow,
        said.rule,
        began.period,
        [f"{rule}, {stretch} {Month.parse(began.period).title}"],
    )


def rare_signal(points: Sequence[Point], gaps: Between | None) -> Signal:
    """The signal of rare events, read from the gaps between them as they stand at the end of the last month."""
    if points[-1].partial:
        return Signal(why=["The month is not complete, so it gets no signal and no verdict yet."])
    if gaps is None or gaps.reading.word == "not enough data":
        seen = 0 if gaps is None else len(gaps.days) + 1
        return Signal(why=[f"{seen} events are too few to tell a change from chance."])
    said = gaps.reading
    if said.cause is None or said.began is None or said.rule is None:
        return Signal("no change", why=["No rule fires: the time between events varies as it always has."])
    if said.word == "worsening" and gaps.direction == "higher" and said.high is not None and gaps.open > said.high:
        quiet = f"none has come since {gaps.labels[-1]}, {gaps.show(gaps.open)} without one."
        return Signal("no change", why=[f"Events came closer together, but {quiet}"])
    began = gaps.days[said.began]
    arrow = arrow_of(gaps.direction, said.point_type)
    rule = f"{said.rule[:1].upper()}{said.rule[1:]}"
    since = str(Month.of(began))
    why = f"{rule} in the {gaps.unit} between events, since {gaps.labels[said.began]}"
    return Signal(said.word, TONES.get(said.word, "neutral"), arrow, said.rule, since, [why])


def rare_reach(gaps: Between | None) -> Reach:
    """What usually lies between events; the target of the measure is in another unit, so there is no verdict on it."""
    if gaps is None or gaps.reading.low is None or gaps.reading.high is None:
        return Reach(sentence="too few events yet to say what is usual")
    low, high = gaps.show(gaps.reading.low).partition(" ")[0], gaps.show(gaps.reading.high)
    return Reach(sentence=f"usually {low} to {high} between events")


def reach_of(definition: Definition, said: ChartReading) -> Reach:
    """What is usual, and whether the target lies within it."""

    def words(value: float) -> str:
        return show(definition, value)

    return Reach(
        _rounded(definition, said.low), _rounded(definition, said.high), said.verdict, said.describe_capability(words)
    )


def _rounded(definition: Definition, value: float | None) -> Decimal | None:
    return None if value is None else half_up(Decimal(repr(value)), definition.decimals)


def target_in_words(definition: Definition, target: Target | None, reach: Reach) -> str:
    """The target against the limits, as a sentence; empty without either."""
    if target is None or reach.low is None or reach.high is None:
        return ""
    low, high = show(definition, reach.low), show(definition, reach.high)
    where = {
        "consistently_hits": "is within reach every month as things run now",
        "hit_or_miss": "lies within what is usual, so it is reached in some months and missed in others",
        "consistently_misses": "lies outside what is usual, so it needs a change in how we work",
    }.get(reach.verdict or "")
    return f"The target of {target.text} {where} (usually {low} to {high})" if where else ""


def is_met(definition: Definition, value: Decimal | None, target: Target | None, partial: bool) -> bool | None:
    """Whether the value as shown reaches the target; None when there is no verdict to give."""
    if value is None or target is None or partial or definition.direction == "none":
        return None
    return value >= target.value if definition.direction == "higher" else value <= target.value
