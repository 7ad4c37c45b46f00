"""Notes on a chart, such as "New anaesthesia rota": each stands above the plot with a dotted line down to its point."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from housewide.kit.charts.drawing import FONT_SIZE, INK_2, Drawing, shorten, text_width

ROW = FONT_SIZE + 4


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note at a point (zero-based)."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class PlacedNote:
    """A note with its line at `x` and its text from `start` to `stop` in `row` (0 is the top)."""

    text: str
    full: str
    x: float
    start: float
    stop: float
    row: int


def place_notes(notes: Sequence[Annotation], xs: Sequence[float], right: float) -> list[PlacedNote]:
    """Rows for the notes so that no text meets another text or another note's line.

    Works from the latest note back: text goes right of its line where it fits, a row further out where it must.
    """
    placed: list[PlacedNote] = []
    for note in sorted(notes, key=lambda note: xs[note.at], reverse=True):
        ways = list(_ways(note, xs[note.at], right, len(notes)))
        placed.append(next((way for way in ways if not any(_meet(way, other) for other in placed)), ways[0]))
    levels = sorted({note.row for note in placed})
    return [replace(note, row=levels.index(note.row)) for note in placed]


def _ways(note: Annotation, x: float, right: float, most: int) -> Iterator[PlacedNote]:
    room = max(right - x, x) - 10
    text = shorten(note.text, room)
    wide = text_width(text)
    starts = [start for start in (x + 5, x - 5 - wide) if start >= 4 and start + wide <= right + 1]
    for row in sorted(range(-most, most + 1), key=lambda row: (abs(row), row)):
        for start in starts or [4.0]:
            yield PlacedNote(text, note.text, x, start, start + wide, row)


def _meet(one: PlacedNote, other: PlacedNote) -> bool:
    if one.row == other.row and one.start < other.stop + 10 and other.start < one.stop + 10:
        return True
    # A line runs from its note's row down through every row below it.
    return (one.row <= other.row and other.start - 4 < one.x < other.stop + 4) or (
        other.row <= one.row and one.start - 4 < other.x < one.stop + 4
    )


def draw_notes(drawing: Drawing, placed: Sequence[PlacedNote], bottom: float) -> None:
    """The dotted lines down to `bottom` and the texts."""
    for note in placed:
        y = 14 + ROW * note.row
        drawing.line("annotation", note.x, y - 9, note.x, bottom, INK_2, "1 3")
        drawing.text("label", note.start, y, note.text, full=note.full)
