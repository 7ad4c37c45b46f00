"""Places, services or surgeons side by side over some months, for a funnel plot: counts only, nothing divided here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from housewide.kit.periods import Month, months_back
from housewide.measures import definitions
from housewide.measures.definitions import Definition
from housewide.measures.rollups import scope_of, scopes_of, totals, totals_of_many
from housewide.measures.sums import Total
from housewide.org.tree import tree_on

PLACES = "places"
NO_LABEL = "none"


@dataclass(frozen=True)
class Compared:
    """One point of a comparison: a place's code or a breakdown's label, and its counts over the months."""

    key: str
    num: int
    den: int
    count: int


def can_compare(definition: Definition) -> bool:
    """Whether the measure counts events over occasions or exposure at all."""
    return definition.kind in ("ratio", "rate")


def are_counts(definition: Definition, points: Sequence[Compared]) -> bool:
    """Whether chance alone sets how far points stray: events are rows and, for a share, at most as many as occasions.
    Seconds over seconds are not."""
    rows = all(0 <= point.num <= point.count for point in points)
    return rows and (definition.kind != "ratio" or all(point.num <= point.den <= point.count for point in points))


def compared_places(measure: str, place: str, last: Month, months: int) -> list[Compared]:
    """The lowest places at or below a place that have rows of their own, over the months that end with ``last``."""
    tree = tree_on(last.last_day())
    below = tree.below(place)
    scopes = scopes_of(below, months_back(last, months))
    found = totals_of_many([measure], scopes.values())
    points = {code: _sum(code, found.get((measure, code), {}).values()) for code in below}
    held = {code: point for code, point in points.items() if point.count}
    return [point for code, point in held.items() if not any(child in held for child in tree.children.get(code, ()))]


def compared_labels(measure: str, place: str, last: Month, months: int, by: str) -> list[Compared]:
    """Each value of a breakdown at a place over the months that end with ``last``."""
    definition = definitions.get(measure)
    if by not in definition.breakdowns:
        raise KeyError(by)
    scope = scope_of(place, months_back(last, months))
    found = totals([measure], scope, by=by)
    labels: dict[str, list[Total]] = {}
    for month in scope.months:
        for label, total in found.get((measure, month), {}).items():
            if label and label != NO_LABEL:
                labels.setdefault(label, []).append(total)
    return [_sum(label, some) for label, some in sorted(labels.items())]


def _sum(key: str, some: Iterable[Total]) -> Compared:
    parts = list(some)
    return Compared(key, sum(one.num for one in parts), sum(one.den for one in parts), sum(one.count for one in parts))
