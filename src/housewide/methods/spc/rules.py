"""Which points are more than noise: the point rules of Making Data Count, for many series at once.

Rules look at consecutive *observed* points: a missing month neither hides a shift nor breaks it. Comparisons allow for
rounding (one part in 10^12), so a constant series never signals because its mean was rounded.
"""

import numpy as np
from numpy.typing import NDArray

from housewide.methods.spc.limits import Floats, Lines, Mask
from housewide.methods.spc.rulesets import Cause, RuleSet

ROUNDING = 1e-12


def sides_of(values: Floats, line: Floats) -> NDArray[np.int8]:
    """1 above the line, -1 below, 0 on it, at a gap or where there is no line. Shapes broadcast."""
    with np.errstate(invalid="ignore"):
        gap = values - line
        slack = ROUNDING * np.maximum(np.abs(values), np.abs(line))
        return (gap > slack).astype(np.int8) - (gap < -slack).astype(np.int8)


def _covered(ends: Mask, window: int, points: int) -> Mask:
    """Points inside any window whose start is marked in `ends` (series, points - window + 1)."""
    covered = np.zeros((ends.shape[0], points), np.bool_)
    for offset in range(window):
        covered[:, offset : points - window + 1 + offset] |= ends
    return covered


def _in_window(hits: Mask, window: int) -> Mask:
    """Points that belong to at least `window` consecutive hits."""
    points = hits.shape[1]
    if points < window:
        return np.zeros_like(hits)
    whole = hits[:, : points - window + 1].copy()
    for offset in range(1, window):
        whole &= hits[:, offset : points - window + 1 + offset]
    return _covered(whole, window, points)


def _in_trend(steps: Mask, length: int) -> Mask:
    """Points of at least `length` values in a row that all step one way; `steps` is (series, points - 1)."""
    inside = _in_window(steps, length - 1)
    points = np.zeros((steps.shape[0], steps.shape[1] + 1), np.bool_)
    points[:, :-1] |= inside
    points[:, 1:] |= inside
    return points


def _two_of_three(near: Mask, same_side: Mask) -> Mask:
    """Near points that share three consecutive same-side points with another near point."""
    points = near.shape[1]
    if points < 3:
        return np.zeros_like(near)
    count = near[:, :-2].astype(np.int8) + near[:, 1:-1] + near[:, 2:]
    windows = (count >= 2) & same_side[:, :-2] & same_side[:, 1:-1] & same_side[:, 2:]
    return _covered(windows, 3, points) & near


def mark_causes(lines: Lines, counted: Mask, rules: RuleSet) -> NDArray[np.int8]:
    """The `Cause` of every point (series, points) in one part of the charts.

    `counted` is (points,): excluded points are never marked and never counted. Where several rules fire on a point the
    most telling names it: outside, then trend, then two of three, then shift (the order of NHSRplotthedots).
    """
    hidden = np.isnan(lines.values) | ~counted
    if hidden.size == 0:
        return np.zeros(hidden.shape, np.int8)
    if not hidden.any():
        return _causes_of(lines, hidden, rules)
    # A stable sort brings the observed points together, so the rules below can look at neighbours only.
    order = np.argsort(hidden, axis=1, kind="stable")
    packed_lines = Lines(
        *(
            np.take_along_axis(np.broadcast_to(getattr(lines, name), hidden.shape), order, axis=1)
            for name in Lines.__slots__
        )
    )
    causes = np.empty(hidden.shape, np.int8)
    packed = _causes_of(packed_lines, np.take_along_axis(hidden, order, axis=1), rules)
    np.put_along_axis(causes, order, packed, axis=1)
    return causes


def _causes_of(lines: Lines, hidden: Mask, rules: RuleSet) -> NDArray[np.int8]:
    """Causes of points whose observed values stand first in each row. Later rules overwrite weaker ones."""
    values = lines.values
    causes = np.zeros(values.shape, np.int8)
    side = np.where(hidden, np.int8(0), sides_of(values, lines.centre))
    above = ~hidden & (sides_of(values, lines.upper) > 0)
    below = ~hidden & (sides_of(values, lines.lower) < 0)
    if rules.shift:
        causes[_in_window(side > 0, rules.shift)] = Cause.SHIFT_ABOVE
        causes[_in_window(side < 0, rules.shift)] = Cause.SHIFT_BELOW
    if rules.two_of_three:
        near_up = ~hidden & ~above & (sides_of(values, lines.upper_near) > 0)
        near_down = ~hidden & ~below & (sides_of(values, lines.lower_near) < 0)
        causes[_two_of_three(near_up, side > 0)] = Cause.NEAR_UPPER
        causes[_two_of_three(near_down, side < 0)] = Cause.NEAR_LOWER
    if rules.trend:
        steps = np.where(hidden[:, 1:], np.int8(0), sides_of(values[:, 1:], values[:, :-1]))
        causes[_in_trend(steps > 0, rules.trend)] = Cause.TREND_UP
        causes[_in_trend(steps < 0, rules.trend)] = Cause.TREND_DOWN
    if rules.outside:
        causes[above] = Cause.ABOVE_UPPER
        causes[below] = Cause.BELOW_LOWER
    return causes
