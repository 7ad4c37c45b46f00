"""Who made most of a day that stands out: the unit below, or the room, service or reason, in words.

A place with several places below it is split by them, from the day cells; a unit is split by its breakdowns, counted
from the rows themselves. The parts add up to the whole difference from the like days before.
"""

# ruff: noqa: S608 - SQL is made here, from linted definitions, declared names and quoted literals only
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from housewide.facts.cells import text
from housewide.facts.engines import EngineBusy, TookTooLong
from housewide.kit.clock import today
from housewide.kit.memory import not_for_all
from housewide.kit.periods import Month
from housewide.measures import asking, definitions
from housewide.measures.amounts import show_change
from housewide.measures.contributions import (
    MONTHS_BEFORE,
    Contribution,
    Integers,
    contributions,
    months_known,
    says_the_outcome,
)
from housewide.measures.daily import Daily, Days, calendar_at, changes, days_of
from housewide.measures.definitions import Definition
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.like_days import like_days_before
from housewide.measures.masking import names_people
from housewide.measures.models import BreakdownCell
from housewide.measures.rollups import Scope, members, scope_of
from housewide.measures.sums import ADD, Total, rolls_of
from housewide.org.calendars import hold_calendars

MOST_COUNTED = 4  # splitting a unit reads its rows; a page does that for its first few lines only
SPAN = 45
ORDER = {"worsening": 0, "improving": 1, "changed": 2}
NOTHING = Total()
HALF = Fraction(1, 2)


@kept_until_counted_again("until")
def news(measure_ids: tuple[str, ...], place: str, since: date, until: date, most: int) -> tuple[list[Daily], int]:
    """What stands out at a place and below it (``daily.changes``), the worst and newest first: the first ``most`` with
    their parts, and how many more there are. Raises KeyError for an unknown measure."""
    found = sorted(changes(measure_ids, place, since, until), key=_order)
    return with_parts(found[:most], place, until, measure_ids), max(0, len(found) - most)


def _order(one: Daily) -> tuple[int, int, int, str, str]:
    return (ORDER.get(one.signal.word, 3), -one.day.toordinal(), -one.count, one.title, one.place)


def with_parts(found: Sequence[Daily], place: str, until: date, measure_ids: tuple[str, ...]) -> list[Daily]:
    """The days with ``part`` filled where something explains them. ``place``, ``until`` and ``measure_ids`` are those
    that the days were found with, so that nothing is read twice."""
    if not found:
        return []
    counted = 0
    with hold_calendars():
        held = days_of(measure_ids, place, until)
        scope = scope_of(place, [Month.of(until)])
        done = []
        for one in found:
            definition = definitions.get(one.measure)
            before = like_days_before(calendar_at(scope, one.place), one.day)
            part = _by_place(definition, one, held, scope, before)
            if part is None and counted < MOST_COUNTED:
                counted += 1
                part = largest_label(one.measure, one.place, one.day)
            done.append(replace(one, part=_in_words(definition, part)) if part else one)
    return done


def _in_words(definition: Definition, part: Contribution) -> str:
    of = " of the mean" if definition.kind == "distribution" and definition.stat != "mean" else ""
    most = "All of it and more" if part.share > 1 else "Most of it" if part.share > HALF else "Largest part"
    return f"{most}: {part.label} ({show_change(definition, part.amount)}{of} against such days)"


def _by_place(
    definition: Definition, one: Daily, held: Days, scope: Scope, before: Sequence[date]
) -> Contribution | None:
    here = one.place
    while True:
        own = held[one.measure]
        children = [code for code in scope.now.children.get(here, ()) if code in own]
        if len(children) != 1:
            break
        here = children[0]
    if not children:
        return None
    names = {code: scope.now.places[code].name for code in children}
    now = {names[code]: integers(definition, [own[code].get(one.day, NOTHING)]) for code in children}
    past = {
        names[code]: integers(definition, [own[code][day] for day in before if day in own[code]]) for code in children
    }
    days = sum(any(day in own[code] for code in children) for day in before)
    return largest(definition, "place", now, past, days)


def integers(definition: Definition, totals: Sequence[Total]) -> Integers:
    """Numerator and denominator of a ratio or rate; exact sum and count of a distribution."""
    num, den = ("exact", "count") if definition.kind == "distribution" else ("num", "den")
    return sum(getattr(one, num) for one in totals), sum(getattr(one, den) for one in totals)


def largest(
    definition: Definition, by: str, now: Mapping[str, Integers], past: Mapping[str, Integers], days: int
) -> Contribution | None:
    """The label with the largest part of the day's difference from the like days; None where none goes its way."""
    amounts = split(definition, now, past, days)
    change = sum(amounts.values(), Fraction(0))
    if len(amounts) < 2 or not change:
        return None
    parts = [Contribution(by, label, amount, amount / change) for label, amount in amounts.items()]
    best = max(parts, key=lambda part: (part.share, part.label))
    return best if best.share > 0 else None


def split(
    definition: Definition, now: Mapping[str, Integers], past: Mapping[str, Integers], days: int
) -> dict[str, Fraction]:
    """Each label's part of the difference between the day and the mean of ``days`` like days; they sum to it.
    Empty where the integers of places and labels do not simply add up."""
    if rolls_of(definition) != ADD:
        return {}
    if definition.kind == "total":
        per = Fraction(1, definition.scale)
        if not days:
            return {}
        return {
            label: per * (now.get(label, (0, 0))[0] - Fraction(past.get(label, (0, 0))[0], days))
            for label in sorted({*now, *past})
        }
    if definition.kind == "ratio" and says_the_outcome(past):  # of one day every label may be all or nothing
        return {}
    per = Fraction(1, definition.scale) if definition.kind == "distribution" else Fraction(definition.per)
    return contributions(now, past, per)


@kept_until_counted_again("day")
def largest_label(measure: str, place: str, day: date) -> Contribution | None:
    """The room, service, reason … with the largest part, counted from the rows of the day and of the like days of the
    weeks before. Breakdowns by person are passed over: a sentence that everybody reads names nobody."""
    definition = definitions.get(measure)
    named = [by for by in definition.breakdowns if not names_people(by)]
    scope = scope_of(place, [Month.of(day)])
    facility = scope.now.facility_of(place)
    if not named or facility is None:
        return None
    before = [one for one in like_days_before(calendar_at(scope, place), day) if one > day - timedelta(days=SPAN)]
    try:
        cells = _counted(definition, scope, facility, named, day, before)
    except (EngineBusy, TookTooLong):
        not_for_all("the engine was busy")
        return None
    found = []
    for by in named:
        now: dict[str, Integers] = {}
        past: dict[str, Integers] = {}
        for label_by, is_now, label, num, den in cells:
            if label_by == by:
                (now if is_now else past)[label] = (int(num), int(den))
        part = largest(definition, by, now, past, len(before))
        found += [part] if part else []
    return max(found, key=lambda part: (min(part.share, 1), part.by), default=None)


def _counted(
    definition: Definition, scope: Scope, facility: str, named: Sequence[str], day: date, before: Sequence[date]
) -> list[tuple[str, bool, str, int, int]]:
    own = calendar_at(scope, scope.place)
    months = sorted({own.month_of(one) for one in (day, *before)})
    needed = {one for month in months for one in asking.months_needed(definition, facility, month)}
    parts = asking.parts_for(asking.tables_of(definition), facility, needed, None)
    if not any(parts.values()) or day > today():
        return []
    num, den = ("value", "1") if definition.kind == "distribution" else ("num", "0")
    den = "den" if definition.kind in ("ratio", "rate") else den
    places = ", ".join(text(code) for code in sorted(members(scope.now, scope.place)))
    days = ", ".join(f"DATE '{one}'" for one in (day, *before))
    with asking.asking(parts, facility, [definition], months, web=True) as engine:
        asked = asking.rows_sql(definition, engine.dialect, facility, months)
        arms = " UNION ALL ".join(
            f"SELECT '{by}', day = DATE '{day}', {asking.quoted(by, engine.dialect)}, CAST(SUM({num}) AS BIGINT),"
            f" CAST(SUM({den}) AS BIGINT) FROM counted GROUP BY 1, 2, 3"
            for by in named
        )
        where = f"left_out IS NULL AND place IN ({places}) AND day IN ({days})"
        return engine.rows(f"WITH counted AS (SELECT * FROM ({asked}) a WHERE {where}) {arms}")


def largest_place(definition: Definition, scope: Scope, since: Month) -> Contribution | None:
    """The place directly below with the largest part of a change of whole months: those from ``since`` on against the
    (at most) twelve before. None where fewer than two places below hold rows. Two queries at most."""
    last = scope.months[-1]
    apart = (last.year - since.year) * 12 + last.number - since.number
    months = {str(since.shift(step)): step >= 0 for step in range(-MONTHS_BEFORE, apart + 1)}
    below = {code: child for child in scope.now.children.get(scope.place, ()) for code in scope.now.below(child)}
    cells = BreakdownCell.objects.using("cubes").filter(
        version__current=True, version__measure=definition.id, version__period__in=list(months), by="", place__in=below
    )
    num, den = ("exact", "count") if definition.kind == "distribution" else ("num", "den")
    sums: dict[bool, dict[str, Integers]] = {True: {}, False: {}}
    for place, period, top, bottom in cells.values_list("place", "version__period", num, den):
        name = scope.now.places[below[place]].name
        old = sums[months[period]].get(name, (0, 0))
        sums[months[period]][name] = (old[0] + top, old[1] + bottom)
    now, past = sums[True], sums[False]
    if definition.kind == "total":
        known = months_known([definition.id], scope, since)
        if not known:
            return None
        now = {name: (top * known, bottom) for name, (top, bottom) in now.items()}
        past = {name: (top * (apart + 1), bottom) for name, (top, bottom) in past.items()}
        found = largest(definition, "place", now, past, 1)
        return replace(found, amount=found.amount / (known * (apart + 1))) if found else None
    return largest(definition, "place", now, past, 1)
