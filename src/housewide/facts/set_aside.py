"""The rows that were not accepted: why, how many, and the file to correct them in and send again.

The files lie under ``set_aside/`` of the home folder, readable by the owner only. They hold what the sender's file
holds, patients included, and are protected exactly as that original is: encrypting one and not the other would only
look safer. Whoever shows or hands out these rows records a Look first.
"""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from housewide.facts.cells import text
from housewide.facts.contract import UNREADABLE
from housewide.facts.engines.duckdb import locked_connection
from housewide.facts.models import BACK_REFERENCE, Batch, SettledLine
from housewide.kit.home import home_folder, subfolder

DANGEROUS = re.compile(r"^'*[=+\-@\t\r\n]")
NUMBER = re.compile(r"^[+-]?[0-9][0-9.,]*$")
CHUNK = 5_000
STILL = "line NOT IN (SELECT unnest(?::BIGINT[]))"  # given the lines that are settled
CLOSED = "period closed"
CLOSED_MONTH = re.compile(
    r"period closed: (?:the row stands in )?(?P<period>\d{4}-\d{2}),?(?: which)? is closed for (?P<facility>\S+)$"
)


@dataclass(frozen=True)
class SetAsideRow:
    """A row as it was sent: its line in the file, its cells under ``Batch.headings`` (then what stood beyond them), the
    reasons against it, and why it no longer waits in this import (``SettledLine.How``; "" while it does)."""

    line: int
    cells: list[str]
    reasons: list[str]
    settled: str = ""


def count(batch: Batch, open_only: bool = True) -> int:
    """How many rows of an import were set aside, or still wait."""
    return batch.set_aside_open if open_only else batch.rows_set_aside


def read(
    batch: Batch, offset: int = 0, limit: int = 100, reason: str = "", open_only: bool = False
) -> list[SetAsideRow]:
    """Rows of a batch in the order of the file. ``reason`` is a kind out of ``Batch.reasons``."""
    if open_only and not batch.set_aside_open:
        return []
    settled = _settled(batch)
    where = "list_contains(kinds, ?)" if reason else "true"
    params: list[Any] = [reason] if reason else []
    if open_only:
        where += f" AND {STILL}"
        params.append(list(settled))
    sql = f"SELECT line, cells, reasons FROM aside WHERE {where} ORDER BY line LIMIT ? OFFSET ?"
    return [
        SetAsideRow(line, [cell or "" for cell in cells], reasons, settled.get(line, ""))
        for line, cells, reasons in _ask(batch, sql, [*params, limit, offset])
    ]


def counts_by_reason(batch: Batch, open_only: bool = True) -> dict[str, int]:
    """Rows by kind of reason, the most first; a row with two reasons counts under both."""
    settled = list(_settled(batch)) if open_only else []
    sql = (
        f"SELECT k, count(*) FROM (SELECT DISTINCT line, unnest(kinds) AS k FROM aside WHERE {STILL})"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return dict(_ask(batch, sql, [settled]))


def counts_by_code(*batches: Batch) -> dict[tuple[str, str], int]:
    """Rows by unknown code, as (kind, code), among those that still wait in any of the imports."""
    sql = (
        f"SELECT c.kind, c.code, count(*) FROM (SELECT DISTINCT line, unnest(codes) AS c FROM aside WHERE {STILL})"
        " GROUP BY 1, 2"
    )
    totals: dict[tuple[str, str], int] = {}
    with _reader() as ask:
        for batch in batches:
            for kind, code, rows in ask(batch, sql, [list(_settled(batch))]):
                totals[kind, code] = totals.get((kind, code), 0) + rows
    return totals


def lines_by_closed_month(batch: Batch) -> dict[tuple[str, str], list[int]]:
    """Lines that wait for a closed month to be restated, by (facility, period).

    A row that failed again in a correction waits where it first did; it is found by its line in either import.
    """
    found: dict[tuple[str, str], list[int]] = {}
    if CLOSED not in batch.reasons:
        return found
    waits = _waiting_at_their_first(batch)
    for row in read(batch, 0, max(1, batch.rows_set_aside), CLOSED):
        months = {(said["facility"], said["period"]) for one in row.reasons if (said := CLOSED_MONTH.match(one))}
        if len(months) == 1 and (waits(row) if row.settled else batch.set_aside_open):
            found.setdefault(months.pop(), []).append(row.line)
    return found


def _waiting_at_their_first(batch: Batch) -> Callable[[SetAsideRow], bool]:
    """Whether a row of a correction that failed again still waits in the import in which it was first set aside."""
    settled: dict[str, set[str]] = {}

    def waits(row: SetAsideRow) -> bool:
        if row.settled != SettledLine.How.BACK:
            return False
        first, line = row.cells[:2]
        if first not in settled:
            lines = SettledLine.objects.filter(batch__public_id=first).values_list("line", flat=True)
            settled[first] = {str(one) for one in lines}
        return line not in settled[first]

    return waits


def readable(batch: Batch) -> frozenset[int]:
    """Lines that wait and were whole rows of the file. A damaged one (cut short, too many cells) may look whole when it
    is written out again, so somebody must look at it before it is sent again."""
    sql = f"SELECT line FROM aside WHERE NOT list_contains(kinds, ?) AND {STILL}"
    return frozenset(line for (line,) in _ask(batch, sql, [UNREADABLE, list(_settled(batch))]))


def download(batch: Batch, only: Collection[int] | None = None) -> Iterator[bytes]:
    """The waiting rows as CSV in pieces, to be corrected and sent again: which import and line they are, why they
    wait, then the sender's own columns. A row that failed again keeps the import and line where it waits. ``only``:
    nothing but these lines of the import."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    skipped = len(BACK_REFERENCE) if batch.names_rows else 0
    writer.writerow([*BACK_REFERENCE, *map(guarded, batch.headings[skipped:])])
    waits = _waiting_at_their_first(batch)
    offset = 0
    while rows := read(batch, offset, CHUNK):
        for row in rows:
            at_first = waits(row)
            if (row.settled and not at_first) or (only is not None and row.line not in only):
                continue
            back = row.cells[:2] if at_first else [batch.public_id, str(row.line)]
            cells = row.cells[skipped : len(batch.headings)]
            writer.writerow([*back, guarded("; ".join(row.reasons)), *map(guarded, cells)])
        yield page.getvalue().encode("utf-8-sig" if offset == 0 else "utf-8")
        page.seek(0)
        page.truncate()
        offset += CHUNK
    if offset == 0:
        yield page.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    """A cell that a spreadsheet will not run as a formula. Plain numbers stay as they are; ``unguarded`` undoes it."""
    return "'" + cell if DANGEROUS.match(cell) and not NUMBER.match(cell) else cell


def unguarded(cell: str) -> str:
    """What ``guarded`` was given."""
    return cell[1:] if cell.startswith("'") and DANGEROUS.match(cell) else cell


def _settled(batch: Batch) -> dict[int, str]:
    return dict(batch.settled_lines.values_list("line", "how"))


def path_of(batch: Batch) -> Path:
    """The file of an import's rows that were set aside."""
    return home_folder() / batch.set_aside_path


def _ask(batch: Batch, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with _reader() as ask:
        return ask(batch, sql, params)


@contextmanager
def _reader() -> Iterator[Callable[[Batch, str, Sequence[Any]], list[tuple[Any, ...]]]]:
    """One connection for questions to the rows of any number of imports, as the table ``aside``."""
    connection = locked_connection(1, "512MB", [str(subfolder("set_aside"))])

    def ask(batch: Batch, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        if not batch.set_aside_path:
            return []
        path = text(str(path_of(batch)))
        connection.execute(f"CREATE OR REPLACE TEMP VIEW aside AS SELECT * FROM read_parquet({path})")
        found: list[tuple[Any, ...]] = connection.execute(sql, list(params)).fetchall()
        return found

    try:
        connection.execute("SET lock_configuration = true")
        yield ask
    finally:
        connection.close()
