"""What the measures tell the house at start-up: their place in the navigation, the jump box, readings as subjects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.kit.finding import closeness
from housewide.kit.periods import BadPeriod, Month
from housewide.kit.registry import Hit, Scope, Screen, registry
from housewide.kit.subjects import Subject
from housewide.kit.subjects import register as register_subject
from housewide.measures.definitions import all_definitions
from housewide.org.models import Place

SEES = "see.measures"


def subject_id(measure: str, place: str, period: str) -> str:
    """The id under which tasks and comments name a reading."""
    return f"{measure}|{place}|{period}"


def reading_subject(id: str) -> Subject | None:
    """The reading as something to talk about; None when the measure, place or month does not exist."""
    measure, _, rest = id.partition("|")
    code, _, period = rest.partition("|")
    definition = all_definitions().get(measure)
    place = Place.objects.filter(code=code).first()
    try:
        month = Month.parse(period)
    except BadPeriod:
        return None
    if definition is None or place is None:
        return None
    return Subject(
        "reading", id, code, f"{definition.title}, {place.name}, {month.title}",
        reverse("measure", args=[code, period, measure]), lambda account: allowed(account, SEES, code),
    )  # fmt: skip


def search(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Measures by title, id or a word of their sentence, at the place and month the person is looking at."""
    if not scope.place or not allowed(account, SEES, scope.place):
        return
    for definition in sorted(all_definitions().values(), key=lambda one: one.title):
        rank = closeness(question, definition.title, codes=[definition.id], beside=[definition.sentence])
        if rank:
            address = reverse("measure", args=[scope.place, scope.period, definition.id])
            yield Hit(definition.title, "Measure", address, rank)


def _allowed(account: Any, scope: Scope) -> bool:
    return bool(scope.place) and allowed(account, SEES, scope.place)


def register() -> None:
    registry.add_screen(
        Screen(
            "measures", "Measures", lambda scope: reverse("measures", args=[scope.place, scope.period]),
            _allowed, door="Quality", order=20,
        )
    )  # fmt: skip
    registry.add_search(search)
    register_subject("reading", reading_subject)
