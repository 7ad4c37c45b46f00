"""Lines of text cut into the cells of each record, so that one stray quote never swallows the rows after it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

STRAY_QUOTE = "stray quote"
OPEN_QUOTE = "a quote is opened and never closed"
MAX_RECORD_LINES = 1_000
MAX_RECORD_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart: `quotechar` '' means quotes are ordinary text; `escapechar` '' means there is none.

    A doubled quote inside quotes is read as one in either case; `doublequote` only says how the file writes them.
    """

    delimiter: str = ","
    quotechar: str = '"'
    escapechar: str = ""
    doublequote: bool = True


class _Runaway(Exception):
    """A quoted cell went on for longer than any real one, or to the end of the file."""


class _Feed:
    """Lines with a place to put them back; remembers those taken since the record began."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self._characters = 0
        self._given = False

    def next_line(self) -> str | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def begin(self, line: str) -> None:
        self.taken, self._characters, self._given = [line], len(line), False

    def put_back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if not self._given:
            self._given = True
            return self.taken[0] + "\n"
        if len(self.taken) >= MAX_RECORD_LINES or self._characters > MAX_RECORD_CHARACTERS:
            raise _Runaway
        line = self.next_line()
        if line is None:
            raise _Runaway
        self.taken.append(line)
        self._characters += len(line)
        return line + "\n"


class RecordSplitter:
    """Iterates (line number of the record's first line from 1, cells, problem or '').

    `faults` maps line numbers to what was wrong with the line's bytes. Set `width` once the header is known: a record
    over several lines that breaks it, whose first line alone keeps it, had a quote that was never closed.
    """

    def __init__(self, lines: Iterable[str], dialect: Dialect, faults: dict[int, str] | None = None) -> None:
        self._feed = _Feed(lines)
        self._dialect = dialect
        self._faults = faults if faults is not None else {}
        self.width = 0
        allow_long_cells()
        self._strict = csv.reader(
            self._feed,
            delimiter=dialect.delimiter,
            quotechar=dialect.quotechar or None,
            escapechar=dialect.escapechar or None,
            # The csv module checks strictly only where doubled quotes are allowed.
            doublequote=True,
            quoting=csv.QUOTE_MINIMAL if dialect.quotechar else csv.QUOTE_NONE,
            strict=True,
        )

    def __iter__(self) -> Iterator[tuple[int, list[str], str]]:
        dialect, faults, next_line = self._dialect, self._faults, self._feed.next_line
        delimiter, quote, escape = dialect.delimiter, dialect.quotechar, dialect.escapechar
        between = quote + delimiter + quote
        number = 0
        while (line := next_line()) is not None:
            number += 1
            if "\r" in line or (escape and escape in line):
                cells, problem, count = self._careful(line)
            elif not quote or quote not in line:
                cells, problem, count = line.split(delimiter), "", 1
            else:
                cells = line[1:-1].split(between)
                # Every quote of the line is then accounted for, so this simple cut is the only reading there is.
                if line[0] == quote == line[-1] and line.count(quote) == 2 * len(cells):
                    problem, count = "", 1
                else:
                    cells, problem, count = self._careful(line)
            if faults:
                said = [faults.pop(at) for at in range(number, number + count) if at in faults]
                problem = join_problems(problem, *dict.fromkeys(said))
            yield number, cells, problem
            number += count - 1

    def _careful(self, line: str) -> tuple[list[str], str, int]:
        """Cells, problem and number of lines of the record that begins with `line`."""
        if "\r" in line or "\n" in line:
            # The csv module takes these for the end of a record even where the file's lines end otherwise. A return at
            # the very end is the fault of programs that write CR CR LF.
            line = line.rstrip("\r").replace("\r", "\n")
            cells, problem = split_leniently(line, self._dialect)
            if problem != OPEN_QUOTE:
                return cells, problem, 1
        feed = self._feed
        feed.begin(line)
        try:
            cells = next(self._strict)
        except (csv.Error, _Runaway):
            pass
        else:
            unpaired = self._unpaired(feed.taken)
            if len(feed.taken) == 1 or not (unpaired or self._swallowed(feed.taken, cells)):
                return cells, unpaired, len(feed.taken)
        several = len(feed.taken) > 1
        feed.put_back(feed.taken[1:])
        cells, problem = split_leniently(line, self._dialect)
        return cells, problem or (OPEN_QUOTE if several else STRAY_QUOTE), 1

    def _unpaired(self, lines: list[str]) -> str:
        """'stray quote' when a record with quoted cells has an odd quote out: it may have been cut in the wrong place.

        An inch mark in a record without quoted cells is only text.
        """
        quote, delimiter = self._dialect.quotechar, self._dialect.delimiter
        if self._dialect.escapechar or not quote or sum(line.count(quote) for line in lines) % 2 == 0:
            return ""
        opened = len(lines) > 1 or lines[0].startswith(quote) or delimiter + quote in lines[0]
        return STRAY_QUOTE if opened else ""

    def _swallowed(self, lines: list[str], cells: list[str]) -> bool:
        """True when the record reads better as separate rows than as one with line breaks inside a cell."""
        if not self.width:
            return False
        if len(cells) != self.width:
            return len(split_leniently(lines[0], self._dialect)[0]) == self.width
        # A whole row caught inside a cell holds no quote of its own, or it would have ended that cell.
        quote, inner = self._dialect.quotechar, lines[1:-1]
        return (
            self.width >= 4
            and bool(inner)
            and all(quote not in line and line.count(self._dialect.delimiter) == self.width - 1 for line in inner)
        )


def split_leniently(line: str, dialect: Dialect) -> tuple[list[str], str]:
    """One damaged line as cells, keeping every character: a quote closes a cell only before a delimiter or the end."""
    cells: list[str] = []
    problem, position, end = "", 0, len(line)
    while True:
        # A quote that never closes is text, and so is every quote after it; looking again would take quadratic time.
        if problem != OPEN_QUOTE and line[position : position + 1] == dialect.quotechar != "":
            cell, after, said = _quoted_cell(line, position, dialect)
        else:
            cell, after, said = _plain_cell(line, position, dialect)
        cells.append(cell)
        problem = said if said == OPEN_QUOTE else problem or said
        if after >= end:
            return cells, problem
        position = after + 1


def _plain_cell(line: str, start: int, dialect: Dialect) -> tuple[str, int, str]:
    if not dialect.escapechar:
        stop = line.find(dialect.delimiter, start)
        stop = len(line) if stop < 0 else stop
        return line[start:stop], stop, ""
    text: list[str] = []
    position = start
    while position < len(line) and line[position] != dialect.delimiter:
        if line[position] == dialect.escapechar and position + 1 < len(line):
            position += 1
        text.append(line[position])
        position += 1
    return "".join(text), position, ""


def _quoted_cell(line: str, start: int, dialect: Dialect) -> tuple[str, int, str]:
    """The quoted cell at `start`: text, index of the delimiter (or end) after it, problem."""
    quote, end = dialect.quotechar, len(line)
    text: list[str] = []
    position, problem = start + 1, ""
    while position < end:
        character = line[position]
        if character == dialect.escapechar and position + 1 < end:
            text.append(line[position + 1])
            position += 2
        elif character != quote:
            text.append(character)
            position += 1
        elif line[position + 1 : position + 2] == quote:
            text.append(quote)
            position += 2
        elif position + 1 == end or line[position + 1] == dialect.delimiter:
            return "".join(text), position + 1, problem
        else:
            text.append(quote)
            problem = STRAY_QUOTE
            position += 1
    cell, after, _ = _plain_cell(line, start, dialect)
    return cell, after, OPEN_QUOTE


def allow_long_cells() -> None:
    """Lift the csv module's limit of 131,072 characters to a cell, which would raise in the middle of a file."""
    if csv.field_size_limit() < (1 << 31) - 1:
        csv.field_size_limit((1 << 31) - 1)


def join_problems(*problems: str) -> str:
    """Problems of one row in one cell, in the order they were met."""
    return "; ".join(problem for problem in problems if problem)
