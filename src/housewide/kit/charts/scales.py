"""Where things go on a chart: round tick values, and labels that never lie on top of each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isfinite, log10

from housewide.kit.charts.drawing import text_width

Show = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to pixels."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.stop) / 2
        return self.start + (self.stop - self.start) * (value - self.low) / (self.high - self.low)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values inside low..high in steps of 1, 2 or 5 times a power of ten; about `count` of them."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return [low] if isfinite(low) else []
    rough = (high - low) / max(count, 1)
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    decimals = max(0, -floor(log10(step)) + 1)
    return [round(index * step, decimals) for index in range(first, last + 1)]


def padded(values: Sequence[float], share: float = 0.08) -> tuple[float, float]:
    """The lowest and highest value with some air; a unit of air around a constant; 0..1 for nothing at all."""
    known = [value for value in values if isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    air = (high - low) * share or abs(high) * share or 1.0
    return low - air, high + air


def thin_labels(labels: Sequence[str], centres: Sequence[float], gap: float = 14) -> list[int]:
    """Positions of the labels to print: the last and every k-th before it, for the smallest k that leaves `gap`
    pixels between them. The latest period is the one people look for."""
    for every in range(1, len(labels) + 1):
        chosen = range((len(labels) - 1) % every, len(labels), every)
        edges = [(centres[i] - text_width(labels[i]) / 2, centres[i] + text_width(labels[i]) / 2) for i in chosen]
        if all(after[0] - before[1] >= gap for before, after in pairwise(edges)):
            return list(chosen)
    return []


def spread_apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near to `wanted` as keeps them `gap` apart and inside low..high, in the same order up and down."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    for index in order:
        placed.append(max(wanted[index], placed[-1] + gap if placed else low))
    ceiling = high
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = min(placed[place], ceiling)
        ceiling = placed[place] - gap
    result = [0.0] * len(wanted)
    for index, position in zip(order, placed, strict=True):
        result[index] = position
    return result
