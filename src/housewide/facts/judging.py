"""Every row of a file is judged: accepted with its values, or set aside whole with its reasons. None is dropped."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from housewide.facts import crosswalks, identities
from housewide.facts.cells import name
from housewide.facts.contract import SPECIAL, Contract, row_id_sql
from housewide.facts.engines.duckdb import locked_connection
from housewide.facts.mapping import Mapping
from housewide.facts.models import BACK_REFERENCE, Feed
from housewide.facts.set_aside import unguarded
from housewide.facts.tables import FactTable, table
from housewide.kit.clock import today
from housewide.kit.home import subfolder
from housewide.org.calendars import PLAIN, calendars
from housewide.org.models import Place
from housewide.org.tree import tree_on

THREADS, MEMORY = 2, "2GB"
DUPLICATE, CONFLICT = "duplicate", "two rows with the same key differ"


class LoadFailed(Exception):
    """The file could not be loaded; the message says why, that nothing was changed, and what to do."""


def contract_for(feed: Feed, header: Sequence[str], mapping: Mapping) -> Contract:
    """The contract of a feed's file. Raises LoadFailed when the mapping does not fit the table or the file."""
    declared = table(feed.table)
    tree = tree_on(today())
    scope = feed.scope
    own = tree.facility_of(scope.code) or ""
    plain = [heading for heading in header if heading not in SPECIAL]
    correction = tuple(plain[: len(BACK_REFERENCE)]) == BACK_REFERENCE
    if correction:
        plain = [unguarded(heading) for heading in plain]
    below = "" if scope.kind == Place.Kind.SYSTEM else scope.code
    given = {"facility", "place"} if below else {"facility"} if "place" in mapping.columns else set()
    problems = mapping.problems(declared, plain, given=frozenset(given))
    if problems:
        raise LoadFailed("This file does not fit its mapping. Nothing was loaded. " + " ".join(problems))
    return Contract(
        table=declared,
        mapping=mapping,
        header=tuple(plain),
        facility=own,
        facilities=tuple(tree.facilities_below(scope.code)),
        place=below,
        correction=correction,
    )


class Judging:
    """A file judged row by row, in an engine of its own: tables ``typed``, ``late`` (further reasons), ``filed``."""

    def __init__(self, connection: Any, feed: Feed, contract: Contract) -> None:
        self.connection = connection
        self.feed = feed
        self.contract = contract
        self.rows_read = 0
        self.periods: dict[tuple[str, str], int] = {}

    @property
    def table(self) -> FactTable:
        return self.contract.table

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask this file's engine."""
        found: list[tuple[Any, ...]] = self.connection.execute(sql, list(params)).fetchall()
        return found

    def one(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The single value of a question."""
        return self.rows(sql, params)[0][0]

    def make(self, table: str, rows: Sequence[tuple[str, ...]], columns: str = "ab") -> None:
        """A table of texts beside the file's, with columns ``a``, ``b`` …"""
        typed = ", ".join(f"{letter} VARCHAR" for letter in columns)
        self.connection.execute(f"CREATE TEMP TABLE {table} ({typed})")
        if rows:
            lists = [list(column) for column in zip(*rows, strict=True)]
            cells = ", ".join(["unnest(?::VARCHAR[])"] * len(lists))
            self.connection.execute(f"INSERT INTO {table} SELECT {cells}", lists)

    # --- steps --------------------------------------------------------------------------------------------------

    def read(self, plain_csv: Path) -> None:
        """Read and type the file. Raises LoadFailed when it is not the plain file it should be."""
        import duckdb

        contract = self.contract
        identities.teach(self.connection)
        scope = self.feed.scope.code
        for kind in contract.kinds:
            self._table(name("x_" + kind), crosswalks.intervals(kind, scope))
        self._table("homes", crosswalks.homes())
        for sql in (contract.plain_sql(plain_csv), *contract.views_sql()):
            self.connection.execute(sql)
        try:
            self.connection.execute(contract.typed_sql())
        except (duckdb.DataError, duckdb.InvalidInputException) as fault:
            # The engine's own message quotes cells, and cells may be about patients.
            raise LoadFailed("The plain copy of the file could not be read. Nothing was loaded.") from _quiet(fault)
        self.connection.execute("CREATE TEMP TABLE late (_line BIGINT, kind VARCHAR, says VARCHAR)")
        self.rows_read = self.one("SELECT count(*) FROM typed")
        if self.one("SELECT count(DISTINCT _line) FROM typed") != self.rows_read:
            raise LoadFailed("Two rows of the plain file have the same line number. Nothing was loaded.")

    def _table(self, quoted: str, intervals: Sequence[crosswalks.Interval]) -> None:
        self.connection.execute(f"CREATE TEMP TABLE {quoted} (code VARCHAR, target VARCHAR, lo DATE, hi DATE)")
        if intervals:
            lists = [list(cells) for cells in zip(*intervals, strict=True)]
            cells = "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::DATE[]), unnest(?::DATE[])"
            self.connection.execute(f"INSERT INTO {quoted} SELECT {cells}", lists)

    def find_duplicates(self) -> None:
        """Of rows with one key: when all say the same the first is kept; when they differ none is."""
        key = ", ".join(name(column) for column in dict.fromkeys(("facility", *self.table.key)))
        row = ", ".join(f"{name(column.name)} := {name(column.name)}" for column in self.table.columns)
        self.connection.execute(f"""CREATE TEMP TABLE doubled AS
            WITH twice AS (SELECT {key} FROM typed WHERE NOT _bad GROUP BY {key} HAVING count(*) > 1)
            SELECT {key}, _line, min(_line) OVER same AS _first, struct_pack({row}) AS _said,
                   first_value(struct_pack({row})) OVER (PARTITION BY {key} ORDER BY _line) AS _first_said
            FROM typed JOIN twice USING ({key}) WHERE NOT _bad WINDOW same AS (PARTITION BY {key})""")
        self.connection.execute(
            f"""INSERT INTO late
            WITH told AS (SELECT *, bool_or(_said IS DISTINCT FROM _first_said) OVER (PARTITION BY {key}) AS differs
                          FROM doubled)
            SELECT _line, CASE WHEN differs THEN ? ELSE ? END,
                   CASE WHEN differs THEN 'another row with the same key says otherwise (lines ' || (
                        SELECT string_agg(CAST(_line AS VARCHAR), ', ' ORDER BY _line) FROM (
                            SELECT _line FROM doubled d WHERE d._first = told._first ORDER BY _line LIMIT 5)
                        ) || ')'
                        ELSE 'duplicate of line ' || _first END
            FROM told WHERE differs OR _line > _first""",
            [CONFLICT, DUPLICATE],
        )

    def file_rows(self) -> None:
        """Give each accepted row its row id, its surrogate and its period: the table ``filed``."""
        days = self.rows(
            "SELECT DISTINCT facility, _day FROM typed WHERE NOT _bad OR (facility IS NOT NULL"
            " AND _day BETWEEN DATE '1900-01-01' AND DATE '2199-12-31')"
        )
        known = calendars()
        months = [(facility, day, str(known.get(facility, PLAIN).month_of(day))) for facility, day in days]
        self.connection.execute("CREATE TEMP TABLE months (facility VARCHAR, _on DATE, _period VARCHAR)")
        if months:
            lists: list[list[str | date]] = [list(cells) for cells in zip(*months, strict=True)]
            cells = "unnest(?::VARCHAR[]), unnest(?::DATE[]), unnest(?::VARCHAR[])"
            self.connection.execute(f"INSERT INTO months SELECT {cells}", lists)
        columns = ", ".join(
            f"surrogate_of({name(c.name)}) AS {name(c.name)}" if c.identity else name(c.name)
            for c in self.table.columns
        )
        self.connection.execute(
            f"CREATE TEMP TABLE filed AS SELECT {columns}, {row_id_sql(self.table)} AS row_id, _line AS source_line,"
            " flags, _period FROM typed JOIN months USING (facility) WHERE _on = _day AND NOT _bad"
            " AND _line NOT IN (SELECT _line FROM late)"
        )

    def set_aside_late(self, select: str, params: Sequence[Any] = ()) -> int:
        """Set aside rows of ``filed`` for a reason found later; ``select`` gives (line, kind, sentence)."""
        before = self.one("SELECT count(*) FROM late")
        self.connection.execute(f"INSERT INTO late {select}", list(params))
        more: int = self.one("SELECT count(*) FROM late") - before
        if more:
            self.connection.execute("DELETE FROM filed WHERE source_line IN (SELECT _line FROM late)")
        return more

    def finish(self) -> tuple[int, int]:
        """Write the table ``aside``; (accepted, set aside). Raises LoadFailed unless they add up to the rows read."""
        for sql in self.contract.aside_sql():
            self.connection.execute(sql)
        accepted: int = self.one("SELECT count(*) FROM filed")
        aside: int = self.one("SELECT count(*) FROM aside")
        if accepted + aside != self.rows_read or self.one("SELECT count(*) FROM aside WHERE len(reasons) = 0"):
            raise LoadFailed(
                f"Of {self.rows_read} rows {accepted} were accepted and {aside} set aside, which does not add up."
                " Nothing was loaded; this is a fault of the program, please report it."
            )
        counted = self.rows("SELECT facility, _period, count(*) FROM filed GROUP BY 1, 2 ORDER BY 1, 2")
        self.periods = {(facility, period): rows for facility, period, rows in counted}
        return accepted, aside

    def reasons(self) -> dict[str, int]:
        """Rows by kind of reason, most first; a row with two reasons counts under both."""
        found = self.rows("SELECT k, count(*) FROM (SELECT DISTINCT line, unnest(kinds) AS k FROM aside) GROUP BY 1")
        return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))

    def identity_values(self) -> dict[str, str]:
        """The patients' numbers that accepted rows name, by surrogate."""
        found: dict[str, str] = {}
        for column in self.table.columns:
            if column.identity:
                cell = name(column.name)
                accepted = f"{cell} IS NOT NULL AND _line IN (SELECT source_line FROM filed)"
                distinct = f"SELECT DISTINCT {cell} AS said FROM typed WHERE {accepted}"
                found |= dict(self.rows(f"SELECT surrogate_of(said), said FROM ({distinct})"))
        return found


def _quiet(fault: Exception) -> Exception:
    return type(fault)("the engine's message is left out because it quotes the file")


@contextmanager
def judging(feed: Feed, plain_csv: Path, header: Sequence[str], mapping: Mapping) -> Iterator[Judging]:
    """Judge a feed's file up to where other rows of the catalogue come in. Raises LoadFailed."""
    contract = contract_for(feed, header, mapping)
    folders = (str(plain_csv.resolve().parent), str(subfolder("set_aside")))
    connection = locked_connection(THREADS, MEMORY, folders)
    try:
        judge = Judging(connection, feed, contract)
        judge.read(plain_csv.resolve())
        judge.find_duplicates()
        judge.file_rows()
        yield judge
    finally:
        connection.close()
