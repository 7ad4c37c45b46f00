"""Every write leaves a change row, whatever door it came through."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
import time
from contextlib import closing
from datetime import date

import pytest
from django.apps import apps
from django.db import connection

from housewide.kit.actions import act
from housewide.kit.audit import install_triggers, trigger_problems
from housewide.kit.audit.models import Act, Change
from housewide.kit.audit.outside import accept_outside_changes, drift_problems, outside_changes, outside_problems
from housewide.kit.audit.tables import SKIPPED_COLUMNS, SKIPPED_TABLES

# By name: the kit never imports what is built on it.
Account = apps.get_model("org", "Account")
Person = apps.get_model("org", "Person")
Place = apps.get_model("org", "Place")

pytestmark = pytest.mark.django_db


def _write_orm(chance: random.Random, number: int) -> int:
    person = Person.objects.create(code=f"p{number}", name="One")
    person.name = chance.choice(["One", "Two; ' \" \\ \x00 é"])
    person.save()
    if chance.random() < 0.5:
        person.delete()
        return 3
    return 2


def _write_bulk(chance: random.Random, number: int) -> int:
    count = chance.randint(1, 5)
    Person.objects.bulk_create([Person(code=f"b{number}-{n}", name="B") for n in range(count)])
    Person.objects.filter(code__startswith=f"b{number}-").update(title=chance.choice(["", "Nurse"]))
    deleted = 0
    if chance.random() < 0.3:
        deleted = Person.objects.filter(code__startswith=f"b{number}-").delete()[0]
    return 2 * count + deleted


def _write_raw(chance: random.Random, number: int) -> int:
    insert = "INSERT INTO org_person (code, name, email, title) VALUES (%s, %s, '', '')"
    with connection.cursor() as cursor:
        cursor.execute(insert, [f"r{number}", "Raw"])
        cursor.execute("UPDATE org_person SET name = upper(name) WHERE code = %s", [f"r{number}"])
        if connection.vendor == "postgresql":
            again = "ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name"
            cursor.execute(f"{insert} {again}", [f"r{number}", "Again"])
            return 3
        cursor.execute(insert.replace("INSERT", "INSERT OR REPLACE", 1), [f"r{number}", "Again"])
    return 4  # insert, update, and the replacement as a delete and an insert


@pytest.mark.parametrize("seed", range(3))
def test_a_random_mix_of_writes_leaves_one_change_row_each(seed: int) -> None:
    chance = random.Random(seed)
    start, outside, inside = Change.objects.count(), 0, {}
    for number in range(60):
        write = chance.choice([_write_orm, _write_bulk, _write_raw])
        if chance.random() < 0.7:
            with act("mix", actor="tester") as entry:
                inside[entry] = write(chance, number)
        else:
            outside += write(chance, number)
    assert Change.objects.count() - start == outside + sum(inside.values())
    assert outside_changes().filter(table="org_person").count() == outside
    for entry, count in inside.items():
        assert Change.objects.filter(act=entry).count() == count
    assert drift_problems() == []


def test_a_change_keeps_what_was_and_what_is() -> None:
    with act("name", actor="tester"):
        person = Person.objects.create(code="kept", name="Before")
        Person.objects.filter(pk=person.pk).update(name="After")
        key = person.pk
        person.delete()
    insert, update, delete = Change.objects.filter(table="org_person", row=str(key)).order_by("pk")
    assert (insert.op, insert.before, json.loads(insert.after)["name"]) == ("I", None, "Before")
    assert (json.loads(update.before)["name"], json.loads(update.after)["name"]) == ("Before", "After")
    assert (delete.op, json.loads(delete.before)["name"], delete.after) == ("D", "After", None)


def test_a_password_is_never_in_the_trail_but_its_change_is() -> None:
    account = Account.objects.create_user("someone@example.org", "a long enough secret")
    account.set_password("another long secret")
    account.save()
    insert, update = Change.objects.filter(table="org_account").order_by("pk")
    assert json.loads(insert.after)["password"] == "redacted"
    assert json.loads(update.after)["password"] == "redacted, changed"
    assert account.password.split("$")[-1] not in insert.after + update.after
    assert drift_problems() == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="elsewhere a text column holds text only")
def test_bytes_are_recorded_as_hex_even_in_a_text_column() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO org_person (code, name, email, title) VALUES ('x', %s, '', '')", [b"\x00\xff"])
    assert json.loads(Change.objects.get(table="org_person").after)["name"] == "00FF"


def test_a_failed_action_leaves_neither_act_nor_change() -> None:
    acts, changes = Act.objects.count(), Change.objects.count()
    with pytest.raises(RuntimeError), act("fails", actor="tester"):
        Person.objects.create(code="gone", name="Gone")
        raise RuntimeError
    assert (Act.objects.count(), Change.objects.count()) == (acts, changes)
    Person.objects.create(code="later", name="Later")
    assert Change.objects.get(table="org_person").act is None


def test_what_came_round_the_actions_is_reported_until_somebody_accepts_it() -> None:
    Person.objects.create(code="round", name="Round")
    [problem] = outside_problems()
    assert "org_person" in problem.text and "1 times" in problem.text and problem.severity == "warning"
    assert accept_outside_changes(actor="tester", reason="first set-up") == 1
    assert outside_problems() == []


def test_a_sign_in_time_alone_leaves_no_change_and_with_something_else_it_does() -> None:
    account = Account.objects.create_user("someone@example.org")
    before = Change.objects.count()
    Account.objects.update(last_login="2026-11-23 10:00:00Z")
    assert Change.objects.count() == before
    Account.objects.update(last_login="2026-11-23 10:00:01Z", is_active=False)
    assert Change.objects.count() == before + 1
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert Change.objects.count() == before + 2


def _drop_trigger(table: str, event: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "audit__{table}__{event}"{on}')


def _make_idle_triggers() -> None:
    """One under a name of ours that does nothing, and one that nobody knows."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            idle = "AS $$BEGIN RETURN NULL; END$$ LANGUAGE plpgsql"
            cursor.execute(f"CREATE OR REPLACE FUNCTION audit__org_place__insert() RETURNS trigger {idle}")
            cursor.execute(
                "CREATE TRIGGER sly AFTER INSERT ON audit_change EXECUTE FUNCTION audit__org_place__insert()"
            )
            return
        cursor.execute('DROP TRIGGER "audit__org_place__insert"')
        cursor.execute('CREATE TRIGGER "audit__org_place__insert" AFTER INSERT ON org_place BEGIN SELECT 1; END')
        cursor.execute("CREATE TRIGGER sly AFTER INSERT ON audit_change BEGIN SELECT 1; END")


def test_a_missing_an_altered_and_a_foreign_trigger_are_named() -> None:
    assert trigger_problems() == []
    _drop_trigger("org_person", "update")
    _make_idle_triggers()
    texts = [problem.text for problem in trigger_problems()]
    assert len(texts) == 3
    assert any("UPDATE on “org_person”" in text for text in texts)
    assert any("INSERT on “org_place” is not the one" in text for text in texts)
    assert any("“sly”" in text for text in texts)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER sly ON audit_change")
    assert install_triggers() == 2
    assert [p.text for p in trigger_problems() if "sly" not in p.text] == []


def test_looking_for_drift_is_quick_on_a_large_table() -> None:
    with act("make", actor="tester"):
        Person.objects.bulk_create([Person(code=f"p{n}", name="P") for n in range(20_000)])
    began = time.perf_counter()
    assert drift_problems() == []
    assert time.perf_counter() - began < 5  # without the index on the key: minutes


def test_what_was_written_while_a_trigger_was_gone_shows_as_drift() -> None:
    with act("make", actor="tester"):
        kept = Person.objects.create(code="kept", name="Kept")
        gone = Person.objects.create(code="gone", name="Gone")
    for event in ("update", "delete"):
        _drop_trigger("org_person", event)
    Person.objects.filter(pk=kept.pk).update(name="Altered")
    Person.objects.filter(pk=gone.pk).delete()
    connection.check_constraints()  # what waits for the end of the transaction holds PostgreSQL off the table
    install_triggers()
    [problem] = drift_problems()
    assert problem.text.startswith("2 rows of “org_person”")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has neither")
def test_a_trigger_that_is_switched_off_is_named_and_none_can_be_got_round() -> None:
    with connection.cursor() as cursor:
        for state in ("DISABLE", "ENABLE", "ENABLE REPLICA"):
            cursor.execute(f"ALTER TABLE org_person {state} TRIGGER audit__org_person__insert")
            [problem] = trigger_problems()
            assert "INSERT on “org_person” is not the one" in problem.text
        assert install_triggers() == 1
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE audit_change (LIKE public.audit_change)")
        cursor.execute("SET LOCAL TimeZone = 'Asia/Tokyo'")
        cursor.execute("INSERT INTO org_person (code, name, email, title) VALUES ('x', 'X', '', '')")
        cursor.execute("SELECT COUNT(*) FROM public.audit_change WHERE \"table\" = 'org_person'")
        assert cursor.fetchone() == (1,)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_a_table_cannot_be_emptied_without_a_trace(settings: object) -> None:
    from django.db import DatabaseError, transaction

    settings.HOUSEWIDE_AUDIT_GUARDED = True  # type: ignore[attr-defined]
    install_triggers()
    Person.objects.create(code="kept", name="Kept")
    for table, words in (("org_person", "DELETE, which the audit trail records"), ("audit_look", "only ever added to")):
        with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
    assert Person.objects.count() == 1 and trigger_problems() == []


@pytest.mark.django_db(transaction=True)
def test_writers_side_by_side_are_each_put_down_to_their_own_act() -> None:
    ready = threading.Barrier(4)

    def write(number: int) -> None:
        try:
            ready.wait(10)
            for turn in range(10):
                with act("write", actor=f"writer {number}"):
                    Person.objects.create(code=f"{number}-{turn}", name=f"writer {number}")
                    Person.objects.filter(code__startswith=f"{number}-").update(title=str(turn))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    actors = dict(Act.objects.values_list("pk", "actor"))
    changes = Change.objects.filter(table="org_person")
    assert changes.count() == 4 * (10 + sum(range(1, 11)))
    assert all(actors[change.act] == json.loads(change.after)["name"] for change in changes)
    assert outside_changes().count() == 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the triggers of a changed table")
@pytest.mark.django_db(transaction=True)
def test_a_changed_column_drops_the_triggers_and_the_check_says_so() -> None:
    from django.db import models

    old = Place._meta.get_field("name")
    new = models.CharField(max_length=121)
    new.set_attributes_from_name("name")
    new.model = Place
    with connection.schema_editor() as editor:
        editor.alter_field(Place, old, new)
    assert len([p for p in trigger_problems() if "org_place" in p.text]) == 3
    install_triggers()
    assert trigger_problems() == []
    with connection.schema_editor() as editor:
        editor.alter_field(Place, new, old)
    install_triggers()
    Place.objects.create(code="X", name="X", kind="unit", active_from=date(2026, 1, 1))
    assert Change.objects.filter(table="org_place").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_is_not_housewide_is_recorded_without_an_act() -> None:
    insert = "INSERT INTO org_person (code, name, email, title) VALUES ('raw', 'Raw', '', '')"
    if connection.vendor == "postgresql":
        import psycopg

        with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}) as raw:
            raw.execute(insert)
    else:
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other, other:
            other.execute(insert)
    change = Change.objects.get(table="org_person")
    assert change.act is None and json.loads(change.after)["code"] == "raw"


def test_the_trail_itself_cannot_be_altered_by_mistake(settings: object) -> None:
    settings.HOUSEWIDE_AUDIT_GUARDED = True  # type: ignore[attr-defined]
    install_triggers()
    with act("keep", actor="tester") as entry:
        pass
    from django.db import DatabaseError, transaction

    for attempt in (Act.objects.filter(pk=entry).delete, lambda: Act.objects.filter(pk=entry).update(actor="x")):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            attempt()
    assert trigger_problems() == []


def test_every_skipped_table_and_column_exists_and_says_why() -> None:
    known = set(connection.introspection.table_names()) | {"django_migrations"}
    assert set(SKIPPED_TABLES) <= known and all(SKIPPED_TABLES.values())
    with connection.cursor() as cursor:
        for table, columns in SKIPPED_COLUMNS.items():
            there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            assert set(columns) <= there and all(columns.values())
