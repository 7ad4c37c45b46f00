"""The control chart of a reading, drawn once so that page and pack show the same, and its limits as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from math import isnan
from typing import Any

from housewide.kit.periods import Month
from housewide.measures.amounts import half_up, show
from housewide.measures.definitions import Definition
from housewide.measures.readings import Reading

POINTS = 24


@dataclass(frozen=True)
class Charted:
    """``svg`` is empty when there is nothing to draw. ``limits``: period, centre, lower, upper for each month, rounded
    as the measure is shown and kept as text; None where the chart has none."""

    svg: str = ""
    limits: list[dict[str, str | None]] = field(default_factory=list)


def charted(definition: Definition, reading: Reading, place: str, last: Month) -> Charted:
    """The chart of the 24 months that end with ``last``."""
    from housewide.kit.charts import control_chart_svg
    from housewide.measures.series import chart_of

    chart, points, _ = chart_of(definition.id, place, last, POINTS)
    if all(point.value is None for point in points):
        return Charted()
    svg = control_chart_svg(
        chart,
        [point.title for point in points],
        title=f"{definition.title}, {len(points)} months",
        show=lambda value: show(definition, float(value)),
        direction=definition.direction,
        target=float(reading.target.value) if reading.target else None,
        height=230,
    )
    lines = [_texts(definition, line) for line in (chart.centre, chart.lower, chart.upper)]
    return Charted(svg, [
        {"period": point.period, "centre": centre, "lower": lower, "upper": upper}
        for point, centre, lower, upper in zip(points, *lines, strict=True)
    ])  # fmt: skip


def _texts(definition: Definition, values: Any) -> list[str | None]:
    """Rounded as the measure is shown; figures hold no floats."""
    numbers = [float(value) for value in values]
    return [
        None if isnan(one) else str(half_up(Decimal(repr(one)), definition.decimals)) for one in numbers
    ]  # fmt: skip
