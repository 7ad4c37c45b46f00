"""One setting decides where the records live, and whatever is wrong with it is said in words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import DataError, connection, transaction

from housewide.kit.actions import Refused, action
from housewide.kit.locks import hold
from housewide.kit.servers import DatabaseRefused
from housewide.site.commands import starting
from housewide.site.commands.errors import CommandFailed
from housewide.site.databases import addresses, databases, has_home

URL = "postgresql://house@db.example.org:5433/records?sslmode=require"
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked elsewhere")
Person = apps.get_model("org", "Person")


def test_without_the_setting_records_are_files_of_the_home(tmp_path: Path) -> None:
    made = databases(tmp_path)
    assert {alias: one["NAME"] for alias, one in made.items()} == {
        "default": str(tmp_path / "housewide.sqlite3"),
        "cubes": str(tmp_path / "cubes.sqlite3"),
    }
    assert "synchronous=FULL" in made["default"]["OPTIONS"]["init_command"], "a signature outlives a power cut"


def test_one_address_names_both_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    made = databases(Path(), URL)
    main, cubes = made["default"], made["cubes"]
    assert (main["HOST"], main["PORT"], main["USER"], main["NAME"]) == ("db.example.org", "5433", "house", "records")
    assert (
        main["OPTIONS"]["sslmode"] == "require" and cubes["NAME"] == "records_cubes" and cubes["HOST"] == main["HOST"]
    )
    assert databases(Path(), URL, "postgresql://other/else")["cubes"]["NAME"] == "else"
    monkeypatch.setenv("HOUSEWIDE_DATABASE", URL)
    monkeypatch.delenv("HOUSEWIDE_CUBES_DATABASE", raising=False)
    assert addresses() == {"default": URL, "cubes": URL.replace("/records?", "/records_cubes?")}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://somewhere/name", "begins with postgresql://"),
        ("/srv/housewide.sqlite3", "begins with postgresql://"),
        ("postgresql://user@host", "names no database"),
        ("postgresql://user@host/name?colour=blue", "cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(DatabaseRefused, match=words):
        databases(Path(), url)


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseRefused, match="pip install"):
        databases(Path(), URL)


def test_a_home_of_the_other_kind_is_never_begun_anew(tmp_path: Path) -> None:
    assert not has_home(tmp_path) and not has_home(tmp_path, URL)
    (tmp_path / "housewide.sqlite3").touch()
    assert has_home(tmp_path)
    with pytest.raises(DatabaseRefused, match="keeps its records in SQLite"):
        has_home(tmp_path, URL)
    (tmp_path / "housewide.sqlite3").unlink()
    (tmp_path / "keys").mkdir()
    assert has_home(tmp_path, URL)


def test_a_home_that_cannot_be_written_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**more: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(starting.tempfile, "TemporaryFile", refuse)
    with pytest.raises(CommandFailed, match=r"cannot be written \(Read-only file system\). Nothing was changed"):
        starting._must_be_writable(tmp_path)


@on_postgresql
def test_a_server_that_refuses_is_told_in_words(tmp_path: Path) -> None:
    server = urlsplit(os.environ["HOUSEWIDE_DATABASE"])
    settings = {"HOUSEWIDE_HOME": str(tmp_path), "HOUSEWIDE_DATABASE": server._replace(path="/nobody_made_it").geturl()}
    done = subprocess.run(
        [sys.executable, "-m", "housewide", "serve", "--new"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "does not let Housewide into the database “nobody_made_it”" in done.stderr
    assert "Nothing was changed" in done.stderr


@pytest.mark.django_db
def test_a_character_that_postgresql_does_not_know_never_refuses_a_row() -> None:
    Event = apps.get_model("events", "Event")
    from housewide.kit.clock import now

    person = Person.objects.create(code="x", name="One\0Two")
    event = Event.objects.create(name="a", payload={"text": "One\0Two", "kept": r"\u0000"}, at=now())
    person.refresh_from_db()
    event.refresh_from_db()
    sign = "�" if connection.vendor == "postgresql" else "\0"
    assert person.name == f"One{sign}Two"
    assert event.payload == {"text": f"One{sign}Two", "kept": r"\u0000"}
    assert list(Person.objects.filter(name__icontains="e\0t")) == [person]


@on_postgresql
@pytest.mark.django_db
def test_what_is_longer_than_its_column_is_refused_in_words() -> None:
    @action("test.write_long", gate=lambda **about: {})
    def write_long(*, by: str) -> None:
        Person.objects.create(code="x" * 1000, name="Long")

    with pytest.raises(Refused, match="longer or larger than there is room for"):
        write_long(by="tester")
    with pytest.raises(DataError), transaction.atomic():
        Person.objects.create(code="x" * 1000, name="Long")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_acts_about_one_subject_take_turns_and_others_do_not_wait() -> None:
    order: list[str] = []
    began = threading.Event()

    @action("test.turn", gate=lambda *, subject, **about: {"subject": subject})
    def turn(*, by: str, subject: str, pause: float) -> None:
        order.append(f"{by} begins")
        began.set()
        time.sleep(pause)
        order.append(f"{by} ends")

    def run(by: str, subject: str, pause: float) -> None:
        try:
            turn(by=by, subject=subject, pause=pause)  # type: ignore[call-arg]
        finally:
            connection.close()

    slow = threading.Thread(target=run, args=("slow", "thing:1", 0.4))
    slow.start()
    began.wait(10)
    others = [threading.Thread(target=run, args=about) for about in (("same", "thing:1", 0), ("other", "thing:2", 0))]
    for thread in others:
        thread.start()
    for thread in [slow, *others]:
        thread.join()
    assert order.index("slow ends") < order.index("same begins")
    assert order.index("other ends") < order.index("slow ends")
    with pytest.raises(RuntimeError, match="inside a transaction"):
        hold("anything")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_somebody_else_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    held, go_on = threading.Event(), threading.Event()

    @action("test.busy", gate=lambda **about: {"subject": "thing:1"})
    def busy(*, by: str) -> None:
        held.set()
        go_on.wait(10)

    def first() -> None:
        try:
            busy(by="first")
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("30s",)
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        with pytest.raises(Refused, match=r"Somebody else .* Nothing was changed"):
            busy(by="second")
    finally:
        go_on.set()
        thread.join()
        connection.close()
