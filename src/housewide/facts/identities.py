"""Who a surrogate stands for: facts never hold a patient's number, and opening one leaves a record.

A surrogate is the first 16 hex digits of HMAC-SHA256 under a key of the home folder: the same number gives the same
surrogate everywhere in the house, and nobody without the key can go back or forth. The number itself is sealed with
AES-GCM under another key of the home folder.
"""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection

from housewide.access.gates import may
from housewide.facts.models import Batch, Identity
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.audit import record_look
from housewide.kit.home import key

if TYPE_CHECKING:
    from housewide.org.models import Account

DIGITS = 16
MANY = 5_000
SEPARATOR = "\x1f"
NONCE_BYTES = 12


def surrogate(value: str) -> str:
    """16 hex digits that stand for a patient's number (surrounding blanks ignored)."""
    return hmac.digest(key("surrogates"), value.strip().encode(), hashlib.sha256).hex()[:DIGITS]


def row_id(table: str, facility: str, values: Iterable[object]) -> str:
    """16 hex digits that name a row in addresses and say nothing; the same key always gets the same one."""
    said = SEPARATOR.join([table, facility, *map(str, values)])
    return hmac.digest(key("rows"), said.encode(), hashlib.sha256).hex()[:DIGITS]


def teach(engine: Any) -> None:
    """Give a DuckDB connection the functions ``surrogate_of(text)`` and ``row_id_of(text)``, equal to those here.

    The key travels as a variable, never in SQL text that an error message could quote.
    """
    for function, label in (("surrogate_of", "surrogates"), ("row_id_of", "rows")):
        padded = key(label).ljust(64, b"\0")
        for side, mask in (("inner", 0x36), ("outer", 0x5C)):
            engine.execute(f"SET VARIABLE {function}_{side} = ?", [bytes(byte ^ mask for byte in padded)])
        inside = f"unhex(sha256(getvariable('{function}_inner') || encode(said)))"
        engine.execute(
            f"CREATE TEMP MACRO {function}(said) AS left(sha256(getvariable('{function}_outer') || {inside}), {DIGITS})"
        )


def seal_identities(values: dict[str, str]) -> list[tuple[str, bytes]]:
    """(surrogate, sealed number) of those not kept yet. Done before the import's transaction: sealing takes time."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    lock = AESGCM(key("identities"))
    fresh = []
    for stands_for in sorted(values.keys() - _kept(values)):
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + lock.encrypt(nonce, values[stands_for].encode(), stands_for.encode())
        fresh.append((stands_for, sealed))
    return fresh


def _kept(values: dict[str, str]) -> set[str]:
    known = Identity.objects.values_list("surrogate", flat=True)
    if len(values) > MANY:
        return set(known.iterator())
    wanted = list(values)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        found |= set(known.filter(surrogate__in=wanted[start : start + 500]))
    return found


def keep_identities(sealed: list[tuple[str, bytes]], batch: Batch) -> None:
    """Enter sealed numbers, inside the import's transaction; one that another import entered meanwhile stays."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Identity._meta.db_table)
        cursor.executemany(
            f"INSERT INTO {table} (surrogate, sealed, first_seen_batch_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(stands_for, secret, batch.pk) for stands_for, secret in sealed],
        )


def _gate(*, by: Account, surrogate: str, purpose: str, place: str) -> dict[str, str]:
    about = may(by, "phi.open", place, "see who a patient is")
    if len(purpose.strip()) < 5:
        raise Refused("Say for what purpose you need to know who this is. Nothing was opened.")
    return {**about, "subject": f"identity:{surrogate}"}


@action("facts.open_identity", gate=_gate)
def open_identity(*, by: Account, surrogate: str, purpose: str, place: str) -> str:
    """The patient's number behind a surrogate met in rows of ``place``; the look is recorded.

    Needs phi.open at the place and a purpose. Raises NotSeen for a surrogate that no current row at or below the place
    carries: a grant at one hospital opens no other's patients.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    found = Identity.objects.filter(surrogate=surrogate).first()
    if found is None or not _met_at(surrogate, place):
        raise NotSeen("There is nothing here that you can see.")
    record_look(by, "identity", [surrogate], purpose, place)
    sealed = bytes(found.sealed)
    opened = AESGCM(key("identities")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], surrogate.encode())
    return opened.decode()


def _met_at(surrogate: str, place: str) -> bool:
    """Whether a current row at or below the place carries the surrogate."""
    from housewide.facts.catalogue import current_parts
    from housewide.facts.cells import name
    from housewide.facts.engines import session
    from housewide.facts.tables import tables
    from housewide.kit.clock import today
    from housewide.org.tree import tree_on

    tree = tree_on(today())
    below = tree.below(place)
    wanted = [table for table in tables().values() if any(column.identity for column in table.columns)]
    parts = {table.name: current_parts(table.name, tree.facilities_below(place)) for table in wanted}
    with session(parts, engine="duckdb") as engine:
        for table in wanted:
            carried = " OR ".join(f"{name(column.name)} = ?" for column in table.columns if column.identity)
            count = carried.count("?")
            at = "(facility IN (SELECT unnest(?::VARCHAR[]))"
            at += " OR place IN (SELECT unnest(?::VARCHAR[])))" if "place" in table.by_name else ")"
            params = [surrogate] * count + [below] * (2 if "place" in table.by_name else 1)
            if engine.rows(f"SELECT 1 FROM {name(table.name)} WHERE ({carried}) AND {at} LIMIT 1", params):
                return True
    return False
