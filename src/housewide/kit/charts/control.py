"""A control chart as a picture: the line, what is usual, the target, and the points that mean something.

Improvement is a blue diamond, concern an orange square, a change without a direction a larger ring: shape and colour
both tell. Limits are drawn in steps, so that months with few cases may vary more; every part has its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from housewide.kit.charts.annotations import ROW, Annotation, PlacedNote, draw_notes, place_notes
from housewide.kit.charts.drawing import BAD, GOOD, INK, INK_2, LINE, PAPER, TINT, WARN, Drawing, text_width
from housewide.kit.charts.scales import Scale, Show, nice_ticks, padded, spread_apart, thin_labels
from housewide.kit.charts.tables import ChartTable
from housewide.methods.spc import Cause, ControlChart, PointType, Signal, direction_sign, point_types

CENTRE_WORDS = {"run": "Median", "g": "Median"}
TYPE_WORDS = {
    PointType.IMPROVEMENT: "improving",
    PointType.CONCERN: "worsening",
    PointType.NEUTRAL_HIGH: "changed, higher",
    PointType.NEUTRAL_LOW: "changed, lower",
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot area and its two scales."""

    left: float
    right: float
    top: float
    bottom: float
    y: Scale
    xs: tuple[float, ...]

    @property
    def step(self) -> float:
        return self.xs[1] - self.xs[0] if len(self.xs) > 1 else self.right - self.left


def describe_chart(chart: ControlChart, labels: Sequence[str], target: float | None, show: Show) -> str:
    """The chart in a few sentences: span, what is usual now, target, and which points are marked why."""
    shown = np.flatnonzero(~np.isnan(chart.values))
    if not shown.size:
        return "No points yet."
    last = int(shown[-1])
    centre = CENTRE_WORDS.get(chart.kind, "Average").lower()
    says = [
        f"{shown.size} points from {labels[int(shown[0])]} to {labels[last]}; the last is {show(chart.values[last])}."
    ]
    says.append(f"The {centre} is {show(chart.centre[last])}")
    says[-1] += (
        "." if np.isnan(chart.upper[last]) else f", usually {show(chart.lower[last])} to {show(chart.upper[last])}."
    )
    if target is not None:
        says.append(f"The target is {show(target)}.")
    says += [_describe_signal(signal, labels) for signal in chart.signals] or ["No point is marked."]
    return " ".join(says)


def _describe_signal(signal: Signal, labels: Sequence[str]) -> str:
    first, last = labels[signal.points[0]], labels[signal.points[-1]]
    when = first if first == last else f"{first} to {last}"
    return f"{when}: {signal.words}."


def control_chart_svg(
    chart: ControlChart,
    labels: Sequence[str],
    *,
    title: str,
    show: Show,
    direction: str = "none",
    target: float | None = None,
    annotations: Sequence[Annotation] = (),
    show_axis: Show | None = None,
    width: int = 760,
    height: int = 280,
) -> str:
    """One SVG. `labels` (points,) name the periods; `show` formats values, `show_axis` the ticks (default: the same).

    Raises ValueError when labels and points differ in number.
    """
    if len(labels) != chart.values.size:
        raise ValueError(f"{chart.values.size} points came with {len(labels)} labels; they must match one to one.")
    drawing = Drawing(
        width,
        height,
        title=title,
        description=describe_chart(chart, labels, target, show),
        kind="run" if chart.kind == "run" else "control",
    )
    notes = [note for note in annotations if 0 <= note.at < len(labels)]
    ends = _line_ends(chart, target, show)
    frame, placed = _frame_of(chart, target, show_axis or show, ends, notes, (width, height))
    _draw_axes(drawing, frame, labels, show_axis or show)
    _draw_limits(drawing, frame, chart)
    draw_notes(drawing, placed, frame.bottom)
    _draw_target(drawing, frame, target)
    _draw_line_ends(drawing, frame, ends)
    _draw_points(drawing, frame, chart, labels, direction, show)
    return str(drawing)


def _line_ends(chart: ControlChart, target: float | None, show: Show) -> list[tuple[float, str, bool]]:
    """(value, words, is the target) for the labels at the right end of the lines in force now."""
    ends: list[tuple[float, str, bool]] = []
    known = np.flatnonzero(~np.isnan(chart.centre))
    if known.size:
        last = int(known[-1])
        limits = np.flatnonzero(~np.isnan(chart.upper))
        centre = CENTRE_WORDS.get(chart.kind, "Average")
        ends.append((float(chart.centre[last]), f"{centre} {show(chart.centre[last])}", False))
        if limits.size and chart.upper[limits[-1]] > chart.lower[limits[-1]]:
            high, low = float(chart.upper[limits[-1]]), float(chart.lower[limits[-1]])
            ends += [(high, f"Upper {show(high)}", False), (low, f"Lower {show(low)}", False)]
    if target is not None:
        ends.append((target, f"Target {show(target)}", True))
    return ends


def _frame_of(
    chart: ControlChart,
    target: float | None,
    show: Show,
    ends: list[tuple[float, str, bool]],
    notes: Sequence[Annotation],
    size: tuple[int, int],
) -> tuple[_Frame, list[PlacedNote]]:
    """The plot area that leaves room for every label, and the place of each note above it."""
    low, high = padded(
        [*chart.values, *chart.lower, *chart.upper, *chart.centre, *([] if target is None else [target])]
    )
    ticks = nice_ticks(low, high)
    left = 14 + max((text_width(show(tick)) for tick in ticks), default=0)
    right = size[0] - 10 - max((text_width(words) for _, words, _ in ends), default=0)
    count = chart.values.size
    inset = 8
    across = Scale(0, max(count - 1, 1), left + inset, right - inset)
    xs = (
        tuple(across(index) for index in range(count)) if count > 1 else tuple((left + right) / 2 for _ in range(count))
    )
    placed = place_notes(notes, xs, right)
    top = 10 + ROW * (max((note.row for note in placed), default=-1) + 1)
    bottom = size[1] - 26
    return _Frame(left, right, top, bottom, Scale(low, high, bottom, top), xs), placed


def _draw_axes(drawing: Drawing, frame: _Frame, labels: Sequence[str], show: Show) -> None:
    for tick in nice_ticks(frame.y.low, frame.y.high):
        y = frame.y(tick)
        drawing.line("grid", frame.left, y, frame.right, y, LINE)
        drawing.text("label", frame.left - 7, y + 4, show(tick), anchor="end")
    drawing.line("axis", frame.left, frame.bottom, frame.right, frame.bottom, INK_2)
    for index in thin_labels(labels, frame.xs):
        half = text_width(labels[index]) / 2
        x = min(max(frame.xs[index], half + 2), drawing.width - half - 2)
        drawing.text("label", x, frame.bottom + 18, labels[index], anchor="middle")


def _stretches_of(chart: ControlChart, line: np.ndarray) -> list[tuple[int, int]]:
    """(start, stop) stretches of one part in which the line exists."""
    stretches: list[tuple[int, int]] = []
    for part in chart.parts:
        for index in range(part.start, part.stop):
            if np.isnan(line[index]):
                continue
            if stretches and stretches[-1][1] == index and index != part.start:
                stretches[-1] = (stretches[-1][0], index + 1)
            else:
                stretches.append((index, index + 1))
    return stretches


def _steps(frame: _Frame, line: np.ndarray, start: int, stop: int) -> list[tuple[float, float]]:
    """A stepped way along points start <= i < stop, each level half a step to either side of its point."""
    way: list[tuple[float, float]] = []
    for index in range(start, stop):
        left = max(frame.xs[index] - frame.step / 2, frame.left)
        right = min(frame.xs[index] + frame.step / 2, frame.right)
        y = frame.y(float(line[index]))
        if way and way[-1][1] == y:
            way[-1] = (right, y)
        else:
            way += [(left, y), (right, y)]
    return way


def _draw_limits(drawing: Drawing, frame: _Frame, chart: ControlChart) -> None:
    limits = _stretches_of(chart, chart.upper + chart.lower)
    for start, stop in limits:
        upper, lower = _steps(frame, chart.upper, start, stop), _steps(frame, chart.lower, start, stop)
        drawing.path("band", [*upper, *reversed(lower)], fill=TINT, closed=True)
    for start, stop in limits:
        for line in (chart.upper, chart.lower):
            drawing.path("rule limit", _steps(frame, line, start, stop), stroke=INK_2, dash="4 4", width=1)
    for start, stop in _stretches_of(chart, chart.centre):
        drawing.path("rule", _steps(frame, chart.centre, start, stop), stroke=INK_2, width=1)


def _draw_target(drawing: Drawing, frame: _Frame, target: float | None) -> None:
    if target is not None:
        y = frame.y(target)
        drawing.shape(
            "line", "target", x1=frame.left, y1=y, x2=frame.right, y2=y,
            stroke=WARN, stroke_width=1.5, stroke_dasharray="7 4",
        )  # fmt: skip


def _draw_line_ends(drawing: Drawing, frame: _Frame, ends: list[tuple[float, str, bool]]) -> None:
    heights = spread_apart([frame.y(value) for value, _, _ in ends], ROW - 1, frame.top + 2, frame.bottom)
    for (_, words, is_target), y in zip(ends, heights, strict=True):
        css, fill = ("target-label", WARN) if is_target else ("label", INK_2)
        drawing.text(css, frame.right + 6, y + 4, words, fill=fill)


def _draw_points(
    drawing: Drawing, frame: _Frame, chart: ControlChart, labels: Sequence[str], direction: str, show: Show
) -> None:
    types = point_types(chart.causes, direction_sign(direction))
    for start, stop in _stretches_of(chart, chart.values):
        way = [(frame.xs[index], frame.y(float(chart.values[index]))) for index in range(start, stop)]
        if len(way) > 1:
            drawing.path("line", way, stroke=INK, width=1.8)
    for index in np.flatnonzero(~np.isnan(chart.values)).tolist():
        kind, cause = PointType(int(types[index])), Cause(int(chart.causes[index]))
        tip = f"{labels[index]}: {show(float(chart.values[index]))}"
        if not chart.counted[index]:
            tip += ". Left out of the limits"
        elif cause is not Cause.COMMON:
            tip += f". {TYPE_WORDS[kind].capitalize()}: {chart.rules.describe_cause(cause)}"
        draw_point(drawing, frame.xs[index], frame.y(float(chart.values[index])), kind, bool(chart.counted[index]), tip)


def draw_point(drawing: Drawing, x: float, y: float, kind: PointType, counted: bool, tip: str, size: float = 1) -> None:
    """The mark of one point: its shape tells its meaning as well as its colour."""
    r = 5.2 * size
    if not counted:
        drawing.shape("circle", "point out", tip, cx=x, cy=y, r=3.4, fill=PAPER, stroke=INK_2, stroke_width=1.4)
    elif kind is PointType.IMPROVEMENT:
        way = f"M{x:.1f} {y - r:.1f}L{x + r:.1f} {y:.1f}L{x:.1f} {y + r:.1f}L{x - r:.1f} {y:.1f}Z"
        drawing.shape("path", "point good", tip, d=way, fill=GOOD)
    elif kind is PointType.CONCERN:
        side = r * 1.6
        drawing.shape("rect", "point bad", tip, x=x - side / 2, y=y - side / 2, width=side, height=side, fill=BAD)
    elif kind is PointType.COMMON:
        drawing.shape("circle", "point", tip, cx=x, cy=y, r=2.8 * size, fill=INK_2)
    else:
        drawing.shape("circle", "point special", tip, cx=x, cy=y, r=4.4 * size, fill=INK_2)


def control_chart_table(
    chart: ControlChart, labels: Sequence[str], *, title: str, show: Show, direction: str = "none"
) -> ChartTable:
    """The chart's numbers, one row per point; a missing point says so and is not a zero."""
    types = point_types(chart.causes, direction_sign(direction))

    def cell(value: float) -> str:
        return "" if np.isnan(value) else show(float(value))

    def meaning(index: int) -> str:
        if np.isnan(chart.values[index]):
            return ""
        if not chart.counted[index]:
            return "left out of the limits"
        cause = Cause(int(chart.causes[index]))
        if cause is Cause.COMMON:
            return ""
        return f"{TYPE_WORDS[PointType(int(types[index]))]}: {chart.rules.describe_cause(cause)}"

    rows = tuple(
        (
            labels[index],
            cell(chart.values[index]) or "missing",
            cell(chart.lower[index]),
            cell(chart.centre[index]),
            cell(chart.upper[index]),
            meaning(index),
        )
        for index in range(chart.values.size)
    )
    columns = ("Period", "Value", "Lower limit", CENTRE_WORDS.get(chart.kind, "Average"), "Upper limit", "Signal")
    return ChartTable(title, columns, rows)
