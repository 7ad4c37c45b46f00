"""Puts the audit triggers into the database, and says which are missing or not as they should be."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections, transaction

from housewide.kit.audit.dialects import dialect_for
from housewide.kit.audit.postgresql import PREFIX
from housewide.kit.audit.tables import SKIPPED_COLUMNS, Watched, watched_models
from housewide.kit.checks import Problem


def watched_tables(cursor: Any, dialect: Any, using: str = "default") -> list[Watched]:
    """The tables to watch that exist in the database, with the columns they have there."""
    existing = dialect.tables(cursor)
    found = []
    for name, key in watched_models(using).items():
        if name in existing:
            columns = dialect.columns(cursor, name)
            skipped = SKIPPED_COLUMNS.get(name, {})
            kept = tuple(c for c in columns if c not in skipped)
            found.append(Watched(name, key, kept, tuple(c for c in columns if c in skipped)))
    return found


def wanted_triggers(cursor: Any, dialect: Any, using: str = "default") -> dict[str, tuple[str, str]]:
    """Table and SQL of every trigger that should be there, by name."""
    found = {}
    watched = watched_tables(cursor, dialect, using)
    for table in watched:
        found.update({name: (table.name, sql) for name, sql in dialect.triggers(table).items()})
    if getattr(settings, "HOUSEWIDE_AUDIT_GUARDED", True):  # tests empty every table between them, so they say no
        found.update(dialect.guards(watched))
    return found


def install_triggers(using: str = "default") -> int:
    """Make the database's triggers what they should be; returns how many had to be made. Runs after every migration."""
    connection = connections[using]
    dialect = dialect_for(connection)
    made = 0
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if "audit_change" not in dialect.tables(cursor):
            return 0
        wanted = wanted_triggers(cursor, dialect, using)
        there = dialect.installed(cursor)
        for name in there:
            if name.startswith(PREFIX) and name not in wanted:
                dialect.drop(cursor, name)
        for name, (_, sql) in wanted.items():
            if name not in there or _plain(there[name][1]) != _plain(sql):
                dialect.install(cursor, name, sql)
                made += 1
    return made


def trigger_problems(using: str = "default") -> list[Problem]:
    """What is missing, altered or foreign among the triggers. An SQLite ``AlterField`` silently drops a table's."""
    connection = connections[using]
    dialect = dialect_for(connection)
    with connection.cursor() as cursor:
        wanted = wanted_triggers(cursor, dialect, using)
        there = dialect.installed(cursor)
    found = []
    for name, (table, sql) in wanted.items():
        event = name.rsplit("__", 1)[1].removeprefix("no_").upper()
        if name not in there:
            found.append(f"No trigger records {event} on “{table}”, so such changes leave no trace.")
        elif _plain(there[name][1]) != _plain(sql):
            found.append(f"The trigger that records {event} on “{table}” is not the one Housewide makes.")
    watched = {table for table, _ in wanted.values()}
    for name, (table, _) in there.items():
        if name not in wanted and (table in watched or table.startswith("audit_")):
            found.append(f"“{table}” has a trigger “{name}” that Housewide did not make.")
    advice = " Start “housewide serve” again: it makes them anew. Ask who took them away."
    return [Problem("audit triggers", text + advice) for text in found]


def _plain(sql: str) -> str:
    return " ".join(sql.split())
