"""Is everything as it should be? Each part of the house registers its questions; ``housewide check`` asks them all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """Something is not as it should be: which check found it, what it is in words, and how bad ("error", "warning")."""

    check: str
    text: str
    severity: str = "error"


Check = Callable[[], Iterable["Problem | str"]]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check. It returns problems, or sentences that become problems of severity "error"."""

    def register(function: Check) -> Check:
        if name in _checks and _checks[name].__qualname__ != function.__qualname__:
            raise ValueError(f"two checks called “{name}”")
        _checks[name] = function
        return function

    return register


def registered_checks() -> dict[str, Check]:
    """Every check by name."""
    return dict(_checks)


def run_checks(only: Iterable[str] | None = None) -> list[Problem]:
    """Run every check (or those named); empty means all is well. A check that breaks is itself a problem."""
    names = list(_checks) if only is None else list(only)
    found: list[Problem] = []
    for name in names:
        try:
            found += [p if isinstance(p, Problem) else Problem(name, p) for p in _checks[name]()]
        except Exception as error:
            logger.error("check %s could not run: %s", name, type(error).__name__)
            text = f"The check “{name}” could not run ({type(error).__name__}). Nothing was changed."
            found.append(Problem(name, text))
    return found


@check("databases")
def databases_are_sound() -> list[Problem]:
    """Both databases read whole, and every reference in them leads somewhere."""
    from django.db import connections

    found = []
    for alias in connections:
        connection = connections[alias]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                loose = _loose_references(cursor)
            else:
                cursor.execute("PRAGMA integrity_check(5)")
                answers = [row[0] for row in cursor.fetchall()]
                if answers != ["ok"]:
                    text = f"The database “{alias}” is damaged ({answers[0]}). Stop work and restore the last backup."
                    found.append(Problem("databases", text))
                cursor.execute("PRAGMA foreign_key_check")
                loose = [row[0] for row in cursor.fetchall()]
            if loose:
                tables = ", ".join(sorted(set(loose)))
                text = f"{len(loose)} rows in “{alias}” refer to rows that are gone ({tables})."
                found.append(Problem("databases", text))
    return found


def _loose_references(cursor: Any) -> list[str]:
    """The table of each row whose reference leads nowhere, on PostgreSQL: constraints can be switched off there. Reads
    every row of every table on the way."""
    cursor.execute(
        "SELECT c.conrelid::regclass::text, quote_ident(a.attname), "
        "c.confrelid::regclass::text, quote_ident(b.attname) "
        "FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] "
        "WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND c.connamespace = current_schema()::regnamespace "
        "ORDER BY 1, 2"
    )
    found = []
    for table, column, other, key in cursor.fetchall():
        # Names come from the catalogue, quoted.
        missing = f"t.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.{key} = t.{column})"  # noqa: S608
        cursor.execute(f"SELECT COUNT(*) FROM {table} t WHERE {missing}")  # noqa: S608
        found += [table] * cursor.fetchone()[0]
    return found
