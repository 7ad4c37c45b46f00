"""What a source's own codes mean here, from one day until another; a code nobody has explained is never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from housewide.access.gates import may
from housewide.facts.models import Batch, Crosswalk
from housewide.kit.actions import Refused, action
from housewide.org.models import Person, Place, Placement
from housewide.org.tree import tree_on

if TYPE_CHECKING:
    from housewide.facts.models import Feed
    from housewide.org.models import Account

EVER, NEVER = date(1, 1, 1), date(9999, 12, 31)
UNKNOWN = "unknown {kind} code"
Interval = tuple[str, str, date, date]  # code, target, from, first day on which it no longer holds

_known: dict[str, Callable[[], set[str]]] = {
    "place": lambda: set(Place.objects.values_list("code", flat=True)),
    "person": lambda: set(Person.objects.values_list("code", flat=True)),
}


def register_kind(kind: str, known: Callable[[], set[str]]) -> None:
    """Teach the house which codes of a kind need no translation, because they are the house's own."""
    _known[kind] = known


def own_codes(kind: str) -> set[str]:
    """The house's own codes of a kind; for a kind nobody registered, whatever some source's code already means."""
    if kind in _known:
        return _known[kind]()
    return set(Crosswalk.objects.filter(kind=kind).values_list("target", flat=True))


def intervals(kind: str, scope: str) -> list[Interval]:
    """Every meaning of every code of a kind as a feed scope uses it; for one code they never overlap.

    The house's own codes mean themselves unless the scope gave them another meaning. A later entry ends an earlier.
    """
    found: list[Interval] = []
    rows: dict[str, list[Crosswalk]] = {}
    for row in Crosswalk.objects.filter(kind=kind, scope=scope):
        rows.setdefault(row.source_code, []).append(row)
    for code, meanings in rows.items():
        meanings.sort(key=lambda row: (row.valid_from or EVER, row.pk))
        for row, later in zip(meanings, [*meanings[1:], None], strict=True):
            start = row.valid_from or EVER
            end = min(row.valid_to or NEVER, (later.valid_from or EVER) if later else NEVER)
            if start < end:
                found.append((code, row.target, start, end))
    found += [(code, code, EVER, NEVER) for code in sorted(own_codes(kind) - rows.keys())]
    return found


def meaning(kind: str, scope: str, code: str, day: date) -> str | None:
    """What a code means on a day; None when nobody has said."""
    return next((to for at, to, start, end in intervals(kind, scope) if at == code and start <= day < end), None)


def homes() -> list[Interval]:
    """(place, facility it belongs to, from, until) through the whole history of the tree."""
    edges = {day for pair in Placement.objects.values_list("valid_from", "valid_to") for day in pair if day}
    starts = [EVER, *sorted(edges)]
    found: dict[str, list[Interval]] = {}
    for start, end in zip(starts, [*starts[1:], NEVER], strict=True):
        tree = tree_on(start)
        for code in tree.places:
            facility = tree.facility_of(code)
            if facility is None:
                continue
            runs = found.setdefault(code, [])
            if runs and runs[-1][1] == facility and runs[-1][3] == start:
                start_before = runs.pop()[2]
                runs.append((code, facility, start_before, end))
            else:
                runs.append((code, facility, start, end))
    return [run for code in sorted(found) for run in found[code]]


@dataclass(frozen=True)
class WaitingCode:
    """A code that rows wait for: how many rows of imports that still have rows set aside."""

    kind: str
    scope: str
    code: str
    rows: int


def waiting_codes(scopes: list[str] | None = None) -> list[WaitingCode]:
    """Unknown codes of imports with rows still set aside, the most rows first; codes mapped since are left out."""
    from housewide.facts.set_aside import counts_by_code

    batches = Batch.objects.filter(set_aside_open__gt=0).select_related("feed__scope")
    if scopes is not None:
        batches = batches.filter(feed__scope__code__in=scopes)
    totals: dict[tuple[str, str, str], int] = {}
    for batch in batches:
        for (kind, code), rows in counts_by_code(batch).items():
            about = (kind, batch.feed.scope.code, code)
            totals[about] = totals.get(about, 0) + rows
    mapped = set(Crosswalk.objects.values_list("kind", "scope", "source_code"))
    waiting = [WaitingCode(*about, rows) for about, rows in totals.items() if about not in mapped]
    return sorted(waiting, key=lambda one: (-one.rows, one.kind, one.code))


def _gate(*, by: Account | str, scope: str, feed: Feed | None = None, **_: object) -> dict[str, str]:
    if by == "system:setup":  # compared as it is: an account's text is a name that people choose
        return {"place": scope}
    if feed is not None and feed.scope.code == scope:
        return may(by, "intake.profile", feed.owning_place, "say what a code means", sees="see.intake")
    return may(by, "intake.profile", scope, "say what a code means", sees="see.intake")


@action("facts.map_code", gate=_gate)
def map_code(
    *,
    by: Account,
    kind: str,
    scope: str,
    source_code: str,
    target: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    feed: Feed | None = None,
) -> Crosswalk:
    """Say what a source's code means in a feed scope, from a day (None: always) until the day before ``valid_to``.

    ``feed`` is a feed of that scope whose rows wait: then the place that owns it may say so.

    Raises Refused for a target the house does not know, for an empty span, and when another meaning holds meanwhile.
    """
    code, target = source_code.strip(), target.strip()
    if not code or not target:
        raise Refused("Give both the source's code and what it means here. Nothing was changed.")
    if kind in _known and target not in own_codes(kind):
        raise Refused(f"There is no {kind} “{target}”. Nothing was changed.")
    if valid_to and valid_from and valid_to <= valid_from:
        raise Refused("The last day lies before the first. Nothing was changed.")
    others = Crosswalk.objects.filter(kind=kind, scope=scope, source_code=code)
    if valid_to:
        others = others.filter(Q(valid_from=None) | Q(valid_from__lt=valid_to))
    if valid_from:
        others = others.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from))
    for other in others:
        earlier = valid_from and (other.valid_from is None or other.valid_from < valid_from)
        if not (earlier and other.valid_to is None):
            raise Refused(f"“{code}” already means “{other.target}” in those days. Nothing was changed.")
        other.valid_to = valid_from  # an open-ended meaning ends where the new one begins
        other.save(update_fields=["valid_to"])
    return Crosswalk.objects.create(
        kind=kind, scope=scope, source_code=code, target=target, valid_from=valid_from, valid_to=valid_to
    )
