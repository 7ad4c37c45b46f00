"""What layers above show on the page of a measure, such as the answer to its signal: they register, this one draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Panel:
    """One card of the page: a template and what it needs."""

    template: str
    context: dict[str, Any]


Maker = Callable[[Any, str, str, str], "Panel | None"]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """``maker(account, measure, place, period)`` gives the card for this account, or None."""
    if maker not in _makers:
        _makers.append(maker)


def panels_for(account: Any, measure: str, place: str, period: str) -> list[Panel]:
    """The cards of a page, in the order of registration."""
    return [panel for maker in _makers if (panel := maker(account, measure, place, period)) is not None]
