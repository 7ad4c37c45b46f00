"""How the kit asks whether an account may see or do something, without knowing who grants it.

The layer that grants roles calls ``set_gate`` when the house starts. Until it has, nobody may do anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Account = Any  # the kit does not know what an account is; it only passes it on


@dataclass(frozen=True)
class Gate:
    """``places``: codes of the places where the account has the capability. ``everywhere``: it has it at all of them.

    ``may`` is the gate of an action: returns what the audit entry wants to know, or raises Refused or NotSeen.
    """

    places: Callable[[Account, str], frozenset[str]]
    everywhere: Callable[[Account, str], bool]
    may: Callable[[Account, str, str, str], dict[str, str]]


_gate: Gate | None = None


def set_gate(gate: Gate | None) -> None:
    """Tell the kit whom to ask."""
    global _gate
    _gate = gate


def current_gate() -> Gate | None:
    """The gate that is set, so that a test can put it back."""
    return _gate


def places(account: Account, capability: str) -> frozenset[str]:
    """Codes of the places where the account has the capability."""
    return _gate.places(account, capability) if _gate else frozenset()


def anywhere(account: Account, capability: str) -> bool:
    """Whether the account has the capability at one place at least."""
    return bool(places(account, capability))


def everywhere(account: Account, capability: str) -> bool:
    """Whether the account has the capability at every place: what belongs to no place is for these only."""
    return bool(_gate and _gate.everywhere(account, capability))


def allowed(account: Account, capability: str, place: str) -> bool:
    """Whether the account has the capability at the place; an empty place asks for all of them."""
    return place in places(account, capability) if place else everywhere(account, capability)


def may(account: Account, capability: str, place: str, doing: str) -> dict[str, str]:
    """Gate of an action at a place; ``doing`` completes “You may not …”. Raises Refused or NotSeen."""
    from housewide.kit.actions import NotSeen, Refused

    if _gate is None:
        raise NotSeen("There is nothing here that you can see.")
    if not place:
        if not everywhere(account, capability):
            raise Refused(f"You may not {doing}. Ask an administrator which role you need.")
        return {}
    return _gate.may(account, capability, place, doing)
