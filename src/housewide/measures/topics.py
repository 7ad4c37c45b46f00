"""Which measures a place talks about each day, and under which of the five topics of a huddle: a duty registers them,
Today and the huddle boards ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

TOPICS = ("safety", "quality", "flow", "people", "cost")


@dataclass(frozen=True)
class TopicMeasures:
    """Measures that a duty brings to the daily talk of every place to which it applies (asked by place code).

    ``readiness`` measures say whether the day can start; Today shows a handful of them first.
    """

    key: str
    topic: str
    applies: Callable[[str], bool]
    measures: tuple[str, ...]
    readiness: bool = False


_registered: dict[str, TopicMeasures] = {}


def register(
    key: str, *, topic: str, applies: Callable[[str], bool], measures: Iterable[str], readiness: bool = False
) -> None:
    """Bring measures to the daily talk; registering a key again replaces what it brought. Raises ValueError for an
    unknown topic."""
    if topic not in TOPICS:
        raise ValueError(f"“{topic}” is not one of {', '.join(TOPICS)}")
    _registered[key] = TopicMeasures(key, topic, applies, tuple(measures), readiness)


def forget(key: str) -> None:
    """Take back what a key brought (tests)."""
    _registered.pop(key, None)


def measures_of(place: str, *, topic: str = "", readiness: bool = False) -> list[str]:
    """Ids of the measures of a place, in the order in which duties registered, none twice; of one topic, or only
    those of readiness, when asked."""
    found = [
        measure
        for one in _registered.values()
        if (not topic or one.topic == topic) and (one.readiness or not readiness) and one.applies(place)
        for measure in one.measures
    ]
    return list(dict.fromkeys(found))
