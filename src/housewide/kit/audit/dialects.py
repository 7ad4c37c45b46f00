"""How a database records its own changes. SQLite here, PostgreSQL beside it: a class each with the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from housewide.kit.audit.postgresql import PREFIX, PostgreSQL
from housewide.kit.audit.tables import OWN_TABLES, REDACTED_COLUMNS, Watched

_ARGUMENTS = 40  # columns in one call: SQLite allows 127 arguments to a function


class SQLite:
    """Triggers, their inspection and byte-exact reading on SQLite 3.38 or later."""

    numbers_in_commit_order = True  # one writer at a time

    def tables(self, cursor: Any) -> set[str]:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {row[0] for row in cursor.fetchall()}

    def columns(self, cursor: Any, table: str) -> tuple[str, ...]:
        """Columns as the database has them: what a half-finished upgrade left is recorded too."""
        cursor.execute(f"PRAGMA table_info({_name(table)})")
        return tuple(row[1] for row in cursor.fetchall())

    def triggers(self, table: Watched) -> dict[str, str]:
        """Trigger SQL by name: one each for INSERT, UPDATE and DELETE."""
        after_update = self._row("NEW", table, compared=True)
        bodies = {
            "insert": ("", "NEW", "I", "NULL", self._row("NEW", table)),
            "update": (self._condition(table), "NEW", "U", self._row("OLD", table), after_update),
            "delete": ("", "OLD", "D", self._row("OLD", table), "NULL"),
        }
        found = {}
        for event, (condition, side, op, before, after) in bodies.items():
            name = f"{PREFIX}{table.name}__{event}"
            found[name] = (
                # Names come from the models, never from outside.
                f"CREATE TRIGGER {_name(name)} AFTER {event.upper()} ON {_name(table.name)} FOR EACH ROW {condition}"  # noqa: S608
                f'BEGIN INSERT INTO "audit_change" ("at", "act", "table", "row", "op", "before", "after") VALUES ('
                f'strftime(\'%Y-%m-%dT%H:%M:%fZ\', \'now\'), (SELECT "act" FROM "audit_context" WHERE "id" = 1), '
                f"{_text(table.name)}, CAST({side}.{_name(table.key)} AS TEXT), '{op}', {before}, {after}); END"
            )
        return found

    def guards(self, tables: Iterable[Watched]) -> dict[str, tuple[str, str]]:
        """Table and SQL by name of the triggers that refuse to alter or remove what the trail holds. The chain shows it
        when they are gone round."""
        found = {}
        for table in OWN_TABLES:
            for event in ("update", "delete"):
                name = f"{PREFIX}{table}__no_{event}"
                found[name] = (
                    table,
                    f"CREATE TRIGGER {_name(name)} BEFORE {event.upper()} ON {_name(table)} "
                    "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END",
                )
        return found

    def installed(self, cursor: Any) -> dict[str, tuple[str, str]]:
        """Every trigger there is: its table and its SQL, by name."""
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name: (table, sql) for name, table, sql in cursor.fetchall()}

    def install(self, cursor: Any, name: str, sql: str) -> None:
        self.drop(cursor, name)
        cursor.execute(sql)

    def drop(self, cursor: Any, name: str) -> None:
        cursor.execute(f"DROP TRIGGER IF EXISTS {_name(name)}")

    def raw_rows(
        self, cursor: Any, table: str, columns: Iterable[str], after: int, until: int
    ) -> Iterator[list[tuple[str, bytes]]]:
        """Rows with ``after`` < id <= ``until`` as (type, bytes) pairs, exactly as stored, in order of id."""
        parts = ", ".join(f"typeof({_name(c)}), CAST({_name(c)} AS BLOB)" for c in columns)
        where = f'"id" > {after:d} AND "id" <= {until:d}'
        cursor.execute(f'SELECT {parts} FROM {_name(table)} WHERE {where} ORDER BY "id"')  # noqa: S608 - no outside text
        while rows := cursor.fetchmany(500):
            for row in rows:
                yield [(row[i], row[i + 1] or b"") for i in range(0, len(row), 2)]

    def there(self, cursor: Any, table: str, after: int, until: int | None) -> list[tuple[int, int]]:
        """The ids above ``after``, as one stretch: numbers are committed in their order, so none is still to come."""
        cursor.execute(f'SELECT MIN("id"), MAX("id") FROM {_name(table)} WHERE "id" > {after:d}')  # noqa: S608
        first, last = cursor.fetchone()
        return [(first, last)] if first is not None else []

    def drift(self, table: Watched) -> str:
        """SQL that counts the rows that are not what was last recorded of them, with the first of them.

        Parameters: the table, and its recorded columns joined by commas.
        """
        last = 'SELECT "row", MAX("id") AS id FROM "audit_change" WHERE "table" = %s GROUP BY "row"'
        same_columns = 'c."op" <> \'D\' AND (SELECT group_concat(key) FROM json_each(c."after")) = %s'
        key = f"t.{_name(table.key)}"
        return (  # the key is compared as it is stored: a conversion would hide it from its index
            f'SELECT COUNT(*), MIN(c."row") FROM ({last}) k JOIN "audit_change" c ON c."id" = k.id '  # noqa: S608
            f'LEFT JOIN {_name(table.name)} t ON {key} = c."row" '
            f"WHERE (c.\"op\" = 'D') <> ({key} IS NULL) OR ({same_columns} "
            f"AND {_unmarked('c.after')} <> {_unmarked(self._row('t', table))})"
        )

    def _row(self, side: str, table: Watched, compared: bool = False) -> str:
        pairs = [(column, self._value(side, column, compared)) for column in table.columns]
        made = "json_object(" + ", ".join(f"{_text(c)}, {v}" for c, v in pairs[:_ARGUMENTS]) + ")"
        for start in range(_ARGUMENTS, len(pairs), _ARGUMENTS):
            more = ", ".join(f"{_text('$.' + _name(c))}, {v}" for c, v in pairs[start : start + _ARGUMENTS])
            made = f"json_insert({made}, {more})"
        return made

    def _value(self, side: str, column: str, compared: bool) -> str:
        value = f"{side}.{_name(column)}"
        if column in REDACTED_COLUMNS:
            same = "'redacted'"
            return (
                f"CASE WHEN OLD.{_name(column)} IS {value} THEN {same} ELSE 'redacted, changed' END"
                if compared
                else same
            )
        return f"CASE typeof({value}) WHEN 'blob' THEN hex({value}) ELSE {value} END"

    def _condition(self, table: Watched) -> str:
        if not table.skipped:
            return ""
        kept = " AND ".join(f"OLD.{_name(c)} IS NEW.{_name(c)}" for c in table.columns)
        moved = " OR ".join(f"OLD.{_name(c)} IS NOT NEW.{_name(c)}" for c in table.skipped)
        return f"WHEN NOT (({kept}) AND ({moved})) "


def _unmarked(sql: str) -> str:
    # A redacted value is recorded with a mark when it changed; the row as it is now has none.
    return f"replace({sql}, 'redacted, changed', 'redacted')"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


Dialect = SQLite | PostgreSQL


def dialect_for(connection: Any) -> Dialect:
    """The dialect of a Django connection. Raises NotImplementedError for a database that has none."""
    if connection.vendor == "sqlite":
        return SQLite()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            return PostgreSQL(cursor.fetchone()[0])
    raise NotImplementedError(f"the audit trail does not know {connection.vendor}")
