"""The databases of a home that a test makes, copies and looks at from outside: files, or databases of a server."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from housewide.kit import backup
from housewide.kit.backup import Manifest
from tests.servers import VARIABLE

FILES = {"default": "housewide.sqlite3", "cubes": "cubes.sqlite3"}
SQLITE_ONLY = "this looks into the file that only SQLite has; PostgreSQL has its own test"


def server() -> str:
    """Address of the server that tests run on; empty for SQLite."""
    return os.environ.get(VARIABLE, "")


def on_server() -> bool:
    return bool(server())


def addresses(home: Path) -> dict[str, str]:
    """Addresses of the two databases of a home on a server; empty for SQLite."""
    if not server():
        return {}
    name = "hw_" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    parts = urlsplit(server())
    return {
        alias: parts._replace(path=f"/{name}{end}").geturl() for alias, end in (("default", ""), ("cubes", "_cubes"))
    }


def make(home: Path) -> None:
    """Two empty databases, in the place of any that are there."""
    for url in addresses(home).values():
        _drop(url)
        _admin(f"CREATE DATABASE {_name(url)}")


def copy_home(source: Path, target: Path) -> None:
    """A home with its databases, as it lies there; nothing may be connected to the source. Replaces the target."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    for alias, url in addresses(target).items():
        _drop(url)
        origin = addresses(source)[alias]
        settle(source)
        _admin(f"CREATE DATABASE {_name(url)} TEMPLATE {_name(origin)}")


def settle(home: Path) -> None:
    """Wait until the server has noticed that whoever worked in this home is gone."""
    until = time.monotonic() + 20
    names = [_name(url) for url in addresses(home).values()]
    while names and time.monotonic() < until:
        if not _admin("SELECT 1 FROM pg_stat_activity WHERE datname = ANY(%s)", [names]):
            return
        time.sleep(0.01)
    assert not names, "somebody is still connected to the home"


def ask(home: Path, sql: str, parameters: Sequence[Any] = (), using: str = "default") -> list[tuple[Any, ...]]:
    """Rows, past the program. ``?`` marks a parameter."""
    if server():
        import psycopg

        with psycopg.connect(addresses(home)[using]) as connection:
            cursor = connection.execute(sql.replace("?", "%s") if parameters else sql, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []
    with closing(sqlite3.connect(home / FILES[using])) as database, database:
        return database.execute(sql, parameters).fetchall()


def restore(source: Path, home: Path) -> Manifest:
    """Bring a copy back, on a server into two new databases."""
    make(home)
    return backup.restore_backup(source, home, addresses(home) or None)


def _drop(url: str) -> None:
    _admin(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")


def _admin(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(server(), autocommit=True) as connection:
        cursor = connection.execute(sql, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []


def _name(url: str) -> str:
    return urlsplit(url).path.strip("/")
