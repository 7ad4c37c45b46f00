"""What a place wants a measure to be, since when, and who says so. The nearest place above that has said so counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from housewide.access.gates import may
from housewide.kit.actions import Refused, action
from housewide.kit.clock import today
from housewide.measures import definitions
from housewide.measures.amounts import show
from housewide.measures.models import Target as Row
from housewide.org.models import Place
from housewide.org.tree import Tree, tree_on

LARGEST = Decimal(10) ** 13


class BadTarget(Refused):
    """The target cannot be set as it was given; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class Target:
    """A target in the unit of its measure. ``place`` is empty when it ships with the definition."""

    value: Decimal
    text: str
    source: str
    since: date | None = None
    place: str = ""


def target_for(measure_id: str, place: str, day: date, tree: Tree | None = None) -> Target | None:
    """The target that holds at a place on a day: its own, else the nearest above, else the definition's."""
    return targets_for([measure_id], place, day, tree)[measure_id]


def targets_for(
    measure_ids: Iterable[str], place: str, day: date, tree: Tree | None = None
) -> dict[str, Target | None]:
    """The targets of several measures: one query, besides the tree when none is given."""
    ids = list(measure_ids)
    nearest = (tree or tree_on(day)).above(place)
    rows = Row.objects.filter(measure__in=ids, place__code__in=nearest, valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("place")
    said: dict[str, list[Row]] = {}
    for row in rows:
        said.setdefault(row.measure, []).append(row)
    return {measure: _chosen(measure, said.get(measure, []), nearest) for measure in ids}


def _chosen(measure: str, rows: Sequence[Row], nearest: Sequence[str]) -> Target | None:
    definition = definitions.get(measure)
    if rows:
        row = min(rows, key=lambda row: (nearest.index(row.place.code), -row.valid_from.toordinal()))
        return Target(_plain(row.value), show(definition, row.value), row.source, row.valid_from, row.place.code)
    if definition.target is None:
        return None
    said = definition.target
    return Target(said.value, show(definition, said.value), said.source)


def _plain(value: Decimal) -> Decimal:
    """80 for what the database gives as 80.000000."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _gate(*, by: Any, measure: str, place: str, **more: Any) -> dict[str, str]:
    return may(by, "target.set", place, "set targets") | {"subject": f"measure:{measure}"}


@action("set_target", gate=_gate)
def set_target(
    *, by: Any, measure: str, place: str, value: Any, source: str, valid_from: date | None = None, reason: str = ""
) -> Row:
    """Set a target from a day on (default: today). An earlier target of the same place ends the day before; one that
    was set for a later day already stays and ends this one. Raises BadTarget."""
    definition = definitions.all_definitions().get(measure)
    if definition is None:
        raise BadTarget(f"There is no measure “{measure}”. Nothing was changed.")
    amount, said, since = _amount(value), " ".join(source.split()), valid_from or today()
    if not said or len(said) > 200:
        raise BadTarget("Say who set this target and where, in at most 200 letters. Nothing was changed.")
    own = Row.objects.filter(measure=measure, place__code=place)
    own.filter(valid_from=since).delete()
    before = own.filter(valid_from__lt=since).filter(Q(valid_to=None) | Q(valid_to__gt=since))
    before.update(valid_to=since)
    later = own.filter(valid_from__gt=since).order_by("valid_from").first()
    return Row.objects.create(
        measure=measure,
        place=Place.objects.get(code=place),
        value=amount,
        valid_from=since,
        valid_to=later.valid_from if later else None,
        source=said,
        set_by=by,
    )


def _amount(value: Any) -> Decimal:
    text = str(value).strip().rstrip("%").replace(",", "").replace("$", "").strip()
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise BadTarget(f"“{value}” is not a number. Write a target like 80 or 27.5. Nothing was changed.")
    return amount.quantize(Decimal("0.000001"))


def history(measure: str, place: str) -> list[Row]:
    """Targets the place itself has set, the newest first."""
    return list(Row.objects.filter(measure=measure, place__code=place).select_related("set_by").order_by("-valid_from"))


def last_day(row: Row) -> date | None:
    """The last day on which a target holds; None while it has no end."""
    return row.valid_to - timedelta(days=1) if row.valid_to else None
