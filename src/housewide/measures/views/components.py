"""What a formula is worked out from: each number with the rows behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from housewide.measures.definitions import Component
from housewide.measures.readings import reading
from housewide.measures.views.scopes import MeasureScope

PART_WORDS = {"value": "", "num": "counted", "den": "out of", "count": "rows", "exact": "sum"}


def components_page(request: HttpRequest, scope: MeasureScope) -> HttpResponse:
    """The page that stands where other measures show their rows; a breakdown that was chosen goes on with each link."""
    definition = scope.definition
    found = reading(definition.id, scope.where.code, str(scope.month))
    chosen = {by: request.GET[by] for by in definition.breakdowns if request.GET.get(by)}
    context = {
        "title": f"{definition.title}: rows",
        "crumbs": scope.crumbs((definition.title, scope.url("measure"))),
        "where": f"{scope.where.name}, {scope.month.title}",
        "reading": found,
        "definition": definition,
        "components": [_row(scope, one, found.components.get(one.name, "–"), chosen) for one in definition.components],
        "chosen": [f"{by.replace('_', ' ')} {label}" for by, label in chosen.items()],
    }
    return render(request, "measures/components.html", context)


def _row(scope: MeasureScope, one: Component, amount: str, chosen: dict[str, str]) -> dict[str, Any]:
    address = reverse("measure-rows", args=[scope.where.code, str(scope.month), one.measure])
    return {
        "name": one.name,
        "title": one.behind.title,
        "part": PART_WORDS[one.part],
        "amount": amount,
        "url": f"{address}?{urlencode(chosen)}" if chosen else address,
    }
