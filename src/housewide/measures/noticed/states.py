"""What the statistics say about many measures at many places in many months, in one go.

The words are those of ``readings.reading``: the same chart choice, the same arithmetic, on whole blocks of series. A
test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.charting import RARE_KINDS, Block, block_of, choices, rules_of
from housewide.measures.definitions import Definition
from housewide.measures.noticed.aims import Aims, aims_of
from housewide.measures.rollups import scopes_of
from housewide.measures.series import POINTS, Point, charted, days_of_scope, gaps_of, series_of_many
from housewide.measures.signals import TONES, Signal, arrow_of, rare_signal, signal_of

if TYPE_CHECKING:
    from housewide.methods.spc.many import ManyReadings

HISTORY = 20
"""Months judged when a measure-place is looked at for the first time."""
SCALED = ("p", "pp", "u", "up")


@dataclass(frozen=True)
class State:
    """What was said of one measure at one place at the end of one month."""

    measure: str
    place: str
    period: str
    word: str
    tone: str
    arrow: str
    rule: str
    since: str
    chart: str
    value: str
    low: float | None
    high: float | None
    verdict: str

    @property
    def is_change(self) -> bool:
        return self.word in ("improving", "worsening", "changed")


@dataclass(frozen=True)
class _Window:
    """One series up to one month, by its row in the block."""

    place: str
    month: Month
    points: Sequence[Point]


def states_of(measures: Iterable[str], places: Iterable[str], months: Sequence[Month]) -> list[State]:
    """The state of each measure at each place in each of these neighbouring months (oldest first) that is complete and
    has a value. About a dozen queries, and one for each series of rare events."""
    ids, codes = list(dict.fromkeys(measures)), list(dict.fromkeys(places))
    if not ids or not codes or not months:
        return []
    found = series_of_many(ids, codes, months[-1], POINTS - 1 + len(months))
    aims = aims_of(ids, codes, months)
    states: list[State] = []
    for measure in ids:
        definition = definitions.get(measure)
        rows = {code: found[measure, code] for code in codes if any(p.exact is not None for p in found[measure, code])}
        if rows:
            states += _judge(definition, rows, months, aims)
    return states


def _judge(
    definition: Definition, rows: Mapping[str, list[Point]], months: Sequence[Month], aims: Aims
) -> Iterator[State]:
    import numpy as np

    ends = range(POINTS - 1, POINTS - 1 + len(months))
    windows = [
        _Window(code, month, points[end - POINTS + 1 : end + 1])
        for code, points in rows.items()
        for end, month in zip(ends, months, strict=True)
    ]
    block = block_of(definition, list(rows.values())).windows(ends, POINTS)
    judged = np.flatnonzero(~np.isnan(block.values[:, -1]))
    if not judged.size:
        return
    windows, block = [windows[at] for at in judged], block.only(judged)
    groups: dict[str, list[int]] = {}
    chosen = choices(block)
    for at, choice in enumerate(chosen):
        groups.setdefault(choice.kind, []).append(at)
    for kind, some in groups.items():
        if kind in RARE_KINDS:
            yield from _rare(definition, kind, [windows[at] for at in some])
        elif rules_of(definition, kind).runs:
            yield from (_one(definition, windows[at], kind, aims) for at in some)
        else:
            yield from _many(definition, kind, [windows[at] for at in some], block.only(np.array(some)), aims)


def _many(definition: Definition, kind: str, windows: Sequence[_Window], block: Block, aims: Aims) -> Iterator[State]:
    import numpy as np

    from housewide.methods.spc import direction_sign
    from housewide.methods.spc.many import read_many

    goals = [aims.of(definition.id, window.place, window.month) for window in windows]
    targets = np.array([np.nan if goal is None else float(goal) for goal in goals])
    given: dict[str, Any] = {"rules": rules_of(definition, kind), "targets": targets, **_bounds(definition, block)}
    given["signs"] = direction_sign(definition.direction)
    if kind in SCALED:
        said = read_many(kind, block.num, block.den, scale=float(definition.per), **given)
    elif kind == "xbar":
        said = read_many(kind, block.values, block.count, block.spread, **given)
    elif kind == "c":
        said = read_many(kind, block.num, scale=1 / definition.scale, **given)
    else:
        said = read_many(kind, block.values, **given)
    for at, window in enumerate(windows):
        yield _state(definition, kind, window, said, at)


def _bounds(definition: Definition, block: Block) -> dict[str, Any]:
    """What each series cannot pass; as ``series.bounds``, for many."""
    import numpy as np

    counts = definition.kind in ("ratio", "rate", "total")
    low, high = np.nanmin(block.values, axis=1), np.nanmax(block.values, axis=1)
    share = definition.kind == "ratio" and definition.unit == "%"
    floors = np.where(counts & (low >= 0), 0.0, -np.inf)
    return {"floors": floors, "ceilings": np.where(share & (high <= 100), 100.0, np.inf)}


def _state(definition: Definition, kind: str, window: _Window, said: ManyReadings, at: int) -> State:
    from housewide.methods.spc import MINIMUM_POINTS, Cause, PointType

    point = PointType(int(said.types[at]))
    word = {
        PointType.IMPROVEMENT: "improving", PointType.CONCERN: "worsening", PointType.COMMON: "no change",
    }.get(point, "changed")  # fmt: skip
    if said.base[at] < MINIMUM_POINTS:
        word = "not enough data"
    rule = since = ""
    arrow = "flat"
    if point is not PointType.COMMON:
        rule = rules_of(definition, kind).describe_cause(Cause(int(said.causes[at])))
        since = window.points[int(said.began[at])].period
        arrow = arrow_of(definition.direction, point)
    return State(
        definition.id, window.place, str(window.month), word, TONES.get(word, "neutral"), arrow, rule, since, kind,
        window.points[-1].text, _number(said.low[at]), _number(said.high[at]), _verdict(int(said.verdicts[at])),
    )  # fmt: skip


def _verdict(code: int) -> str:
    return ("", "consistently_hits", "hit_or_miss", "consistently_misses")[code]


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _rare(definition: Definition, kind: str, windows: Sequence[_Window]) -> Iterator[State]:
    """Rare events are read from the gaps between them; the days of a place are asked for once."""
    by_place: dict[str, list[_Window]] = {}
    for window in windows:
        by_place.setdefault(window.place, []).append(window)
    months = sorted({Month.parse(point.period) for window in windows for point in window.points})
    scopes = scopes_of(by_place, months)
    for place, some in by_place.items():
        calendar = scopes[place].calendar
        held = days_of_scope(definition, scopes[place], calendar.days_of(months[0])[0], calendar.days_of(months[-1])[1])
        for window in some:
            gaps = gaps_of(definition, scopes[place], kind, window.points, held)
            yield _said(definition, window, kind, rare_signal(window.points, gaps))


def _one(definition: Definition, window: _Window, kind: str, aims: Aims) -> State:
    """A chart with run tests, which are read chart by chart."""
    goal: Decimal | None = aims.of(definition.id, window.place, window.month)
    _, said = charted(definition, list(window.points), goal)
    signal = signal_of(definition, window.points, said)
    return _said(definition, window, kind, signal, said.low, said.high, said.verdict or "")


def _said(
    definition: Definition, window: _Window, kind: str, signal: Signal,
    low: float | None = None, high: float | None = None, verdict: str = "",
) -> State:  # fmt: skip
    return State(
        definition.id, window.place, str(window.month), signal.word, signal.tone, signal.arrow, signal.rule,
        signal.since or "", kind, window.points[-1].text, low, high, verdict,
    )  # fmt: skip
