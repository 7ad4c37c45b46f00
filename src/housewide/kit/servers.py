"""Reaching the database server: whether it answers and is new enough, and what each connection to it needs."""

from __future__ import annotations

import re
from typing import Any

from housewide.kit.failures import Told

LONGEST_WAIT = 30  # seconds, for a lock that another transaction holds; SQLite is given 20 for its one
OLDEST_SERVER = 140000  # xid8 functions and what Django asks for
_ESCAPED_NUL = re.compile(rb"((?<!\\)(?:\\\\)*)\\u0000")  # as JSON writes it, and not after a backslash of its own


class DatabaseRefused(Told):
    """The database cannot be used; the message says why and what to do."""


def reach() -> None:
    """Make sure that both databases answer and are new enough; the one for cubes is made when it is missing and may be.

    Raises DatabaseRefused in words: what the server said, and what to do.
    """
    from django.db import connections
    from django.db.utils import OperationalError

    for alias in ("default", "cubes"):
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        name, server = connection.settings_dict["NAME"], connection.settings_dict["HOST"] or "this machine"
        try:
            connection.ensure_connection()
        except OperationalError as error:
            if alias != "cubes" or not _make_cubes(name):
                said = " ".join(str(error).split())
                raise DatabaseRefused(
                    f"PostgreSQL on {server} does not let Housewide into the database “{name}” ({said}). Nothing was "
                    "changed. Is the server running, and were both databases made? See “Run it for real”, PostgreSQL."
                ) from error
        _check_server(connection, name)


def prepare_connection(sender: Any, connection: Any, **more: Any) -> None:
    """What each connection to PostgreSQL needs; a receiver of ``connection_created``.

    Nobody waits for a lock longer than a person would. PostgreSQL has no character NUL and would refuse the whole row:
    text that came with one is kept with the sign for “no such character” in its place.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}s'")
    from psycopg.types.json import Jsonb, JsonbBinaryDumper, JsonbDumper
    from psycopg.types.string import StrDumperUnknown

    adapters = connection.connection.adapters
    # Subclasses of the dumpers written in Python: those in C do not ask a subclass.
    adapters.register_dumper(str, type("Text", (StrDumperUnknown,), {"dump": _dump_text(StrDumperUnknown)}))
    for dumper in (JsonbBinaryDumper, JsonbDumper):
        adapters.register_dumper(Jsonb, type("Json", (dumper,), {"dump": _dump_json(dumper)}))


def _dump_text(dumper: Any) -> Any:
    def dump(self: Any, obj: str) -> Any:
        return dumper.dump(self, obj.replace("\0", "\ufffd") if "\0" in obj else obj)

    return dump


def _dump_json(dumper: Any) -> Any:
    def dump(self: Any, obj: Any) -> Any:
        found = dumper.dump(self, obj)
        return _ESCAPED_NUL.sub(rb"\1\\ufffd", bytes(found)) if found and rb"\u0000" in bytes(found) else found

    return dump


def _check_server(connection: Any, name: str) -> None:
    if connection.pg_version < OLDEST_SERVER:
        raise DatabaseRefused("This PostgreSQL is older than version 14. Nothing was changed. Use 14 or newer.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
        encoding = cursor.fetchone()[0]
    if encoding != "UTF8":
        raise DatabaseRefused(
            f"The database “{name}” is in {encoding}. Nothing was changed. Make it with ENCODING 'UTF8'."
        )


def _make_cubes(name: str) -> bool:
    from django.db import connections
    from django.db.utils import DatabaseError

    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {connections['default'].ops.quote_name(name)} ENCODING 'UTF8'")
        connections["cubes"].ensure_connection()
    except DatabaseError:
        return False
    return True
