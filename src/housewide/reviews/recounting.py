"""Counts a measure straight from its files, past every cube: what a frozen figure is checked against."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from housewide.facts.catalogue import part_path
from housewide.facts.models import Part
from housewide.kit.periods import Month
from housewide.measures.amounts import rounded_value, value_of, value_of_formula
from housewide.measures.asking import asking, months_needed, parts_for, tables_of
from housewide.measures.cubes import ENDS, LEFT_OUT, Counted, counted_by
from housewide.measures.definitions import Component, Definition
from housewide.measures.sums import Total, rolls_of
from housewide.org.calendars import calendar_of, calendar_rows
from housewide.reviews.seals import sha256_of

Integers = dict[str, Any]
NOTHING: Integers = {"num": 0, "den": 0, "count": 0, "exact": 0, "bins": None}


@dataclass
class Recount:
    """What the files say, for some places taken together. ``months``: integers by month; ``labels`` (breakdown, label)
    and ``left_out`` (reasons) of the last month."""

    months: dict[str, Integers]
    labels: dict[tuple[str, str], Integers] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def parts_behind(
    definition: Definition, facilities: Iterable[str], months: Sequence[Month], as_of: int | None = None
) -> list[Part]:
    """Every part that these months of the measure rest on, by facility, table and month."""
    found: list[Part] = []
    for facility in facilities:
        needed = {one for month in months for one in months_needed(definition, facility, month)}
        for parts in parts_for(tables_of(definition), facility, needed, as_of).values():
            found += parts
    return found


def calendar_sha256(facilities: Sequence[str], months: Sequence[Month]) -> str:
    """Identity of the days, holidays and workdays of these months."""
    days = []
    for facility in facilities:
        own = calendar_of(facility)
        rows = calendar_rows(facility, own.days_of(min(months))[0], own.days_of(max(months))[1])
        days += [[code, str(day), *rest] for code, day, *rest in rows]
    return sha256_of(days)


def count_again(
    definition: Definition,
    parts: Sequence[Part],
    places: Mapping[str, Iterable[str]],
    facilities: Sequence[str],
    months: Sequence[Month],
) -> Recount:
    """Count months of a measure from exactly these parts. ``places``: by month, the codes whose rows count.

    A measure that looks at neighbouring months is counted month by month, from just the parts each month rests on, as
    its cubes are.
    """
    if definition.kind == "formula":
        return _formula_again(definition, parts, places, facilities, months)
    wanted, last = {period: set(codes) for period, codes in places.items()}, str(max(months))
    rolls = rolls_of(definition)
    by_month = {str(month): Total(rolls=rolls) for month in sorted(months)}
    labels: dict[tuple[str, str], Total] = {}
    left_out: dict[str, int] = {}
    looks = bool(definition.lookback_days or definition.lookahead_days)
    whole = ENDS if definition.kind == "stock" else "day"
    for facility in facilities:
        for group in [[month] for month in months] if looks else [list(months)]:
            for counted in _asked(definition, parts, facility, group):
                what, period, label = counted.what, counted.period, counted.label
                if counted.place not in wanted[period]:
                    continue
                if what == whole:
                    by_month[period].join(counted.total)
                elif period == last and what == LEFT_OUT:
                    left_out[label] = left_out.get(label, 0) + counted.total.count
                elif period == last and what.startswith("by "):
                    labels.setdefault((what.removeprefix("by "), label), Total(rolls=rolls)).join(counted.total)
    return Recount(
        {period: _integers(total, definition) for period, total in by_month.items()},
        {key: _integers(total, definition) for key, total in labels.items()},
        left_out,
    )


def _integers(total: Total, definition: Definition) -> Integers:
    """The integers of a figure. Keys of a distinct count stay what they are there: numbers that do not say what they
    stand for."""
    num = 0 if definition.kind == "distribution" else total.num  # as every figure of one has been frozen
    bins = {str(edge): times for edge, times in total.bins.items()} or None
    return {"num": num, "den": total.den, "count": total.count, "exact": total.exact, "bins": bins}


def _formula_again(
    definition: Definition,
    parts: Sequence[Part],
    places: Mapping[str, Iterable[str]],
    facilities: Sequence[str],
    months: Sequence[Month],
) -> Recount:
    """Count every component again; a month of the formula holds the integers of each, by its name."""
    behind = {one.name: count_again(one.behind, parts, places, facilities, months) for one in definition.components}
    found = Recount({str(month): dict(NOTHING) for month in sorted(months)})
    for period in found.months:
        found.months[period] = _put_together({name: again.months[period] for name, again in behind.items()})
    for key in sorted({key for again in behind.values() for key in again.labels if key[0] in definition.breakdowns}):
        cells = {name: again.labels.get(key, dict(NOTHING)) for name, again in behind.items()}
        found.labels[key] = _put_together(cells)
    return found


def _put_together(components: dict[str, Integers]) -> Integers:
    return {**NOTHING, "count": sum(one["count"] for one in components.values()), "components": components}


def _asked(definition: Definition, parts: Sequence[Part], facility: str, months: Sequence[Month]) -> Iterator[Counted]:
    """What the engine counts in a facility's months, straight from these parts."""
    needed = {str(one) for month in months for one in months_needed(definition, facility, month)}
    here = [part for part in parts if part.scope == facility and part.period in needed]
    by_table = {table: [part for part in here if part.table == table] for table in tables_of(definition)}
    with asking(by_table, facility, [definition], months) as engine:
        yield from counted_by(engine, definition, facility, months)


def value_of_counts(definition: Definition, counted: Integers) -> Decimal | None:
    """The value of integers as it is shown: exact, then rounded half up once; None where nothing was counted."""
    return rounded_value(definition, exact_of_counts(definition, counted))


def exact_of_counts(definition: Definition, counted: Integers) -> Fraction | None:
    """The exact value of integers; of a formula, worked out from those of its components."""
    if definition.kind == "formula":
        parts = counted.get("components") or {}
        if not counted["count"]:
            return None
        return value_of_formula(definition, {one.name: _amount(one, parts[one.name]) for one in definition.components})
    if definition.kind in ("total", "stock") and not counted["count"]:
        return None
    bins = {int(edge): times for edge, times in (counted["bins"] or {}).items()}
    return value_of(definition, counted["num"], counted["den"], counted["count"], counted["exact"], bins)


def _amount(one: Component, counted: Integers) -> Fraction | None:
    return exact_of_counts(one.behind, counted) if one.part == "value" else Fraction(counted[one.part])


def broken_parts(parts: Sequence[Part]) -> list[str]:
    """What is wrong with the files of these parts, in words; empty when every hash holds."""
    wrong = []
    for part in parts:
        path = part_path(part)
        if not path.exists():
            wrong.append(f"The part {part.path} is gone.")
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
                wrong.append(f"The part {part.path} is not the file it was: its hash differs.")
    return wrong
