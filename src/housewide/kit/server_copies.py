"""Copies a PostgreSQL database as of one moment while people work, and brings a copy back whole or not at all.

Needs neither the tools of PostgreSQL nor those of one version of it: tables, constraints, indexes, functions and
triggers are described by the server itself, rows travel as ``COPY`` text, all of it in one transaction that sees one
moment.
"""

# ruff: noqa: S608 - names come from the catalogue, quoted
from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from housewide.kit.failures import Told

DESCRIPTION = "database.json"
_BLOCK = 1 << 20


class CopyRefused(Told):
    """The database was not copied or not filled; the message says why."""


@dataclass
class Description:
    """What a database consists of besides its rows: statements to run before and after them, and the tables in order:
    name, columns, rows."""

    schema: str = "public"
    before: list[str] = field(default_factory=list)
    tables: list[tuple[str, list[str], int]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


def copy_out(parameters: dict[str, Any], folder: Path) -> str:
    """Copy a database into a new folder; returns the head of the audit chain in it, empty when it has none.

    ``parameters`` are psycopg's. Nobody waits: it reads as of the moment at which it began.
    """
    import psycopg

    folder.mkdir(parents=True, mode=0o700)
    with psycopg.connect(**parameters) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            described = Description(schema=_one(cursor))
            names = _column(
                cursor, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
            )
            for number, name in enumerate(names):
                columns = _describe_table(cursor, name, described)
                rows = _write_rows(cursor, name, columns, folder / f"{number:03d}.copy")
                described.tables.append((name, columns, rows))
            _describe_rest(cursor, described)
            head = _head(cursor) if "audit_seal" in names else ""
    (folder / DESCRIPTION).write_text(json.dumps(asdict(described), indent=1))
    return head


def copy_in(conninfo: str, folder: Path, head: str = "") -> None:
    """Fill an empty database from a copy, in one transaction. With ``head`` the audit chain must hold and contain it.

    Raises CopyRefused when the database holds something, or what came in is not what was copied.
    """
    import psycopg

    described = Description(**json.loads((folder / DESCRIPTION).read_text()))
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        _must_be_empty(cursor, described)
        for statement in described.before:
            cursor.execute(statement)
        for number, (name, columns, rows) in enumerate(described.tables):
            if _read_rows(cursor, name, columns, folder / f"{number:03d}.copy") != rows:
                raise CopyRefused(f"The table “{name}” did not come in whole. Nothing was changed.")
        for statement in described.after:
            cursor.execute(statement)
        if head:
            _must_hold(cursor, described.schema, head)
        cursor.execute("ANALYZE")


def _must_be_empty(cursor: Any, described: Description) -> None:
    cursor.execute("SELECT current_database(), current_schema()")
    database, schema = cursor.fetchone()
    if schema != described.schema:
        raise CopyRefused(f"The copy was made in the schema “{described.schema}”, “{database}” uses “{schema}”.")
    if _column(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"):
        raise CopyRefused(f"The database “{database}” is not empty. Nothing was changed. Name a new, empty one.")


def _must_hold(cursor: Any, schema: str, head: str) -> None:
    from housewide.kit.audit.hashing import verify_chain
    from housewide.kit.audit.postgresql import PostgreSQL

    problems = verify_chain(cursor, PostgreSQL(schema), head)
    if problems:
        raise CopyRefused(f"The audit trail in the copy does not hold. {problems[0].text} Nothing was changed.")


def _describe_table(cursor: Any, name: str, described: Description) -> list[str]:
    """Note how the table is made; returns the columns that hold what was written into them."""
    cursor.execute(
        "SELECT quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text, "
        "a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid), "
        "pg_get_serial_sequence(quote_ident(c.relname), a.attname), "
        "CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid "
        "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        "WHERE c.relname = %s AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 "
        "AND NOT a.attisdropped ORDER BY a.attnum",
        [name],
    )
    parts, kept = [], []
    for column, kind, filled, identity, generated, expression, sequence, collation in cursor.fetchall():
        part = f"{column} {kind}"
        if collation:
            part += f" COLLATE {collation}"
        if identity:
            part += f" GENERATED {'ALWAYS' if identity == 'a' else 'BY DEFAULT'} AS IDENTITY"
        elif generated:
            part += f" GENERATED ALWAYS AS ({expression}) STORED"
        elif expression and not sequence:
            part += f" DEFAULT {expression}"
        parts.append(part + (" NOT NULL" if filled else ""))
        if not generated:
            kept.append(column)
        if identity and sequence:
            cursor.execute(f"SELECT last_value, is_called FROM {sequence}")
            last, called = cursor.fetchone()
            own = f"pg_get_serial_sequence({_text(_name(name))}, {_text(column.strip(chr(34)))})"
            described.after.append(f"SELECT setval({own}, {last}, {'true' if called else 'false'})")
    described.before.append(f"CREATE TABLE {_name(name)} ({', '.join(parts)})")
    return kept


def _describe_rest(cursor: Any, described: Description) -> None:
    """Note constraints, indexes, functions and triggers, in an order in which they can be made."""
    own = "connamespace = current_schema()::regnamespace"
    described.after += _column(
        cursor,
        "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
        f"FROM pg_constraint WHERE {own} AND conrelid <> 0 AND contype IN ('p', 'u', 'c', 'x', 'f') "
        "ORDER BY contype = 'f', contype <> 'p', conname",
    )
    described.after += _column(
        cursor,
        "SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid "
        "AND k.contype IN ('p', 'u', 'x')) ORDER BY c.relname",
    )
    described.after += _column(
        cursor,
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
        "AND prokind = 'f' ORDER BY proname",
    )
    cursor.execute(
        "SELECT pg_get_triggerdef(t.oid, true), c.oid::regclass::text, quote_ident(t.tgname), t.tgenabled::text "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY t.tgname"
    )
    states = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
    for made, table, trigger, state in cursor.fetchall():
        described.after.append(made)
        if state in states:
            described.after.append(f"ALTER TABLE {table} {states[state]} TRIGGER {trigger}")


def _write_rows(cursor: Any, name: str, columns: list[str], path: Path) -> int:
    with path.open("wb") as file, cursor.copy(f"COPY {_name(name)} ({', '.join(columns)}) TO STDOUT") as copy:
        for block in copy:
            file.write(block)
    return int(cursor.rowcount)


def _read_rows(cursor: Any, name: str, columns: list[str], path: Path) -> int:
    with path.open("rb") as file, cursor.copy(f"COPY {_name(name)} ({', '.join(columns)}) FROM STDIN") as copy:
        while block := file.read(_BLOCK):
            copy.write(block)
    return int(cursor.rowcount)


def _head(cursor: Any) -> str:
    found = _column(cursor, "SELECT hash FROM audit_seal ORDER BY id DESC LIMIT 1")
    return str(found[0]) if found else ""


def _one(cursor: Any) -> str:
    return str(cursor.fetchone()[0])


def _column(cursor: Any, sql: str) -> list[str]:
    cursor.execute(sql)
    return [row[0] for row in cursor.fetchall()]


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
