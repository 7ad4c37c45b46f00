"""The icons of a scoreboard: what a measure does (seven of variation) and whether it can reach its target (three of
assurance), after Making Data Count. Shape, letter and color tell the same; words always stand beside them.
"""

from __future__ import annotations

from housewide.kit.charts.drawing import BAD, GOOD, INK_2, PAPER, Drawing
from housewide.methods.spc import Assurance, PointType

SIZE = 36
VARIATIONS: dict[tuple[PointType, str], str] = {
    (PointType.COMMON, ""): "No change",
    (PointType.IMPROVEMENT, "H"): "Improving, higher",
    (PointType.IMPROVEMENT, "L"): "Improving, lower",
    (PointType.CONCERN, "H"): "Worsening, higher",
    (PointType.CONCERN, "L"): "Worsening, lower",
    (PointType.NEUTRAL_HIGH, "H"): "Changed, higher",
    (PointType.NEUTRAL_LOW, "L"): "Changed, lower",
}
ASSURANCES: dict[Assurance, tuple[str, str]] = {
    Assurance.CONSISTENTLY_HITS: ("P", "Reaches the target"),
    Assurance.HIT_OR_MISS: ("?", "Hit or miss"),
    Assurance.CONSISTENTLY_MISSES: ("F", "Cannot reach target"),
}
TONES = {
    PointType.IMPROVEMENT: ("good", GOOD), PointType.CONCERN: ("bad", BAD), PointType.COMMON: ("", INK_2),
    PointType.NEUTRAL_HIGH: ("special", INK_2), PointType.NEUTRAL_LOW: ("special", INK_2),
}  # fmt: skip
AIMS = {
    Assurance.CONSISTENTLY_HITS: ("good", GOOD), Assurance.HIT_OR_MISS: ("", INK_2),
    Assurance.CONSISTENTLY_MISSES: ("bad", BAD),
}  # fmt: skip


def variation_words(kind: PointType, letter: str) -> str:
    """The icon in words. Raises KeyError for a pair that is none of the seven."""
    return VARIATIONS[kind, letter]


def variation_svg(kind: PointType, letter: str) -> str:
    """One of the seven: dots that wander (no change) or climb or fall into marked ones, with H or L."""
    words = VARIATIONS[kind, letter]
    css, color = TONES[kind]
    drawing = Drawing(SIZE, SIZE, title=words, description=words, kind="emblem")
    _ring(drawing, css, color)
    if kind is PointType.COMMON:
        ys: tuple[float, ...] = (20.0, 15.0, 21.0, 16.0, 19.0)
        xs: tuple[float, ...] = (9.0, 13.5, 18.0, 22.5, 27.0)
        drawing.path("rule", list(zip(xs, ys, strict=True)), stroke=INK_2, width=1.2)
        for x, y in zip(xs, ys, strict=True):
            drawing.shape("circle", "point", cx=x, cy=y, r=1.9, fill=INK_2)
        return str(drawing)
    up = letter == "H"
    ys = (26.5, 24.0, 17.0, 12.0) if up else (9.5, 12.0, 19.0, 24.0)
    xs = (14.0, 19.0, 23.5, 27.0)
    drawing.path("rule", list(zip(xs, ys, strict=True)), stroke=INK_2, width=1.2)
    for at, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if at < 2:
            drawing.shape("circle", "point", cx=x, cy=y, r=1.9, fill=INK_2)
        else:
            drawing.shape("circle", f"point {css}", cx=x, cy=y, r=2.5, fill=color)
    drawing.text(f"name {css}", 12.5, 17.5 if up else 27.5, letter, fill=color, anchor="middle", weight=700)
    return str(drawing)


def assurance_svg(kind: Assurance) -> str:
    """One of the three: P, ? or F with the target line below, through or above the values."""
    letter, words = ASSURANCES[kind]
    css, color = AIMS[kind]
    drawing = Drawing(SIZE, SIZE, title=words, description=words, kind="emblem")
    _ring(drawing, css, color)
    y = {Assurance.CONSISTENTLY_HITS: 26.0, Assurance.HIT_OR_MISS: 25.0, Assurance.CONSISTENTLY_MISSES: 11.5}[kind]
    drawing.shape("line", "target", x1=8, y1=y, x2=28, y2=y, stroke=INK_2, stroke_width=1.2, stroke_dasharray="3 2")
    drawing.text(
        f"name {css}", 18, 28.0 if kind is Assurance.CONSISTENTLY_MISSES else 21.0, letter,
        fill=color, anchor="middle", weight=700,
    )  # fmt: skip
    return str(drawing)


def _ring(drawing: Drawing, css: str, color: str) -> None:
    half = SIZE / 2
    drawing.shape(
        "circle",
        f"ring ring-{css}" if css else "ring",
        cx=half,
        cy=half,
        r=half - 2,
        fill=PAPER,
        stroke=color,
        stroke_width=2,
    )
