"""One altered, added or missing byte in the sealed trail shows."""

from __future__ import annotations

import random
import threading
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.db import DataError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.kit.actions import act
from housewide.kit.audit import head, record_look, seal, verify
from housewide.kit.audit.hashing import SEAL_COLUMNS, SEAL_NOTE, SEALED
from housewide.kit.audit.models import Act, Change, Look, Seal
from housewide.kit.audit.postgresql import PostgreSQL
from housewide.kit.audit.stretches import Missing, join, without

# By name: the kit never imports what is built on it.
Person = apps.get_model("org", "Person")

pytestmark = pytest.mark.django_db
TABLES = {m._meta.db_table: [f.column for f in m._meta.concrete_fields] for m in (Act, Change, Look, Seal)}


def _history() -> None:
    for round_ in range(4):
        for number in range(3):
            with act("do", actor="tester", place="A-1", subject="thing:1", reason="because", on_behalf_of="boss"):
                Person.objects.create(code=f"{round_}-{number}", name="Name")
                Person.objects.update(title=f"T{number}")
        record_look("tester", "or_case", ["a1", "b2"], "reviewing late starts", "A-1")
        seal("test")


def _flip(value: Any, chance: random.Random) -> Any:
    """One bit of the value as it is stored."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    raw = bytearray((value or "").encode())
    if not raw:
        return "5"  # a number too: the column may hold numbers
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
    return raw.decode()


def _tamper(cursor: Any, chance: random.Random) -> str:
    """Alter one byte of one sealed row; returns what was done, empty when nothing was: another row has that id
    already, or PostgreSQL has no such character."""
    table = chance.choice(list(TABLES))
    column = chance.choice(TABLES[table])
    cursor.execute(f'SELECT id, "{column}" FROM {table} ORDER BY id')
    key, value = chance.choice(cursor.fetchall())
    changed = _flip(value, chance)
    if column == "id":
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE id = %s", [changed])
        if cursor.fetchone()[0]:
            return ""
    if isinstance(changed, str) and "\0" in changed:
        return ""
    cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = %s', [changed, key])
    return f"{table}.{column} of {key}: {value!r} -> {changed!r}"


def test_a_thousand_altered_bytes_are_all_found() -> None:
    _history()
    assert verify() == []
    chance = random.Random(20261123)
    done = 0
    with connection.cursor() as cursor:
        while done < 1000:
            cursor.execute("SAVEPOINT tamper")
            what = _tamper(cursor, chance)
            if what:
                assert verify(), what
                done += 1
            cursor.execute("ROLLBACK TO tamper")
            cursor.execute("RELEASE tamper")
    assert verify() == []


def test_every_column_of_the_trail_is_sealed() -> None:
    for table, columns in SEALED.values():
        assert list(columns) == TABLES[table]
    assert [*SEAL_COLUMNS, SEAL_NOTE] == TABLES["audit_seal"]


def test_the_type_of_a_value_is_sealed_too() -> None:
    if connection.vendor == "postgresql":
        return _assert_a_type_cannot_be_another()
    _history()
    with connection.cursor() as cursor:
        cursor.execute('UPDATE audit_change SET "row" = CAST("row" AS BLOB) WHERE id = 1')
    assert verify()
    return None


def _assert_a_type_cannot_be_another() -> None:
    with pytest.raises(DataError), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("INSERT INTO audit_change (at, act, \"table\", \"row\", op) VALUES ('', 'one', '', '', '')")


@pytest.mark.parametrize("table", list(TABLES))
def test_a_row_missing_from_the_middle_is_found(table: str) -> None:
    _history()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = (SELECT MIN(id) + 1 FROM {table})")
    [problem] = verify()
    assert "Seal" in problem.text


def test_the_broken_seal_and_its_rows_are_named() -> None:
    _history()
    Act.objects.filter(pk=Seal.objects.get(pk=2).last_act).update(reason="another")
    [problem] = verify()
    second, first = Seal.objects.get(pk=2), Seal.objects.get(pk=1)
    assert problem.text.startswith("Seal 2 (test, ")
    assert f"acts {first.last_act + 1} to {second.last_act}" in problem.text


def test_a_row_slipped_in_among_sealed_ones_is_found() -> None:
    _history()
    with connection.cursor() as cursor:
        third = Change.objects.order_by("pk")[2].pk
        cursor.execute("UPDATE audit_change SET id = -3 WHERE id = %s", [third])
        assert verify()
        cursor.execute("UPDATE audit_change SET id = %s WHERE id = -3", [third])
        assert verify() == []
        columns = '"at", "act", "table", "row", "op", "before", "after"'
        cursor.execute(
            f"INSERT INTO audit_change (id, {columns}) SELECT 0, {columns} FROM audit_change WHERE id = {third}"
        )
    assert "rows, " in verify()[0].text


def test_seals_cut_off_at_the_end_show_against_a_printed_head() -> None:
    _history()
    printed = head()
    last, before = Seal.objects.order_by("-pk")[:2]
    Seal.objects.filter(pk=last.pk).delete()
    Act.objects.filter(pk__gt=before.last_act).delete()
    Change.objects.filter(pk__gt=before.last_change).delete()
    Look.objects.filter(pk__gt=before.last_look).delete()
    assert verify() == []
    [problem] = verify(expected_head=printed)
    assert "cut off" in problem.text
    seal("a forger carries on")
    assert verify(expected_head=printed)


def test_an_older_printed_head_still_holds_after_more_seals() -> None:
    _history()
    printed = head()
    _more()
    assert head() != printed and verify(expected_head=printed) == []


def _more() -> None:
    with act("more", actor="tester"):
        Person.objects.update(title="More")
    seal("more")


def test_nothing_new_adds_no_seal() -> None:
    _history()
    count = Seal.objects.count()
    assert seal("again") == Seal.objects.last() and Seal.objects.count() == count


def test_rows_after_the_last_seal_do_not_break_it() -> None:
    _history()
    with act("later", actor="tester"):
        Person.objects.update(title="Later")
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_open_while_a_seal_is_made_is_sealed_by_it_or_by_the_next() -> None:
    seal("before")
    opened, go_on, done = threading.Event(), threading.Event(), []

    def writer() -> None:
        with act("slow", actor="tester"):
            Person.objects.create(code="slow", name="Slow")
            opened.set()
            go_on.wait(0.4)
            Person.objects.update(title="Done")
            done.append(True)
        connections["default"].close()

    thread = threading.Thread(target=writer)
    thread.start()
    opened.wait(5)
    with act("quick", actor="tester") if connection.vendor == "postgresql" else nullcontext():
        pass  # its number is above those that are not there yet
    entry = seal("meanwhile")
    assert bool(done) == (connection.vendor == "sqlite"), "SQLite waits; PostgreSQL notes what is missing"
    assert bool(entry.missing) == (connection.vendor == "postgresql")
    go_on.set()
    thread.join()
    assert verify() == []
    later = seal("later")
    assert later.last_change == Change.objects.order_by("-pk").first().pk
    assert verify() == []
    Act.objects.filter(name="slow").update(actor="another")
    assert verify(), "what came late is sealed too"


def _nobody_else_is_at_work_in_this_database(engine: Any, cursor: Any, moment: tuple[str, str]) -> bool:
    cursor.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start <= %s::timestamptz)",
        [moment[1]],
    )
    return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_rolled_back_cannot_be_filled_later(monkeypatch: pytest.MonkeyPatch) -> None:
    # The server counts transactions over all its databases, those of the other test process too, which may last.
    monkeypatch.setattr(PostgreSQL, "is_settled", _nobody_else_is_at_work_in_this_database)
    with pytest.raises(RuntimeError), act("fails", actor="tester"):
        raise RuntimeError
    with act("works", actor="tester") as entry:
        pass
    seal("one")
    with act("more", actor="tester"):
        pass
    end = time.monotonic() + 30
    while (two := seal("two")).missing and time.monotonic() < end:
        time.sleep(0.1)
    assert two.missing == "" and verify() == []
    columns = "at, name, actor, on_behalf_of, place, subject, reason"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO audit_act (id, {columns}) SELECT 0, {columns} FROM audit_act WHERE id = {entry}")
        assert verify()
        if connection.vendor == "postgresql":  # SQLite gives the number of what was rolled back to the next
            cursor.execute(f"UPDATE audit_act SET id = {entry - 1} WHERE id = 0")
            assert verify()
    Act.objects.filter(pk__in=(0, entry - 1)).delete()


@pytest.mark.django_db(transaction=True)
def test_seals_made_amid_many_writers_and_rollbacks_all_hold() -> None:
    def write(seed: int) -> None:
        chance = random.Random(seed)
        for number in range(25):
            try:
                with act("write", actor=f"w{seed}"):
                    Person.objects.create(code=f"{seed}-{number}", name="N")
                    if chance.random() < 0.3:
                        raise RuntimeError
                    if chance.random() < 0.2:
                        seal("inside")
            except RuntimeError:
                continue
        connections["default"].close()

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seal("outside")
    for thread in threads:
        thread.join()
    assert seal("end").missing == "" or seal("end").last_act
    assert verify() == []
    kept = Act.objects.filter(name="write").values_list("pk", flat=True)
    assert Change.objects.filter(table="org_person", op="I", act__in=kept).count() == Person.objects.count() > 40
    chance = random.Random(1)
    for pk in chance.sample(sorted(kept), 10):
        Act.objects.filter(pk=pk).update(reason="x")
        assert verify(), pk
        Act.objects.filter(pk=pk).update(reason="")
    assert verify() == []


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9))),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9))),
)
def test_stretches_are_sets_of_numbers(some: list[tuple[int, int]], gone: list[tuple[int, int]]) -> None:
    left, right = [(first, first + more) for first, more in some], [(first, first + more) for first, more in gone]

    def numbers(stretches: list[tuple[int, int]]) -> set[int]:
        return {number for first, last in stretches for number in range(first, last + 1)}

    assert numbers(join(left, right)) == numbers(left) | numbers(right)
    assert numbers(without(left, right)) == numbers(left) - numbers(right)
    found = join(left, right)
    assert all(one[1] + 1 < two[0] for one, two in pairwise(found)), "none touches the next"
    kept = Missing({"act": join(left)}, ("1", "2026"))
    assert Missing.read(kept.text()).of("act") == kept.of("act")


def test_the_trail_is_sealed_every_night() -> None:
    from housewide.kit.jobs import enqueue, run_all

    enqueue("seal_audit", {})
    [done] = run_all()
    assert done.state == "done" and done.result == {"head": head()} and Seal.objects.get().why == "night"
    assert verify() == []
