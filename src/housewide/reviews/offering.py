"""Which places hold a review: those that a duty brings measures to and that rows have come in for."""

from __future__ import annotations

from collections.abc import Iterable

from housewide.kit.clock import today
from housewide.kit.memory import remembered
from housewide.kit.periods import Month, months_back
from housewide.measures.models import BreakdownCell
from housewide.org.models import Place
from housewide.org.tree import Tree, tree_on
from housewide.reviews import agenda
from housewide.reviews.models import Review

MONTHS_LOOKED_AT = 13


def places_counted() -> frozenset[str]:
    """Codes of the places that rows of the last 13 months were counted for: one query."""
    return remembered("places counted", _places_counted)


def _places_counted() -> frozenset[str]:
    months = [str(month) for month in months_back(Month.of(today()), MONTHS_LOOKED_AT)]
    cells = BreakdownCell.objects.using("cubes").filter(version__current=True, version__period__in=months, by="")
    return frozenset(cells.values_list("place", flat=True).distinct())


def offered(place: str, tree: Tree | None = None) -> list[str]:
    """Ids of the measures of a place's review; none where nothing was counted at the place or below it."""
    found = agenda.measures_of(place)
    if not found or places_counted().isdisjoint((tree or tree_on(today())).below(place)):
        return []
    return found


def places_offered(codes: Iterable[str]) -> list[str]:
    """Those of the places that hold a review, in order of code."""
    tree = tree_on(today())
    return [code for code in sorted(codes) if offered(code, tree)]


def expected_below(place: str, period: str) -> list[str]:
    """The places right below one whose reviews belong to its own.

    Facilities and departments always; a unit is reviewed with its department unless it has begun a review of its own
    this month or the month before.
    """
    tree = tree_on(Month.parse(period).last_day())
    children = [code for code in tree.children.get(place, ()) if offered(code, tree)]
    units = [code for code in children if tree.places[code].kind == Place.Kind.UNIT]
    if not units:
        return children
    periods = (period, str(Month.parse(period).shift(-1)))
    begun = set(Review.objects.filter(place__code__in=units, period__in=periods).values_list("place__code", flat=True))
    return [code for code in children if code not in units or code in begun]
