"""The rows behind a number: every one of them, what they add up to, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from housewide.kit.lists import Column, Filter, RowSource, list_response
from housewide.kit.lists.sources import row_passes
from housewide.kit.ui.days import day_text
from housewide.measures import row_links
from housewide.measures.labels import Labels, labels_for
from housewide.measures.readings import reading
from housewide.measures.rows import RowBehind, rows_behind
from housewide.measures.views.adding_up import adds_up
from housewide.measures.views.breakdowns import breakdown_title
from housewide.measures.views.components import components_page
from housewide.measures.views.scopes import MeasureScope, open_measure, require_rows
from housewide.org.tree import tree_on

PURPOSE = "rows behind a number"
EMPTY = ("No rows", "Nothing counts here in this month. Choose another month or place above.")
EMPTY_LEFT_OUT = ("Nothing was left out", "Every row that was considered counts.")


@require_GET
def show(request: HttpRequest, place: str, period: str, measure: str) -> HttpResponseBase:
    """GET /at/<place>/<period>/measures/<measure>/rows/?<breakdown>=<label>&left_out=1&reason=&format="""
    scope = open_measure(request, place, period, measure)
    require_rows(request, place)
    if scope.definition.kind == "formula":
        return components_page(request, scope)
    left_out = request.GET.get("left_out") == "1"
    found = rows_behind(measure, place, period, left_out=left_out, account=request.user, purpose=PURPOSE)
    labels = labels_for(request.user, place)
    rows = [_row(scope, one, labels) for one in found.rows]
    source = RowSource(
        rows, _columns(scope, left_out), _filters(scope, rows, left_out), "day", total=_totals(scope, left_out)
    )
    now = reading(measure, place, period)
    counted, aside = (now.count, len(rows)) if left_out else (len(rows), sum(now.left_out.values()))
    sentence = "" if left_out else adds_up(scope.definition, _passing(request, source))
    context = {
        "crumbs": scope.crumbs((scope.definition.title, scope.url("measure"))),
        "tabs": _tabs(scope, left_out, counted, aside),
        "sentence": sentence,
    }
    answer = list_response(
        request,
        source,
        title=f"{scope.definition.title}: {'left out' if left_out else 'rows'}",
        lead=f"{scope.where.name}, {scope.month.title}",
        empty=EMPTY_LEFT_OUT if left_out else EMPTY,
        context=context,
        template="measures/rows.html",
    )
    return _with_sentence(request, answer, sentence)


def _with_sentence(request: HttpRequest, answer: HttpResponseBase, sentence: str) -> HttpResponseBase:
    """A part that htmx swaps in brings its sentence along, so that it never speaks of other rows."""
    if (
        request.headers.get("HX-Request") == "true"
        and isinstance(answer, HttpResponse)
        and b"<html" not in answer.content
    ):
        said = render_to_string("measures/parts/adds_up.html", {"sentence": sentence, "swap": True})
        answer.content = answer.content + said.encode()
    return answer


def _tabs(scope: MeasureScope, left_out: bool, counted: int, aside: int) -> list[dict[str, Any]]:
    address, month = scope.url("measure-rows"), scope.month.title
    return [
        {"title": f"Counted in {month}", "url": address, "current": not left_out, "count": counted},
        {
            "title": f"Left out in {month}",
            "url": f"{address}?{urlencode({'left_out': 1})}",
            "current": left_out,
            "count": aside,
        },
    ]


def _row(scope: MeasureScope, one: RowBehind, labels: Labels) -> dict[str, Any]:
    return {
        "day": one.day,
        "place": one.place,
        "src": one.src,
        "row_id": one.row_id,
        "num": one.num,
        "den": one.den,
        "value": one.value,
        "key": one.key,
        "reason": one.left_out,
        **{f"by_{by}": labels.shown(by, one.labels.get(by)) for by in scope.definition.breakdowns},
    }


def _columns(scope: MeasureScope, left_out: bool) -> list[Column]:
    names = {code: place.name for code, place in tree_on(scope.month.last_day()).places.items()}
    columns = [
        Column("day", "Day", link=lambda row: row_links.link(row["src"], row["row_id"])),
        Column("place", "Place", value=lambda row: names.get(row["place"], row["place"])),
        *(Column(f"by_{by}", breakdown_title(by)) for by in scope.definition.breakdowns),
    ]
    if left_out:
        return [*columns, Column("reason", "Left out because")]
    return [*columns, *_number_columns(scope)]


def _number_columns(scope: MeasureScope) -> list[Column]:
    """The integers of the kind: counted and out of; or one value in the unit of the measure."""
    definition = scope.definition
    if definition.kind in ("ratio", "rate"):
        return [Column("num", "Counted", "number"), Column("den", "Out of", "number")]
    if definition.kind == "distinct":
        return []  # which thing a row stands for is kept where nobody can read it
    key = "value" if definition.kind == "distribution" else "num"
    title = {"min": "Minutes", "cases": "Cases"}.get(definition.unit, definition.unit.capitalize() or "Value")
    places = definition.decimals if definition.scale > 1 else 0

    def in_unit(row: dict[str, Any]) -> float | int | None:
        raw: int | None = row[key]
        return raw if raw is None or definition.scale == 1 else raw / definition.scale

    return [Column(key, title, "number", value=in_unit, places=places)]


def _filters(scope: MeasureScope, rows: Sequence[dict[str, Any]], left_out: bool) -> list[Filter]:
    """A choice for each breakdown among what the rows hold, and for the reason on the rows left out."""
    found = [_choice(by, f"by_{by}", breakdown_title(by), rows) for by in scope.definition.breakdowns]
    found.append(_day_choice(rows))
    return [_choice("reason", "reason", "Reason", rows), *found] if left_out else found


def _choice(key: str, held: str, label: str, rows: Sequence[dict[str, Any]]) -> Filter:
    values = sorted({str(row[held]) for row in rows if row[held]}, key=str.casefold)
    return Filter(key, label, [(value, value) for value in values], lambda row, wanted: str(row[held]) == wanted)


def _day_choice(rows: Sequence[dict[str, Any]]) -> Filter:
    """One day of the month: what Today links to."""
    days = [(day.isoformat(), day_text(day)) for day in sorted({row["day"] for row in rows}, reverse=True)]
    return Filter("day", "Day", days, lambda row, wanted: row["day"].isoformat() == wanted)


def _chosen(request: HttpRequest, source: RowSource) -> dict[str, str]:
    asked = {one.key: request.GET.get(one.key, "").strip() for one in source.filters}
    offered = {one.key: dict(one.offered() or ()) for one in source.filters}
    return {key: value for key, value in asked.items() if value in offered[key]}


def _passing(request: HttpRequest, source: RowSource) -> list[dict[str, Any]]:
    chosen = _chosen(request, source)
    return [row for row in source.rows if row_passes(row, source.filters, chosen)]


def _totals(scope: MeasureScope, left_out: bool) -> Any:
    """What stands under the columns: integers added first and divided once, as the reading does it."""
    definition = scope.definition
    if left_out or definition.kind == "distinct" or definition.den_rollup:
        return None

    def total(rows: list[dict[str, Any]]) -> dict[str, Any]:
        if definition.kind in ("ratio", "rate"):
            return {key: sum(row[key] or 0 for row in rows) for key in ("num", "den")}
        key = "value" if definition.kind == "distribution" else "num"
        raw = sum(row[key] or 0 for row in rows)
        return {key: raw if definition.scale == 1 else raw / definition.scale}

    return total
