"""One at a time: what must not happen twice at once waits its turn, on every database alike."""

from __future__ import annotations

import hashlib

from django.db import DEFAULT_DB_ALIAS, connections


def hold(name: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Wait until nobody else holds this name, then hold it until the transaction ends. Call it inside a transaction.

    On SQLite the transaction is IMMEDIATE and already the only one that writes. On PostgreSQL writers work side by
    side: an advisory lock is taken. Take it before rows are locked, or two who wait for each other are both stopped.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    if not connection.in_atomic_block:
        raise RuntimeError(f"“{name}” can only be held inside a transaction")
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
