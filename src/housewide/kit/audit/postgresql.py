"""How a PostgreSQL database records its own changes: a function and a trigger for each event of each table.

What differs from SQLite: the act under way is a setting of the transaction, so that people write side by side; numbers
are given out before the commit, so that a seal notes which were still missing; TRUNCATE is refused, because it fires no
trigger for the rows. Triggers are ``ALWAYS`` ones: a session in replica mode does not escape them.
"""

# ruff: noqa: S608 - names come from the models and the catalogue, never from outside
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from housewide.kit.audit.tables import OWN_TABLES, REDACTED_COLUMNS, Watched

PREFIX = "audit__"
_ACT = "nullif(current_setting('housewide.act', true), '')::bigint"
_AT = 'to_char(clock_timestamp(), \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')'
_PAGE = 2_000
_NUMBERS = ("bigint", "integer", "smallint")
_ONLY_ADDED = "the audit trail is only ever added to"
_NO_TRUNCATE = "rows are taken out with DELETE, which the audit trail records"


class PostgreSQL:
    """Triggers, their inspection and byte-exact reading on PostgreSQL 14 or later."""

    numbers_in_commit_order = False

    def __init__(self, schema: str = "public") -> None:
        self.schema = schema

    def tables(self, cursor: Any) -> set[str]:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [self.schema])
        return {row[0] for row in cursor.fetchall()}

    def columns(self, cursor: Any, table: str) -> tuple[str, ...]:
        """Columns as the database has them, in their order."""
        return tuple(self._types(cursor, table))

    def triggers(self, table: Watched) -> dict[str, str]:
        """SQL by name: one trigger each for INSERT, UPDATE and DELETE, with its function before it.

        No column is named unless it must be: a migration that drops one does not break what comes after it.
        """
        old, new = self._row("OLD", table), self._row("NEW", table, compared=True)
        bodies = {
            "insert": ("", "NEW", "I", "NULL", self._row("NEW", table)),
            "update": (self._condition(table), "NEW", "U", old, new),
            "delete": ("", "OLD", "D", old, "NULL"),
        }
        found = {}
        for event, (condition, side, op, before, after) in bodies.items():
            name = f"{PREFIX}{table.name}__{event}"
            body = (
                f"DECLARE v_before text := {before}; v_after text := {after}; BEGIN {condition}"
                'INSERT INTO audit_change ("at", "act", "table", "row", "op", "before", "after") '
                f"VALUES ({_AT}, {_ACT}, {_text(table.name)}, "
                f"{side}.{_name(table.key)}::text, '{op}', v_before, v_after); RETURN NULL; END"
            )
            found[name] = self._sql(name, f"AFTER {event.upper()}", table.name, "ROW", body)
        return found

    def guards(self, tables: Iterable[Watched]) -> dict[str, tuple[str, str]]:
        """Table and SQL by name of the triggers that refuse to alter or remove what the trail holds, and to empty a
        watched table without a trace."""
        found = {}
        for table in OWN_TABLES:
            for event in ("update", "delete", "truncate"):
                name = f"{PREFIX}{table}__no_{event}"
                body = f"BEGIN RAISE EXCEPTION {_text(_ONLY_ADDED)}; END"
                found[name] = (table, self._sql(name, f"BEFORE {event.upper()}", table, "STATEMENT", body))
        for watched in tables:
            name = f"{PREFIX}{watched.name}__no_truncate"
            body = f"BEGIN RAISE EXCEPTION {_text(_NO_TRUNCATE)}; END"
            found[name] = (watched.name, self._sql(name, "BEFORE TRUNCATE", watched.name, "STATEMENT", body))
        return found

    def installed(self, cursor: Any) -> dict[str, tuple[str, str]]:
        """Every trigger there is: its table and its SQL as the server gives it, function and state included."""
        cursor.execute(
            "SELECT t.tgname, c.relname, t.tgenabled::text, pg_get_triggerdef(t.oid, true), "
            "pg_get_functiondef(t.tgfoid) "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = %s",
            [self.schema],
        )
        return {
            name: (table, f"{function.rstrip()}; {trigger}; ENABLED {enabled}")
            for name, table, enabled, trigger, function in cursor.fetchall()
        }

    def install(self, cursor: Any, name: str, sql: str) -> None:
        self.drop(cursor, name)
        function, trigger, _ = sql.split("; \n")
        cursor.execute(function)
        cursor.execute(trigger)
        table = re.search(r" ON (\S+) FOR EACH ", trigger)
        if table:
            cursor.execute(f"ALTER TABLE {table[1]} ENABLE ALWAYS TRIGGER {_name(name)}")

    def drop(self, cursor: Any, name: str) -> None:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND t.tgname = %s AND n.nspname = %s",
            [name, self.schema],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {_name(name)} ON {_name(table)}")
        if name.startswith(PREFIX):
            cursor.execute(f"DROP FUNCTION IF EXISTS {_name(name)}()")

    def raw_rows(
        self, cursor: Any, table: str, columns: Iterable[str], after: int, until: int
    ) -> Iterator[list[tuple[str, bytes]]]:
        """Rows with ``after`` < id <= ``until`` as (type, bytes) pairs, in order of id; times in UTC."""
        types = self._types(cursor, table)
        parts = ", ".join(f"{_as_text(_name(column), types[column])}" for column in columns)
        kinds = ["integer" if types[column] in _NUMBERS else "text" for column in columns]
        while True:
            where = f'"id" > {after:d} AND "id" <= {until:d}'
            cursor.execute(f'SELECT "id", {parts} FROM {_name(table)} t WHERE {where} ORDER BY t."id" LIMIT {_PAGE}')
            rows = cursor.fetchall()
            for row in rows:
                yield [
                    ("null", b"") if value is None else (kind, value.encode())
                    for kind, value in zip(kinds, row[1:], strict=True)
                ]
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def there(self, cursor: Any, table: str, after: int, until: int | None) -> list[tuple[int, int]]:
        """The ids with ``after`` < id <= ``until`` that can be seen, as stretches (first, last) in order."""
        where = f'"id" > {after:d}' + (f' AND "id" <= {until:d}' if until is not None else "")
        numbered = f'SELECT "id", "id" - row_number() OVER (ORDER BY "id") AS stretch FROM {_name(table)} WHERE {where}'
        cursor.execute(f'SELECT MIN("id"), MAX("id") FROM ({numbered}) n GROUP BY stretch ORDER BY 1')
        return [(first, last) for first, last in cursor.fetchall()]

    def moment(self, cursor: Any) -> tuple[str, str]:
        """A point in time: the first transaction number not yet given out, and the server's clock."""
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text, clock_timestamp()::text")
        number, at = cursor.fetchone()
        return number, at

    def is_settled(self, cursor: Any, moment: tuple[str, str]) -> bool:
        """Whether every transaction that was under way at that moment has ended."""
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8 AND NOT EXISTS (SELECT 1 FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start <= %s::timestamptz)",
            list(moment),
        )
        return bool(cursor.fetchone()[0])

    def drift(self, table: Watched) -> str:
        """SQL that counts the rows that are not what was last recorded of them, with the first of them.

        Parameters: the table, and its recorded columns joined by commas.
        """
        last = 'SELECT DISTINCT ON ("row") "row", "op", "after" FROM audit_change WHERE "table" = %s '
        last += 'ORDER BY "row", "id" DESC'
        keys = 'SELECT array_agg(k ORDER BY k) FROM json_object_keys(c."after"::json) k'
        wanted = "SELECT array_agg(k ORDER BY k) FROM unnest(string_to_array(%s, ',')) k"
        key = f"t.{_name(table.key)}"
        now_ = f"({self._row('t', table)})::jsonb"
        recorded = "replace(c.\"after\", 'redacted, changed', 'redacted')::jsonb"
        return (
            f'SELECT COUNT(*), MIN(c."row") FROM ({last}) c LEFT JOIN {_name(table.name)} t ON {key}::text = c."row" '
            f"WHERE (c.\"op\" = 'D') <> ({key} IS NULL) OR (c.\"op\" <> 'D' AND ({keys}) = ({wanted}) "
            f"AND {recorded} <> {now_})"
        )

    def _types(self, cursor: Any, table: str) -> dict[str, str]:
        cursor.execute(
            "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 "
            "AND NOT a.attisdropped ORDER BY a.attnum",
            [self.schema, table],
        )
        return dict(cursor.fetchall())

    def _sql(self, name: str, event: str, table: str, each: str, body: str) -> str:
        """Function and trigger in the words in which the server gives them back."""
        return (
            f"CREATE OR REPLACE FUNCTION {self.schema}.{name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path TO {_text(self.schema)}, 'pg_temp' SET \"TimeZone\" TO 'UTC' "
            f"AS $function${body}$function$; \n"
            f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}(); \n"
            "ENABLED A"
        )

    def _row(self, side: str, table: Watched, compared: bool = False) -> str:
        redacted = [column for column in table.columns if column in REDACTED_COLUMNS]
        if not table.skipped and not redacted:
            return f"row_to_json({side})::text"
        value = "value"
        for column in redacted:
            same = "to_json('redacted'::text)"
            if compared:
                moved = f"OLD.{_name(column)} IS DISTINCT FROM NEW.{_name(column)}"
                same = f"CASE WHEN {moved} THEN to_json('redacted, changed'::text) ELSE {same} END"
            value = f"CASE key WHEN {_text(column)} THEN {same} ELSE {value} END"
        left_out = f" WHERE key NOT IN ({', '.join(map(_text, table.skipped))})" if table.skipped else ""
        return f"(SELECT json_object_agg(key, {value}) FROM json_each(row_to_json({side})){left_out})::text"

    def _condition(self, table: Watched) -> str:
        if not table.skipped:
            return ""
        return "IF v_before = v_after AND OLD IS DISTINCT FROM NEW THEN RETURN NULL; END IF; "


def _as_text(column: str, kind: str) -> str:
    if kind == "timestamp with time zone":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    return f"{column}::text"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
