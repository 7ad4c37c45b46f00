"""Which rooms, services or reasons make up most of a change. The parts add up to the whole change exactly.

A ratio's change is split by the rows each label has above what the whole used to have: (n - R·d) / D now, less the
same before, where R is the whole's value before. That sums to the change, whatever the mix does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Min, Q, Sum

from housewide.kit.periods import Month
from housewide.measures.amounts import show_change
from housewide.measures.definitions import Definition
from housewide.measures.masking import names_people
from housewide.measures.models import BreakdownCell
from housewide.measures.rollups import Scope, members

MONTHS_BEFORE = 12
Number = int | Fraction
Integers = tuple[Number, Number]  # numerator and denominator: count and value sum of a distribution, months of a total


@dataclass(frozen=True)
class Contribution:
    """What one label adds to the change, in the measure's unit; ``share`` of the whole change."""

    by: str
    label: str
    amount: Fraction
    share: Fraction


def contributions(now: Mapping[str, Integers], before: Mapping[str, Integers], per: Fraction) -> dict[str, Fraction]:
    """Each label's part of the change of sum(num)/sum(den) times ``per``. They sum to the change exactly."""
    den_now, den_before = (sum(den for _, den in cells.values()) for cells in (now, before))
    if not den_now or not den_before:
        return {}
    usual = Fraction(sum(num for num, _ in before.values())) / den_before
    found = {}
    for label in sorted({*now, *before}):
        num, den = now.get(label, (0, 0))
        old_num, old_den = before.get(label, (0, 0))
        found[label] = per * ((num - usual * den) / den_now - (old_num - usual * old_den) / den_before)
    return found


def says_the_outcome(cells: Mapping[str, Integers]) -> bool:
    """Whether a breakdown's labels only name the outcome (“on time”, “cancelled: no bed”), which explains nothing."""
    return all(num in (0, den) for num, den in cells.values())


def largest_part(definition: Definition, scope: Scope, since: Month) -> Contribution | None:
    """The label, over all breakdowns, with the largest part of the change since a month against the 12 months before.

    One query, or one for each breakdown where cells do not simply add up. Breakdowns by person are passed over: a
    sentence that everybody reads names nobody.
    """
    if definition.kind in ("distinct", "formula") or definition.den_rollup:
        from housewide.measures.joined import parts_of_change  # it splits by ``contributions``, so it comes after

        joined = [part for by in named_of(definition) for part in parts_of_change(definition, scope, since, by)]
        return max(joined, key=lambda part: (part.share, abs(part.amount)), default=None)
    last = scope.months[-1]
    months = [str(since.shift(step)) for step in range(-MONTHS_BEFORE, months_apart(since, last) + 1)]
    named = named_of(definition)
    rows = BreakdownCell.objects.using("cubes").filter(
        version__current=True, version__measure=definition.id, version__period__in=months, by__in=named
    )
    rows = rows.filter(place__in=members(scope.now, scope.place))
    recent, old = Q(version__period__gte=str(since)), Q(version__period__lt=str(since))
    num, den = ("exact", "count") if definition.kind == "distribution" else ("num", "den")
    summed = rows.values("by", "label").annotate(
        n1=Sum(num, filter=recent, default=0),
        d1=Sum(den, filter=recent, default=0),
        n0=Sum(num, filter=old, default=0),
        d0=Sum(den, filter=old, default=0),
    )
    split: dict[str, tuple[dict[str, Integers], dict[str, Integers]]] = {}
    for row in summed.order_by("by", "label"):
        now, before = split.setdefault(row["by"], ({}, {}))
        now[row["label"]], before[row["label"]] = (row["n1"], row["d1"]), (row["n0"], row["d0"])
    span = months_apart(since, last) + 1
    known = months_known([definition.id], scope, since) if definition.kind in ("total", "stock") else MONTHS_BEFORE
    if not known:
        return None
    found = [part for by, (now, before) in split.items() for part in _parts(definition, by, now, before, span, known)]
    return max(found, key=lambda part: (part.share, abs(part.amount)), default=None)


def named_of(definition: Definition) -> list[str]:
    """The breakdowns whose labels may stand in a sentence that everybody reads."""
    return [by for by in definition.breakdowns if not names_people(by)]


def _parts(
    definition: Definition,
    by: str,
    now: dict[str, Integers],
    before: dict[str, Integers],
    months: int,
    months_before: int,
) -> list[Contribution]:
    if len(now) < 2:
        return []
    if definition.kind in ("total", "stock"):
        per = Fraction(1, definition.scale)
        amounts = {
            label: per * (Fraction(now[label][0], months) - Fraction(before[label][0], months_before)) for label in now
        }
    else:
        if definition.kind == "ratio" and says_the_outcome(now):
            return []
        per = Fraction(1, definition.scale) if definition.kind == "distribution" else Fraction(definition.per)
        amounts = contributions(now, before, per)
    return shares_of(by, amounts)


def shares_of(by: str, amounts: Mapping[str, Fraction]) -> list[Contribution]:
    """The labels that moved with the whole, each with its share of the whole change."""
    change = sum(amounts.values(), Fraction(0))
    if not change:
        return []
    same_way = {label: amount for label, amount in amounts.items() if amount / change > 0}
    return [Contribution(by, label, amount, amount / change) for label, amount in same_way.items()]


def months_known(measures: Iterable[str], scope: Scope, since: Month) -> int:
    """How many months before ``since`` something was counted at the place, from the first one on and 12 at most: a sum
    of seven months is no sum of twelve."""
    counted = BreakdownCell.objects.using("cubes").filter(
        version__current=True, version__measure__in=list(measures), by="", place__in=members(scope.now, scope.place),
        version__period__gte=str(since.shift(-MONTHS_BEFORE)), version__period__lt=str(since),
    )  # fmt: skip
    first = counted.aggregate(first=Min("version__period"))["first"]
    return months_apart(Month.parse(first), since) if first else 0


def months_apart(first: Month, last: Month) -> int:
    return (last.year - first.year) * 12 + last.number - first.number


def in_words(definition: Definition, part: Contribution, since: Month) -> str:
    """``Largest part of the change since May 2026: OR 5 (−14.2 min)``."""
    of = "the change in the mean" if definition.kind == "distribution" and definition.stat != "mean" else "the change"
    return f"Largest part of {of} since {since.title}: {part.label} ({show_change(definition, part.amount)})"
