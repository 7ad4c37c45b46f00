"""Roles as data: what each may do, read from ``data/roles.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Role:
    """A named set of capabilities, and whether whoever holds it needs a second factor (“required”, “offered”)."""

    key: str
    title: str
    can: frozenset[str]
    second_factor: str = "offered"


@cache
def roles() -> dict[str, Role]:
    """Every role by key."""
    text = (files("housewide.access") / "data" / "roles.toml").read_text()
    return {
        key: Role(key, entry["title"], frozenset(entry["can"]), entry.get("second_factor", "offered"))
        for key, entry in tomllib.loads(text).items()
    }


@cache
def roles_that_can(capability: str) -> frozenset[str]:
    """Keys of the roles that have a capability."""
    return frozenset(key for key, role in roles().items() if capability in role.can)
