"""Control charts: what a measure usually does, and which of its points say that something changed.

`control_chart` reads one series; `xmr_batch` reads many at once with the same arithmetic. Freeze keeps the limits of
the first points of a part, a new part starts fresh limits, exclude shows a point without letting it count, and a
missing value (None or NaN) is a gap: it is never zero, never a moving range and never a point.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from housewide.methods.spc.limits import CHART_LINES, Floats, Lines, Mask, Spread
from housewide.methods.spc.rules import mark_causes, sides_of
from housewide.methods.spc.rulesets import ANHOEJ, CAUSE_SIDE, MDC_7, Cause, RuleSet
from housewide.methods.spc.runs import RunsTest, check_runs, runs_of
from housewide.methods.spc.subgroups import SUBGROUP_LINES

# Moving ranges share points with their neighbours, so run tests on them signal by construction.
KINDS_WITHOUT_RUNS = frozenset({"mr"})


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule that fired: its rule set, the rule in words, and the zero-based points that make it up."""

    rule_set: str
    cause: Cause
    words: str
    side: int
    points: tuple[int, ...]

    @property
    def began(self) -> int:
        return self.points[0]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the chart with its own limits: points start <= i < stop, `base` of them observed and counted."""

    start: int
    stop: int
    base: int
    runs: RunsTest


@dataclass(frozen=True, slots=True)
class ControlChart:
    """One chart, every array (points,). `sides` is 1 above the centre, -1 below, 0 on it or missing."""

    kind: str
    rules: RuleSet
    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lower_near: Floats
    upper_near: Floats
    sides: NDArray[np.int8]
    causes: NDArray[np.int8]
    counted: Mask
    parts: tuple[Part, ...]
    signals: tuple[Signal, ...]

    @property
    def outside(self) -> Mask:
        """Points beyond the limits, excluded ones too."""
        return (sides_of(self.values, self.upper) > 0) | (sides_of(self.values, self.lower) < 0)

    @property
    def last(self) -> int | None:
        """Position of the last observed, counted point; None when there is none."""
        shown = np.flatnonzero(~np.isnan(self.values) & self.counted)
        return int(shown[-1]) if shown.size else None

    def scaled(self, factor: float) -> "ControlChart":
        """The same chart in another unit: 0.71 as 71 %, falls per day as falls per 1,000 days. `factor` is above 0."""
        lines = ("values", "centre", "lower", "upper", "lower_near", "upper_near")
        return replace(self, **{name: getattr(self, name) * factor for name in lines})


def as_floats(values: Iterable[float | None]) -> Floats:
    """A float array in which None is a gap."""
    return np.array([np.nan if value is None else float(value) for value in values], np.float64)


def part_bounds(points: int, starts: Sequence[int]) -> list[tuple[int, int]]:
    """(start, stop) of every part; starts outside the series are ignored."""
    inner = sorted({start for start in starts if 0 < start < points})
    return list(zip([0, *inner], [*inner, points], strict=True))


def control_chart(
    kind: str,
    values: Iterable[float | None],
    denominators: Iterable[float | None] | None = None,
    *,
    parts: Sequence[int] = (),
    freeze: int | None = None,
    exclude: Sequence[int] = (),
    rules: RuleSet | None = None,
    spread: Spread | None = None,
    deviations: Iterable[float | None] | None = None,
) -> ControlChart:
    """One control chart.

    `kind` is a key of `limits.CHART_LINES` or `subgroups.SUBGROUP_LINES`; ratio charts (p, pp, u, up) take counts in
    `values` and the exposure in `denominators`; xbar and s take means in `values`, sizes in `denominators` and
    standard deviations in `deviations`. `parts` are the zero-based positions where new limits start; `freeze` is the
    number of first points of *each* part that set its limits; `exclude` are zero-based positions that set nothing and
    signal nothing.
    `rules` defaults to MDC_7 for xmr and ANHOEJ otherwise. Raises ValueError for an unknown kind or unequal lengths.
    """
    if kind not in CHART_LINES and kind not in SUBGROUP_LINES:
        raise ValueError(
            f"There is no chart called {kind!r}. Choose from: {', '.join([*CHART_LINES, *SUBGROUP_LINES])}."
        )
    y = as_floats(values)
    n = None if denominators is None else as_floats(denominators)
    s = None if deviations is None else as_floats(deviations)
    for name, given in (("denominators", n), ("deviations", s)):
        if given is not None and given.size != y.size:
            raise ValueError(f"{y.size} values came with {given.size} {name}; they must match one to one.")
    if kind in SUBGROUP_LINES and (n is None or s is None):
        raise ValueError("A chart of averages needs the size and the standard deviation of each group too.")
    rules = rules or (MDC_7 if kind == "xmr" else ANHOEJ)
    spread = spread or Spread(keep_spread=True)
    counted = np.ones(y.size, np.bool_)
    counted[[position for position in exclude if 0 <= position < y.size]] = False
    whole = _Given(kind, y, n, s, spread)
    pieces = [_chart_part(whole, bounds, counted, freeze, rules) for bounds in part_bounds(y.size, parts)]
    return _joined(kind, rules, counted, pieces)


@dataclass(frozen=True, slots=True)
class _Piece:
    lines: Lines
    sides: NDArray[np.int8]
    causes: NDArray[np.int8]
    part: Part


@dataclass(frozen=True, slots=True)
class _Given:
    """What a chart is made of, whole."""

    kind: str
    values: Floats
    sizes: Floats | None
    deviations: Floats | None
    spread: Spread

    def lines(self, start: int, stop: int, base: Mask) -> Lines:
        """The lines of one part, as a batch of one series."""
        y, n, s = (
            None if every is None else every[np.newaxis, start:stop]
            for every in (self.values, self.sizes, self.deviations)
        )
        assert y is not None
        if self.kind in SUBGROUP_LINES and n is not None and s is not None:
            return SUBGROUP_LINES[self.kind](y, n, s, base)
        return CHART_LINES[self.kind](y, n, base, self.spread)


def _chart_part(given: _Given, bounds: tuple[int, int], counted: Mask, freeze: int | None, rules: RuleSet) -> _Piece:
    start, stop = bounds
    here = counted[start:stop]
    base = here & (np.arange(stop - start) < (stop - start if freeze is None else freeze))
    lines = given.lines(start, stop, base)
    causes = mark_causes(lines, here, rules)[0]
    sides = sides_of(lines.values, lines.centre)[0]
    runs = check_runs(np.where(here, sides, np.int8(0)), int(here.sum()))
    observed = int((base & ~np.isnan(lines.values[0])).sum())
    return _Piece(lines, sides, causes, Part(start, stop, observed, runs))


def _joined(kind: str, rules: RuleSet, counted: Mask, pieces: list[_Piece]) -> ControlChart:
    def whole(name: str) -> Floats:
        rows = [np.broadcast_to(getattr(piece.lines, name), piece.lines.values.shape)[0] for piece in pieces]
        return np.concatenate(rows)

    signals = [signal for piece in pieces for signal in _signals_of(kind, piece, counted, rules)]
    return ControlChart(
        kind=kind,
        rules=rules,
        values=whole("values"),
        centre=whole("centre"),
        lower=whole("lower"),
        upper=whole("upper"),
        lower_near=whole("lower_near"),
        upper_near=whole("upper_near"),
        sides=np.concatenate([piece.sides for piece in pieces]),
        causes=np.concatenate([piece.causes for piece in pieces]),
        counted=counted,
        parts=tuple(piece.part for piece in pieces),
        signals=tuple(sorted(signals, key=lambda signal: (signal.points[0], signal.cause))),
    )


def _signals_of(kind: str, piece: _Piece, counted: Mask, rules: RuleSet) -> list[Signal]:
    start = piece.part.start
    signals = []
    for cause, positions in _stretches(piece, counted[start : piece.part.stop]):
        points = tuple(start + position for position in positions)
        signals.append(Signal(rules.key, cause, rules.describe_cause(cause), CAUSE_SIDE[cause], points))
    if rules.runs and kind not in KINDS_WITHOUT_RUNS:
        signals += _run_signals(piece, counted[start : piece.part.stop], rules)
    return signals


def _stretches(piece: _Piece, counted: Mask) -> list[tuple[Cause, list[int]]]:
    """Neighbouring points (gaps passed over) marked with the same cause, each as one stretch."""
    stretches: list[tuple[Cause, list[int]]] = []
    previous = Cause.COMMON
    for position in np.flatnonzero(~np.isnan(piece.lines.values[0]) & counted).tolist():
        cause = Cause(int(piece.causes[position]))
        if cause is not Cause.COMMON and cause is previous:
            stretches[-1][1].append(position)
        elif cause is not Cause.COMMON:
            stretches.append((cause, [position]))
        previous = cause
    return stretches


def _run_signals(piece: _Piece, counted: Mask, rules: RuleSet) -> list[Signal]:
    runs = runs_of(np.where(counted, piece.sides, np.int8(0)))
    start, test = piece.part.start, piece.part.runs
    signals = []
    for run in runs:
        if test.run_is_long and len(run) > (test.longest_run_max or 0):
            points = tuple(start + position for position in run)
            words = rules.describe_cause(Cause.LONG_RUN)
            signals.append(Signal(rules.key, Cause.LONG_RUN, words, int(piece.sides[run[0]]), points))
    if test.crossings_are_few:
        points = tuple(start + position for run in runs for position in run)
        signals.append(Signal(rules.key, Cause.FEW_CROSSINGS, rules.describe_cause(Cause.FEW_CROSSINGS), 0, points))
    return signals
