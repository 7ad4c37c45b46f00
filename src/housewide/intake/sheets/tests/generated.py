"""Ugly files as hospitals export them, made from a seed, together with the rows a careful person would read in them."""

from __future__ import annotations

import gzip
import io
import random
from dataclasses import dataclass, field

WORDS = ["OR 4", "elective", "", "Müller", "O'Brien", "late: surgeon", "5 West", "n/a", "Ängström", "Renée", "x" * 40]
WIDE_WORDS = ["Łukasz", "李雷", "🏥 bed", "a\u2028b", "ﬁ", "Ω", "e\u0301"]
NAMES = ["case_id", "Room", "Scheduled start", "Surgeon", "Late reason", "Service", "Block", "Comment", "Unit", "Class"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16-le-bom", "utf-16-be-bom", "cp1252"]


@dataclass(frozen=True)
class ExpectedRow:
    """Logical cells; `damaged` rows hold something no reader can know, so a problem must be told, not the cells."""

    cells: list[str]
    damaged: bool = False


@dataclass(frozen=True)
class UglyFile:
    """A file's bytes and what stands in it."""

    data: bytes
    header: list[str]
    rows: list[ExpectedRow]
    blank: int
    about: str
    kind: str = "delimited"


@dataclass
class _Style:
    encoding: str
    delimiter: str
    newline: str
    quoting: str
    preamble: str
    trailing: bool
    faults: bool
    compressed: bool
    lines: list[bytes] = field(default_factory=list)


def make_ugly_file(seed: int) -> UglyFile:
    """The delimited file of one seed: every property of its style is drawn independently."""
    dice = random.Random(seed)
    style = _Style(
        encoding=dice.choice(ENCODINGS),
        delimiter=dice.choice([",", ";", "\t", "|"]),
        newline=dice.choice(["\n", "\r\n", "\r"]),
        quoting=dice.choice(["minimal", "all", "backslash"]),
        preamble=dice.choice(["none", "title", "padded", "dated"]),
        trailing=dice.random() < 0.2,
        faults=dice.random() < 0.6,
        compressed=dice.random() < 0.25,
    )
    header = NAMES[: dice.randint(3, len(NAMES))]
    _write_preamble(style, dice, len(header))
    _write(style, header)
    rows: list[ExpectedRow] = []
    blank = 0
    for number in range(dice.randint(30, 120)):
        if dice.random() < 0.03:
            blank += 1
            _write_raw(style, style.delimiter * (len(header) - 1) if dice.random() < 0.5 else "")
        rows.append(_write_row(style, dice, number, len(header)))
    data = b"".join(style.lines)
    if dice.random() < 0.3:
        data = data.removesuffix(style.newline.encode(_codec(style.encoding)))
    bom = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}
    data = bom.get(style.encoding, b"") + data
    if style.compressed:
        data = gzip.compress(data, 1, mtime=0)
    shown = {key: value for key, value in vars(style).items() if key != "lines"}
    return UglyFile(data, header, rows, blank, f"seed {seed}: {shown}")


def _codec(encoding: str) -> str:
    return encoding.removesuffix("-bom").removesuffix("-sig")


def _write_raw(style: _Style, text: str) -> None:
    style.lines.append((text + style.newline).encode(_codec(style.encoding)))


def _write(style: _Style, cells: list[str]) -> None:
    _write_raw(style, _joined(style, cells))


def _joined(style: _Style, cells: list[str]) -> str:
    text = style.delimiter.join(_quoted(style, cell) for cell in cells)
    return text + style.delimiter if style.trailing else text


def _quoted(style: _Style, cell: str) -> str:
    cell = cell.replace("\n", "\n" if style.newline == "\r" else style.newline)
    special = any(character in cell for character in (style.delimiter, '"', "\n", "\r", "\\"))
    escaped = cell.replace("\\", "\\\\").replace('"', '\\"')
    cell = escaped if style.quoting == "backslash" else cell.replace('"', '""')
    return f'"{cell}"' if special or style.quoting == "all" else cell


def _write_preamble(style: _Style, dice: random.Random, width: int) -> None:
    if style.preamble == "title":
        _write_raw(style, "Surgical case log")
        _write_raw(style, "")
    elif style.preamble == "padded":
        _write_raw(style, "Surgical case log" + style.delimiter * (width - 1))
        _write_raw(style, style.delimiter * (width - 1))
    elif style.preamble == "dated":
        _write_raw(style, "Mercy Valley Hospital: case log")
        _write_raw(style, f"Run on{style.delimiter}2026-11-0{dice.randint(1, 9)} 06:00")
        _write_raw(style, "")


def _write_row(style: _Style, dice: random.Random, number: int, width: int) -> ExpectedRow:
    words = WORDS + (WIDE_WORDS if style.encoding.startswith("utf") else [])
    cells = [f"{number:05d}", *(dice.choice(words) for _ in range(width - 1))]
    spot = dice.randrange(1, width)
    chance = dice.random()
    if chance < 0.05:
        cells[spot] = f"Smith{style.delimiter} John"
    elif chance < 0.10:
        cells[spot] = 'the "late" one'
    elif chance < 0.15:
        cells[spot] = "first line\nsecond line\n\nfourth"
    elif chance < 0.18:
        cells[spot] = f'both "quotes"{style.delimiter}\nand a line'
    elif style.faults and chance < 0.32:
        return _write_fault(style, dice, cells, spot)
    _write(style, cells)
    return ExpectedRow(cells)


def _write_fault(style: _Style, dice: random.Random, cells: list[str], spot: int) -> ExpectedRow:
    fault = dice.choice(["many", "few", "open", "stray", "nul", "bytes"])
    if fault == "many":
        cells += ["surplus", "00"]
    elif fault == "few":
        # With one delimiter too many on every line, a row one cell short reads as a whole row whose last cell is empty.
        del cells[min(spot, len(cells) - 2) :]
    elif fault in ("open", "stray"):
        mark = '"opened here' if fault == "open" else '"ACME "Inc'
        parts = [_quoted(style, cell) for cell in cells]
        parts[spot] = mark + ('"' if fault == "stray" else "")
        _write_raw(style, style.delimiter.join(parts) + (style.delimiter if style.trailing else ""))
        return ExpectedRow(cells, damaged=True)
    elif fault == "nul" and not style.encoding.startswith("utf-16"):
        cells[spot] = "nu\0l"
        _write(style, cells)
        return ExpectedRow(cells, damaged=True)
    elif fault == "bytes" and style.encoding.startswith("utf-8"):
        cells[spot] = "Ren@@e"
        text = _joined(style, cells) + style.newline
        style.lines.append(text.encode("utf-8").replace(b"@@", b"\xe9"))
        return ExpectedRow(cells, damaged=True)
    _write(style, cells)
    return ExpectedRow(cells)


def make_ugly_workbook(seed: int) -> UglyFile:
    """The workbook of one seed: preamble, blank rows, identifiers as text, whole and broken numbers, truth values."""
    import xlsxwriter

    dice = random.Random(seed)
    header = NAMES[: dice.randint(3, len(NAMES))]
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_numbers": False})
    if dice.random() < 0.5:
        book.add_worksheet("Cover").write(0, 0, "Case log")
    sheet = book.add_worksheet("Cases")
    at = 0
    if dice.random() < 0.5:
        sheet.write(0, 0, "Surgical case log")
        at = dice.randint(1, 3)
    for column, name in enumerate(header):
        sheet.write_string(at, column, name)
    rows, blank = [], 0
    for number in range(dice.randint(20, 60)):
        at += 1
        if dice.random() < 0.05:
            at += 1
            blank += 1
        cells = [f"{number:05d}"]
        sheet.write_string(at, 0, cells[0])
        for column in range(1, len(header)):
            value = dice.choice([*WORDS, *WIDE_WORDS, 7, 1250.5, True, False, 0.1, -3, 123456789012345, "two\nlines"])
            sheet.write(at, column, value)
            cells.append(str(value).lower() if isinstance(value, bool) else str(value))
        if dice.random() < 0.05:
            sheet.write(at, len(header), "surplus")
            cells.append("surplus")
        rows.append(ExpectedRow(cells))
    book.close()
    return UglyFile(stream.getvalue(), header, rows, blank, f"workbook seed {seed}", "xlsx")
