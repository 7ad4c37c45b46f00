"""The rows of a file as text, and the first few of them as a person checks them before the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from housewide.intake.sheets.errors import SheetError
from housewide.intake.sheets.headers import is_blank, name_columns
from housewide.intake.sheets.layouts import Layout
from housewide.intake.sheets.records import RecordSplitter, join_problems
from housewide.intake.sheets.signatures import is_workbook
from housewide.intake.sheets.texts import MAX_BYTES, LineSource, open_bytes
from housewide.intake.sheets.workbooks import read_sheet

TOO_MANY = "too many cells"
TOO_FEW = "too few cells"


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the number of the line it begins on (from 1; in a workbook the row number), its cells as text.

    `problem` says what is wrong with it, '' when nothing is.
    """

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """The first rows of a file.

    `preamble` holds the records above the header, `renamed` by position the (written, given) names that were changed,
    `widths` how many of the rows shown have how many cells, `header_problem` what is wrong with the header row itself.
    """

    preamble: list[list[str]]
    header: list[str]
    rows: list[Record]
    widths: dict[int, int]
    renamed: dict[int, tuple[str, str]] = field(default_factory=dict)
    header_problem: str = ""


class Table:
    """A file opened for one pass: its header, then every record after it as (line, cells, problem), blanks included."""

    def __init__(self, layout: Layout, records: Iterator[tuple[int, list[str], str]], lines: LineSource | None) -> None:
        self._layout = layout
        self._records = records
        self._lines = lines
        self.preamble: list[list[str]] = []
        self.header: list[str] = []
        self.header_problem = ""
        self.renamed: dict[int, tuple[str, str]] = {}
        self._first: list[tuple[int, list[str], str]] = []
        self._take_header()

    def _take_header(self) -> None:
        row = self._layout.header_row
        above = list(islice(self._records, max(0, row)))
        self.preamble = [cells for _, cells, _ in above]
        found = next(self._records, None)
        if found is None:
            raise SheetError(
                f"The file ends before row {row + 1}, where its column names were expected. Nothing was read. "
                "Check that this is the usual file, or detect its layout again."
            )
        cells = found[1]
        if row < 0:
            self._first = [found]
            cells = [""] * len(cells)
        elif self._layout.kind == "xlsx":
            cells = _without_empty_end(cells)
        elif self._layout.trailing_delimiter and len(cells) > 1 and not cells[-1].strip():
            cells = cells[:-1]
        self.header_problem = found[2] if row >= 0 else ""
        self.header, self.renamed = name_columns(cells)

    @property
    def width(self) -> int:
        return len(self.header)

    @property
    def encoding_errors(self) -> int:
        """Unreadable bytes met so far."""
        return self._lines.encoding_errors if self._lines else 0

    def __iter__(self) -> Iterator[tuple[int, list[str], str]]:
        yield from self._first
        yield from self._records


def _without_empty_end(cells: list[str]) -> list[str]:
    count = len(cells)
    while count > 1 and not cells[count - 1].strip():
        count -= 1
    return cells[:count]


@contextmanager
def open_table(path: Path, layout: Layout, max_bytes: int = MAX_BYTES) -> Iterator[tuple[Table, ShareRead]]:
    """The table at `path` for one pass, and a way to ask how much of the file has been read."""
    if layout.kind == "xlsx":
        is_workbook(Path(path), max_bytes)  # refuses one that unpacks to too much, before it is held in memory
        rows = ((line, cells, "") for line, cells in read_sheet(Path(path), layout.sheet))
        yield Table(layout, rows, None), ShareRead(None)
        return
    with open_bytes(Path(path), layout.compression, max_bytes) as source:
        lines = LineSource(source.read, layout.encoding, layout.line_end)
        splitter = RecordSplitter(lines, layout.dialect, lines.faults)
        table = Table(layout, iter(splitter), lines)
        splitter.width = table.width + layout.trailing_delimiter
        yield table, ShareRead(source)


class ShareRead:
    """Share of the stored file read so far, 0 to 1; a workbook is read at once, so it stays at 1."""

    def __init__(self, source: object) -> None:
        self._source = source

    def __call__(self) -> float:
        return float(getattr(self._source, "share", 1.0))


def fit(cells: list[str], width: int, layout: Layout) -> tuple[list[str], str]:
    """A record's cells without the empty ones that are no cells, and '' or how their number differs from `width`."""
    if len(cells) == width:
        return cells, ""
    if layout.trailing_delimiter and len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    elif layout.kind == "xlsx" and is_blank(cells[width:]):
        cells = cells[:width]
    if len(cells) == width:
        return cells, ""
    return cells, TOO_MANY if len(cells) > width else TOO_FEW


def read_records(path: Path, layout: Layout, max_bytes: int = MAX_BYTES) -> Iterator[Record]:
    """Every record after the header that holds any text, each cell as text ('00001' stays '00001').

    Raises SheetError when the file cannot be read to its end.
    """
    with open_table(path, layout, max_bytes) as (table, _):
        for line, cells, problem in table:
            if not is_blank(cells):
                fitted, said = fit(cells, table.width, layout)
                yield Record(line, fitted, join_problems(problem, said))


def preview(path: Path, layout: Layout, limit: int = 50) -> Preview:
    """The preamble, the header and the first `limit` rows. Raises SheetError as `read_records` does."""
    rows: list[Record] = []
    with open_table(path, layout) as (table, _):
        for line, cells, problem in table:
            if len(rows) >= limit:
                break
            if not is_blank(cells):
                fitted, said = fit(cells, table.width, layout)
                rows.append(Record(line, fitted, join_problems(problem, said)))
        widths = Counter(len(row.cells) for row in rows)
        return Preview(table.preamble, table.header, rows, dict(widths), table.renamed, table.header_problem)
