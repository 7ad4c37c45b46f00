"""An operating-room log that a tired clerk might send: forty rows spoilt in eight ways, and the way to put them right.

Made from the demo's own file of the open month, so that every other row of it is the row the house already knows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

OF_EACH_KIND = 5
BACK_REFERENCE = ("set_aside_batch", "set_aside_line", "reasons")
Row = dict[str, str]


@dataclass
class SpoiltLog:
    """The file to send, and what it should have said: good rows by case number."""

    text: str
    rows: int
    truth: dict[str, Row] = field(repr=False)

    def corrected(self, set_aside: str) -> str:
        """The downloaded set-aside list put right: the back reference as it came, the cells as they should be.

        A line that came twice is sent as it was: the house then says that it has it already.
        """
        table = list(csv.reader(io.StringIO(set_aside.removeprefix("\ufeff"))))
        heading, lines = table[0], table[1:]
        assert tuple(heading[:3]) == BACK_REFERENCE
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(heading)
        for line in lines:
            row = self.truth[line[3]]
            writer.writerow([*line[:3], *(row[name] for name in heading[3:])])
        return out.getvalue()


def spoil(original: Path) -> SpoiltLog:
    """The demo's file with forty further rows spoilt; the few it already held wrong are left out first."""
    lines = original.read_text(encoding="utf-8-sig").splitlines()
    preamble, heading = lines[:2], next(csv.reader([lines[2]]))
    rows = [dict(zip(heading, cells, strict=True)) for cells in csv.reader(lines[3:])]
    good = _good(rows)
    truth = {row["Case #"]: row for row in good}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading)
    chosen = [row for row in good if row["Wheels in"] and row["Cancelled"] == "N"]
    wrong: dict[str, str] = {}
    for at, (kind, _) in enumerate(KINDS):
        for row in chosen[at * OF_EACH_KIND : (at + 1) * OF_EACH_KIND]:
            wrong[row["Case #"]] = kind
    spoilers = dict(KINDS)
    count = 0
    for row in good:
        kind = wrong.get(row["Case #"])
        for cells in spoilers[kind](dict(row)) if kind else [list(row.values())]:
            writer.writerow(cells)
            count += 1
    return SpoiltLog("\r\n".join(preamble) + "\r\n" + out.getvalue(), count, truth)


def _good(rows: list[Row]) -> list[Row]:
    """Rows without the mistakes that the demo plants: a doubled line, an unknown room, a bad date, out before in."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        room_known = row["OR"] in {f"OR {number}" for number in range(1, 11)}
        dated = row["Surgery Date"].startswith("11/") and row["Surgery Date"].endswith("/2026")
        forward = (
            not row["Wheels in"] or not row["Wheels out"] or _moment(row["Wheels in"]) <= _moment(row["Wheels out"])
        )
        if room_known and dated and forward and row["Case #"] not in seen:
            seen.add(row["Case #"])
            kept.append(row)
    return kept


def _moment(text: str) -> tuple[str, str]:
    """``11/30/2026 23:10`` in an order that sorts within a year."""
    return text[6:10] + text[:5], text[11:]


def _with(**cells: str) -> Callable[[Row], list[list[str]]]:
    names = {"date": "Surgery Date", "room": "OR", "location": "Location", "klass": "Class", "service": "Service"}
    return lambda row: [list({**row, **{names[key]: value for key, value in cells.items()}}.values())]


def _out_before_in(row: Row) -> list[list[str]]:
    return [list({**row, "Wheels out": row["Wheels in"], "Wheels in": row["Wheels out"]}.values())]


def _twice(row: Row) -> list[list[str]]:
    return [list(row.values()), list(row.values())]


def _note_at_the_end(row: Row) -> list[list[str]]:
    return [[*row.values(), "see my e-mail"]]


KINDS: tuple[tuple[str, Callable[[Row], list[list[str]]]], ...] = (
    ("a date that is none", _with(date="13/45/2026")),
    ("an unknown room", _with(room="OR 99")),
    ("out before in", _out_before_in),
    ("an unknown location", _with(location="MV ANNEX OR")),
    ("a class that is none", _with(klass="Routine")),
    ("nothing where something must stand", _with(service="")),
    ("the same line twice", _twice),
    ("a cell beyond the last heading", _note_at_the_end),
)
