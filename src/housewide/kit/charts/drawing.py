"""The paper a chart is drawn on: one accessible SVG string, the same for page, print and dark screen.

Shapes carry literal colours as attributes for paper and a class for screens; there are never style attributes, so a
strict Content-Security-Policy holds. All text is escaped here and nowhere else.
"""

from collections.abc import Sequence
from html import escape

INK, INK_2, LINE, TINT, PAPER = "#101c2c", "#4a5a70", "#dfe5ed", "#eef3f8", "#ffffff"
GOOD, BAD, WARN = "#1d4ed8", "#b03d06", "#7a5300"
BAR, BAR_2 = "#4784a5", "#c2d2de"

FONT_SIZE = 12

Number = float | int

_NARROW, _WIDE = frozenset("iljtfrI.,:;!|'()[] "), frozenset("mwMW@%&")


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """A safe (slightly generous) width of `text` in pixels, so labels can be kept apart without a browser."""
    units = sum(
        0.34 if char in _NARROW else 0.92 if char in _WIDE else 0.66 if char.isupper() else 0.59 for char in text
    )
    return units * size


def shorten(text: str, room: float, size: float = FONT_SIZE) -> str:
    """`text`, cut with an ellipsis where it is wider than `room` pixels."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept.rstrip() + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _plain(value: Number) -> str:
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


class Drawing:
    """Collects shapes in painting order and writes them as one SVG element."""

    def __init__(self, width: Number, height: Number, *, title: str, description: str, kind: str) -> None:
        self.width, self.height, self.title, self.description, self.kind = width, height, title, description, kind
        self._shapes: list[str] = []

    def shape(self, tag: str, css: str, tip: str = "", **attributes: str | Number | None) -> None:
        """One SVG element with class `css`; underscores in names become hyphens; `tip` is its hover text."""
        written = "".join(
            f' {name.replace("_", "-")}="{escape(value) if isinstance(value, str) else _plain(value)}"'
            for name, value in attributes.items()
            if value is not None
        )
        inside = f"<title>{escape(tip)}</title>" if tip else ""
        end = f">{inside}</{tag}>" if inside else "/>"
        self._shapes.append(f'<{tag} class="{css}"{written}{end}')

    def rect(self, css: str, x: Number, y: Number, width: Number, height: Number, fill: str, tip: str = "") -> None:
        self.shape("rect", css, tip, x=x, y=y, width=max(width, 0), height=max(height, 0), fill=fill)

    def line(self, css: str, x1: Number, y1: Number, x2: Number, y2: Number, stroke: str, dash: str = "") -> None:
        self.shape("line", css, x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_dasharray=dash or None)

    def path(
        self,
        css: str,
        points: Sequence[tuple[float, float]],
        *,
        stroke: str = "none",
        fill: str = "none",
        width: Number | None = None,
        dash: str = "",
        closed: bool = False,
    ) -> None:
        way = "M" + "L".join(f"{_plain(x)} {_plain(y)}" for x, y in points) + ("Z" if closed else "")
        self.shape("path", css, d=way, stroke=stroke, fill=fill, stroke_width=width, stroke_dasharray=dash or None)

    def text(
        self,
        css: str,
        x: Number,
        y: Number,
        text: str,
        *,
        fill: str = INK_2,
        anchor: str = "start",
        weight: int | None = None,
        full: str = "",
    ) -> None:
        """A line of text; `full` is the whole wording where `text` had to be shortened."""
        bold = f' font-weight="{weight}"' if weight else ""
        tip = f"<title>{escape(full)}</title>" if full and full != text else ""
        self._shapes.append(
            f'<text class="{css}" x="{_plain(x)}" y="{_plain(y)}" fill="{fill}" text-anchor="{anchor}"{bold}>'
            f"{tip}{escape(text)}</text>"
        )

    def __str__(self) -> str:
        width, height = _plain(self.width), _plain(self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {self.kind}" role="img" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="Inter, Noto Sans, Arial, sans-serif" font-size="{FONT_SIZE}">'
            f"<title>{escape(self.title)}</title><desc>{escape(self.description)}</desc>{''.join(self._shapes)}</svg>"
        )
