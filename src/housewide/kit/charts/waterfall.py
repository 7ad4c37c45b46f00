"""How signed parts add up to a whole: minutes each stage lost or won back, dollars each cause added or saved.

Every bar starts where the one before it ended, so the last one is the total, by construction and to the eye. Parts that
make things worse are orange with an up or down arrow, parts that help are blue; the sign is always printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from housewide.kit.charts.drawing import BAD, BAR, GOOD, INK, INK_2, LINE, Drawing, shorten, text_width
from housewide.kit.charts.scales import Scale, Show, nice_ticks, thin_labels
from housewide.kit.charts.tables import ChartTable

ROW_HEIGHT, BAR_HEIGHT, TOP = 30, 16, 24

Better = Literal["higher", "lower", "none"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of the whole: its name and what it added (above zero) or took away (below)."""

    name: str
    amount: float


def _signed(amount: float, show: Show) -> str:
    """The amount with its sign and an arrow; amounts that print as nothing have neither."""
    if show(abs(amount)) == show(0.0):
        return show(0.0)
    return f"{'▲ +' if amount > 0 else '▼ −'}{show(abs(amount))}"


def _colour(amount: float, better: Better, show: Show) -> tuple[str, str]:
    if better == "none" or show(abs(amount)) == show(0.0):
        return "bar", BAR
    return ("bar good", GOOD) if (amount > 0) == (better == "higher") else ("bar bad", BAD)


def waterfall_svg(
    parts: Sequence[Contribution],
    *,
    title: str,
    show: Show,
    total_name: str,
    better: Better = "lower",
    width: int = 760,
) -> str:
    """One SVG of the parts in order and their sum, called `total_name`. `show` formats sizes without a sign; `better`
    says whether a higher or a lower total is better."""
    total = sum(part.amount for part in parts)
    said = f"{total_name}: {_signed(total, show)}. "
    said += " ".join(f"{part.name}: {_signed(part.amount, show)}." for part in parts)
    drawing = Drawing(
        width, TOP + ROW_HEIGHT * (len(parts) + 1) + 12, title=title, description=said.strip(), kind="waterfall"
    )
    rows = [*parts, Contribution(total_name, total)]
    starts = [0.0]
    for part in parts:
        starts.append(starts[-1] + part.amount)
    spans = [(start, start + part.amount) for start, part in zip(starts, parts, strict=False)] + [(0.0, total)]
    across = _across(rows, spans, show, width)
    _draw_ticks(drawing, across, show, TOP + ROW_HEIGHT * len(rows))
    for index, (part, (start, stop)) in enumerate(zip(rows, spans, strict=True)):
        y = TOP + index * ROW_HEIGHT
        if index + 1 < len(rows):
            foot = y + ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) / 2
            drawing.line("rule", across(stop), y + (ROW_HEIGHT + BAR_HEIGHT) / 2, across(stop), foot, INK_2)
        _draw_row(drawing, y, part, (start, stop), across, show, better, is_total=index == len(parts))
    return str(drawing)


def _across(rows: Sequence[Contribution], spans: Sequence[tuple[float, float]], show: Show, width: int) -> Scale:
    left = min(16 + 1.06 * max(text_width(row.name) for row in rows), width * 0.4)
    right = width - 24 - 1.06 * max(text_width(_signed(row.amount, show)) for row in rows)
    low, high = min(min(span) for span in spans), max(max(span) for span in spans)
    return Scale(min(low, 0.0), max(high, 0.0) if high > 0 or low < 0 else 1.0, left, max(right, left + 20))


def _draw_ticks(drawing: Drawing, across: Scale, show: Show, bottom: float) -> None:
    ticks = nice_ticks(across.low, across.high, 4)
    labels = [("−" if tick < 0 else "") + show(abs(tick)) for tick in ticks]
    for index in thin_labels(labels, [across(tick) for tick in ticks]):
        drawing.text("label", across(ticks[index]), 14, labels[index], anchor="middle")
    for tick in ticks:
        drawing.line(
            "axis" if tick == 0 else "grid", across(tick), TOP - 4, across(tick), bottom, LINE if tick else INK_2
        )


def _draw_row(
    drawing: Drawing,
    y: float,
    part: Contribution,
    span: tuple[float, float],
    across: Scale,
    show: Show,
    better: Better,
    *,
    is_total: bool,
) -> None:
    weight = 600 if is_total else None
    base, words = y + ROW_HEIGHT / 2 + 4, _signed(part.amount, show)
    name = shorten(part.name, (across.start - 12) / 1.06)
    drawing.text("label name", across.start - 8, base, name, fill=INK, anchor="end", weight=weight, full=part.name)
    css, fill = ("bar", BAR) if is_total else _colour(part.amount, better, show)
    left, right = sorted((across(span[0]), across(span[1])))
    top = y + (ROW_HEIGHT - BAR_HEIGHT) / 2
    drawing.rect(css, left, top, max(right - left, 1.5), BAR_HEIGHT, fill, f"{part.name}: {words}")
    drawing.text("label value", drawing.width - 4, base, words, fill=INK, anchor="end", weight=weight)


def waterfall_table(
    parts: Sequence[Contribution], *, title: str, show: Show, total_name: str, columns: tuple[str, str]
) -> ChartTable:
    """The parts in order and their sum as the last row."""
    rows = [*parts, Contribution(total_name, sum(part.amount for part in parts))]
    return ChartTable(title, columns, tuple((row.name, _signed(row.amount, show)) for row in rows))
