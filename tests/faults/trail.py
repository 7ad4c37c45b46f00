"""Attacks on the audit trail of a real home: every kind of write, every trigger, a thousand bytes. Run in a child."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from tests.faults.witness import UNWATCHED, on_postgresql, table_names
from tests.faults.working import Say

PROGRESS = ("jobs_job", "doing")  # moves every few seconds; unrecorded on purpose
TRAIL = ("audit_act", "audit_change", "audit_look", "audit_seal")


def _ask(sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def _write(sql: str, params: Any = ()) -> int:
    """Rows written, as the database counts them."""
    from django.db import connection

    if not on_postgresql():  # SQLite keeps a time of day as text and takes it as nothing else
        params = [value.isoformat() if isinstance(value, time) else value for value in params]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return max(0, int(cursor.rowcount))


def _watched() -> list[str]:
    return [name for name in table_names() if name not in UNWATCHED]


def _columns(table: str) -> list[str]:
    if on_postgresql():
        order = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
        return [column for (column,) in _ask(order, [table])]
    return [column for _, column, *_ in _ask(f'PRAGMA table_info("{table}")')]


def mix(say: Say, seed: str, writes: str) -> None:
    """Write every watched table in every way there is, each within an act, and count beside the trail."""
    from django.apps import apps

    from housewide.kit.actions import act

    chance, models = Random(int(seed)), {model._meta.db_table: model for model in apps.get_models(True)}
    filled = [name for name in _watched() if _ask(f'SELECT 1 FROM "{name}" LIMIT 1')]
    missed, ways = [], set()
    for number in range(int(writes)):
        table = filled[number % len(filled)]
        way = chance.choice([_raw_again, _raw_update, _orm_again, _bulk_update, _replaced])
        last = _ask("SELECT MAX(id) FROM audit_change")[0][0]
        with act("mix", actor="tester") as entry:
            wanted = _unless_refused(way, models[table], table, chance)
        found = _ask(
            'SELECT COUNT(*) FROM audit_change WHERE id > %s AND "table" = %s AND act = %s', [last, table, entry]
        )
        if found[0][0] != wanted:
            missed.append(f"{way.__name__} {table}: {wanted} rows written, {found[0][0]} recorded")
        if wanted:
            ways.add(f"{way.__name__} {table}")
    say(json.dumps({"missed": missed, "ways": sorted(ways), "tables": filled}))


def _unless_refused(way: Callable[..., int], model: Any, table: str, chance: Random) -> int:
    """Rows written; 0 where PostgreSQL has no room for a longer text."""
    from django.db import DataError, IntegrityError, transaction

    try:
        with transaction.atomic():
            return way(model, table, chance)
    except (DataError, IntegrityError):
        if not on_postgresql():
            raise
        return 0


def _some_row(table: str, chance: Random) -> tuple[list[str], tuple[Any, ...]]:
    columns = _columns(table)
    rows = _ask(f'SELECT * FROM "{table}" ORDER BY 1 LIMIT 50')
    return columns, chance.choice(rows)


def _raw_again(model: Any, table: str, chance: Random) -> int:
    """Taken out and put back in plain SQL; references to it hold again when the act commits."""
    columns, row = _some_row(table, chance)
    gone = _write(f'DELETE FROM "{table}" WHERE "{columns[0]}" = %s', [row[0]])
    marks = ", ".join(["%s"] * len(row))
    return gone + _write(f'INSERT INTO "{table}" VALUES ({marks})', row)


def _replaced(model: Any, table: str, chance: Random) -> int:
    """A replacement is two changes, though the database counts one row."""
    columns, row = _some_row(table, chance)
    marks = ", ".join(["%s"] * len(row))
    if on_postgresql():
        key, *others = (f'"{column}"' for column in columns)
        moved = ", ".join(f"{name} = EXCLUDED.{name}" for name in others)
        return _write(f'INSERT INTO "{table}" VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {moved}', row)
    return 2 * _write(f'INSERT OR REPLACE INTO "{table}" VALUES ({marks})', row)


def _texts(model: Any) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if field.get_internal_type() in ("CharField", "TextField")
        and not field.unique
        and not field.choices
        and (model._meta.db_table, field.column) != PROGRESS
    ]


def _raw_update(model: Any, table: str, chance: Random) -> int:
    """Several rows at once, past the ORM."""
    texts = _texts(model)
    if not texts:
        return 0
    field = chance.choice(texts).column
    key = model._meta.pk.column
    some = f'SELECT "{key}" FROM "{table}" ORDER BY 1 LIMIT {chance.randint(1, 20)}'
    either = "" if on_postgresql() else " OR IGNORE"
    return _write(f'UPDATE{either} "{table}" SET "{field}" = "{field}" || %s WHERE "{key}" IN ({some})', [" x"])


def _orm_again(model: Any, table: str, chance: Random) -> int:
    """One object saved with another text."""
    texts = _texts(model)
    if not texts:
        return 0
    thing = chance.choice(list(model._base_manager.order_by("pk")[:50]))
    field = chance.choice(texts)
    setattr(thing, field.attname, f"{getattr(thing, field.attname) or ''} y")
    thing.save(update_fields=[field.name])
    return 1


def _bulk_update(model: Any, table: str, chance: Random) -> int:
    """Several objects in one statement of the ORM."""
    texts = _texts(model)
    if not texts:
        return 0
    field, things = chance.choice(texts), list(model._base_manager.order_by("pk")[: chance.randint(1, 20)])
    for thing in things:
        setattr(thing, field.attname, f"{getattr(thing, field.attname) or ''} z")
    return int(model._base_manager.bulk_update(things, [field.name]))


def triggers(say: Say) -> None:
    """Drop each trigger in turn, and make each do nothing; which went unreported, and which tables have too few."""
    from django.db import transaction

    from housewide.kit.audit import trigger_problems

    if on_postgresql():
        return _triggers_of_a_server(say)
    unreported, tables = [], {}
    rows = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    for name, table, sql in _ask(rows):
        tables[table] = tables.get(table, 0) + 1
        for instead in ("", sql.replace("BEGIN", "WHEN 0 BEGIN", 1) if " WHEN " not in sql else ""):
            with transaction.atomic():
                _ask(f'DROP TRIGGER "{name}"')
                if instead:
                    _ask(instead.replace("%", "%%"))
                if not any(f"“{table}”" in problem.text for problem in trigger_problems()):
                    unreported.append(f"{name}{' made idle' if instead else ''}")
                transaction.set_rollback(True)
    bare = [name for name in _watched() if tables.get(name, 0) < 3]
    say(json.dumps({"unreported": unreported, "bare": bare, "tried": sum(tables.values())}))
    return None


def _triggers_of_a_server(say: Say) -> None:
    from django.db import transaction

    from housewide.kit.audit import trigger_problems

    unreported, tables = [], {}
    rows = (
        "SELECT t.tgname, c.relname, p.proname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal ORDER BY t.tgname"
    )
    for name, table, function in _ask(rows):
        tables[table] = tables.get(table, 0) + 1
        attack = (
            f'DROP TRIGGER "{name}" ON "{table}"',
            f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"',
            f'CREATE OR REPLACE FUNCTION "{function}"() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$',
        )[sum(tables.values()) % 3]
        with transaction.atomic():
            _ask(attack)
            if not any(f"“{table}”" in problem.text for problem in trigger_problems()):
                unreported.append(attack)
            transaction.set_rollback(True)
    bare = [name for name in _watched() if tables.get(name, 0) < 4]
    say(json.dumps({"unreported": unreported, "bare": bare, "tried": sum(tables.values())}))


def history(say: Say) -> None:
    """A short trail with every kind of row, sealed four times."""
    from housewide.kit.actions import act
    from housewide.kit.audit import record_look, seal
    from housewide.org.models import Person

    for round_ in range(4):
        for number in range(3):
            with act("do", actor="tester", place="A-1", subject="thing:1", reason="because", on_behalf_of="boss"):
                Person.objects.create(code=f"{round_}-{number}", name="Name")
                Person.objects.update(title=f"T{number}")
        record_look("tester", "or_case", ["a1", "b2"], "reviewing late starts", "A-1")
        seal("test")
    say("made")


def tampers(say: Say, seed: str, count: str) -> None:
    """Alter one byte of one sealed row, again and again, past the guards; which alterations nobody noticed."""
    from django.db import connection, transaction

    from housewide.kit.audit import seal, verify

    chance, unnoticed, done = Random(int(seed)), [], 0
    seal("test")
    with transaction.atomic():
        _take_guards_away()
        assert verify() == []
        while done < int(count):
            mark = transaction.savepoint()
            what = _tamper(chance)
            if what:
                done += 1
                if not verify():
                    unnoticed.append(what)
            transaction.savepoint_rollback(mark)
        assert verify() == []
        transaction.set_rollback(True)
    connection.close()
    say(json.dumps({"unnoticed": unnoticed, "done": done}))


def _take_guards_away() -> None:
    if on_postgresql():
        for table in TRAIL:
            _ask(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        return
    for (name,) in _ask("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"):
        _ask(f'DROP TRIGGER "{name}"')


def _tamper_on_a_server(chance: Random) -> str:
    """The same where a column has one type: what is no text any more would be refused and does not count."""
    table = chance.choice(TRAIL)
    column = chance.choice([column for column in _columns(table) if column != "id"])
    rows = _ask(f'SELECT id, "{column}" FROM "{table}" WHERE "{column}"::text <> \'\'')
    if not rows:
        return ""
    key, value = chance.choice(rows)
    if isinstance(value, int):
        changed: Any = value ^ (1 << chance.randrange(8))
    elif isinstance(value, datetime):
        changed = value + timedelta(microseconds=chance.choice([1, 1000, 1000000]))
    else:
        raw = bytearray(value.encode())
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        changed = raw.decode(errors="ignore")
        if "\0" in changed or changed.encode() != bytes(raw):
            return ""
    _ask(f'UPDATE "{table}" SET "{column}" = %s WHERE id = %s', [changed, key])
    return f"{table}.{column} of {key}: {value!r} to {changed!r}"


def _tamper(chance: Random) -> str:
    """Flip one bit of one byte of a value as it is stored; returns what was done, nothing when the row has none."""
    if on_postgresql():
        return _tamper_on_a_server(chance)
    table = chance.choice(TRAIL)
    columns = [column for column in _columns(table) if column != "id"]
    column = chance.choice(columns)
    rows = _ask(f'SELECT id FROM "{table}" WHERE length(CAST("{column}" AS BLOB)) > 0')
    if not rows:
        return ""
    key = chance.choice(rows)[0]
    kind, raw = _ask(f'SELECT typeof("{column}"), CAST("{column}" AS BLOB) FROM "{table}" WHERE id = %s', [key])[0]
    changed = bytearray(raw)
    at = chance.randrange(len(changed))
    if kind == "integer":
        changed[at] = ord(chance.choice([digit for digit in "123456789" if ord(digit) != changed[at]]))
        value = f"CAST(CAST(x'{changed.hex()}' AS TEXT) AS INTEGER)"
    else:
        changed[at] ^= 1 << chance.randrange(8)
        value = f"CAST(x'{changed.hex()}' AS {kind})"
    _ask(f'UPDATE "{table}" SET "{column}" = {value} WHERE id = %s', [key])
    return f"{table}.{column} of {key}, byte {at}"


TASKS: dict[str, Callable[..., None]] = {"mix": mix, "history": history, "triggers": triggers, "tampers": tampers}
