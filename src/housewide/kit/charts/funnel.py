"""A funnel plot as a picture: each place by its size, between bands that narrow as places grow.

A place beyond the outer band is a filled mark with its name: a diamond where that is good, a square where it is bad,
a large dot where neither; within the inner band it is a small dot. The bands are drawn as areas with dashed edges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from housewide.kit.charts.control import draw_point
from housewide.kit.charts.drawing import INK_2, LINE, TINT, Drawing, shorten, text_width
from housewide.kit.charts.scales import Scale, Show, nice_ticks, padded, spread_apart
from housewide.kit.charts.tables import ChartTable
from housewide.methods.funnel import LEVELS, Funnel, Place, denominators
from housewide.methods.spc import PointType

BAND_WORDS = {0.95: "95% band", 0.998: "99.8% band"}
MOST_NAMED = 14


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    right: float
    top: float
    bottom: float
    x: Scale
    y: Scale


def standing(place: Place) -> str:
    """Where a place stands, in words."""
    if place.outside is None:
        return "within what chance explains"
    side = "above" if place.side == "high" else "below"
    return f"{side} the {BAND_WORDS[place.outside]}"


def describe_funnel(found: Funnel, names: Mapping[str, str], show: Show) -> str:
    """The funnel in a few sentences."""
    outside = [place for place in found.places if place.outside == max(LEVELS)]
    says = [f"{len(found.places)} points around {show(found.pooled)}."]
    if found.is_overdispersed:
        says.append("The bands allow for differences between places that chance does not explain.")
    says += [f"{names[place.key]}: {show(place.value)}, {standing(place)}." for place in outside]
    return " ".join(says if outside else [*says, "None lies outside the outer band."])


def funnel_svg(
    found: Funnel,
    names: Mapping[str, str],
    *,
    title: str,
    show: Show,
    direction: str = "none",
    across: str = "",
    mark: str = "",
    width: int = 760,
    height: int = 360,
) -> str:
    """One SVG. `names` by key; `show` formats shares and rates as `found` holds them; `across` names the exposure;
    `mark` is the key of a place to name in any case."""
    drawing = Drawing(width, height, title=title, description=describe_funnel(found, names, show), kind="funnel")
    at = denominators(max((place.den for place in found.places), default=1))
    frame = _frame_of(found, at, show, width, height)
    _draw_axes(drawing, frame, show, across)
    _draw_bands(drawing, frame, found, at)
    y = frame.y(found.pooled)
    drawing.line("rule", frame.left, y, frame.right, y, INK_2)
    drawing.text("label", frame.right + 6, y + 4, f"All {show(found.pooled)}")
    _draw_places(drawing, frame, found, names, show, direction, mark)
    return str(drawing)


def _frame_of(found: Funnel, at: Sequence[float], show: Show, width: int, height: int) -> _Frame:
    values = [place.value for place in found.places]
    smallest = min((place.den for place in found.places), default=1)
    bands = [found.limits(max(smallest * 0.8, at[0]), level) for level in LEVELS]
    low, high = padded([*values, *(band.low for band in bands), *(band.high for band in bands), found.pooled])
    low = max(low, 0.0) if found.pooled >= 0 else low
    if found.model == "share":
        high = min(high, 1.02)
    top, bottom = 12.0, height - 44.0
    ticks = [show(tick) for tick in nice_ticks(low, high)]
    left = 14 + max((text_width(tick) for tick in ticks), default=0)
    right = width - 12 - max(text_width(f"All {show(found.pooled)}"), text_width(BAND_WORDS[0.998]))
    return _Frame(left, right, top, bottom, Scale(0, at[-1], left, right), Scale(low, high, bottom, top))


def _draw_axes(drawing: Drawing, frame: _Frame, show: Show, across: str) -> None:
    for tick in nice_ticks(frame.y.low, frame.y.high):
        y = frame.y(tick)
        drawing.line("grid", frame.left, y, frame.right, y, LINE)
        drawing.text("label", frame.left - 7, y + 4, show(tick), anchor="end")
    drawing.line("axis", frame.left, frame.bottom, frame.right, frame.bottom, INK_2)
    for tick in nice_ticks(0, frame.x.high):
        drawing.text("label", frame.x(tick), frame.bottom + 18, f"{tick:,.0f}", anchor="middle")
    if across:
        drawing.text("label", (frame.left + frame.right) / 2, frame.bottom + 36, across, anchor="middle")


def _draw_bands(drawing: Drawing, frame: _Frame, found: Funnel, at: Sequence[float]) -> None:
    ends = []
    for level in reversed(LEVELS):
        bands = [(den, found.limits(den, level)) for den in at]
        upper = [(frame.x(den), frame.y(min(band.high, frame.y.high))) for den, band in bands]
        lower = [(frame.x(den), frame.y(max(band.low, frame.y.low))) for den, band in bands]
        drawing.path("band", [*upper, *reversed(lower)], fill=TINT, closed=True)
        dash = "4 4" if level == max(LEVELS) else "1 3"
        for line in (upper, lower):
            inside = [(x, y) for x, y in line if frame.top < y < frame.bottom]
            if len(inside) > 1:
                drawing.path("rule limit", inside, stroke=INK_2, dash=dash, width=1)
        ends.append((upper[-1][1], BAND_WORDS[level]))
    heights = spread_apart([frame.y(found.pooled), *(y for y, _ in ends)], 16, frame.top + 4, frame.bottom)
    for (_, words), y in zip(ends, heights[1:], strict=True):
        drawing.text("label", frame.right + 6, y + 4, words)


def _draw_places(
    drawing: Drawing, frame: _Frame, found: Funnel, names: Mapping[str, str], show: Show, direction: str, mark: str
) -> None:
    placed: list[tuple[float, float, float]] = []
    named = [place for place in found.places if place.outside == max(LEVELS) or place.key == mark]
    for place in found.places:
        x, y = frame.x(place.den), frame.y(place.value)
        tip = f"{names[place.key]}: {show(place.value)} ({place.num:,} of {place.den:,}), {standing(place)}"
        draw_point(drawing, x, y, meaning(place, direction), True, tip)
    for place in sorted(named, key=lambda one: -one.den)[:MOST_NAMED]:
        x, y = frame.x(place.den), frame.y(place.value)
        text = shorten(names[place.key], 150)
        wide = text_width(text)
        start = x + 8 if x + 8 + wide < frame.right else x - 8 - wide
        while any(abs(y - other) < 13 and start < stop and begin < start + wide for begin, stop, other in placed):
            y += 13
        placed.append((start, start + wide, y))
        drawing.text("name", start, y + 4, text, full=names[place.key])


def meaning(place: Place, direction: str) -> PointType:
    """What lying outside the outer band means for a measure of this direction."""
    if place.outside != max(LEVELS):
        return PointType.COMMON
    high = place.side == "high"
    if direction == "none":
        return PointType.NEUTRAL_HIGH if high else PointType.NEUTRAL_LOW
    return PointType.IMPROVEMENT if high == (direction == "higher") else PointType.CONCERN


def funnel_table(found: Funnel, names: Mapping[str, str], *, title: str, show: Show, across: str = "") -> ChartTable:
    """The funnel's numbers, the farthest from the whole first."""
    rows = []
    for place in sorted(found.places, key=lambda one: (-abs(one.z), names[one.key])):
        inner, outer = (found.limits(place.den, level) for level in LEVELS)
        rows.append((
            names[place.key], show(place.value), f"{place.num:,}", f"{place.den:,}",
            f"{show(inner.low)} to {show(inner.high)}", f"{show(outer.low)} to {show(outer.high)}", standing(place),
        ))  # fmt: skip
    columns = ("Point", "Value", "Counted", across or "Out of", "95% band", "99.8% band", "Standing")
    return ChartTable(title, columns, tuple(rows))
