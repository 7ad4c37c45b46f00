"""Bars for reasons and categories, largest first; as a Pareto chart they also show the vital few that make 80 %."""

from collections.abc import Sequence
from dataclasses import dataclass

from housewide.kit.charts.drawing import BAR, BAR_2, INK, INK_2, LINE, WARN, Drawing, shorten, text_width
from housewide.kit.charts.scales import Scale, Show
from housewide.kit.charts.tables import ChartTable

ROW_HEIGHT, BAR_HEIGHT = 28, 16
VITAL_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Bar:
    """A category and its amount (zero or more)."""

    label: str
    amount: float


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """A category with the share (0..1) of everything up to and including it, and whether it is one of the vital few."""

    label: str
    amount: float
    together: float
    vital: bool


def _checked(bars: Sequence[Bar]) -> None:
    if any(bar.amount < 0 for bar in bars):
        raise ValueError("A bar cannot be shorter than nothing: an amount below zero was given.")


def pareto_rows(bars: Sequence[Bar]) -> list[ParetoRow]:
    """Largest first, equal amounts in the given order. The vital few are those needed to reach 80 % of the total."""
    _checked(bars)
    ordered = sorted(bars, key=lambda bar: -bar.amount)
    total, before, rows = sum(bar.amount for bar in bars), 0.0, []
    for bar in ordered:
        together = (before + bar.amount) / total if total else 0.0
        rows.append(ParetoRow(bar.label, bar.amount, together, bool(total) and before / total < VITAL_SHARE - 1e-12))
        before += bar.amount
    return rows


def bar_chart_svg(bars: Sequence[Bar], *, title: str, show: Show, width: int = 760) -> str:
    """Horizontal bars in the given order, with their amounts. Raises ValueError for an amount below zero."""
    _checked(bars)
    said = "; ".join(f"{bar.label} {show(bar.amount)}" for bar in bars)
    drawing = Drawing(width, ROW_HEIGHT * max(len(bars), 1) + 8, title=title, description=said or "Nothing to show.",
                      kind="bars")  # fmt: skip
    amounts = [show(bar.amount) for bar in bars]
    left, right = _columns([bar.label for bar in bars], amounts, width)
    across = Scale(0, max((bar.amount for bar in bars), default=0) or 1, left, right)
    for row, (bar, amount) in enumerate(zip(bars, amounts, strict=True)):
        _draw_bar(drawing, row * ROW_HEIGHT + 4, bar.label, amount, across, bar.amount, "bar", BAR)
    return str(drawing)


def _columns(labels: Sequence[str], ends: Sequence[str], width: int) -> tuple[float, float]:
    """Left and right edge of the bars, between the labels (at most 40 % of the width) and the amounts."""
    left = min(max((text_width(label) for label in labels), default=0) + 14, width * 0.4)
    right = width - max((text_width(end) for end in ends), default=0) - 14
    return left, max(right, left + 20)


def _draw_bar(
    drawing: Drawing, top: float, label: str, end: str, across: Scale, amount: float, css: str, fill: str
) -> None:
    base = top + ROW_HEIGHT / 2 + 4
    drawing.text(
        "label name", across.start - 8, base, shorten(label, across.start - 10), fill=INK, anchor="end", full=label
    )
    drawing.rect(
        css, across.start, top + (ROW_HEIGHT - BAR_HEIGHT) / 2, across(amount) - across.start, BAR_HEIGHT, fill,
        f"{label}: {end}",
    )  # fmt: skip
    drawing.text("label value", drawing.width - 4, base, end, anchor="end", fill=INK)


def pareto_chart_svg(bars: Sequence[Bar], *, title: str, show: Show, width: int = 760) -> str:
    """Bars largest first with the running share as a line; the vital few are dark, the rest pale.

    The amount and the running share are printed at the right. Raises ValueError for an amount below zero.
    """
    rows = pareto_rows(bars)
    vital = [row for row in rows if row.vital]
    said = "Nothing to show."
    if vital:
        said = f"{len(vital)} of {len(rows)} categories make {vital[-1].together:.0%}: "
        said += ", ".join(f"{row.label} {show(row.amount)}" for row in vital) + "."
    top, bottom = 26, 26 + ROW_HEIGHT * max(len(rows), 1)
    drawing = Drawing(width, bottom + 8, title=title, description=said, kind="pareto")
    shares = text_width("together") + 6
    left, edge = _columns([row.label for row in rows], [*(show(row.amount) for row in rows), "amount"], width)
    across = Scale(0, max((row.amount for row in rows), default=0) or 1, left, edge - shares - 12)
    amount_edge = width - shares - 12
    drawing.text("label", width - 4, 14, "together", anchor="end")
    _draw_share_axis(drawing, across, top, bottom)
    for index, row in enumerate(rows):
        css, fill = ("bar", BAR) if row.vital else ("bar bar-2", BAR_2)
        _draw_pareto_row(drawing, top + index * ROW_HEIGHT, row, show(row.amount), across, amount_edge, css, fill)
    share = Scale(0, 1, across.start, across.stop)
    way = [(share(row.together), top + (index + 0.5) * ROW_HEIGHT) for index, row in enumerate(rows)]
    if len(way) > 1:
        drawing.path("line", way, stroke=INK, width=1.6)
    for (x, y), row in zip(way, rows, strict=True):
        tip = f"Up to {row.label}: {row.together:.0%} together"
        drawing.shape("circle", "point", tip, cx=x, cy=y, r=3, fill=INK_2)
    return str(drawing)


def _draw_share_axis(drawing: Drawing, across: Scale, top: float, bottom: float) -> None:
    """The running share runs from nothing at the left to everything at the right, with the 80 % line."""
    share = Scale(0, 1, across.start, across.stop)
    for part in (0.0, 0.5, 1.0):
        drawing.line("grid", share(part), top, share(part), bottom, LINE)
        apart = abs(share(part) - share(VITAL_SHARE)) >= text_width("100% 80%") / 2 + 4
        if apart and (part != 0.5 or share(1) - share(0) > 120):
            drawing.text("label", share(part), 14, f"{part:.0%}", anchor="middle")
    drawing.line("target", share(VITAL_SHARE), top - 4, share(VITAL_SHARE), bottom, WARN, "5 4")
    drawing.text("target-label", share(VITAL_SHARE), 14, f"{VITAL_SHARE:.0%}", anchor="middle", fill=WARN)


def _draw_pareto_row(
    drawing: Drawing, top: float, row: ParetoRow, amount: str, across: Scale, amount_edge: float, css: str, fill: str
) -> None:
    base = top + ROW_HEIGHT / 2 + 4
    name = shorten(row.label, across.start - 10)
    drawing.text("label name", across.start - 8, base, name, fill=INK, anchor="end", full=row.label)
    long = across(row.amount) - across.start
    drawing.rect(
        css, across.start, top + (ROW_HEIGHT - BAR_HEIGHT) / 2, long, BAR_HEIGHT, fill, f"{row.label}: {amount}"
    )
    drawing.text("label value", amount_edge, base, amount, anchor="end", fill=INK)
    drawing.text("label", drawing.width - 4, base, f"{row.together:.0%}", anchor="end")


def bar_chart_table(bars: Sequence[Bar], *, title: str, show: Show, columns: tuple[str, str]) -> ChartTable:
    """The bars as rows, in the given order."""
    return ChartTable(title, columns, tuple((bar.label, show(bar.amount)) for bar in bars))


def pareto_chart_table(bars: Sequence[Bar], *, title: str, show: Show, columns: tuple[str, str]) -> ChartTable:
    """The categories largest first, each with its running share."""
    rows = tuple((row.label, show(row.amount), f"{row.together:.0%}") for row in pareto_rows(bars))
    return ChartTable(title, (*columns, "Together"), rows)
