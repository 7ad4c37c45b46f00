"""The canonical copy of a file: UTF-8, every cell quoted, every row of the original in it, with what is wrong said."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from housewide.intake.sheets.headers import is_blank
from housewide.intake.sheets.layouts import Layout
from housewide.intake.sheets.reading import TOO_MANY, ShareRead, Table, fit, open_table
from housewide.intake.sheets.records import allow_long_cells, join_problems
from housewide.intake.sheets.texts import MAX_BYTES

PLAIN = Layout()
_ROWS_A_BATCH = 2_000
Progress = Callable[[int, float], None]


@dataclass(frozen=True)
class Plain:
    """What one copy holds: rows_read = every record after the header with text in it, all of them in the copy.

    `columns` are those of the copy (`_line`, `_problem`, the header, `_extra`), `problems` counts rows by what is
    wrong, `renamed` gives by position the (written, given) names that were changed, `encoding_errors` counts
    unreadable bytes, `header_problem` says what is wrong with the header row itself.
    """

    header: list[str]
    rows_read: int
    ragged: int
    blank_skipped: int
    encoding_errors: int
    problems: dict[str, int] = field(default_factory=dict)
    renamed: dict[int, tuple[str, str]] = field(default_factory=dict)
    header_problem: str = ""

    @property
    def columns(self) -> list[str]:
        return ["_line", "_problem", *self.header, "_extra"]


def to_plain(
    path: Path,
    layout: Layout,
    target: Path,
    on_progress: Progress | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int | None = None,
) -> Plain:
    """Write the rows of `path` to `target` and say what was met; `target` appears whole or not at all.

    A row with too many cells keeps the surplus as a JSON list in `_extra`; one with too few is filled with ''. Line
    breaks inside cells become LF. With `max_rows` only the first rows are copied. `on_progress(rows, share)` is told
    now and then; what it raises stops the work. Raises SheetError (the file cannot be read to its end, or unpacks to
    more than `max_bytes`); nothing is kept then.
    """
    target = Path(target)
    partial = target.with_name(target.name + ".partial")
    try:
        with (
            open_table(path, layout, max_bytes) as (table, share),
            partial.open("w", encoding="utf-8", errors="replace", newline="") as out,
        ):
            plain = _copy(table, share, layout, out, on_progress, max_rows)
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, target)
    except BaseException:
        with suppress(FileNotFoundError):
            partial.unlink()
        raise
    return plain


def _copy(
    table: Table, share: ShareRead, layout: Layout, out: TextIO, on_progress: Progress | None, max_rows: int | None
) -> Plain:
    width = table.width
    rows = ragged = blank = 0
    problems: Counter[str] = Counter()
    batch = [_written("_line", "_problem", [*table.header, "_extra"])]
    add = batch.append
    for line, cells, problem in table:
        if rows == max_rows:
            break
        if len(cells) != width or problem:
            if is_blank(cells):
                blank += 1
                continue
            cells, said, extra = _squared(cells, width, layout)
            ragged += bool(said)
            problem = join_problems(problem, said)
            if problem:
                problems[problem] += 1
        else:
            extra = ""
            if (not cells[0] or cells[0].isspace()) and is_blank(cells):
                blank += 1
                continue
        rows += 1
        add(_written(str(line), problem, [*cells, extra]))
        if len(batch) >= _ROWS_A_BATCH:
            out.write("".join(batch))
            batch.clear()
            if on_progress is not None and rows % (10 * _ROWS_A_BATCH) < _ROWS_A_BATCH:
                on_progress(rows, share())
    out.write("".join(batch))
    if on_progress is not None:
        on_progress(rows, 1.0)
    said_of_header = table.header_problem
    return Plain(
        table.header, rows, ragged, blank, table.encoding_errors, dict(problems), table.renamed, said_of_header
    )


def _squared(cells: list[str], width: int, layout: Layout) -> tuple[list[str], str, str]:
    """Exactly `width` cells, how their number differed, and the surplus as JSON."""
    cells, said = fit(cells, width, layout)
    if said == TOO_MANY:
        return cells[:width], said, json.dumps(cells[width:], ensure_ascii=False)
    return cells + [""] * (width - len(cells)), said, ""


def _written(line: str, problem: str, cells: list[str]) -> str:
    """One row of the copy. NUL joins because no cell can hold one."""
    body = "\0".join(cells)
    if '"' in body:
        body = body.replace('"', '""')
    if "\r" in body:
        body = body.replace("\r", "\n")
    return f'"{line}","{problem}","' + body.replace("\0", '","') + '"\n'


def read_plain(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file that `to_plain` wrote, by column."""
    allow_long_cells()
    with Path(path).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, strict=True)
