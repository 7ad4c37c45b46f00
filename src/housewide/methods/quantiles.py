"""Percentiles and medians that are exact: the same answer on every machine and engine, from counts alone.

Inputs are histograms, value -> count, with integer values (seconds, cents); results are `Fraction`s. The percentile is
the linear interpolation of order statistics (Hyndman and Fan 1996, type 7: the default of NumPy, R and Excel's
PERCENTILE.INC).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

Share = Fraction | Decimal | int | float | str


def exact_share(share: Share) -> Fraction:
    """A share between 0 and 1 as people write it: 0.9 is nine tenths, not the nearest binary number.

    Raises ValueError outside 0 to 1.
    """
    exact = Fraction(repr(share)) if isinstance(share, float) else Fraction(share)
    if not 0 <= exact <= 1:
        raise ValueError(f"A percentile lies between 0 and 1; {share} was asked for.")
    return exact


def _ordered(histogram: Mapping[int, int]) -> tuple[list[int], list[int]]:
    """Values in order and their running counts. Raises ValueError for a negative count."""
    values = sorted(value for value, count in histogram.items() if count)
    if any(histogram[value] < 0 for value in values):
        raise ValueError("A histogram cannot hold a negative count.")
    return values, list(accumulate(histogram[value] for value in values))


def percentiles(histogram: Mapping[int, int], shares: Sequence[Share]) -> list[Fraction | None]:
    """The percentile at each share (0.5 is the median), exact; None for every share when nothing was counted."""
    values, running = _ordered(histogram)
    if not values:
        return [None for _ in shares]
    found: list[Fraction | None] = []
    for share in shares:
        rank = exact_share(share) * (running[-1] - 1)
        low = rank.numerator // rank.denominator
        first = values[bisect_right(running, low)]
        part = rank - low
        second = values[bisect_right(running, low + 1)] if part else first
        found.append(first + part * (second - first))
    return found


def percentile(histogram: Mapping[int, int], share: Share) -> Fraction | None:
    """One percentile of a histogram; None when nothing was counted."""
    return percentiles(histogram, [share])[0]


def mean(histogram: Mapping[int, int]) -> Fraction | None:
    """The exact mean of a histogram; None when nothing was counted."""
    count = sum(histogram.values())
    return Fraction(sum(value * times for value, times in histogram.items()), count) if count else None


def share_at_most(histogram: Mapping[int, int], limit: int) -> Fraction | None:
    """The exact share of what was counted that is `limit` or less; None when nothing was counted."""
    count = sum(histogram.values())
    return Fraction(sum(times for value, times in histogram.items() if value <= limit), count) if count else None


def weighted_median(weights: Mapping[int, int]) -> Fraction | None:
    """The value with half the weight on either side; midway between two values when they split it exactly.

    `weights` is value -> weight (patients, beds, cents). None when the weights sum to nothing.
    """
    values, running = _ordered(weights)
    if not values:
        return None
    total = running[-1]
    for position, below in enumerate(running):
        if 2 * below == total:
            return Fraction(values[position] + values[position + 1], 2)
        if 2 * below > total:
            return Fraction(values[position])
    raise AssertionError("the running weight always passes half of its own total")
