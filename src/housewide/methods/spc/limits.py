"""Where the centre line and the limits of each kind of control chart lie.

Every function takes 2-D arrays (series x points) so that one chart and a hundred thousand are the same arithmetic,
and a `base` mask (points,) of the points that may set the limits. NaN is a gap: it never counts and never reads as
zero. Formulas: Montgomery, Introduction to Statistical Quality Control (6.33, 7.17, 7.19, p. 319); Nelson 1982 for
screening moving ranges; Laney 2002 for the prime charts; Nelson 1994 for the T chart.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

XMR_WIDTH = 2.66
D2 = 1.128
MOVING_RANGE_SCREEN = 3.267
T_POWER = 3.6


@dataclass(frozen=True, slots=True)
class Lines:
    """Values as plotted and the lines around them, each (series, points) or (series, 1); NaN where there is no line.

    `lower_near` and `upper_near` lie two thirds of the way from the centre to the limits (2 sigma).
    """

    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lower_near: Floats
    upper_near: Floats


@dataclass(frozen=True, slots=True)
class Spread:
    """How moving ranges become a spread. `screen` drops ranges of 3.267 averages or more once (Nelson 1982).

    `keep_spread` repairs what screening does to nearly constant series: where nothing but zero ranges would be left,
    the unscreened average is used, so that 35 months of zero falls and one of three do not make every month a signal.
    """

    screen: bool = True
    keep_spread: bool = False


def mean_of(values: Floats) -> Floats:
    """Row means (series, 1), gaps left out, exact when a row is constant; NaN for a row with no values."""
    present = ~np.isnan(values)
    count = present.sum(axis=1, keepdims=True)
    total = np.where(present, values, 0.0).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = total / count
    if values.shape[1] == 0:
        return mean
    low = np.where(present, values, np.inf).min(axis=1, keepdims=True)
    high = np.where(present, values, -np.inf).max(axis=1, keepdims=True)
    exact: Floats = np.where(low == high, low, mean)
    return exact


def median_of(values: Floats) -> Floats:
    """Row medians (series, 1), gaps left out; NaN for a row with no values."""
    if values.shape[1] == 0:
        return np.full((values.shape[0], 1), np.nan)
    ordered = np.sort(values, axis=1)
    count = (~np.isnan(values)).sum(axis=1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis=1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[1] - 1), axis=1)
    return np.where(low == high, low, (low + high) / 2)


def average_moving_range(values: Floats, spread: Spread) -> Floats:
    """Average absolute step between neighbours (series, 1). A step into or out of a gap does not exist."""
    steps = np.abs(np.diff(values, axis=1))
    average = mean_of(steps)
    if not spread.screen:
        return average
    with np.errstate(invalid="ignore"):
        kept = mean_of(np.where(steps < MOVING_RANGE_SCREEN * average, steps, np.nan))
    if spread.keep_spread:
        kept = np.where(kept > 0, kept, average)
    return kept


def _around(values: Floats, centre: Floats, width: Floats) -> Lines:
    near = width * 2 / 3
    return Lines(values, centre, centre - width, centre + width, centre - near, centre + near)


def _bounded(lines: Lines, floor: float | None = None, ceiling: float | None = None) -> Lines:
    """Limits that cannot leave the range the measure can take; missing limits stay missing."""
    low, high = -np.inf if floor is None else floor, np.inf if ceiling is None else ceiling
    return Lines(
        lines.values,
        lines.centre,
        np.maximum(lines.lower, low),
        np.minimum(lines.upper, high),
        np.maximum(lines.lower_near, low),
        np.minimum(lines.upper_near, high),
    )


def xmr_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    centre = mean_of(y[:, base])
    return _around(y, centre, XMR_WIDTH * average_moving_range(y[:, base], spread))


def individual_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    centre = mean_of(y[:, base])
    return _around(y, centre, 3 * average_moving_range(y[:, base], spread) / D2)


def moving_range_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    steps = np.full_like(y, np.nan)
    steps[:, 1:] = np.abs(np.diff(y, axis=1))
    centre = mean_of(steps[:, base])
    zero = np.zeros_like(centre)
    upper = MOVING_RANGE_SCREEN * centre
    return Lines(steps, centre, zero, upper, zero, upper * 2 / 3)


def run_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    centre = median_of(y[:, base])
    none = np.full_like(centre, np.nan)
    return Lines(y, centre, none, none, none, none)


def count_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    centre = mean_of(y[:, base])
    return _bounded(_around(y, centre, 3 * np.sqrt(centre)), floor=0.0)


def _pooled(y: Floats, n: Floats, base: Mask) -> tuple[Floats, Floats]:
    """Ratios per point and their pooled centre. A point without events or without exposure is a gap."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(n > 0, y / n, np.nan)
        known = base & ~np.isnan(ratio)
        events = np.where(known, y, 0.0).sum(axis=1, keepdims=True)
        centre = events / np.where(known, n, 0.0).sum(axis=1, keepdims=True)
    return ratio, centre


def _laney(ratio: Floats, centre: Floats, sigma: Floats, base: Mask, spread: Spread) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (ratio - centre) / sigma
    return sigma * average_moving_range(z[:, base], spread) / D2


def _ratio_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread, *, share: bool, laney: bool) -> Lines:
    if n is None:
        raise ValueError("This chart compares events with exposure: give the denominators too.")
    ratio, centre = _pooled(y, n, base)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = centre * (1 - centre) if share else centre
        sigma = np.where(n > 0, np.sqrt(variance / n), np.nan)
    if laney:
        sigma = _laney(ratio, centre, sigma, base, spread)
    return _bounded(_around(ratio, centre, 3 * sigma), floor=0.0, ceiling=1.0 if share else None)


def p_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    return _ratio_lines(y, n, base, spread, share=True, laney=False)


def p_prime_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    return _ratio_lines(y, n, base, spread, share=True, laney=True)


def u_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    return _ratio_lines(y, n, base, spread, share=False, laney=False)


def u_prime_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    return _ratio_lines(y, n, base, spread, share=False, laney=True)


def gap_count_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    """G chart: cases between rare events. Limits from the mean, centre line at the median so that runs tests hold."""
    mean = mean_of(y[:, base])
    around = _bounded(_around(y, mean, 3 * np.sqrt(mean * (mean + 1))), floor=0.0)
    return Lines(y, median_of(y[:, base]), around.lower, around.upper, around.lower_near, around.upper_near)


def time_between_lines(y: Floats, n: Floats | None, base: Mask, spread: Spread) -> Lines:
    """T chart: time between rare events, made roughly normal by the power 1/3.6 and drawn on the original scale."""
    if bool(np.any(y <= 0)):
        raise ValueError("Time between events must be above zero; a zero or negative gap was given.")
    inner = individual_lines(y ** (1 / T_POWER), None, base, spread)
    with np.errstate(invalid="ignore"):
        lower, upper, lower_near, upper_near = (
            side**T_POWER for side in (inner.lower, inner.upper, inner.lower_near, inner.upper_near)
        )
    has_spread = ~np.isnan(inner.lower)
    return Lines(
        y,
        inner.centre**T_POWER,
        np.where(has_spread & np.isnan(lower), 0.0, lower),
        upper,
        lower_near,
        upper_near,
    )


LineMaker = Callable[[Floats, Floats | None, Mask, Spread], Lines]

CHART_LINES: dict[str, LineMaker] = {
    "xmr": xmr_lines,
    "i": individual_lines,
    "mr": moving_range_lines,
    "run": run_lines,
    "c": count_lines,
    "p": p_lines,
    "pp": p_prime_lines,
    "u": u_lines,
    "up": u_prime_lines,
    "g": gap_count_lines,
    "t": time_between_lines,
}
