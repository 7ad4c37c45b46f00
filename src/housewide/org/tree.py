"""The tree of places as it stood on a day: who is below whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from housewide.kit.memory import kept
from housewide.org.models import Place, Placement


@dataclass(frozen=True)
class Tree:
    """Places by code and their parents on one day."""

    day: date
    places: dict[str, Place]
    parent: dict[str, str]
    children: dict[str, list[str]] = field(default_factory=dict)

    def below(self, code: str) -> list[str]:
        """The place itself and everything below it, parents first."""
        found, queue = [], [code] if code in self.places else []
        while queue:
            here = queue.pop(0)
            found.append(here)
            queue.extend(self.children.get(here, ()))
        return found

    def above(self, code: str) -> list[str]:
        """The place itself and everything above it, nearest first."""
        found = []
        here: str | None = code if code in self.places else None
        while here is not None and here not in found:
            found.append(here)
            here = self.parent.get(here)
        return found

    def facility_of(self, code: str) -> str | None:
        """Code of the facility the place belongs to (itself for a facility, None for a system)."""
        return next((up for up in self.above(code) if self.places[up].kind == Place.Kind.FACILITY), None)

    def facilities_below(self, code: str) -> list[str]:
        """Facilities at or below a place; for a unit or department, the one it belongs to."""
        found = [c for c in self.below(code) if self.places[c].kind == Place.Kind.FACILITY]
        own = self.facility_of(code)
        return found or ([own] if own else [])

    def sha256(self) -> str:
        """Identity of this shape of the tree, for figures."""
        return hashlib.sha256(json.dumps(sorted(self.parent.items())).encode()).hexdigest()


def tree_on(day: date) -> Tree:
    """The tree of a day: two queries. Places not active on that day still stand in it, so that history has a home."""
    return kept(("tree", day), lambda: _read_tree(day), on=("org",))


def _read_tree(day: date) -> Tree:
    places = {place.code: place for place in Place.objects.all()}
    by_id = {place.pk: code for code, place in places.items()}
    rows = Placement.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    parent = {by_id[place]: by_id[up] for place, up in rows.values_list("place_id", "parent_id")}
    children: dict[str, list[str]] = {}
    for code in sorted(parent):
        children.setdefault(parent[code], []).append(code)
    return Tree(day, places, parent, children)


def codes_below(codes: Iterable[str], tree: Tree) -> frozenset[str]:
    """Everything at or below any of the places."""
    return frozenset(code for top in codes for code in tree.below(top))
