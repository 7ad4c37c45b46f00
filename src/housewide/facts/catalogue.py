"""Which file holds which rows: the current parts of a table, or those as they stood after any earlier import."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.db.models import Q

from housewide.facts.models import Batch, Part
from housewide.kit.home import home_folder, subfolder


def facts_folder() -> Path:
    """The folder of all parts, owner-only."""
    return subfolder("facts")


def part_path(part: Part) -> Path:
    """Where a part's file lies."""
    return home_folder() / part.path


def current_parts(
    table: str,
    scopes: Iterable[str] | None = None,
    periods: Iterable[str] | None = None,
    as_of: int | Batch | None = None,
) -> list[Part]:
    """Parts of a table, by facility code and fiscal month when given, in the order of scope and period.

    ``as_of`` is a batch (or its id): exactly the parts that were current once that import had committed.
    """
    found = Part.objects.filter(table=table)
    if as_of is None:
        found = found.filter(to_batch=None)
    else:
        moment = as_of.pk if isinstance(as_of, Batch) else as_of
        found = found.filter(Q(to_batch=None) | Q(to_batch__gt=moment), from_batch__lte=moment)
    if scopes is not None:
        found = found.filter(scope__in=list(scopes))
    if periods is not None:
        found = found.filter(period__in=[str(period) for period in periods])
    return list(found.order_by("scope", "period"))


def last_batch() -> int:
    """The id of the newest import, 0 when there is none: what an as-of question made now should name."""
    return Batch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
