"""What hundreds of charts say, in one go: the word, the rule, since when and what is usual for each series.

The same functions as `charts.control_chart` and `readings.read_chart`, run on whole blocks of series; a property test
holds the two against each other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from housewide.methods.spc.icons import assurances, point_types
from housewide.methods.spc.limits import CHART_LINES, Floats, Lines, Spread
from housewide.methods.spc.readings import MINIMUM_POINTS
from housewide.methods.spc.rules import mark_causes
from housewide.methods.spc.rulesets import MDC_7, RuleSet
from housewide.methods.spc.subgroups import SUBGROUP_LINES


@dataclass(frozen=True, slots=True)
class ManyReadings:
    """One entry per series, every array (series,). `types` are `PointType`s of the last point, `causes` its `Cause`s
    (0: none), `began` the first point of the present stretch (-1: none). `low` and `high` are the limits in force
    (NaN: none), `base` the observed points behind them, `verdicts` the `Assurance`s. Series with fewer than the
    minimum of points claim nothing."""

    types: NDArray[np.int8]
    causes: NDArray[np.int8]
    began: NDArray[np.int64]
    base: NDArray[np.int64]
    low: Floats
    high: Floats
    verdicts: NDArray[np.int8]


def read_many(
    kind: str,
    values: Floats,
    sizes: Floats | None = None,
    deviations: Floats | None = None,
    *,
    signs: ArrayLike,
    targets: ArrayLike = np.nan,
    floors: ArrayLike = -np.inf,
    ceilings: ArrayLike = np.inf,
    scale: ArrayLike = 1.0,
    rules: RuleSet = MDC_7,
    minimum_points: int = MINIMUM_POINTS,
) -> ManyReadings:
    """Charts of one kind for all series (series, points), NaN for gaps, and what each says.

    `signs` (1 higher is better, -1 lower, 0 none), `targets`, `floors`, `ceilings` and `scale` (limits are multiplied
    by it before they meet floors, ceilings and targets) are one number or (series,). Raises ValueError for a rule set
    with run tests, which speak about whole charts.
    """
    if rules.runs:
        raise ValueError("Run tests are read chart by chart; this reads the point rules of many.")
    every = np.ones(values.shape[1], np.bool_)
    if kind in SUBGROUP_LINES and sizes is not None and deviations is not None:
        lines = SUBGROUP_LINES[kind](values, sizes, deviations, every)
    else:
        lines = CHART_LINES[kind](values, sizes, every, Spread(keep_spread=True))
    causes = mark_causes(lines, every, rules)
    shown = ~np.isnan(lines.values)
    base = shown.sum(axis=1)
    sign = np.broadcast_to(np.asarray(signs), base.shape)
    types = point_types(causes, sign[:, np.newaxis])
    rows, last = np.arange(base.size), _last(shown)
    claims = (base >= minimum_points) & (last >= 0)
    type_last = np.where(claims, types[rows, last], 0).astype(np.int8)
    began = np.where(type_last != 0, _began(types, shown, last), -1)
    low, high = _usual(lines, floors, ceilings, scale)
    return ManyReadings(
        types=type_last,
        causes=np.where(type_last != 0, causes[rows, last], 0).astype(np.int8),
        began=began,
        base=base,
        low=low,
        high=high,
        verdicts=assurances(low, high, targets, sign),
    )


def _last(shown: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Position of the last observed point of each series, -1 without any."""
    return np.where(shown.any(axis=1), shown.shape[1] - 1 - shown[:, ::-1].argmax(axis=1), -1)


def _began(types: NDArray[np.int8], shown: NDArray[np.bool_], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """First observed point of the unbroken stretch of like points that ends at the last one."""
    columns = np.arange(types.shape[1])
    other = shown & (types != types[np.arange(last.size), last][:, np.newaxis]) & (columns < last[:, np.newaxis])
    stop = _last(other)
    began: NDArray[np.int64] = (shown & (columns > stop[:, np.newaxis])).argmax(axis=1)
    return began


def _usual(lines: Lines, floors: ArrayLike, ceilings: ArrayLike, scale: ArrayLike) -> tuple[Floats, Floats]:
    """The limits in force at the last point that has any, kept within what the measure can take."""
    lower, upper = (np.broadcast_to(line, lines.values.shape) for line in (lines.lower, lines.upper))
    known = ~np.isnan(lower) & ~np.isnan(upper)
    at = np.maximum(_last(known), 0)
    rows = np.arange(at.size)
    low, high = (np.where(known.any(axis=1), line[rows, at], np.nan) * scale for line in (lower, upper))
    return np.minimum(np.maximum(low, floors), ceilings), np.maximum(np.minimum(high, ceilings), floors)
