"""Run tests: has the line stayed on one side too long, or crossed the middle too seldom, to be chance?

Anhoej and Olesen 2014. Points exactly on the center line do not count. The limits are exact integers: a run is too
long above round(log2 n) + 3 (Schilling 2012); crossings are too few below the 5 % quantile of a binomial (n - 1, 1/2)
(Chen 2010).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=4096)
def fewest_crossings(useful: int) -> int:
    """Smallest q with P(X <= q) >= 5 % for X ~ binomial(useful - 1, 1/2), in exact integers."""
    trials = max(useful - 1, 0)
    ways, below, q = 1, 1, 0
    while below * 20 < 1 << trials:
        ways = ways * (trials - q) // (q + 1)
        q += 1
        below += ways
    return q


def longest_run_allowed(useful: int) -> int:
    """round(log2 useful) + 3 in exact integers. Raises ValueError below one point."""
    if useful < 1:
        raise ValueError("A run test needs at least one point off the center line.")
    whole = useful.bit_length() - 1
    return whole + (useful * useful >= 1 << (2 * whole + 1)) + 3


@dataclass(frozen=True, slots=True)
class RunsTest:
    """The outcome for one part of one chart. The counts are None when no point lies off the center line."""

    observed: int
    useful: int
    longest_run: int | None
    longest_run_max: int | None
    crossings: int | None
    crossings_min: int | None

    @property
    def run_is_long(self) -> bool:
        return self.longest_run is not None and self.longest_run > (self.longest_run_max or 0)

    @property
    def crossings_are_few(self) -> bool:
        return self.crossings is not None and self.crossings < (self.crossings_min or 0)

    @property
    def signals(self) -> bool:
        return self.run_is_long or self.crossings_are_few


@dataclass(frozen=True, slots=True)
class RunsBatch:
    """Run tests of many series at once; every array is (series,). Zero useful points give zeros and no signal."""

    useful: NDArray[np.int64]
    longest_run: NDArray[np.int64]
    longest_run_max: NDArray[np.int64]
    crossings: NDArray[np.int64]
    crossings_min: NDArray[np.int64]
    signals: NDArray[np.bool_]


def check_runs_batch(side: NDArray[np.int8]) -> RunsBatch:
    """Run tests for `side` (series, points): 1 above, -1 below, 0 for a gap, an excluded point or one on the line."""
    rows, points = side.shape
    longest = np.zeros(rows, np.int64)
    crossings = np.zeros(rows, np.int64)
    current = np.zeros(rows, np.int64)
    last = np.zeros(rows, np.int8)
    for column in range(points):
        here = side[:, column]
        counted = here != 0
        crossed = counted & (last != 0) & (here != last)
        crossings += crossed
        current = np.where(counted, np.where(here == last, current + 1, 1), current)
        last = np.where(counted, here, last)
        np.maximum(longest, current, out=longest)
    useful = (side != 0).sum(axis=1)
    highest = np.array([0] + [longest_run_allowed(count) for count in range(1, points + 1)], np.int64)[useful]
    fewest = np.array([fewest_crossings(count) for count in range(points + 1)], np.int64)[useful]
    signals = (useful > 0) & ((longest > highest) | (crossings < fewest))
    return RunsBatch(useful, longest, highest, crossings, fewest, signals)


def check_runs(side: NDArray[np.int8], observed: int) -> RunsTest:
    """Run tests for one part of one chart: `side` (points,), `observed` the number of points that were not excluded."""
    batch = check_runs_batch(side[np.newaxis, :])
    useful = int(batch.useful[0])
    if useful == 0:
        return RunsTest(observed, 0, None, None, None, None)
    return RunsTest(
        observed,
        useful,
        int(batch.longest_run[0]),
        int(batch.longest_run_max[0]),
        int(batch.crossings[0]),
        int(batch.crossings_min[0]),
    )


def runs_of(side: NDArray[np.int8]) -> list[tuple[int, ...]]:
    """The runs of one series as tuples of point positions, points on the line and gaps passed over."""
    runs: list[list[int]] = []
    for position, here in enumerate(side.tolist()):
        if here == 0:
            continue
        if runs and side[runs[-1][-1]] == here:
            runs[-1].append(position)
        else:
            runs.append([position])
    return [tuple(run) for run in runs]
