"""Where a measure is used: reviews and duties above this layer say so, this layer lists what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Citation:
    """One use of a measure. ``detail`` is a short line such as “October 2026, signed”."""

    title: str
    url: str
    detail: str = ""


Citer = Callable[[Any, str, str], Iterable[Citation]]
_citers: list[Citer] = []


def register(citer: Citer) -> None:
    """``citer(account, measure, place)`` gives the uses that this account may see; an empty place asks for all."""
    if citer not in _citers:
        _citers.append(citer)


def cited_in(account: Any, measure: str, place: str = "") -> list[Citation]:
    """Every use of the measure that the account may see, in the order of registration."""
    return [citation for citer in _citers for citation in citer(account, measure, place)]
