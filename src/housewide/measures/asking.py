"""Asks the facts for the rows that count: one month of a facility, with the neighbouring months a measure looks at.

The cubes and the drill-down both ask through here, so that the rows behind a number always add up to it.
"""

# ruff: noqa: S608 - SQL is made here, from linted definitions, declared names and quoted literals only
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from housewide.facts.catalogue import current_parts
from housewide.facts.cells import text
from housewide.facts.engines import Session, session
from housewide.facts.models import Part
from housewide.kit.home import key
from housewide.kit.periods import Month
from housewide.measures.compile import compiled
from housewide.measures.definitions import NO_KEY, Definition
from housewide.org.calendars import calendar_of, calendar_rows

NO_LABEL = "none"
NO_VALUE = "no value"
NO_KEY_SQL = "NULLIF(c.key, '') IS NULL"
LATEST = "last_day_with_rows"
LONGEST_LABEL = 120
Parts = dict[str, list[Part]]


def tables_of(definition: Definition) -> list[str]:
    """The fact tables a measure reads; the built-in calendar is none."""
    return [table for table in definition.reads if table != "calendar"]


def months_needed(definition: Definition, facility: str, month: Month) -> list[Month]:
    """The facility's fiscal months whose rows a month of the measure rests on: itself and those it looks at."""
    own = calendar_of(facility)
    first, last = own.days_of(month)
    start = own.month_of(first - timedelta(days=definition.lookback_days))
    end = own.month_of(last + timedelta(days=definition.lookahead_days))
    found = [start]
    while found[-1] < end:
        found.append(found[-1].shift(1))
    return found


def months_touched(definition: Definition, facility: str, month: Month) -> list[Month]:
    """The months whose numbers may change when a month's rows do: the mirror image of ``months_needed``."""
    own = calendar_of(facility)
    first, last = own.days_of(month)
    start = own.month_of(first - timedelta(days=definition.lookahead_days))
    end = own.month_of(last + timedelta(days=definition.lookback_days))
    found = [start]
    while found[-1] < end:
        found.append(found[-1].shift(1))
    return found


def parts_for(tables: Iterable[str], facility: str, months: Iterable[Month], as_of: int | None) -> Parts:
    """The parts of each table, as they stood after the import ``as_of`` (None: as they stand)."""
    periods = sorted({str(month) for month in months})
    return {table: current_parts(table, [facility], periods, as_of) for table in sorted(set(tables))}


def parts_sha256(parts: Parts, tables: Iterable[str], months: Iterable[Month]) -> str:
    """Identity of the rows that a month of a measure rests on."""
    wanted = {str(month) for month in months}
    lines = [
        f"{table} {part.period} {part.sha256}"
        for table in sorted(tables)
        for part in parts[table]
        if part.period in wanted
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def asking(
    parts: Parts, facility: str, definitions: Sequence[Definition], months: Sequence[Month], *, web: bool = False
) -> Iterator[Session]:
    """An engine over the parts, with the facility's calendar for the months and all that is looked back or ahead at."""
    back = max(definition.lookback_days for definition in definitions)
    ahead = max(definition.lookahead_days for definition in definitions)
    own = calendar_of(facility)
    first, last = own.days_of(min(months))[0], own.days_of(max(months))[1]
    days = calendar_rows(facility, first - timedelta(days=back), last + timedelta(days=ahead))
    with session(parts, days, web=web) as engine:
        yield engine


def key_number(secret: bytes, text: str) -> int:
    """A thing told apart by a key as 62 bits that do not say what the key was; the same wherever it is met again."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8, key=secret).digest()) >> 2


def keys_secret() -> bytes:
    """The secret of this home behind ``key_number``."""
    return key("measure-keys")


def quoted(name: str, dialect: str) -> str:
    """A column's name as the engine wants it quoted."""
    return f"`{name}`" if dialect == "spark" else f'"{name}"'


def rows_sql(definition: Definition, dialect: str, facility: str, months: Iterable[Month]) -> str:
    """SQL of the rows of the months, the measure's own columns with: ``place`` (the facility where a row has none),
    ``period`` (fiscal month), and every breakdown as text, ``none`` where it is empty. A stock says which day of the
    month was its last: what there was on that day is what the month ends with."""
    none = text(NO_LABEL)
    labels = "".join(
        f", SUBSTR(COALESCE(NULLIF(CAST(c.{by} AS VARCHAR), ''), {none}), 1, {LONGEST_LABEL}) AS {by}"
        for by in (quoted(column, dialect) for column in definition.breakdowns)
    )
    left_out, values = "c.left_out", ", COALESCE(c.num, 0) AS num"
    if definition.kind == "distribution":
        left_out = (
            f"CASE WHEN c.value IS NULL THEN COALESCE(c.left_out, {text(NO_VALUE)}) ELSE c.left_out END AS left_out"
        )
        values = ", c.value"
    elif definition.kind == "distinct":
        left_out = f"CASE WHEN {NO_KEY_SQL} THEN COALESCE(c.left_out, {text(NO_KEY)}) ELSE c.left_out END AS left_out"
        values = ", c.key"
    elif definition.kind in ("ratio", "rate"):
        values += ", COALESCE(c.den, 0) AS den"
    elif definition.kind == "stock":
        values += f", MAX(c.day) OVER (PARTITION BY k.period) AS {LATEST}"
    periods = ", ".join(text(str(month)) for month in months)
    return (
        f"SELECT c.src, c.row_id, COALESCE(NULLIF(c.place, ''), {text(facility)}) AS place, c.day, k.period{labels},"
        f" {left_out}{values} FROM ({compiled(definition, dialect)}) c JOIN calendar k ON k.day = c.day"
        f" WHERE k.facility = {text(facility)} AND k.period IN ({periods})"
    )
