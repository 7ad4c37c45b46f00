"""Writes down that somebody saw rows about patients: who, which, how many and for what purpose. Never what
they said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from housewide.kit.audit.models import Look
from housewide.kit.clock import now


def record_look(actor: Any, table: str, row_ids: Iterable[Any], purpose: str, place: str) -> Look:
    """Record a look. ``actor`` is an account or a name; ``row_ids`` are opaque row ids, never patient numbers."""
    ids = [str(row) for row in row_ids]
    return Look.objects.create(
        at=now(),
        actor=str(getattr(actor, "username", actor)),
        table=table,
        rows=json.dumps(ids),
        count=len(ids),
        purpose=purpose,
        place=place,
    )
