"""One row of the facts and where it came from: which import, which file, which line."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from housewide.facts.catalogue import current_parts
from housewide.facts.cells import name
from housewide.facts.engines import session
from housewide.facts.models import Batch
from housewide.facts.tables import table


def find(
    table_name: str, row_id: str, *, scopes: Sequence[str] | None = None, as_of: int | Batch | None = None
) -> dict[str, Any] | None:
    """The row with its columns and, under ``provenance``, its import; None when there is none (any more).

    Provenance: ``batch``, ``at``, ``actor``, ``file_name``, ``file_sha256``, ``line``, ``feed``, ``feed_title``,
    ``flags`` as sentences. The caller holds the row's ``place`` against its gate, and records the look.
    """
    declared = table(table_name)
    parts = current_parts(table_name, scopes, as_of=as_of)
    listed = list(declared.part_types)
    sql = f"SELECT {', '.join(map(name, listed))} FROM {name(table_name)} WHERE row_id = ? LIMIT 1"
    with session({table_name: parts}, engine="duckdb") as engine:
        found = engine.rows(sql, [row_id])
    if not found:
        return None
    row = dict(zip(listed, found[0], strict=True))
    return {**row, "provenance": provenance(table_name, row["batch"], row["source_line"], row["flags"])}


def provenance(table_name: str, batch_id: str, line: int, flags: Sequence[str] | None = None) -> dict[str, Any]:
    """Where a row that carries this batch and line came from."""
    says = {rule.key: rule.reason for rule in table(table_name).rules}
    batch = Batch.objects.select_related("feed").filter(public_id=batch_id).first()
    about: dict[str, Any] = {"batch": batch_id, "line": line, "flags": [says.get(key, key) for key in flags or []]}
    if batch is not None:
        about |= {"at": batch.at, "actor": batch.actor, "file_name": batch.file_name, "file_sha256": batch.file_sha256}
        about |= {"feed": batch.feed.code, "feed_title": batch.feed.title}
    return about
