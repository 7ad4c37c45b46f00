"""Is this place unusual, or only small? Places (or services, or surgeons) of a measure in a funnel plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from housewide.measures.amounts import show as show_amount
from housewide.measures.comparing import PLACES, Compared, are_counts, can_compare, compared_labels, compared_places
from housewide.measures.labels import labels_for
from housewide.measures.masking import names_people
from housewide.measures.views.breakdowns import breakdown_title
from housewide.measures.views.scopes import MeasureScope, open_measure
from housewide.org.tree import tree_on

if TYPE_CHECKING:
    from housewide.methods.funnel import Funnel

MONTHS = (1, 3, 12)
FEWEST = 3
NO_COUNTS = (
    "This measure divides amounts such as time, not things counted one by one, so chance alone does not say how far"
    " places may lie apart. Compare their charts instead."
)


@require_GET
def show(request: HttpRequest, place: str, period: str, measure: str) -> HttpResponse:
    """GET /at/<place>/<period>/measures/<measure>/funnel/?by=places|<breakdown>&months=1|3|12&between=0"""
    scope = open_measure(request, place, period, measure)
    months = int(asked) if (asked := request.GET.get("months", "")) in map(str, MONTHS) else 12
    by = _by(request, scope, months)
    allow = request.GET.get("between") != "0"
    points, names = _points(request, scope, by, months) if can_compare(scope.definition) else ([], {})
    why_not = _why_not(scope, points)
    drawn = None if why_not else _drawn(scope, points, names, by, months, allow)
    context = {
        "title": f"{scope.definition.title}: funnel plot",
        "crumbs": scope.crumbs((scope.definition.title, scope.url("measure"))),
        "scope_of": scope,
        "lead": f"{scope.where.name}, {_span(scope, months)}",
        "tabs": _tabs(scope, by, months, allow),
        "months": _months(scope, by, months, allow),
        "between": _between(scope, by, months, allow),
        "why_not": why_not,
        "drawn": drawn,
        "rows_url": scope.url("measure"),
    }
    return render(request, "measures/funnel.html", context)


def _by(request: HttpRequest, scope: MeasureScope, months: int) -> str:
    """What is asked for; else places, or where there are too few of them the first group that can be compared."""
    asked = request.GET.get("by", "")
    groups = _groups(scope)
    if asked in (PLACES, *groups):
        return asked
    if not groups or not can_compare(scope.definition):
        return PLACES
    few = len(compared_places(scope.definition.id, scope.where.code, scope.month, months)) < FEWEST
    return groups[0] if few else PLACES


def _points(request: HttpRequest, scope: MeasureScope, by: str, months: int) -> tuple[list[Compared], dict[str, str]]:
    """The points and the name of each as this person may read it."""
    where, measure = scope.where.code, scope.definition.id
    if by == PLACES:
        points = compared_places(measure, where, scope.month, months)
        places = tree_on(scope.month.last_day()).places
        return points, {point.key: places[point.key].name for point in points}
    labels = labels_for(request.user, where)
    points = compared_labels(measure, where, scope.month, months, by)
    return points, {point.key: labels.shown(by, point.key) or "none recorded" for point in points}


def _why_not(scope: MeasureScope, points: Sequence[Compared]) -> str:
    if not can_compare(scope.definition):
        return "A funnel plot compares shares and rates. This measure is neither."
    counted = [point for point in points if point.den > 0]
    if len(counted) < FEWEST:
        return (
            f"A comparison needs {FEWEST} points with rows; here are {len(counted)}. Choose more months or another tab."
        )
    return "" if are_counts(scope.definition, counted) else NO_COUNTS


def _drawn(
    scope: MeasureScope, points: Sequence[Compared], names: dict[str, str], by: str, months: int, allow: bool
) -> dict[str, Any]:
    from housewide.kit.charts import funnel_svg, funnel_table
    from housewide.methods.funnel import funnel

    definition = scope.definition
    model = "share" if definition.kind == "ratio" else "rate"
    found = funnel(
        [(point.key, point.num, point.den) for point in points],
        "share" if definition.kind == "ratio" else "rate",
        allow_overdispersion=allow,
    )

    def value(number: float) -> str:
        return show_amount(definition, float(number * definition.per))

    about: dict[str, Any] = {
        "title": f"{definition.title}, {scope.where.name}, by {_word(by)}",
        "show": value,
        "across": "Rows that count" if model == "share" else "Exposure",
    }
    return {
        "svg": funnel_svg(found, names, direction=definition.direction, **about),
        "table": funnel_table(found, names, **about),
        "lines": _lines(found, names, value, _word(by)),
    }


def _lines(found: Funnel, names: dict[str, str], value: Any, word: str) -> list[str]:
    """What the picture says, in sentences."""
    outside = [place for place in found.places if place.outside == 0.998]
    inner = [place for place in found.places if place.outside == 0.95]
    says = [f"All together: {value(found.pooled)}. {len(found.places)} points."]
    for place in sorted(outside, key=lambda one: -abs(one.z)):
        side = "above" if place.side == "high" else "below"
        says.append(f"{names[place.key]}, at {value(place.value)}, lies {side} what chance explains: look why.")
    if not outside:
        chance = "" if found.is_overdispersed else ": the differences are what chance explains"
        says.append(f"None lies outside the outer band{chance}.")
    if inner:
        says.append(
            f"Between the bands: {', '.join(names[place.key] for place in inner)}. One in twenty does by chance."
        )
    times = f"{found.phi**0.5:.1f} times" if found.phi**0.5 >= 1.05 else "hardly more than once"
    if found.is_overdispersed:
        says.append(
            f"Points differ {times} as much as chance alone explains; the bands allow for differences between them"
            " (overdispersion)."
        )
    elif found.phi > 1:
        says.append(f"The bands are those of chance alone; the points differ {times} as much.")
    says.append("A point outside is a question, not a verdict: case mix and coding come first.")
    return says


def _word(by: str) -> str:
    return "place" if by == PLACES else breakdown_title(by).lower()


def _span(scope: MeasureScope, months: int) -> str:
    return scope.month.title if months == 1 else f"{months} months to {scope.month.title}"


def _url(scope: MeasureScope, by: str, months: int, allow: bool) -> str:
    asked = {"by": by, "months": months} | ({} if allow else {"between": 0})
    return f"{scope.url('measure-funnel')}?{urlencode(asked)}"


def _tabs(scope: MeasureScope, by: str, months: int, allow: bool) -> list[dict[str, Any]]:
    known = [PLACES, *_groups(scope)]
    return [
        {"title": "Places" if one == PLACES else breakdown_title(one), "url": _url(scope, one, months, allow),
         "current": one == by}
        for one in known
    ]  # fmt: skip


def _groups(scope: MeasureScope) -> list[str]:
    """Breakdowns that can be compared: who or where. One by reason names the outcome itself."""
    return [by for by in scope.definition.breakdowns if names_people(by) or not by.endswith("reason")]


def _months(scope: MeasureScope, by: str, chosen: int, allow: bool) -> list[dict[str, Any]]:
    return [
        {"title": "1 month" if count == 1 else f"{count} months", "url": _url(scope, by, count, allow),
         "current": count == chosen}
        for count in MONTHS
    ]  # fmt: skip


def _between(scope: MeasureScope, by: str, months: int, allow: bool) -> dict[str, str]:
    title = "Show the bands of chance alone" if allow else "Allow for differences between points"
    return {"title": title, "url": _url(scope, by, months, not allow)}
