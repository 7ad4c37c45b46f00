"""The targets of many measures at many places over some months, asked for once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.models import Target
from housewide.org.tree import Tree, tree_on

Said = tuple[date, date | None, Decimal]


@dataclass(frozen=True)
class Aims:
    """Targets by (measure, place that set them), newest first, and the tree that says which is the nearest."""

    said: Mapping[tuple[str, str], Sequence[Said]]
    tree: Tree

    def of(self, measure: str, place: str, month: Month) -> Decimal | None:
        """The target at a place on the last day of a month: its own, else the nearest above, else the definition's."""
        day = month.last_day()
        for code in self.tree.above(place):
            for since, until, value in self.said.get((measure, code), ()):
                if since <= day and (until is None or until > day):
                    return value
        ships = definitions.get(measure).target
        return ships.value if ships else None


def aims_of(measures: Iterable[str], places: Iterable[str], months: Sequence[Month]) -> Aims:
    """One query, besides the tree."""
    tree = tree_on(months[-1].last_day())
    above = {code for place in places for code in tree.above(place)}
    rows = Target.objects.filter(measure__in=list(measures), place__code__in=above).order_by("-valid_from")
    said: dict[tuple[str, str], list[Said]] = {}
    for measure, place, since, until, value in rows.values_list(
        "measure", "place__code", "valid_from", "valid_to", "value"
    ):
        said.setdefault((measure, place), []).append((since, until, value))
    return Aims(said, tree)
