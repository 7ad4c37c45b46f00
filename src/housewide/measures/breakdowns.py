"""A measure by room, service or reason: one month, or month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from housewide.kit.periods import Month, months_back
from housewide.measures import definitions
from housewide.measures.amounts import rounded_value, show
from housewide.measures.definitions import Definition
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.rollups import scope_of, totals
from housewide.measures.sums import Total
from housewide.methods.ratios import rounded


@dataclass(frozen=True)
class Slice:
    """One label. ``share`` is its part of the whole in per cent: of the denominator of a ratio (of the numerator where
    its rows have none), of a total's or stock's sum, of a distribution's count; a distinct count has none.
    ``change`` is against the month before."""

    label: str
    value: Decimal | None
    text: str
    num: int
    den: int
    count: int
    share: Decimal | None
    change: Decimal | None


@kept_until_counted_again("period")
def breakdown(measure_id: str, place: str, period: str, by: str) -> list[Slice]:
    """The labels of one month, the largest part first. Raises KeyError for an unknown measure or breakdown."""
    month = Month.parse(period)
    definition = _checked(measure_id, by)
    scope = scope_of(place, [month.shift(-1), month])
    found = totals([measure_id], scope, by=by)
    return slices(definition, found.get((measure_id, month), {}), found.get((measure_id, month.shift(-1)), {}))


@kept_until_counted_again("last")
def breakdown_series(measure_id: str, place: str, last: Month, count: int, by: str) -> dict[str, list[Slice | None]]:
    """Each label month by month, oldest first; None in a month without it. Raises KeyError like ``breakdown``."""
    definition = _checked(measure_id, by)
    months = months_back(last, count)
    scope = scope_of(place, [months[0].shift(-1), *months])
    found = totals([measure_id], scope, by=by)
    columns: list[dict[str, Slice]] = []
    for month in months:
        here = slices(definition, found.get((measure_id, month), {}), found.get((measure_id, month.shift(-1)), {}))
        columns.append({part.label: part for part in here})
    labels = sorted({label for column in columns for label in column})
    return {label: [column.get(label) for column in columns] for label in labels}


def slices(definition: Definition, now: Mapping[str, Total], before: Mapping[str, Total]) -> list[Slice]:
    """The slices of one month out of its totals by label and those of the month before."""
    found = []
    for label, total in now.items():
        exact = total.value(definition)
        old = before[label].value(definition) if label in before else None
        value, past = rounded_value(definition, exact), rounded_value(definition, old)
        found.append(
            Slice(
                label,
                value,
                show(definition, exact),
                total.num,
                total.den,
                total.count,
                _share(definition, total, now),
                value - past if value is not None and past is not None else None,
            )
        )
    return sorted(found, key=lambda part: (-(part.share or 0), part.label))


def _share(definition: Definition, total: Total, all_of: Mapping[str, Total]) -> Decimal | None:
    if definition.kind == "distinct":
        return None  # one thing may stand under several labels, so they have no shares of a whole
    name = "den" if definition.kind in ("ratio", "rate", "formula") and total.den else "num"
    whole = sum(getattr(other, name) for other in all_of.values())
    return rounded(Fraction(getattr(total, name) * 100, whole), 1) if whole else None


def _checked(measure_id: str, by: str) -> Definition:
    definition = definitions.get(measure_id)
    if by not in definition.breakdowns:
        known = ", ".join(definition.breakdowns) or "none"
        raise KeyError(f"“{definition.title}” has no breakdown “{by}”. It has: {known}.")
    return definition
