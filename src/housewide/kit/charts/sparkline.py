"""A sparkline: the last year of a measure in the space of a word, its latest point marked with what it means."""

from collections.abc import Sequence
from math import isfinite

from housewide.kit.charts.control import draw_point
from housewide.kit.charts.drawing import INK, INK_2, WARN, Drawing
from housewide.kit.charts.scales import Scale, Show, padded
from housewide.kit.charts.tables import ChartTable
from housewide.methods.spc import PointType


def _known(values: Sequence[float | None]) -> list[tuple[int, float]]:
    return [(index, float(value)) for index, value in enumerate(values) if value is not None and isfinite(value)]


def sparkline_svg(
    values: Sequence[float | None],
    *,
    title: str,
    show: Show,
    point_type: PointType = PointType.COMMON,
    target: float | None = None,
    width: int = 110,
    height: int = 28,
) -> str:
    """One small SVG. `point_type` is the meaning of the last point (diamond: improving, square: worsening)."""
    known = _known(values)
    description = "No points yet."
    if known:
        low, high = (pick(value for _, value in known) for pick in (min, max))
        description = f"{len(known)} points between {show(low)} and {show(high)}; the last is {show(known[-1][1])}."
    drawing = Drawing(width, height, title=title, description=description, kind="spark")
    if not known:
        drawing.line("rule", 4, height / 2, width - 4, height / 2, INK_2, "2 4")
        return str(drawing)
    low, high = padded([value for _, value in known] + ([] if target is None else [target]), 0.02)
    across, up = Scale(0, max(len(values) - 1, 1), 4, width - 7), Scale(low, high, height - 6, 6)
    if target is not None:
        drawing.line("target", 2, up(target), width - 2, up(target), WARN, "4 3")
    stretch: list[tuple[float, float]] = []
    for place, (index, value) in enumerate(known):
        stretch.append((across(index), up(value)))
        if place + 1 == len(known) or known[place + 1][0] != index + 1:
            if len(stretch) > 1:
                drawing.path("line", stretch, stroke=INK, width=1.4)
            elif place + 1 < len(known):
                drawing.shape("circle", "point", cx=stretch[0][0], cy=stretch[0][1], r=1.4, fill=INK_2)
            stretch = []
    index, value = known[-1]
    draw_point(drawing, across(index), up(value), point_type, True, show(value), size=0.8)
    return str(drawing)


def sparkline_table(values: Sequence[float | None], labels: Sequence[str], *, title: str, show: Show) -> ChartTable:
    """Period and value, one row per point; a missing point says so."""
    shown = dict(_known(values))
    rows = tuple((label, show(shown[at]) if at in shown else "missing") for at, label in enumerate(labels))
    return ChartTable(title, ("Period", "Value"), rows)
