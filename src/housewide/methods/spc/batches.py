"""The scoreboard's arithmetic: XmR limits and signals of every measure in every unit in one call.

The same functions as `charts.control_chart`, run on whole blocks of series, so a tile on the scoreboard and the chart
behind it cannot disagree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from housewide.methods.spc.charts import part_bounds
from housewide.methods.spc.icons import assurances, point_types
from housewide.methods.spc.limits import CHART_LINES, Floats, Spread
from housewide.methods.spc.rules import mark_causes
from housewide.methods.spc.rulesets import MDC_7, RuleSet

# Blocks this size keep the working arrays inside the processor's cache and peak memory flat.
ROWS_PER_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class XmRBatch:
    """Many XmR charts. `causes` is (series, points); lines are (series, parts); `last` is (series,),
    the position of the last observed point or -1."""

    rules: RuleSet
    starts: tuple[int, ...]
    centre: Floats
    lower: Floats
    upper: Floats
    causes: NDArray[np.int8]
    last: NDArray[np.int64]

    def variation(self, direction: ArrayLike) -> NDArray[np.int8]:
        """`PointType` of each series' last point; `direction` is one sign or (series,). COMMON where nothing shows."""
        rows = np.arange(self.last.size)
        at = np.maximum(self.last, 0)
        types = point_types(self.causes[rows, at], direction)
        return np.where(self.last < 0, np.int8(0), types)

    def assurance(self, target: ArrayLike, direction: ArrayLike) -> NDArray[np.int8]:
        """`Assurance` of each series against its target (one or (series,), NaN for none), on the last part's limits."""
        return assurances(self.lower[:, -1], self.upper[:, -1], target, direction)


def _blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, ROWS_PER_BLOCK):
        yield slice(start, min(start + ROWS_PER_BLOCK, rows))


def xmr_batch(
    values: ArrayLike,
    *,
    parts: Sequence[int] = (),
    freeze: int | None = None,
    exclude: Sequence[int] = (),
    rules: RuleSet = MDC_7,
    spread: Spread | None = None,
) -> XmRBatch:
    """XmR charts of `values` (series, points), NaN for gaps. `parts`, `freeze` and `exclude` as in `control_chart`,
    alike for all series. Raises ValueError unless the array is 2-D with at least one point."""
    y = np.asarray(values, np.float64)
    if y.ndim != 2 or y.shape[1] == 0:
        raise ValueError(f"Give series x points with at least one point; the array has shape {y.shape}.")
    spread = spread or Spread(keep_spread=True)
    counted = np.ones(y.shape[1], np.bool_)
    counted[[position for position in exclude if 0 <= position < y.shape[1]]] = False
    bounds = part_bounds(y.shape[1], parts)
    centre, lower, upper = (np.empty((y.shape[0], len(bounds))) for _ in range(3))
    causes = np.empty(y.shape, np.int8)
    for rows in _blocks(y.shape[0]):
        for index, (start, stop) in enumerate(bounds):
            here = counted[start:stop]
            base = here & (np.arange(stop - start) < (stop - start if freeze is None else freeze))
            lines = CHART_LINES["xmr"](y[rows, start:stop], None, base, spread)
            centre[rows, index] = lines.centre[:, 0]
            lower[rows, index] = lines.lower[:, 0]
            upper[rows, index] = lines.upper[:, 0]
            causes[rows, start:stop] = mark_causes(lines, here, rules)
    shown = ~np.isnan(y) & counted
    last = np.where(shown.any(axis=1), y.shape[1] - 1 - shown[:, ::-1].argmax(axis=1), -1)
    return XmRBatch(rules, tuple(start for start, _ in bounds), centre, lower, upper, causes, last)
