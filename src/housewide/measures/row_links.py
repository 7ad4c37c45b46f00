"""Where a row behind a number can be looked at: the layer that owns a table says what its rows' pages are called."""

from __future__ import annotations

from collections.abc import Callable

Address = Callable[[str], str]
_addresses: dict[str, Address] = {}


def register(table: str, url_function: Address) -> None:
    """Say how the page of a row of a fact table is addressed: ``url_function(row_id) -> "/…"``."""
    _addresses[table] = url_function


def link(table: str, row_id: str) -> str | None:
    """The address of a row's page; None when its table has no such pages."""
    address = _addresses.get(table)
    return address(row_id) if address else None
