"""A measure on one day: its value, what is usual on such a day, whether it stands out, and who made most of it.

Today, the digest and the huddle boards read days through here. Everything comes from the day cells of the cubes, two
queries for any number of measures and all the places below a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.amounts import half_up, rounded_value, show, show_change
from housewide.measures.definitions import Definition
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.like_days import WINDOW, Usual, kind_of_day, like_days_before, usual_of_many, word_of
from housewide.measures.models import DayCell
from housewide.measures.rollups import CELL, Scope, belongs, members, scope_of
from housewide.measures.series import bounds
from housewide.measures.signals import TONES, Signal, Word, is_met
from housewide.measures.sums import Total, has_bins, rolls_of
from housewide.measures.targets import Target, targets_for
from housewide.org.calendars import FacilityCalendar, calendars, hold_calendars

DAILY_KINDS = ("ratio", "rate", "total", "distribution", "distinct")
FEWEST_OF = 5  # a share of fewer things says nothing about a day
SHOWN = 16  # like days of a sparkline, the day itself with them
LOOKED_BACK = 7  # a number older than a week is no news of today
Days = Mapping[str, Mapping[str, Mapping[date, Total]]]


@dataclass(frozen=True)
class Daily:
    """One measure at one place on one day. ``low`` and ``high`` bound what is usual on such days; ``before`` is the
    like day before, against which ``change`` is shown. ``history`` ends with the day. ``part`` names who made most of a
    day that stands out (``day_parts`` fills it)."""

    measure: str
    title: str
    sentence: str
    place: str
    place_name: str
    day: date
    value: Decimal | None
    text: str
    num: int
    den: int
    count: int
    exact: Fraction | None
    kind_of_day: str
    low: Decimal | None
    high: Decimal | None
    usual: str
    signal: Signal
    before: date | None
    change: str
    target: Target | None
    met: bool | None
    history: tuple[float | None, ...] = ()
    part: str = ""

    @property
    def stands_out(self) -> bool:
        """Whether the day lies outside what is usual on such days."""
        return self.signal.is_change

    @property
    def period(self) -> str:
        """The day as it stands in an address."""
        return self.day.isoformat()


@kept_until_counted_again("until")
def days_of(measure_ids: tuple[str, ...], place: str, until: date) -> Days:
    """Totals by measure, place (itself and every place below it) and day, over the window that ends with ``until``.

    Raises KeyError for an unknown measure.
    """
    chosen = [definitions.get(measure) for measure in measure_ids]
    first = until - timedelta(days=WINDOW + LOOKED_BACK)
    scope = scope_of(place, [Month.of(until)])
    inside = members(scope.now, place)
    up = {code: [one for one in scope.now.above(code) if one in inside] for code in inside}
    found: dict[str, dict[str, dict[date, Total]]] = {one.id: {} for one in chosen}
    rolls = {one.id: rolls_of(one) for one in chosen}
    for bins in (False, True):
        some = [one.id for one in chosen if needs_bins(one) is bins]
        for cell in _cells(some, scope, first, until, bins) if some else ():
            own = cell["place"] if cell["place"] in scope.now.parent else cell["version__facility"]
            for code in up.get(own, ()):
                days = found[cell["version__measure"]].setdefault(code, {})
                days.setdefault(cell["day"], Total(rolls=rolls[cell["version__measure"]])).add(cell)
    return found


def needs_bins(definition: Definition) -> bool:
    """Whether a value comes from bins; means and most shares do without."""
    return has_bins(definition) and not (definition.kind == "distribution" and definition.stat == "mean")


def _cells(measures: list[str], scope: Scope, first: date, until: date, bins: bool) -> Iterable[dict[str, Any]]:
    inside = members(scope.now, scope.place)
    rows = DayCell.objects.using("cubes").filter(
        version__current=True, version__measure__in=measures, day__gte=first, day__lte=until
    )
    if len(inside) < len(scope.now.places):
        roots = {code for code in scope.now.places if code not in scope.now.parent}
        rows = rows.filter(version__facility__in={*scope.facilities}, place__in=inside | roots | {*scope.facilities})
    wanted = (*CELL, "version__measure", "version__facility", "place", "day", *(("bins",) if bins else ()))
    return (
        cell for cell in rows.values(*wanted) if belongs(scope.now, inside, cell["place"], cell["version__facility"])
    )


def daily(measure_ids: Iterable[str], place: str, day: date | None = None, *, exactly: bool = False) -> list[Daily]:
    """Each measure at a place on its newest day with a value, at most a week before ``day`` (default: yesterday), in
    the order given; ``exactly`` asks for that very day. A measure without such a day is not in the list.

    Raises KeyError for an unknown measure.
    """
    return _newest_days(tuple(dict.fromkeys(measure_ids)), place, day or today() - timedelta(days=1), exactly)


@kept_until_counted_again("until")
def _newest_days(ids: tuple[str, ...], place: str, until: date, exactly: bool) -> list[Daily]:
    with hold_calendars():
        held = days_of(ids, place, until)
        scope = scope_of(place, [Month.of(until)])
        wanted = []
        for measure in ids:
            own = held[measure].get(place, {})
            newest = _newest(definitions.get(measure), own, until, 0 if exactly else LOOKED_BACK)
            if newest is not None:
                wanted.append((measure, place, newest))
        return judged(wanted, held, scope)


def changes(measure_ids: Iterable[str], place: str, since: date, until: date) -> list[Daily]:
    """Days from ``since`` to ``until`` that stand out, at a place and every place below it, where the like day before
    did not stand out on the same side. What a place above shows already is not repeated for those below it.

    Raises KeyError for an unknown measure.
    """
    return _standing_out(tuple(dict.fromkeys(measure_ids)), place, since, until)


@kept_until_counted_again("until")
def _standing_out(ids: tuple[str, ...], place: str, since: date, until: date) -> list[Daily]:
    with hold_calendars():
        held = days_of(ids, place, until)
        scope = scope_of(place, [Month.of(until)])
        span = [since + timedelta(days=step) for step in range((until - since).days + 1)]
        wanted = [
            (measure, code, day)
            for measure in ids
            for code in _distinct(held[measure], scope)
            for day in span
            if day in held[measure][code]
        ]
        found = [one for one in judged(wanted, held, scope) if one.stands_out]
        earlier = judged([(one.measure, one.place, one.before) for one in found if one.before], held, scope)
    again = {(one.measure, one.place, one.day, one.signal.arrow) for one in earlier}
    fresh = [one for one in found if (one.measure, one.place, one.before, one.signal.arrow) not in again]
    shown = {(one.measure, one.place, one.day, one.signal.arrow) for one in fresh}
    return [
        one
        for one in fresh
        if not any((one.measure, up, one.day, one.signal.arrow) in shown for up in scope.now.above(one.place)[1:])
    ]


def _distinct(own: Mapping[str, Mapping[date, Total]], scope: Scope) -> list[str]:
    """The places that hold rows of their own: a department whose rows are all one unit's gives way to the unit."""
    counts = {code: {day: one.count for day, one in days.items()} for code, days in own.items()}
    return [
        code
        for code in counts
        if not any(counts.get(child) == counts[code] for child in scope.now.children.get(code, ()))
    ]


def _newest(definition: Definition, own: Mapping[date, Total], until: date, back: int) -> date | None:
    for step in range(back + 1):
        total = own.get(until - timedelta(days=step))
        if total is not None and total.value(definition) is not None:
            return until - timedelta(days=step)
    return None


def judged(wanted: list[tuple[str, str, date]], held: Days, scope: Scope) -> list[Daily]:
    """The days asked for, each beside its like days; all limits in one batch."""
    rows, histories = [], []
    for measure, place, day in wanted:
        definition, own = definitions.get(measure), held[measure].get(place, {})
        before = like_days_before(calendar_at(scope, place), day)
        exact = {one: own[one].value(definition) for one in before if one in own}
        rows.append((definition, place, day, own.get(day, Total()), before, exact))
        histories.append([None if exact.get(one) is None else float(exact[one] or 0) for one in before])
    usual = usual_of_many(histories)
    targets = _targets(wanted, scope)
    return [
        _daily(*row, limits, history, scope, targets)
        for row, limits, history in zip(rows, usual, histories, strict=True)
    ]


def calendar_at(scope: Scope, place: str) -> FacilityCalendar:
    """The calendar of the facility a place belongs to; of the whole, that of the scope."""
    facility = scope.now.facility_of(place)
    return calendars().get(facility, scope.calendar) if facility else scope.calendar


def _targets(wanted: list[tuple[str, str, date]], scope: Scope) -> dict[tuple[str, str], Target | None]:
    found = {}
    for place in {place for _, place, _ in wanted if place == scope.place}:
        ids = [measure for measure, code, _ in wanted if code == place]
        last = max(day for _, code, day in wanted if code == place)
        for measure, target in targets_for(ids, place, last, scope.now).items():
            found[measure, place] = target
    return found


def _daily(
    definition: Definition,
    place: str,
    day: date,
    total: Total,
    before: list[date],
    exact: dict[date, Fraction | None],
    usual: Usual,
    history: list[float | None],
    scope: Scope,
    targets: dict[tuple[str, str], Target | None],
) -> Daily:
    value = total.value(definition)
    shown = rounded_value(definition, value)
    last = next((one for one in reversed(before) if exact.get(one) is not None), None)
    old = exact.get(last) if last else None
    moved = value - old if value is not None and old is not None else None
    change = "" if moved is None else show_change(definition, moved) if moved else "unchanged"
    limits = _within(definition, usual, [*history, None if value is None else float(value)])
    kind = kind_of_day(calendar_at(scope, place), day)
    low, high = (None if edge is None else half_up(Decimal(repr(edge)), definition.decimals) for edge in limits)
    target = targets.get((definition.id, place))
    partial = day >= today()
    name = scope.now.places[place].name if place in scope.now.places else place
    return Daily(
        definition.id, definition.title, definition.sentence, place, name, day, shown, show(definition, value),
        total.num, total.den, total.count, value, kind, low, high, _usual_words(definition, low, high, kind),
        _signal(definition, total, replace(usual, low=limits[0], high=limits[1]), kind, partial),
        last, change, target, is_met(definition, shown, target, partial),
        (*history[1 - SHOWN :], None if value is None else float(value)),
    )  # fmt: skip


def _within(definition: Definition, usual: Usual, history: list[float | None]) -> tuple[float | None, float | None]:
    """The limits, never past what the measure can be; the day itself is among the ``history`` that shows it."""
    if usual.low is None or usual.high is None:
        return None, None
    floor, ceiling = bounds(definition, [one for one in history if one is not None])
    low = usual.low if floor is None else max(usual.low, floor)
    return low, usual.high if ceiling is None else min(usual.high, ceiling)


def _usual_words(definition: Definition, low: Decimal | None, high: Decimal | None, kind: str) -> str:
    if low is None or high is None:
        return ""
    if low == high:
        return f"always {show(definition, low)} on {kind}"
    return f"usually {show(definition, low)} to {show(definition, high)} on {kind}"


def _signal(definition: Definition, total: Total, usual: Usual, kind: str, partial: bool) -> Signal:
    value = total.value(definition)
    if value is None or partial:
        return Signal(why=["The day is not over, so nothing is said about it yet."] if partial else [])
    if definition.kind == "ratio" and total.den < FEWEST_OF:
        return Signal(why=[f"A share of {total.den} says nothing about a day."])
    if usual.low is None or usual.high is None:
        return Signal(why=[f"{usual.base} like days are too few to say what is usual."])
    side = usual.side_of(float(value))
    if not side:
        return Signal("no change", why=[f"Within what is usual on {kind}."])
    word: Word = word_of(side, definition.direction)
    rule = f"{'above' if side > 0 else 'below'} what is usual on {kind}"
    return Signal(word, TONES.get(word, "neutral"), "up" if side > 0 else "down", rule, None, [rule.capitalize()])
