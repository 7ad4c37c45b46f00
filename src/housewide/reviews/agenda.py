"""What a place's review talks about: each duty says which measures it brings, and to which places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

HEADLINES = 3


@dataclass(frozen=True)
class Item:
    """The measures that a duty brings to the review of every place to which it applies (asked by place code).

    ``headlines`` are those that the board is shown.
    """

    key: str
    applies: Callable[[str], bool]
    measures: tuple[str, ...]
    headlines: tuple[str, ...] = ()


_items: dict[str, Item] = {}


def register(
    key: str, applies: Callable[[str], bool], measures: Iterable[str], headlines: Iterable[str] | None = None
) -> None:
    """Bring measures to reviews; registering a key again replaces what it brought. The board is shown ``headlines``,
    by default the first three."""
    brought = tuple(measures)
    _items[key] = Item(key, applies, brought, brought[:HEADLINES] if headlines is None else tuple(headlines))


def forget(key: str) -> None:
    """Take back what a key brought (tests)."""
    _items.pop(key, None)


def measures_of(place: str) -> list[str]:
    """Ids of the measures that a place's review shows, in the order in which duties registered, none twice."""
    return list(dict.fromkeys(measure for item in _items.values() if item.applies(place) for measure in item.measures))


def headlines_of(place: str) -> list[str]:
    """Ids of the measures of a place that the board is shown, in the same order."""
    return list(dict.fromkeys(measure for item in _items.values() if item.applies(place) for measure in item.headlines))
