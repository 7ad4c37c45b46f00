"""DuckDB in memory, locked in: it reads the facts folder and can touch nothing else."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from housewide.facts.catalogue import facts_folder, part_path
from housewide.facts.cells import name, text
from housewide.facts.engines import EngineBusy, TookTooLong
from housewide.facts.tables import FactTable, table
from housewide.kit.home import subfolder

if TYPE_CHECKING:
    from housewide.facts.models import Part
    from housewide.org.calendars import CalendarRow

WEB_WAIT_SECONDS = 30.0
_idle: dict[tuple[int, str, str], Any] = {}
_idle_lock = threading.Lock()
_one_at_a_time = threading.BoundedSemaphore(1)


class DuckDBSession:
    """An open connection and the time limit of each of its questions."""

    dialect = "duckdb"

    def __init__(self, connection: Any, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Answer one question. Raises TookTooLong, and ValueError for anything but a single SELECT."""
        import duckdb

        asked = self._connection.extract_statements(sql)
        if len(asked) != 1 or asked[0].type != duckdb.StatementType.SELECT:
            raise ValueError("Only one SELECT at a time may be asked of the facts; nothing was run.")
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._connection.interrupt()

        timer = threading.Timer(self._timeout, stop)
        timer.daemon = True
        timer.start()
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(sql, list(params)).fetchall()
            return found
        except duckdb.InterruptException as stopped:
            if not late.is_set():
                raise
            raise TookTooLong(f"The question took more than {self._timeout:g} seconds and was stopped.") from stopped
        finally:
            timer.cancel()
            timer.join()


@contextmanager
def open_session(
    parts: dict[str, list[Part]],
    calendar: Sequence[CalendarRow],
    *,
    timeout: float,
    threads: int,
    memory: str,
    web: bool,
) -> Iterator[DuckDBSession]:
    """See ``engines.session``."""
    with _web_turn() if web else nullcontext(), _connection(threads, memory) as connection:
        _fill_calendar(connection, calendar)
        for wanted, files in parts.items():
            connection.execute(view_sql(table(wanted), files))
        yield DuckDBSession(connection, timeout)
        for wanted in parts:
            connection.execute(f"DROP VIEW {name(wanted)}")
        connection.execute("DROP TABLE calendar")


@contextmanager
def _connection(threads: int, memory: str) -> Iterator[Any]:
    """A locked connection, kept for the next session when all went well: to make one takes longer than most questions
    to it. Made here and never at import, and closed before a fork: no process inherits one."""
    key = threads, memory, str(facts_folder())
    with _idle_lock:
        connection = _idle.pop(key, None)
    if connection is None:
        connection = locked_connection(threads, memory)
        connection.execute("SET lock_configuration = true")
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    with _idle_lock:
        other = _idle.setdefault(key, connection)
    if other is not connection:
        connection.close()


def close_idle() -> None:
    """Close the connections that nobody uses."""
    with _idle_lock:
        while _idle:
            _idle.popitem()[1].close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=close_idle)


@contextmanager
def _web_turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=WEB_WAIT_SECONDS):
        raise EngineBusy("Another page is counting rows just now. Nothing was lost; try again in a moment.")
    try:
        yield
    finally:
        _one_at_a_time.release()


def locked_connection(threads: int, memory: str, writes_below: Sequence[str] = ()) -> Any:
    """A connection that may read the facts folder (and the folders given) and nothing else on this machine.

    The caller makes its views and then sets ``lock_configuration``.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    try:
        folders = ", ".join(text(f"{folder}/") for folder in (facts_folder(), *writes_below))
        spill = subfolder("spill")
        for setting in (
            f"threads = {int(threads)}",
            f"memory_limit = {text(memory)}",
            f"temp_directory = {text(str(spill))}",
            "TimeZone = 'UTC'",
            "allocator_background_threads = true",  # what a large question took goes back to the system after it
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "allow_community_extensions = false",
            f"allowed_directories = [{folders}]",
            "enable_external_access = false",
        ):
            connection.execute(f"SET {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def view_sql(declared: FactTable, parts: Sequence[Part]) -> str:
    """SQL that makes the table's view over the files of the parts, with the declared types whatever the files hold."""
    return f"CREATE TEMP VIEW {name(declared.name)} AS {select_sql(declared, parts)}"


def select_sql(declared: FactTable, parts: Sequence[Part], more: str = "") -> str:
    """SELECT of every column of the table from the parts; a column that older parts lack is empty there.

    ``more`` may name ``filename``, the path of the file that each row lies in.
    """
    types = declared.part_types | ({"filename": "VARCHAR"} if more == "filename" else {})
    empty = "SELECT " + ", ".join(f"NULL::{kind} AS {name(column)}" for column, kind in types.items()) + " WHERE false"
    if not parts:
        return empty
    files = "[" + ", ".join(text(str(part_path(part))) for part in parts) + "]"
    how = "hive_partitioning = false" + (", filename = true" if more else "")
    columns = ", ".join(f"CAST({name(column)} AS {kind}) AS {name(column)}" for column, kind in types.items())
    if all(part.table_version == declared.version for part in parts):
        return f"SELECT {columns} FROM read_parquet({files}, {how})"
    mixed = f"{empty} UNION ALL BY NAME SELECT * FROM read_parquet({files}, union_by_name = true, {how})"
    return f"SELECT {columns} FROM ({mixed})"


def _fill_calendar(connection: Any, rows: Sequence[CalendarRow]) -> None:
    connection.execute(
        "CREATE TEMP TABLE calendar (facility VARCHAR, day DATE, weekday INTEGER, holiday BOOLEAN, workday BOOLEAN,"
        " period VARCHAR)"
    )
    if rows:
        lists = [list(cells) for cells in zip(*rows, strict=True)]
        kinds = ("VARCHAR", "DATE", "INTEGER", "BOOLEAN", "BOOLEAN", "VARCHAR")
        cells = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        connection.execute(f"INSERT INTO calendar SELECT {cells}", lists)
