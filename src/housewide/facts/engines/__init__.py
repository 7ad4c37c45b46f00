"""Where questions to the facts are answered: DuckDB in this process, or Spark when an installation switched it on.

``session(parts, calendar)`` opens an engine that sees exactly the given parts and nothing else.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from housewide.kit.home import configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housewide.facts.models import Part
    from housewide.org.calendars import CalendarRow

DAY_SECONDS = 86_400


class EngineBusy(Exception):
    """Somebody else's question is being answered; nothing was asked. Try again."""


class TookTooLong(Exception):
    """The question was stopped at its time limit; nothing was changed."""


class Session(Protocol):
    """An open engine. ``dialect`` is SQLGlot's name of the SQL it speaks."""

    dialect: str

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


def session(
    parts: dict[str, list[Part]],
    calendar: Sequence[CalendarRow] = (),
    *,
    timeout: float = 120.0,
    threads: int = 2,
    memory: str = "2GB",
    web: bool = False,
    engine: str = "",
) -> AbstractContextManager[Session]:
    """An engine with one view per table over the given parts (none: an empty, typed table) and ``calendar``.

    ``calendar`` holds rows of ``org.calendars.calendar_rows``. ``timeout`` is in seconds for each question. ``web``
    questions wait for each other, one at a time in a process, so that a page never starves the loader.
    """
    chosen = engine or str(configuration().get("engine", "duckdb"))
    if chosen == "spark":
        from housewide.facts.engines import spark

        return spark.open_session(parts, calendar)
    from housewide.facts.engines import duckdb

    return duckdb.open_session(parts, calendar, timeout=timeout, threads=threads, memory=memory, web=web)
