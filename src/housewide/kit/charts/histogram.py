"""A histogram: how often each length or amount occurred, with marks such as the median and the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from housewide.kit.charts.annotations import ROW, Annotation, place_notes
from housewide.kit.charts.drawing import BAR, INK_2, LINE, WARN, Drawing, text_width
from housewide.kit.charts.scales import Scale, Show, nice_ticks, thin_labels
from housewide.kit.charts.tables import ChartTable


@dataclass(frozen=True, slots=True)
class Mark:
    """A value worth a line across the histogram, such as "Median 27 min"; a target is drawn in the target's colour."""

    value: float
    text: str
    is_target: bool = False


def _checked(edges: Sequence[float], counts: Sequence[int]) -> None:
    if len(edges) != len(counts) + 1 or any(b <= a for a, b in pairwise(edges)):
        raise ValueError(f"{len(counts)} bins need {len(counts) + 1} rising edges; {len(edges)} were given.")
    if any(count < 0 for count in counts):
        raise ValueError("A bin cannot hold fewer than none.")


def histogram_svg(
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    title: str,
    show: Show,
    unit: str,
    marks: Sequence[Mark] = (),
    width: int = 760,
    height: int = 240,
) -> str:
    """One SVG. Bin i holds `counts[i]` things from `edges[i]` up to `edges[i + 1]`; `unit` says what is counted
    ("cases"). Marks outside the edges are drawn at the border. Raises ValueError for edges that do not rise."""
    _checked(edges, counts)
    total, most = sum(counts), max(counts, default=0)
    said = f"{total} {unit}. "
    if total:
        top_bin = counts.index(most)
        said += f"Most, {most}, lie between {show(edges[top_bin])} and {show(edges[top_bin + 1])}. "
    said += " ".join(f"{mark.text}." for mark in marks)
    drawing = Drawing(width, height, title=title, description=said.strip(), kind="histogram")
    ticks = [tick for tick in nice_ticks(0, max(most, 1), 4) if tick == int(tick)]
    left = 16 + max(text_width(f"{tick:,.0f}") for tick in ticks)
    across = Scale(edges[0], edges[-1], left, width - 12)
    xs = [across(min(max(mark.value, edges[0]), edges[-1])) for mark in marks]
    placed = place_notes([Annotation(at, mark.text) for at, mark in enumerate(marks)], xs, width - 4) if marks else []
    top, bottom = 12 + ROW * (max((note.row for note in placed), default=-1) + 1), height - 26
    up = Scale(0, max(most, 1), bottom, top)
    for tick in ticks:
        drawing.line("grid", left, up(tick), width - 12, up(tick), LINE)
        drawing.text("label", left - 7, up(tick) + 4, f"{tick:,.0f}", anchor="end")
    for index, count in enumerate(counts):
        x, stop = across(edges[index]), across(edges[index + 1])
        tip = f"{show(edges[index])} to {show(edges[index + 1])}: {count} {unit}"
        drawing.rect("bar", x + 0.5, up(count), stop - x - 1, bottom - up(count), BAR, tip)
    drawing.line("axis", left, bottom, width - 12, bottom, INK_2)
    labels = [show(edge) for edge in edges]
    centres = [across(edge) for edge in edges]
    for index in thin_labels(labels, centres):
        half = text_width(labels[index]) / 2
        drawing.text("label", min(centres[index], width - half - 2), bottom + 18, labels[index], anchor="middle")
    targets = {mark.text for mark in marks if mark.is_target}
    for note in placed:
        css, label, ink = ("target", "target-label", WARN) if note.full in targets else ("annotation", "label", INK_2)
        y = 14 + ROW * note.row
        drawing.line(css, note.x, y - 9, note.x, bottom, ink, "5 4" if css == "target" else "2 3")
        drawing.text(label, note.start, y, note.text, fill=ink, full=note.full)
    return str(drawing)


def histogram_table(edges: Sequence[float], counts: Sequence[int], *, title: str, show: Show, unit: str) -> ChartTable:
    """One row per bin that holds something."""
    _checked(edges, counts)
    rows = tuple(
        (f"{show(edges[index])} to {show(edges[index + 1])}", f"{count:,}")
        for index, count in enumerate(counts)
        if count
    )
    return ChartTable(title, ("From, up to", unit.capitalize()), rows)
