"""The largest part of a change where cells do not simply add up: things counted once, days counted once, formulas.

Each kind is split so that the parts still add up to the whole change exactly: a thing under k labels counts 1/k under
each; a numerator is set against the whole denominator; a formula is split where its top and its bottom add up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from housewide.kit.periods import Month
from housewide.measures.contributions import (
    Contribution,
    Number,
    contributions,
    months_apart,
    months_known,
    shares_of,
)
from housewide.measures.definitions import Definition
from housewide.measures.formulas import leaves, quotient, side
from housewide.measures.rollups import Scope, Totals, scope_of, totals
from housewide.measures.sums import Total

Amounts = dict[str, Fraction]


def parts_of_change(definition: Definition, scope: Scope, since: Month, by: str) -> list[Contribution]:
    """Each label that moved with the whole since a month, against those before (12 at most); a handful of queries."""
    last = scope.months[-1]
    recent = [since.shift(step) for step in range(months_apart(since, last) + 1)]
    behind = [leaf.id for leaf in leaves(definition)] if definition.kind == "formula" else [definition.id]
    before = [since.shift(-step) for step in range(months_known(behind, scope, since), 0, -1)]
    if not before:
        return []
    wider = scope_of(scope.place, [*before, *recent])
    labels = totals([definition.id], wider, by=by)
    if len({label for month in recent for label in labels.get((definition.id, month), {})}) < 2:
        return []
    if definition.kind == "distinct":
        return shares_of(by, _distinct(definition, labels, recent, before))
    if definition.kind == "formula":
        return shares_of(by, _formula(definition, labels, recent, before))
    return shares_of(by, _once(definition, labels, totals([definition.id], wider), recent, before))


def _distinct(definition: Definition, labels: Totals, recent: Sequence[Month], before: Sequence[Month]) -> Amounts:
    now, past = (_average(shared_keys(labels.get((definition.id, month), {})) for month in some)
                 for some in (list(recent), list(before)))  # fmt: skip
    scale = definition.scale
    return {label: (now.get(label, Fraction(0)) - past.get(label, Fraction(0))) / scale for label in {*now, *past}}


def shared_keys(labels: Mapping[str, Total]) -> Amounts:
    """How many things each label has, where one under k labels counts 1/k under each: together, each once."""
    under: dict[int, int] = {}
    for total in labels.values():
        for key in total.bins:
            under[key] = under.get(key, 0) + 1
    return {label: sum((Fraction(1, under[key]) for key in total.bins), Fraction(0)) for label, total in labels.items()}


def _average(months: Iterable[Amounts]) -> Amounts:
    every = list(months)
    summed: Amounts = {}
    for month in every:
        for label, amount in month.items():
            summed[label] = summed.get(label, Fraction(0)) + amount
    return {label: amount / len(every) for label, amount in summed.items()}


def _once(
    definition: Definition, labels: Totals, whole: Totals, recent: Sequence[Month], before: Sequence[Month]
) -> Amounts:
    found: Amounts = {}
    for months, sign in ((recent, 1), (before, -1)):
        den = sum(whole.get((definition.id, month), {}).get("", Total()).den for month in months)
        if not den:
            return {}
        for month in months:
            for label, total in labels.get((definition.id, month), {}).items():
                part = Fraction(sign * total.num * definition.per, den)
                found[label] = found.get(label, Fraction(0)) + part
    return found


def _formula(definition: Definition, labels: Totals, recent: Sequence[Month], before: Sequence[Month]) -> Amounts:
    sides = quotient(definition)
    if sides is None:
        return {}
    top, bottom = sides
    per = Fraction(definition.per, definition.scale)
    split: list[dict[str, tuple[Number, Number]]] = []
    for months in (recent, before):
        cells: dict[str, tuple[Number, Number]] = {}
        for month in months:
            for label, total in labels.get((definition.id, month), {}).items():
                if total.components:
                    num, den = _sides(definition, total, top, bottom)
                    held = cells.get(label, (0, 0))
                    cells[label] = (held[0] + num, held[1] + den)
        split.append(cells)
    if bottom is not None:
        return contributions(split[0], split[1], per)
    now, past = ({label: Fraction(cell[0]) / len(months) for label, cell in cells.items()}
                 for cells, months in zip(split, (recent, before), strict=True))  # fmt: skip
    return {label: per * (now.get(label, Fraction(0)) - past.get(label, Fraction(0))) for label in {*now, *past}}


def _sides(definition: Definition, total: Total, top: ast.expr, bottom: ast.expr | None) -> tuple[Fraction, Fraction]:
    amounts = total.amounts(definition)
    num, den = (side(part, amounts) if part is not None else Fraction(0) for part in (top, bottom))
    return num or Fraction(0), den or Fraction(0)
