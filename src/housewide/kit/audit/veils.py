"""Columns of the trail that not everybody who reads the trail may read: what a figure names, what a review says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MayRead = Callable[[Any, str], bool]
_veils: dict[str, list[tuple[frozenset[str], MayRead]]] = {}


def veil(table: str, *columns: str, may_read: MayRead) -> None:
    """Show these columns only to those for whom ``may_read(account, place of the act)`` holds."""
    _veils.setdefault(table, []).append((frozenset(columns), may_read))


def veiled(table: str, account: Any, place: str) -> frozenset[str]:
    """The columns of a table that this account does not see in the trail of an act at a place."""
    hidden = [columns for columns, may_read in _veils.get(table, ()) if not may_read(account, place)]
    return frozenset().union(*hidden)
