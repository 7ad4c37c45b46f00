"""The charts of one number: the control chart that suits it, its companion, and the gaps between rare events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housewide.kit.periods import Month
from housewide.measures.charting import NAMES, RARE_KINDS, choice_of, companion_of
from housewide.measures.readings import Reading, chart_of
from housewide.measures.series import gaps_of
from housewide.measures.views.scopes import MeasureScope
from housewide.measures.views.values import show_value

if TYPE_CHECKING:
    from housewide.measures.series import Point

COMPANIONS = {
    "mr": "How much it moves from month to month (MR chart)",
    "s": "How much the values within a month differ (S chart)",
}


def charts_of(scope: MeasureScope, found: Reading, months: int) -> dict[str, Any] | None:
    """``svg`` and ``table`` of the months; ``gaps`` and ``beside`` alike or None; ``why`` this chart;
    ``compares``: chance alone says how far places may lie apart. None without data."""
    from housewide.kit.charts import control_chart_svg, control_chart_table

    chart, points, _ = chart_of(scope.definition.id, scope.where.code, scope.month, months)
    first = next((at for at, point in enumerate(points) if point.value is not None), None)
    if first is None:
        return None
    choice = choice_of(scope.definition, points)
    gaps = _gaps(scope, choice.kind, points) if choice.kind in RARE_KINDS else None
    if first:  # months before the first data would only squeeze the rest
        chart, points, _ = chart_of(scope.definition.id, scope.where.code, scope.month, months - first)
    labels = [Month.parse(str(point.period)).short for point in points]
    about: dict[str, Any] = {
        "title": f"{scope.definition.title}, {scope.where.name}, {len(labels)} months",
        "show": show_value(scope.definition),
        "direction": scope.definition.direction,
    }
    target = float(found.target.value) if found.target else None
    return {
        "svg": control_chart_svg(chart, labels, target=target, **about),
        "table": control_chart_table(chart, labels, **about),
        "why": found.chart,
        "compares": choice.kind not in ("xmr", "i", "run", "xbar", "c"),
        "gaps": gaps,
        "beside": _beside(scope, points, labels),
    }


def _gaps(scope: MeasureScope, kind: str, points: list[Point]) -> dict[str, Any] | None:
    from housewide.kit.charts import control_chart_svg, control_chart_table
    from housewide.measures.rollups import scope_of

    months = [Month.parse(point.period) for point in points]
    found = gaps_of(scope.definition, scope_of(scope.where.code, months), kind, points)
    if found is None:
        return None
    what = "misses" if kind == "g misses" else "events"
    about: dict[str, Any] = {
        "title": f"{scope.definition.title}, {scope.where.name}: {found.unit} between {what}",
        "show": found.show,
        "direction": found.direction,
    }
    return {
        "svg": control_chart_svg(found.chart, found.labels, **about),
        "table": control_chart_table(found.chart, found.labels, **about),
        "title": f"{found.unit.capitalize()} between {what} ({NAMES[found.chart.kind]})",
    }


def _beside(scope: MeasureScope, points: list[Point], labels: list[str]) -> dict[str, Any] | None:
    from housewide.kit.charts import control_chart_svg, control_chart_table

    chart = companion_of(scope.definition, points, choice_of(scope.definition, points))
    if chart is None or chart.last is None:
        return None
    about: dict[str, Any] = {
        "title": f"{scope.definition.title}, {scope.where.name}: {COMPANIONS[chart.kind]}",
        "show": show_value(scope.definition),
    }
    return {
        "svg": control_chart_svg(chart, labels, height=200, **about),
        "table": control_chart_table(chart, labels, **about),
        "title": COMPANIONS[chart.kind],
    }
