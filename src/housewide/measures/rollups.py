"""Adds the cubes up over the places below a place, as the tree stood at the end of each month.

Nothing is divided here: sums of integers and of histograms only. Few queries, however many measures and months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.definitions import Definition
from housewide.measures.formulas import leaves
from housewide.measures.models import BreakdownCell, DayCell
from housewide.measures.sums import Total, has_bins, rolls_of, total_of_formula
from housewide.org.calendars import PLAIN, FacilityCalendar, calendars
from housewide.org.models import Place, Placement
from housewide.org.tree import Tree


@dataclass(frozen=True)
class Scope:
    """A place over some months: the tree and the last day of each, and the calendars of its facilities."""

    place: str
    months: tuple[Month, ...]
    trees: dict[Month, Tree]
    calendar: FacilityCalendar
    facilities: tuple[str, ...]

    @property
    def now(self) -> Tree:
        """The tree of the last month."""
        return self.trees[self.months[-1]]

    @property
    def name(self) -> str:
        place = self.now.places.get(self.place)
        return place.name if place else self.place

    def days_of(self, month: Month) -> tuple[date, date]:
        return self.calendar.days_of(month)

    def is_over(self, month: Month) -> bool:
        """Whether the month has ended, by the business date."""
        return today() > self.days_of(month)[1]


def scope_of(place: str, months: Sequence[Month]) -> Scope:
    """Read the places, their whole history and the calendars once: four queries for any number of months.

    Where facilities count months differently, the place follows the calendar of its first facility.
    """
    return scopes_of([place], months)[place]


def scopes_of(codes: Iterable[str], months: Sequence[Month]) -> dict[str, Scope]:
    """The scopes of several places, with as many queries as for one; places of one calendar share their trees."""
    places = {row.code: row for row in Place.objects.all()}
    by_id = {row.pk: code for code, row in places.items()}
    history = [
        (by_id[child], by_id[parent], first, until)
        for child, parent, first, until in Placement.objects.order_by("valid_from").values_list(
            "place_id", "parent_id", "valid_from", "valid_to"
        )
    ]
    latest = _tree(places, history, months[-1].last_day())
    counted = calendars()
    shared: dict[int, dict[Month, Tree]] = {}
    found = {}
    for code in codes:
        facilities = tuple(latest.facilities_below(code)) if code in places else ()
        own = counted.get(facilities[0], PLAIN) if facilities else PLAIN
        if id(own) not in shared:
            shared[id(own)] = _trees(places, history, own, months)
        found[code] = Scope(code, tuple(months), shared[id(own)], own, facilities)
    return found


def _trees(
    places: dict[str, Place],
    history: Sequence[tuple[str, str, date, date | None]],
    own: FacilityCalendar,
    months: Sequence[Month],
) -> dict[Month, Tree]:
    known: dict[tuple[tuple[str, str], ...], Tree] = {}
    trees = {}
    for month in months:
        tree = _tree(places, history, own.days_of(month)[1])
        trees[month] = known.setdefault(tuple(sorted(tree.parent.items())), tree)
    return trees


def _tree(places: dict[str, Place], history: Sequence[tuple[str, str, date, date | None]], day: date) -> Tree:
    parent = {child: up for child, up, first, until in history if first <= day and (until is None or until > day)}
    children: dict[str, list[str]] = {}
    for code in sorted(parent):
        children.setdefault(parent[code], []).append(code)
    return Tree(day, places, parent, children)


def members(tree: Tree, place: str) -> frozenset[str]:
    """The places whose rows count for a place: itself and all below it."""
    return frozenset(tree.below(place))


def belongs(tree: Tree, inside: frozenset[str], row_place: str, facility: str) -> bool:
    """Whether a row counts. A row of a place that hangs nowhere in the tree counts for its facility: no row is lost."""
    return (row_place if row_place in tree.parent else facility) in inside


CELL = ("num", "den", "count", "exact", "version__as_of_batch", "version__definition_sha256")
KEYS = ("version__measure", "version__period", "version__facility", "place", "by", "label")


Totals = Mapping[tuple[str, Month], Mapping[str, Total]]


def totals(measures: Iterable[str], scope: Scope, *, by: str = "") -> dict[tuple[str, Month], dict[str, Total]]:
    """Totals by measure and month, then by label (``""`` for the whole): one query. Raises KeyError for an unknown
    measure."""
    chosen, behind = _with_leaves(measures)
    months = {str(month): month for month in scope.months}
    rows = BreakdownCell.objects.using("cubes").filter(
        version__current=True, version__measure__in=list(behind), version__period__in=list(months), by=by
    )
    inside = {month: members(tree, scope.place) for month, tree in scope.trees.items()}
    rows = _near(rows, scope, inside.values())
    found: dict[tuple[str, Month], dict[str, Total]] = {}
    for cell in rows.values(*KEYS, *CELL, *_more(behind)):
        month, measure = months[cell["version__period"]], cell["version__measure"]
        if belongs(scope.trees[month], inside[month], cell["place"], cell["version__facility"]):
            labels = found.setdefault((measure, month), {})
            if cell["label"] not in labels:
                labels[cell["label"]] = Total(rolls=behind[measure])
            labels[cell["label"]].add(cell)
    for definition in chosen:
        if definition.kind == "formula":
            for month in scope.months:
                labels = _formula_labels(definition, found, month)
                found |= {(definition.id, month): labels} if labels else {}
    return found


def _formula_labels(definition: Definition, found: Totals, month: Month) -> dict[str, Total]:
    parts = {leaf.id: found.get((leaf.id, month), {}) for leaf in leaves(definition)}
    return {
        label: total_of_formula(definition, {key: labels[label] for key, labels in parts.items() if label in labels})
        for label in sorted({label for labels in parts.values() for label in labels})
    }


def _with_leaves(measures: Iterable[str]) -> tuple[list[Definition], dict[str, str]]:
    """The definitions, and how the cells of each measure with rows of its own join."""
    chosen = [definitions.get(measure) for measure in measures]
    return chosen, {leaf.id: rolls_of(leaf) for one in chosen for leaf in leaves(one)}


def _more(behind: Iterable[str]) -> tuple[str, ...]:
    """Columns besides the integers; bins only where a measure has them, for they are most of a cell."""
    return ("left_out", *(("bins",) if any(has_bins(definitions.get(one)) for one in behind) else ()))


def totals_of_many(measures: Iterable[str], scopes: Iterable[Scope]) -> dict[tuple[str, str], dict[Month, Total]]:
    """Whole-month totals by (measure, place), then by month: one query for any number of places of the same months.

    Raises KeyError for an unknown measure.
    """
    groups: dict[int, list[Scope]] = {}
    for scope in scopes:
        groups.setdefault(id(scope.trees), []).append(scope)
    found: dict[tuple[str, str], dict[Month, Total]] = {}
    if not groups:
        return found
    chosen, behind = _with_leaves(measures)
    months = {str(month): month for month in next(iter(groups.values()))[0].months}
    rows = BreakdownCell.objects.using("cubes").filter(
        version__current=True, version__measure__in=list(behind), version__period__in=list(months), by=""
    )
    counting = [(group[0].trees, {scope.place for scope in group}, _Holders()) for group in groups.values()]
    for cell in rows.values(*KEYS, *CELL, *_more(behind)).iterator(chunk_size=5000):
        month, measure = months[cell["version__period"]], cell["version__measure"]
        for trees, wanted, holders in counting:
            for code in holders.of(trees[month], wanted, cell["place"], cell["version__facility"]):
                held = found.setdefault((measure, code), {})
                if month not in held:
                    held[month] = Total(rolls=behind[measure])
                held[month].add(cell)
    codes = [scope.place for group in groups.values() for scope in group]
    for definition in chosen:
        if definition.kind == "formula":
            found |= _formulas_of_many(definition, found, codes, months.values())
    return found


def _formulas_of_many(
    definition: Definition,
    found: Mapping[tuple[str, str], Mapping[Month, Total]],
    places: Iterable[str],
    months: Iterable[Month],
) -> dict[tuple[str, str], dict[Month, Total]]:
    made: dict[tuple[str, str], dict[Month, Total]] = {}
    behind = leaves(definition)
    for place in places:
        of = {leaf.id: found.get((leaf.id, place), {}) for leaf in behind}
        made[definition.id, place] = {
            month: total_of_formula(definition, {key: held[month] for key, held in of.items() if month in held})
            for month in months
        }
    return made


def day_totals(
    measures: Iterable[str], place: str, first: date, last: date, scope: Scope | None = None
) -> dict[str, dict[date, Total]]:
    """Totals by measure and day, by the tree of the last day: one query besides those for the places. Raises KeyError
    for an unknown measure."""
    chosen, behind = _with_leaves(measures)
    tree = (scope or scope_of(place, [Month.of(last)])).now
    inside = members(tree, place)
    cells = DayCell.objects.using("cubes").filter(
        version__current=True, version__measure__in=list(behind), day__gte=first, day__lte=last
    )
    found: dict[str, dict[date, Total]] = {}
    for cell in cells.values(*CELL, "place", "day", "bins", "version__facility", "version__measure"):
        if belongs(tree, inside, cell["place"], cell["version__facility"]):
            measure, day = cell["version__measure"], cell["day"]
            held = found.setdefault(measure, {})
            if day not in held:
                held[day] = Total(rolls=behind[measure])
            held[day].add(cell)
    return {definition.id: _days_of(definition, found) for definition in chosen}


def _days_of(definition: Definition, found: Mapping[str, Mapping[date, Total]]) -> dict[date, Total]:
    if definition.kind != "formula":
        return dict(found.get(definition.id, {}))
    parts = {leaf.id: found.get(leaf.id, {}) for leaf in leaves(definition)}
    return {
        day: total_of_formula(definition, {key: days[day] for key, days in parts.items() if day in days})
        for day in sorted({day for days in parts.values() for day in days})
    }


class _Holders:
    """Which of some places count a row, remembered for each tree and place of a row."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], list[str]] = {}

    def of(self, tree: Tree, codes: set[str], row_place: str, facility: str) -> list[str]:
        key = (id(tree), row_place, facility)
        if key not in self._known:
            at = row_place if row_place in tree.parent else facility
            self._known[key] = [code for code in tree.above(at) if code in codes]
        return self._known[key]


def _near(rows: Any, scope: Scope, inside: Iterable[frozenset[str]]) -> Any:
    """Leave the cells of other facilities in the database when the place is a small part of the house."""
    everything = frozenset().union(*inside)
    hanging = set().union(*(tree.parent for tree in scope.trees.values()))
    roots = {code for code in scope.now.places if code not in hanging}
    if len(everything) < len(scope.now.places) and len(everything) + len(roots) < 500:
        whole = [code for code in everything if scope.now.places[code].kind == Place.Kind.FACILITY]
        rows = rows.filter(Q(place__in=everything | roots) | Q(version__facility__in=whole))
    return rows


def days_done(scope: Scope, month: Month) -> tuple[int, int]:
    """Days of the month that are over, and its days."""
    first, last = scope.days_of(month)
    whole = (last - first).days + 1
    return max(0, min(whole, (today() - first).days)), whole


def workdays_after(calendar: FacilityCalendar, day: date, last: date) -> int:
    """Workdays after a day up to the last one."""
    return calendar.workdays_between(day + timedelta(days=1), last) if day < last else 0
