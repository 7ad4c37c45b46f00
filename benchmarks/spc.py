"""How long a scoreboard of 100,000 measures takes: XmR limits, Making Data Count rules and icons, 36 months each.

The peer is the straightforward loop a careful analyst would write (standard library `statistics`), timed on a sample
and scaled; both must give the same limits and the same marked points on that sample, or the comparison is refused.
Run: python benchmarks/spc.py
"""

import resource
import statistics
import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from housewide.methods.spc import xmr_batch

SERIES, POINTS, SAMPLE, SEED = 100_000, 36, 1_000, 20261


@dataclass(frozen=True)
class Result:
    seconds: float
    peak_megabytes: float
    peer_seconds: float
    ratio: float


def make_series(series: int = SERIES, points: int = POINTS, seed: int = SEED) -> np.ndarray:
    """Percentages around 70 with shifts in a third of the series and 5 % gaps; (series, points)."""
    random = np.random.default_rng(seed)
    values = 70 + random.normal(0, 3, (series, points))
    values[: series // 3, points // 2 :] += 4
    values[random.random(values.shape) < 0.05] = np.nan
    return values


def _in_runs(flags: list[bool], length: int) -> set[int]:
    marked: set[int] = set()
    for start in range(len(flags) - length + 1):
        if all(flags[start : start + length]):
            marked.update(range(start, start + length))
    return marked


def peer_chart(row: list[float]) -> tuple[float, float, float, set[int]]:
    """Mean, limits and marked points of one series, one step at a time."""
    shown = [(i, v) for i, v in enumerate(row) if v == v]
    values = [v for _, v in shown]
    mean = statistics.fmean(values)
    ranges = [abs(b - a) for a, b in pairwise(row) if a == a and b == b]
    screen = 3.267 * statistics.fmean(ranges)
    width = 2.66 * statistics.fmean([r for r in ranges if r < screen])
    outside = [abs(v - mean) > width for v in values]
    near = [abs(v - mean) > width * 2 / 3 and not out for v, out in zip(values, outside, strict=True)]
    marked = {i for i, out in enumerate(outside) if out}
    for sign in (1, -1):
        side = [(v - mean) * sign > 0 for v in values]
        steps = [(b - a) * sign > 0 for a, b in pairwise(values)]
        marked |= _in_runs(side, 7) | {j for i in _in_runs(steps, 6) for j in (i, i + 1)}
        for i in range(len(values) - 2):
            if all(side[i : i + 3]) and sum(near[i : i + 3]) >= 2:
                marked |= {j for j in range(i, i + 3) if near[j]}
    return mean, mean - width, mean + width, {shown[i][0] for i in marked}


def _check_agreement(values: np.ndarray, peer: list[tuple[float, float, float, set[int]]]) -> None:
    ours = xmr_batch(values)
    for row, (mean, lower, upper, marked) in enumerate(peer):
        lines = (ours.centre[row, 0], ours.lower[row, 0], ours.upper[row, 0])
        if not np.allclose(lines, (mean, lower, upper), rtol=1e-9) or set(np.flatnonzero(ours.causes[row])) != marked:
            raise AssertionError(f"Series {row} differs from the peer loop; the times cannot be compared.")


def measure(series: int = SERIES, points: int = POINTS, sample: int = SAMPLE) -> Result:
    """Times both sides. Peak memory is the whole process, so it includes Python, numpy and the input itself."""
    values = make_series(series, points)
    started = time.perf_counter()
    batch = xmr_batch(values)
    batch.variation(1)
    batch.assurance(80.0, 1)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = values[:: max(series // sample, 1)][:sample]
    lists = rows.tolist()
    started = time.perf_counter()
    peer = [peer_chart(row) for row in lists]
    peer_seconds = (time.perf_counter() - started) * series / len(lists)
    _check_agreement(rows, peer)
    return Result(seconds, peak, peer_seconds, peer_seconds / seconds)


def rows() -> list[dict[str, str]]:
    """The result as a row of the benchmarks page."""
    result = measure()
    return [{
        "what": f"SPC on {SERIES:,} series x {POINTS} points: limits, rules, icons",
        "time": f"{result.seconds:.2f} s", "memory": f"{result.peak_megabytes:,.0f} MB",
        "peer": f"a loop over each series (scaled from {SAMPLE:,})", "peer_time": f"{result.peer_seconds:.2f} s",
        "ratio": f"{result.ratio:.1f}",
    }]  # fmt: skip


def main() -> None:
    result = measure()
    print(f"{SERIES:,} series x {POINTS} points: XmR limits, 7-point rules, icons")
    print(f"  vectorised        {result.seconds:8.2f} s   peak memory of the process {result.peak_megabytes:,.0f} MB")
    print(f"  per-series loop   {result.peer_seconds:8.2f} s   (scaled from {SAMPLE:,} series, same answers)")
    print(f"  ratio             {result.ratio:8.1f} x")


if __name__ == "__main__":
    main()
