"""What a measure means: its sentence, its query, its source, every version that was ever used."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import sees_any
from housewide.kit.actions import NotSeen
from housewide.measures.amounts import show as show_value
from housewide.measures.citations import cited_in
from housewide.measures.definitions import Definition, Example
from housewide.measures.models import DefinitionRecord
from housewide.measures.views.breakdowns import breakdown_title
from housewide.measures.views.scopes import SEES, definition_of
from housewide.measures.views.values import direction_text

KINDS = {
    "ratio": "Share: the rows that count over all rows considered",
    "rate": "Rate: how many for each unit of exposure",
    "total": "Total: the rows added up",
    "distribution": "Distribution: how the values spread, and their middle",
    "distinct": "Count of different things: each once, however many rows it has; never added up over places or months",
    "stock": "Stock: how much there is on the last day of the month with rows; it adds up over places, not over time",
    "formula": "Worked out from other measures, anew for every place and month",
}
STATISTICS = {"mean": "mean", "median": "median", "p90": "90th percentile"}


@require_GET
def show(request: HttpRequest, measure: str) -> HttpResponse:
    """GET /measures/<measure>/definition/"""
    if not sees_any(request.user, SEES):
        raise NotSeen("There is nothing here that you can see.")
    definition = definition_of(measure)
    context = {
        "title": definition.title,
        "crumbs": [("Measures", ""), ("Definition", "")],
        "definition": definition,
        "components": [
            (one.name, one.part, one.behind, reverse("definition", args=[one.measure])) for one in definition.components
        ],
        "facts": _facts(definition),
        "settings": sorted(definition.settings.items()),
        "source": [(key.replace("_", " ").capitalize(), text) for key, text in definition.source.items()],
        "examples": [_example(one) for one in definition.examples],
        "versions": DefinitionRecord.objects.filter(measure=measure).order_by("-version", "-first_used_at"),
        "cited": cited_in(request.user, measure),
    }
    return render(request, "measures/definition.html", context)


def _facts(definition: Definition) -> list[tuple[str, str]]:
    kind = KINDS.get(definition.kind, definition.kind)
    if definition.kind == "distribution":
        kind += f" ({STATISTICS[definition.stat]})"
    if definition.den_rollup:
        kind += ". The denominator of a day counts once, however many places have it"
    days = [
        f"{count} days {word}"
        for count, word in ((definition.lookback_days, "back"), (definition.lookahead_days, "ahead"))
        if count
    ]
    target = definition.target
    return [
        ("Id", definition.id),
        ("Version", str(definition.version)),
        ("Kind", kind),
        ("Unit", definition.unit),
        ("Direction", direction_text(definition) or "neither higher nor lower is better"),
        ("Steward", definition.steward or "nobody yet"),
        ("Reads", ", ".join(definition.reads)),
        ("Looks", ", ".join(days) or "at the days of the month only"),
        ("Taken apart by", ", ".join(breakdown_title(by).lower() for by in definition.breakdowns) or "nothing"),
        (
            "Target",
            f"{show_value(definition, target.value)}, {target.source}" if target else "none in the definition",
        ),
        (
            "Small groups",
            f"hidden in packs below {definition.small_cell}" if definition.small_cell else "the house rule",
        ),
        ("SHA-256", definition.sha256),
    ]


def _example(example: Example) -> dict[str, Any]:
    """An example as tables: the rows given and the numbers that must come out."""
    given = []
    for table, rows in example.rows.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        cells = [[_said(row.get(key, "")) for key in columns] for row in rows]
        given.append({"table": table, "columns": columns, "rows": cells})
    expected = [(key.replace("_", " "), _said(value)) for key, value in example.expect.items()]
    return {"name": example.name, "period": example.period, "given": given, "expected": expected}


def _said(value: Any) -> str:
    """A value of an example as plain text: days and moments as they are written in files, groups spelled out."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_said(held)}" for key, held in value.items())
    if isinstance(value, list | tuple):
        return " of ".join(_said(held) for held in value)
    return str(value)
