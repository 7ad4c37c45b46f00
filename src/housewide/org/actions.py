"""Changes to the organisation: a place is added or moved, people and holidays come from a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from housewide.kit.actions import Refused, action
from housewide.kit.clock import today
from housewide.kit.events import emit
from housewide.org.models import Account, Calendar, Holiday, Person, Place, Placement, Position
from housewide.org.tree import tree_on

# Set by the access layer at start-up: org lies below it and may not import its gates.
gates: dict[str, Callable[..., Any]] = {}


def _may_change(**about: Any) -> Any:
    return gates["org.change"](about["by"], about.get("parent") or about.get("place") or "")


@dataclass
class Taken:
    """What came of a file: rows read, rows taken, and each refused row with its reason. read = taken + refused."""

    read: int = 0
    taken: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@action("org.move_place", gate=_may_change)
def move_place(*, by: Account, place: str, parent: str, on: date, reason: str) -> Placement:
    """Hang a place under another parent from a day on. What was before that day stays as it was.

    Raises Refused when it would hang below itself, or when a later move is already recorded.
    """
    tree = tree_on(on)
    if place not in tree.places or parent not in tree.places:
        raise Refused("There is no such place.")
    if parent in tree.below(place):
        raise Refused(f"{tree.places[parent]} lies below {tree.places[place]}; a place cannot hang under itself.")
    moved, target = tree.places[place], tree.places[parent]
    if moved.placements.filter(valid_from__gt=on).exists():
        raise Refused("A later move of this place is already recorded. Choose a later day.")
    current = moved.placements.filter(valid_to=None).first()
    if current and current.valid_from == on:
        current.parent = target
        current.save()
        emit("org.tree_changed", {"place": place, "from": str(on)})
        return current
    if current:
        current.valid_to = on
        current.save()
    emit("org.tree_changed", {"place": place, "from": str(on)})
    return Placement.objects.create(place=moved, parent=target, valid_from=on)


@action("org.add_place", gate=_may_change)
def add_place(*, by: Account, code: str, name: str, kind: str, parent: str, cost_centre: str, on: date) -> Place:
    """Open a new place under a parent from a day on. Raises Refused when the code is taken."""
    if Place.objects.filter(code=code).exists():
        raise Refused(f"The code {code} is taken.")
    place = Place.objects.create(code=code, name=name, kind=kind, cost_centre=cost_centre, active_from=on)
    Placement.objects.create(place=place, parent=Place.objects.get(code=parent), valid_from=on)
    if kind == Place.Kind.FACILITY:
        Calendar.objects.create(facility=place, pay_period_anchor=date(2024, 1, 7))
    emit("org.tree_changed", {"place": code, "from": str(on)})
    return place


@action("org.close_place", gate=_may_change)
def close_place(*, by: Account, place: str, on: date, reason: str) -> Place:
    """Mark a place as no longer active from a day on. Its history stays where it is."""
    closed = Place.objects.get(code=place)
    closed.active_to = on
    closed.save()
    return closed


def read_rows(text: str, needs: set[str]) -> list[dict[str, str]]:
    """Rows of a CSV text with a heading line. Raises Refused that names the missing columns."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = needs - set(reader.fieldnames or ())
    if missing:
        raise Refused(f"The file has no column {', '.join(sorted(missing))}. It needs {', '.join(sorted(needs))}.")
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _each(rows: list[dict[str, str]], take: Callable[[dict[str, str]], None]) -> Taken:
    outcome = Taken(read=len(rows))
    for line, row in enumerate(rows, start=2):
        try:
            with transaction.atomic():
                take(row)
            outcome.taken += 1
        except (Refused, ValueError, KeyError, Person.DoesNotExist, Place.DoesNotExist) as problem:
            outcome.refused.append((line, str(problem) or type(problem).__name__))
    return outcome


@action("org.import_places", gate=_may_change)
def import_places(*, by: Any, text: str, place: str = "") -> Taken:
    """Places from CSV: code, name, kind, parent, cost_centre, active_from, active_to. A parent stands above its child.

    Known codes are brought up to date; a changed parent is a move as of today. Facilities get a plain calendar.
    """

    def take(row: dict[str, str]) -> None:
        if row["kind"] not in Place.Kind.values:
            raise Refused(f"“{row['kind']}” is not a kind of place; use {', '.join(Place.Kind.values)}.")
        since = _day(row["active_from"]) or today()
        fields = {"name": row["name"], "kind": row["kind"], "cost_centre": row["cost_centre"],
                  "active_from": since, "active_to": _day(row["active_to"])}  # fmt: skip
        found, _ = Place.objects.update_or_create(code=row["code"], defaults=fields)
        if row["kind"] == Place.Kind.FACILITY:
            Calendar.objects.get_or_create(facility=found, defaults={"pay_period_anchor": date(2024, 1, 7)})
        if row["parent"]:
            parent = Place.objects.filter(code=row["parent"]).first()
            if parent is None:
                raise Refused(f"There is no place {row['parent']} to hang {row['code']} under.")
            current = found.placements.filter(valid_to=None).first()
            if current is None:
                Placement.objects.create(place=found, parent=parent, valid_from=since)
            elif current.parent_id != parent.pk:
                move_place(by=by, place=found.code, parent=parent.code, on=today(), reason="file")

    outcome = _each(
        read_rows(text, {"code", "name", "kind", "parent", "cost_centre", "active_from", "active_to"}), take
    )
    emit("org.tree_changed", {"place": place})
    return outcome


@action("org.import_people", gate=_may_change)
def import_people(*, by: Any, text: str, place: str = "") -> Taken:
    """People and their positions from CSV: code, name, email, title, place, position, from, to."""

    def take(row: dict[str, str]) -> None:
        person, _ = Person.objects.update_or_create(
            code=row["code"], defaults={"name": row["name"], "email": row["email"], "title": row["title"]}
        )
        if row["place"]:
            at = Place.objects.filter(code=row["place"]).first()
            if at is None:
                raise Refused(f"There is no place {row['place']}.")
            Position.objects.update_or_create(
                person=person, place=at, title=row["position"],
                defaults={"valid_from": _day(row["from"]) or today(), "valid_to": _day(row["to"])},
            )  # fmt: skip

    return _each(read_rows(text, {"code", "name", "email", "title", "place", "position", "from", "to"}), take)


@action("org.import_holidays", gate=_may_change)
def import_holidays(*, by: Any, text: str, place: str = "") -> Taken:
    """Holidays from CSV: facility, day, name."""

    def take(row: dict[str, str]) -> None:
        facility = Place.objects.filter(code=row["facility"], kind=Place.Kind.FACILITY).first()
        if facility is None:
            raise Refused(f"There is no facility {row['facility']}.")
        Holiday.objects.update_or_create(
            facility=facility, day=date.fromisoformat(row["day"]), defaults={"name": row["name"]}
        )

    return _each(read_rows(text, {"facility", "day", "name"}), take)
