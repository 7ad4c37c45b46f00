"""Who changed or read what, written by database triggers and sealed into a hash chain."""

from __future__ import annotations

from typing import Any

_WHERE = {
    "accept_outside_changes": "outside",
    "head": "chain",
    "install_triggers": "triggers",
    "record_look": "looks",
    "seal": "chain",
    "trigger_problems": "triggers",
    "verify": "chain",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    # Django imports this package before its models may be; the functions need the models.
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f"housewide.kit.audit.{_WHERE[name]}"), name)
    raise AttributeError(name)
