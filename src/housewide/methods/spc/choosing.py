"""Which control chart suits a series, so that nobody has to choose: counted shares and rates get limits that follow
their denominators, amounts get limits from their own steps, rare events are charted by the time between them.

Sources: Provost and Murray, The Health Care Data Guide (2011), chapter 5; Laney 2002 for the prime charts; Cryer and
Ryan 1990 (J Qual Technol 22:187) for how far a spread from moving ranges may stray by chance.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from housewide.methods.spc.limits import D2, Floats, Mask, Spread, average_moving_range
from housewide.methods.spc.subgroups import grand_mean, pooled_deviation, unbiasing

RARE = 1.0
"""Fewer events than this in an average period are rare: a chart of counts would show almost only zeros."""
ONE_SIDED_95 = 1.645
KEEP = Spread(keep_spread=True)

KINDS = ("xmr", "p", "pp", "u", "up", "g events", "g misses", "xbar")
XMR, P, PP, U, UP, G_EVENTS, G_MISSES, XBAR = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The chart of each series (series,) as positions in `KINDS`, and how many times as much as chance alone explains
    its periods differ (series,); NaN where chance alone says nothing."""

    kinds: NDArray[np.int8]
    excess: Floats


def most_by_chance(points: NDArray[np.int64]) -> Floats:
    """How large the spread from moving ranges of so many points gets by chance, where the true one is 1 (upper 5 %)."""
    k = np.maximum(points, 2).astype(np.float64)
    return 1 + ONE_SIDED_95 * np.sqrt((0.8264 * k - 1.082) / (k - 1) ** 2)


def excess_of(z: Floats) -> Floats:
    """How many times as much as chance explains the periods differ (series,), from standardized values."""
    return average_moving_range(z, KEEP)[:, 0] / D2


def choose_counted(num: Floats, den: Floats, *, share: bool) -> Chosen:
    """P or P' (`share`), U or U' for counts over exposure, both (series, points) with NaN for gaps.

    Fewer than one event a period is rare (G or T chart of the time between events); so are, for a share, fewer than
    one miss. A series without any event or miss has no spread to chart by: it stays an XmR chart.
    """
    shown = ~np.isnan(num) & (den > 0)
    points = shown.sum(axis=1)
    n, d = np.where(shown, num, 0.0), np.where(shown, den, 0.0)
    events, exposure = n.sum(axis=1), d.sum(axis=1)
    misses = exposure - events
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (events / exposure)[:, np.newaxis]
        variance = centre * (1 - centre) if share else centre
        z = np.where(shown, (num / den - centre) / np.sqrt(variance / den), np.nan)
    excess = excess_of(z)
    plain, prime = (P, PP) if share else (U, UP)
    kinds = np.where(excess > most_by_chance(points), prime, plain)
    kinds = np.where((events < RARE * points), G_EVENTS, kinds)
    if share:
        kinds = np.where((misses < RARE * points), G_MISSES, kinds)
    nothing = (events == 0) | (points == 0) | (share & (misses <= 0))
    return Chosen(np.where(nothing, XMR, kinds).astype(np.int8), excess)


def choose_averages(mean: Floats, size: Floats, deviation: Floats) -> Chosen:
    """Xbar where every period holds at least two values and the periods differ no more than those explain; else XmR."""
    shown = ~np.isnan(mean)
    every: Mask = np.ones(mean.shape[1], np.bool_)
    centre, within = grand_mean(mean, size, every), pooled_deviation(size, deviation, every)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(shown, (mean - centre) * unbiasing(size) * np.sqrt(size) / within, np.nan)
    excess = excess_of(np.where(np.isfinite(z), z, np.nan))
    allowed = shown.any(axis=1) & ((size >= 2) | ~shown).all(axis=1) & (within[:, 0] > 0)
    fits = allowed & (excess <= most_by_chance(shown.sum(axis=1)))
    return Chosen(np.where(fits, XBAR, XMR).astype(np.int8), np.where(allowed, excess, np.nan))


def spread_of_bins(bins: dict[int, int], width: int) -> float | None:
    """Standard deviation of values counted in bins (lower edge -> count), each value taken at the middle of its bin;
    None below two values. Tail bins hold everything beyond them, so long tails are understated."""
    count = sum(bins.values())
    if count < 2:
        return None
    middle = width / 2
    mean = sum((edge + middle) * times for edge, times in bins.items()) / count
    return sqrt(sum(times * (edge + middle - mean) ** 2 for edge, times in bins.items()) / (count - 1))
