"""One number of a place and month: its chart, why the signal, what it is made of, where it comes from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import allowed
from housewide.kit.clock import today
from housewide.measures.citations import cited_in
from housewide.measures.comparing import can_compare
from housewide.measures.labels import labels_for
from housewide.measures.panels import panels_for
from housewide.measures.reading_rows import reach_words
from housewide.measures.readings import Reading, reading
from housewide.measures.screens import subject_id
from housewide.measures.to_date import month_to_date
from housewide.measures.views.breakdowns import asked_breakdown, breakdown_rows, breakdown_tabs, breakdown_title
from housewide.measures.views.charts import charts_of
from housewide.measures.views.histograms import histogram_of
from housewide.measures.views.scopes import RAISES_TASK, SEES_ROWS, SETS_TARGET, MeasureScope, open_measure
from housewide.measures.views.targets import TargetForm
from housewide.measures.views.values import count_noun, counts_text, direction_text
from housewide.org.tree import Tree, tree_on

MONTHS = (12, 24, 36)
NOTHING = "Choose another month or place above, or import the files this measure reads."


@require_GET
def show(request: HttpRequest, place: str, period: str, measure: str) -> HttpResponse:
    """GET /at/<place>/<period>/measures/<measure>/?months=12|24|36&by=<breakdown>"""
    return page(request, open_measure(request, place, period, measure))


def page(request: HttpRequest, scope: MeasureScope, form: TargetForm | None = None) -> HttpResponse:
    """The page; with a target form that was not accepted it answers 422 and keeps what was typed."""
    months = int(asked) if (asked := request.GET.get("months", "")) in map(str, MONTHS) else 24
    found = reading(scope.definition.id, scope.where.code, str(scope.month), points=months)
    tree = tree_on(today())
    can = _capabilities(request, scope.where.code, tree)
    labels = labels_for(request.user, scope.where.code, tree)
    by = asked_breakdown(scope, request.GET.get("by", ""))
    context = {
        "title": scope.definition.title,
        "crumbs": scope.crumbs(),
        "scope_of": scope,
        "definition": scope.definition,
        "reading": found,
        "to_date": month_to_date(scope.definition.id, scope.where.code, str(scope.month)) if found.partial else None,
        "counts": counts_text(scope.definition, found),
        "better": direction_text(scope.definition),
        "noun": count_noun(scope.definition, found),
        "can": can,
        "can_rows": can["rows"],
        "nothing": NOTHING,
        "chart": charts_of(scope, found, months),
        "panels": panels_for(request.user, scope.definition.id, scope.where.code, str(scope.month)),
        "months": _month_links(scope, months, by),
        "reach": reach_words(found),
        "by": by,
        "by_title": breakdown_title(by),
        "breakdown_tabs": breakdown_tabs(scope, by, months),
        "slices": breakdown_rows(scope, by, labels, can_rows=can["rows"]),
        "histogram": histogram_of(scope.definition, found),
        "left_out": _left_out(scope, found, can["rows"]),
        "links": _links(scope),
        "used_in": cited_in(request.user, scope.definition.id, scope.where.code),
        "target_form": (form or TargetForm(unit=scope.definition.unit, initial={"valid_from": today()}))
        if can["target"]
        else None,
        "target_open": form is not None,
    }
    return render(request, "measures/measure.html", context, status=422 if form is not None else 200)


def _capabilities(request: HttpRequest, place: str, tree: Tree) -> dict[str, bool]:
    asked = {"rows": SEES_ROWS, "target": SETS_TARGET, "task": RAISES_TASK}
    return {key: allowed(request.user, capability, place) for key, capability in asked.items()}


def _links(scope: MeasureScope) -> dict[str, str]:
    about = {
        "subject_kind": "reading",
        "subject_id": subject_id(scope.definition.id, scope.where.code, str(scope.month)),
    }
    return {
        "rows": scope.url("measure-rows"),
        "left_out": f"{scope.url('measure-rows')}?left_out=1",
        "target": scope.url("measure-target"),
        "task": f"{reverse('task-new')}?{urlencode(about)}",
        "definition": reverse("definition", args=[scope.definition.id]),
        "funnel": scope.url("measure-funnel") if can_compare(scope.definition) else "",
    }


def _month_links(scope: MeasureScope, chosen: int, by: str) -> list[dict[str, Any]]:
    address = scope.url("measure")
    return [
        {
            "title": f"{count} months",
            "url": f"{address}?{urlencode({'months': count, 'by': by})}",
            "current": count == chosen,
        }
        for count in MONTHS
    ]


def _left_out(scope: MeasureScope, found: Reading, can_rows: bool) -> list[dict[str, Any]]:
    """Reasons and counts, the most frequent first, each with the way to those rows."""
    address = scope.url("measure-rows")
    return [
        {
            "reason": reason,
            "count": count,
            "url": f"{address}?{urlencode({'left_out': 1, 'reason': reason})}" if can_rows else "",
        }
        for reason, count in sorted(found.left_out.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
