"""Every measure of a place and of the places directly below it as two icons: what it does, whether it can reach its
target. Words stand beside every icon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import places_where, see
from housewide.kit.periods import Month
from housewide.measures.definitions import Definition, all_definitions
from housewide.measures.noticed.jobs import newest_complete
from housewide.measures.noticed.states import State, states_of
from housewide.measures.views.scopes import SEES, month_of
from housewide.org.tree import tree_on

MOST_PLACES = 8
VERDICTS = ("consistently_hits", "hit_or_miss", "consistently_misses")
ORDER = {"worsening": 0, "improving": 1, "changed": 2}


@dataclass(frozen=True)
class Icons:
    """One cell: two drawings and their words; ``assurance`` is empty without a target."""

    url: str
    value: str
    variation: str
    assurance: str
    words: str


@require_GET
def show(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """GET /at/<place>/<period>/icons/"""
    where = see(request.user, SEES, place)
    asked = month_of(period)
    month = min(asked, newest_complete(tree_on(asked.last_day()).facility_of(place) or place))
    tree = tree_on(month.last_day())
    seen = places_where(request.user, SEES)
    places = [place, *(code for code in tree.children.get(place, ()) if code in seen)][: MOST_PLACES + 1]
    states = states_of(all_definitions(), places, [month])
    held = {(state.measure, state.place): state for state in states}
    shown = [code for code in places if any(state.place == code for state in states)]
    rows = [_row(definition, shown, held, month) for definition in _ordered(held, place)]
    context: dict[str, Any] = {
        "title": "Icons",
        "lead": f"{where.name}, {month.title}",
        "crumbs": [("Measures", reverse("measures", args=[place, period]))],
        "places": [tree.places[code] for code in shown],
        "rows": rows,
        "period": str(month),
        "earlier": month != asked,
        "month": month,
        "counts": _counts([state for state in states if state.place == place]),
    }
    return render(request, "measures/icons.html", context)


def _ordered(held: dict[tuple[str, str], State], place: str) -> list[Definition]:
    """Measures with a state anywhere here: what changed at the place itself first, then by title."""

    def key(definition: Definition) -> tuple[int, str]:
        state = held.get((definition.id, place))
        return (ORDER.get(state.word, 3) if state else 4, definition.title)

    return sorted((all_definitions()[one] for one in {measure for measure, _ in held}), key=key)


def _row(definition: Definition, places: list[str], held: dict[tuple[str, str], State], month: Month) -> dict[str, Any]:
    cells = [_cell(held.get((definition.id, code)), month) for code in places]
    return {"title": definition.title, "id": definition.id, "cells": cells}


def _cell(state: State | None, month: Month) -> Icons | None:
    if state is None:
        return None
    from housewide.kit.charts.icons import ASSURANCES, assurance_svg, variation_svg, variation_words
    from housewide.methods.spc import Assurance

    kind, letter = variation_of(state)
    words = "Not enough data" if state.word == "not enough data" else variation_words(kind, letter)
    verdict = VERDICTS.index(state.verdict) + 1 if state.verdict in VERDICTS else 0
    assurance = Assurance(verdict)
    if assurance in ASSURANCES:
        words += f"; {ASSURANCES[assurance][1].lower()}"
    return Icons(
        reverse("measure", args=[state.place, str(month), state.measure]),
        state.value,
        "" if state.word == "not enough data" else variation_svg(kind, letter),
        assurance_svg(assurance) if assurance in ASSURANCES else "",
        words,
    )


def variation_of(state: State) -> tuple[Any, str]:
    """Which of the seven icons a state has: its type and H or L."""
    from housewide.methods.spc import PointType

    letter = {"up": "H", "down": "L"}.get(state.arrow, "")
    if state.word == "improving":
        return PointType.IMPROVEMENT, letter
    if state.word == "worsening":
        return PointType.CONCERN, letter
    if state.word == "changed":
        return (PointType.NEUTRAL_HIGH if letter == "H" else PointType.NEUTRAL_LOW), letter
    return PointType.COMMON, ""


def _counts(states: list[State]) -> list[tuple[str, int]]:
    """How many of the place's measures say what, what needs eyes first."""
    words = ("worsening", "improving", "changed", "no change", "not enough data")
    counted = ((word, sum(state.word == word for state in states)) for word in words)
    return [(word, count) for word, count in counted if count]
