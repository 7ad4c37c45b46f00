"""A measure month by month, and its control chart: what it usually does and which months say that something changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from housewide.kit.clock import today
from housewide.kit.periods import Month, months_back
from housewide.measures import definitions
from housewide.measures.amounts import rounded_value, show
from housewide.measures.charting import chart_of_points
from housewide.measures.definitions import Definition
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.rare import Between, between
from housewide.measures.rollups import Scope, Totals, day_totals, scope_of, scopes_of, totals, totals_of_many
from housewide.measures.sources import Sources, sources_of, sources_of_many
from housewide.measures.sums import Total
from housewide.measures.targets import target_for
from housewide.org.calendars import hold_calendars

if TYPE_CHECKING:
    from housewide.methods.spc import ChartReading, ControlChart

POINTS = 24


@dataclass(frozen=True)
class Point:
    """One month, or one day. ``value`` is rounded as shown; ``exact`` is what charts and comparisons use. ``spread`` is
    the standard deviation of the values of a mean, from their histogram, in the unit of the measure."""

    period: str
    value: Decimal | None
    text: str
    num: int
    den: int
    count: int
    partial: bool
    exact: Fraction | None = None
    spread: float | None = None

    @property
    def title(self) -> str:
        return Month.parse(self.period).short if len(self.period) == 7 else self.period


def points_of(definition: Definition, counted: Totals, scope: Scope, sources: Sources) -> list[Point]:
    """A point for each month of the scope; months without rows are gaps, never zero."""
    return [
        _point(
            definition,
            str(month),
            counted.get((definition.id, month), {}).get("", Total()),
            sources.is_partial(definition, month),
        )
        for month in scope.months
    ]


def _point(definition: Definition, period: str, total: Total, partial: bool) -> Point:
    exact = total.value(definition)
    value, text = rounded_value(definition, exact), show(definition, exact)
    return Point(period, value, text, total.num, total.den, total.count, partial, exact, _spread(definition, total))


def _spread(definition: Definition, total: Total) -> float | None:
    if definition.kind != "distribution" or definition.stat != "mean" or not total.bins:
        return None
    from housewide.methods.spc.choosing import spread_of_bins

    found = spread_of_bins(total.bins, definition.bin)
    return None if found is None else found / definition.scale


@kept_until_counted_again("last")
def series(measure_id: str, place: str, last: Month, count: int = POINTS) -> list[Point]:
    """``count`` months that end with ``last``, oldest first. Raises KeyError for an unknown measure."""
    definition = definitions.get(measure_id)
    scope = scope_of(place, months_back(last, count))
    counted = totals([measure_id], scope)
    return points_of(definition, counted, scope, sources_of([definition], scope))


def series_of_many(
    measure_ids: Iterable[str], places: Iterable[str], last: Month, count: int = POINTS
) -> dict[tuple[str, str], list[Point]]:
    """The series of every measure at every place, by (measure, place): about ten queries in all, however many.

    The points are those that ``series`` gives. Raises KeyError for an unknown measure.
    """
    chosen = [definitions.get(measure) for measure in dict.fromkeys(measure_ids)]
    if not chosen:
        return {}
    with hold_calendars():
        scopes = scopes_of(dict.fromkeys(places), months_back(last, count))
        counted = totals_of_many([d.id for d in chosen], scopes.values())
        partial = _partial_months(chosen, scopes.values())
    found = {}
    for code, scope in scopes.items():
        for definition in chosen:
            here = counted.get((definition.id, code), {})
            found[definition.id, code] = [
                _point(definition, str(month), here.get(month, Total()), month in partial[definition.id, code])
                for month in scope.months
            ]
    return found


def _partial_months(chosen: list[Definition], scopes: Iterable[Scope]) -> dict[tuple[str, str], set[Month]]:
    """By (measure, place) the months that cannot be judged yet. Asked once for places of the same facilities and
    measures of the same tables."""
    every = list(scopes)
    sources = sources_of_many(chosen, every)
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], set[Month]] = {}
    found = {}
    for scope in every:
        for definition in chosen:
            key = (scope.facilities, definition.reads)
            if key not in known:
                here = sources[scope.facilities]
                known[key] = {month for month in scope.months if here.is_partial(definition, month)}
            found[definition.id, scope.place] = known[key]
    return found


@kept_until_counted_again("last")
def days(measure_id: str, place: str, first: date, last: date) -> list[Point]:
    """A point for each day from first to last, by the tree of the last day; ``period`` is the day. Days that are not
    over are partial. Raises KeyError for an unknown measure."""
    definition = definitions.get(measure_id)
    found = day_totals([measure_id], place, first, last)[measure_id]
    every = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return [_point(definition, day.isoformat(), found.get(day, Total()), day >= today()) for day in every]


@kept_until_counted_again("last")
def chart_of(
    measure_id: str, place: str, last: Month, count: int = POINTS
) -> tuple[ControlChart, list[Point], ChartReading]:
    """The control chart of a measure, its points, and what the chart says. Months that are not complete are gaps."""
    points = series(measure_id, place, last, count)
    definition = definitions.get(measure_id)
    target = target_for(measure_id, place, last.last_day())
    chart, reading = charted(definition, points, target.value if target else None)
    return chart, points, reading


def charted(definition: Definition, points: list[Point], target: Decimal | None) -> tuple[ControlChart, ChartReading]:
    """The chart over the complete months and its reading: the chart that suits the measure (``measures.charting``).
    Months of rare events get a run chart; what those say is read from the gaps between them (``measures.rare``)."""
    from housewide.methods.spc import read_chart

    chart = chart_of_points(definition, points)
    floor, ceiling = bounds(definition, [float(p.exact) for p in points if p.exact is not None and not p.partial])
    reading = read_chart(
        chart,
        direction=definition.direction,
        target=None if target is None else float(target),
        floor=floor,
        ceiling=ceiling,
    )
    return chart, reading


def gaps_of(
    definition: Definition, scope: Scope, kind: str, points: Sequence[Point], held: Sequence[Point] | None = None
) -> Between | None:
    """What lies between the rare events of these months (``kind`` as ``choice_of`` gives it); one query, or none when
    the days of these and perhaps other months are ``held`` already."""
    months = [Month.parse(point.period) for point in points]
    first, last = scope.calendar.days_of(months[0])[0], scope.calendar.days_of(months[-1])[1]
    every = days_of_scope(definition, scope, first, last) if held is None else held
    return between(definition, kind, [day for day in every if str(first) <= day.period <= str(last)])


def days_of_scope(definition: Definition, scope: Scope, first: date, last: date) -> list[Point]:
    """The days that are over, with rows or without, of a place whose scope is known; one query."""
    over = min(last, today() - timedelta(days=1))
    found = day_totals([definition.id], scope.place, first, over, scope)[definition.id]
    every = (first + timedelta(days=step) for step in range((over - first).days + 1))
    return [_point(definition, day.isoformat(), found.get(day, Total()), False) for day in every]


def bounds(definition: Definition, values: list[float]) -> tuple[float | None, float | None]:
    """What the measure cannot pass: a share stays within 0 and 100, a total that never was below 0 stays above it.
    Utilization with a credit may pass 100, so that holds only where no month has."""
    floor = 0.0 if all(value >= 0 for value in values) and _counts(definition) else None
    ceiling = 100.0 if definition.kind == "ratio" and definition.unit == "%" and max(values, default=0) <= 100 else None
    return floor, ceiling


def _counts(definition: Definition) -> bool:
    return definition.kind in ("ratio", "rate", "total")
