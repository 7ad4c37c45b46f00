"""How one file is written: encoding, delimiter, quoting, header row. Decided once, shown to a person, then kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from housewide.intake.sheets.dialects import detect_dialect
from housewide.intake.sheets.errors import NotATable
from housewide.intake.sheets.headers import find_header, is_blank
from housewide.intake.sheets.records import Dialect, RecordSplitter
from housewide.intake.sheets.signatures import SAVE_AS, is_workbook, refuse_other_kinds
from housewide.intake.sheets.texts import MAX_BYTES, ByteSource, LineSource, detect_encoding, open_bytes
from housewide.intake.sheets.workbooks import choose_sheet, read_sheet

_SAMPLE_BYTES = 1 << 17
_SAMPLE_RECORDS = 400
_NEWLINES = {"lf": "\n", "cr": "\r"}


@dataclass(frozen=True)
class Layout:
    """Everything needed to read a file without guessing.

    `header_row` is the index from 0 of the record with the column names, blank records counted; -1 means the file has
    none. `newline` is 'lf' (LF or CR LF end a line) or 'cr'. `trailing_delimiter` means every row ends with one
    delimiter too many, so one empty cell after the last column is no cell.
    """

    kind: str = "delimited"
    compression: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    escapechar: str = ""
    doublequote: bool = True
    newline: str = "lf"
    trailing_delimiter: bool = False
    header_row: int = 0
    sheet: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("delimited", "xlsx") or self.compression not in ("", "gzip"):
            raise ValueError(f"unknown kind or compression: {self.kind!r}, {self.compression!r}")
        if self.newline not in _NEWLINES:
            raise ValueError(f"newline must be 'lf' or 'cr', not {self.newline!r}")
        if len(self.delimiter) != 1 or len(self.quotechar) > 1 or len(self.escapechar) > 1:
            raise ValueError("delimiter must be one character; quotechar and escapechar one or none")
        if self.delimiter in ("\r", "\n", self.quotechar, self.escapechar) or self.header_row < -1:
            raise ValueError("delimiter must differ from quotes and line ends; header_row is at least -1")
        if self.quotechar and self.quotechar == self.escapechar:
            raise ValueError("a quote doubled inside quotes is doublequote, not an escapechar")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for storing in a feed's profile."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Layout:
        """The layout written by `to_dict`. Raises ValueError for a key or value it does not know."""
        unknown = set(stored) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown layout settings: {', '.join(sorted(unknown))}")
        return cls(**stored)

    @property
    def dialect(self) -> Dialect:
        """How cells are told apart."""
        return Dialect(self.delimiter, self.quotechar, self.escapechar, self.doublequote)

    @property
    def line_end(self) -> str:
        """The character that ends a line."""
        return _NEWLINES[self.newline]


def detect_layout(path: Path, max_bytes: int = MAX_BYTES) -> Layout:
    """How the file at `path` is written, from its content alone: its name is never believed.

    Raises NotATable for anything but delimited text or XLSX, SheetError for a damaged file or one that holds more than
    `max_bytes` once unpacked.
    """
    path = Path(path)
    if is_workbook(path, max_bytes):
        return _workbook_layout(path)
    with path.open("rb") as stream:
        first = stream.read(_SAMPLE_BYTES)
    compression = "gzip" if first.startswith(b"\x1f\x8b") else ""
    if not compression:
        refuse_other_kinds(first, path)
    with open_bytes(path, compression, max_bytes) as source:
        head = _read_head(source)
        if compression:
            _refuse_packed_kinds(head)
        encoding = detect_encoding(source, head)
    return _delimited_layout(head, compression, encoding, whole=source.unpacked <= len(head))


def _read_head(source: ByteSource) -> bytes:
    head = b""
    while len(head) < _SAMPLE_BYTES and (chunk := source.read(_SAMPLE_BYTES - len(head))):
        head += chunk
    return head


def _refuse_packed_kinds(head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise NotATable("an archive or workbook inside a gzip file", "Unpack it and send the file inside.")
    refuse_other_kinds(head)


def _workbook_layout(path: Path) -> Layout:
    sheet = choose_sheet(path)
    rows: list[list[str]] = []
    for _, cells in read_sheet(path, sheet):
        rows.append(cells)
        if len(rows) >= _SAMPLE_RECORDS:
            break
    return Layout(kind="xlsx", header_row=find_header(rows), sheet=sheet)


def _delimited_layout(head: bytes, compression: str, encoding: str, *, whole: bool) -> Layout:
    newline = _newline_kind(head, encoding)
    pieces = iter((head, b""))
    lines = list(LineSource(lambda: next(pieces), encoding, _NEWLINES[newline]))
    if not whole and len(lines) > 1:
        lines.pop()
    sample = "\n".join(lines)
    _refuse_binary(sample)
    dialect = detect_dialect("\n".join(line.rstrip("\r") for line in lines))
    records: list[list[str]] = []
    for _, cells, _ in RecordSplitter(lines, dialect):
        records.append(cells)
        if len(records) >= _SAMPLE_RECORDS:
            break
    if all(is_blank(cells) for cells in records):
        raise NotATable("an empty table", "Check that the export finished, then send it again.")
    header_row = find_header(records)
    return Layout(
        compression=compression,
        encoding=encoding,
        delimiter=dialect.delimiter,
        quotechar=dialect.quotechar,
        escapechar=dialect.escapechar,
        doublequote=dialect.doublequote,
        newline=newline,
        trailing_delimiter=_has_trailing_delimiter(records, header_row),
        header_row=header_row,
    )


def _newline_kind(head: bytes, encoding: str) -> str:
    """'cr' when returns alone end the lines; those inside quotes are line breaks of a cell and say nothing."""
    text = re.sub(r"\r+\n", "\n", head.decode(encoding, "ignore"))
    # The first lines are title and header, so the first break outside quotes is the truest; a lone return among
    # thousands of other line ends is a slip.
    first = re.search(r"[\r\n]", re.sub(r'"[^"]*"', "", text))
    return "cr" if first and first[0] == "\r" and text.count("\r") > 0.2 * text.count("\n") else "lf"


def _refuse_binary(sample: str) -> None:
    start = sample[:20_000]
    control = sum(1 for character in start if character < " " and character not in "\t\n\r\f\v\x1c\x1d\x1e\x1f")
    if control + start.count("\ufffd") > 0.1 * max(1, len(start)):
        raise NotATable("a binary file of a kind we do not know", SAVE_AS)
    if not sample.strip():
        raise NotATable("an empty file", "Check that the export finished, then send it again.")


def _has_trailing_delimiter(records: list[list[str]], header_row: int) -> bool:
    """True when nearly all rows end in an empty cell that the header has no name for."""
    header = records[header_row]
    width = len(header) - 1 if len(header) > 1 and not header[-1].strip() else len(header)
    rows = [cells for cells in records[header_row + 1 :] if not is_blank(cells)]
    if not rows:
        return width < len(header)
    shapes = Counter(
        "trailing" if len(cells) == width + 1 and not cells[-1].strip() else "exact" if len(cells) == width else "other"
        for cells in rows
    )
    if shapes["trailing"] >= 0.7 * len(rows):
        return True
    return width < len(header) and shapes["trailing"] + shapes["exact"] >= 0.7 * len(rows)
