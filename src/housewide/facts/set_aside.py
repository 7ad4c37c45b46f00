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
from typing import Any

from housewide.facts.cells import text
from housewide.facts.contract import BACK_REFERENCE, UNREADABLE
from housewide.facts.engines.duckdb import locked_connection
from housewide.facts.models import Batch
from housewide.kit.home import home_folder, subfolder

DANGEROUS = re.compile(r"^'*[=+\-@\t\r\n]")
NUMBER = re.compile(r"^[+-]?[0-9][0-9.,]*$")
CHUNK = 5_000
CLOSED = "period closed"
CLOSED_MONTH = re.compile(
    r"period closed: (?:the row stands in )?(?P<period>\d{4}-\d{2}),?(?: which)? is closed for (?P<facility>\S+)$"
)


@dataclass(frozen=True)
class SetAsideRow:
    """A row as it was sent: its line in the file, its cells under ``Batch.headings`` (then what stood beyond them), and
    the reasons against it. ``corrected``: it has since been accepted from a correction."""

    line: int
    cells: list[str]
    reasons: list[str]
    corrected: bool = False


def count(batch: Batch, open_only: bool = True) -> int:
    """How many rows of an import were set aside, or still wait."""
    return batch.set_aside_open if open_only else batch.rows_set_aside


def read(
    batch: Batch, offset: int = 0, limit: int = 100, reason: str = "", open_only: bool = False
) -> list[SetAsideRow]:
    """Rows of a batch in the order of the file. ``reason`` is a kind out of ``Batch.reasons``."""
    closed = _corrected(batch)
    where = "list_contains(kinds, ?)" if reason else "true"
    params: list[Any] = [reason] if reason else []
    if open_only:
        where += " AND NOT list_contains(?::BIGINT[], line)"
        params.append(sorted(closed))
    sql = f"SELECT line, cells, reasons FROM aside WHERE {where} ORDER BY line LIMIT ? OFFSET ?"
    return [
        SetAsideRow(line, [cell or "" for cell in cells], reasons, line in closed)
        for line, cells, reasons in _ask(batch, sql, [*params, limit, offset])
    ]


def counts_by_reason(batch: Batch, open_only: bool = True) -> dict[str, int]:
    """Rows by kind of reason, the most first; a row with two reasons counts under both."""
    closed = sorted(_corrected(batch)) if open_only else []
    sql = (
        "SELECT k, count(*) FROM (SELECT DISTINCT line, unnest(kinds) AS k FROM aside"
        " WHERE NOT list_contains(?::BIGINT[], line)) GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return dict(_ask(batch, sql, [closed]))


def counts_by_code(*batches: Batch) -> dict[tuple[str, str], int]:
    """Rows by unknown code, as (kind, code), among those that still wait in any of the imports."""
    sql = (
        "SELECT c.kind, c.code, count(*) FROM (SELECT DISTINCT line, unnest(codes) AS c FROM aside"
        " WHERE NOT list_contains(?::BIGINT[], line)) GROUP BY 1, 2"
    )
    totals: dict[tuple[str, str], int] = {}
    with _reader() as ask:
        for batch in batches:
            for kind, code, rows in ask(batch, sql, [sorted(_corrected(batch))]):
                totals[kind, code] = totals.get((kind, code), 0) + rows
    return totals


def lines_by_closed_month(batch: Batch) -> dict[tuple[str, str], list[int]]:
    """Lines that wait for a closed month to be restated, by (facility, period).

    A row that failed again in a correction waits where it first did; it is found by its line in either import.
    """
    found: dict[tuple[str, str], list[int]] = {}
    if CLOSED not in batch.reasons:
        return found
    own = batch.set_aside_open > 0
    done: dict[str, set[str]] = {}
    for row in read(batch, 0, max(1, batch.rows_set_aside), CLOSED):
        months = {(said["facility"], said["period"]) for one in row.reasons if (said := CLOSED_MONTH.match(one))}
        if len(months) == 1 and _waits(batch, row, own, done):
            found.setdefault(months.pop(), []).append(row.line)
    return found


def _waits(batch: Batch, row: SetAsideRow, own: bool, done: dict[str, set[str]]) -> bool:
    """Whether a row waits: by the books of the import in which it was first set aside. ``done`` is kept between rows:
    lines that no longer wait, by import."""
    first, line = row.cells[:2] if _is_again(batch) and all(row.cells[:2]) else (batch.public_id, str(row.line))
    if first == batch.public_id:
        return own and not row.corrected
    if first not in done:
        origin = Batch.objects.filter(public_id=first, feed=batch.feed_id, set_aside_open__gt=0).first()
        done[first] = {str(one) for one in _corrected(origin)} if origin else {"all"}
    return "all" not in done[first] and line not in done[first]


def _is_again(batch: Batch) -> bool:
    return tuple(batch.headings[: len(BACK_REFERENCE)]) == BACK_REFERENCE


def readable(batch: Batch) -> frozenset[int]:
    """Lines that wait and were whole rows of the file. A damaged one (cut short, too many cells) may look whole when it
    is written out again, so somebody must look at it before it is sent again."""
    sql = "SELECT line FROM aside WHERE NOT list_contains(kinds, ?) AND NOT list_contains(?::BIGINT[], line)"
    return frozenset(line for (line,) in _ask(batch, sql, [UNREADABLE, sorted(_corrected(batch))]))


def download(batch: Batch, only: Collection[int] | None = None) -> Iterator[bytes]:
    """The waiting rows as CSV in pieces, to be corrected and sent again: which import and line they are, why they
    wait, then the sender's own columns. A row that came from such a file keeps its first import and line. ``only``:
    nothing but these lines of the import."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    again = _is_again(batch)
    skipped = len(BACK_REFERENCE) if again else 0
    writer.writerow([*BACK_REFERENCE, *map(guarded, batch.headings[skipped:])])
    offset = 0
    while rows := read(batch, offset, CHUNK, open_only=True):
        for row in rows:
            if only is not None and row.line not in only:
                continue
            back = row.cells[:2] if again and all(row.cells[:2]) else [batch.public_id, str(row.line)]
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


def _corrected(batch: Batch) -> set[int]:
    return set(batch.corrected_lines.values_list("line", flat=True))


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
        path = text(str(home_folder() / batch.set_aside_path))
        connection.execute(f"CREATE OR REPLACE TEMP VIEW aside AS SELECT * FROM read_parquet({path})")
        found: list[tuple[Any, ...]] = connection.execute(sql, list(params)).fetchall()
        return found

    try:
        connection.execute("SET lock_configuration = true")
        yield ask
    finally:
        connection.close()
