"""One chart of every kind for the style guide, drawn from invented numbers."""

from __future__ import annotations

from housewide.kit.charts import (
    Annotation,
    Bar,
    Mark,
    Stage,
    StageWords,
    control_chart_svg,
    control_chart_table,
    histogram_svg,
    histogram_table,
    pareto_chart_svg,
    pareto_chart_table,
    stage_bar_svg,
    stage_bar_table,
)
from housewide.kit.charts.tables import ChartTable
from housewide.methods.spc import control_chart

STARTS = [
    63.1,
    65.2,
    59.9,
    64.8,
    61.7,
    61.6,
    67.0,
    62.9,
    62.2,
    63.8,
    64.6,
    62.1,
    63.4,
    60.0,
    61.3,
    61.1,
    68.2,
    69.1,
    70.4,
    71.0,
    71.4,
]
BARS = [
    Bar("Surgeon not available", 154),
    Bar("Patient arrived late", 97),
    Bar("Pre-op incomplete", 77),
    Bar("Other", 12),
]
STAGES = [Stage("Ready to in room", 18, 31), Stage("In room to incision", 27, 25), Stage("Turnover", 29, 29)]


def _share(value: float) -> str:
    return f"{value:.1f} %"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _minutes(value: float) -> str:
    return f"{value:.0f} min"


def sample_charts() -> list[tuple[str, ChartTable]]:
    """Each chart as SVG with its table."""
    labels = [f"{2025 + at // 12}-{at % 12 + 1:02d}" for at in range(len(STARTS))]
    chart = control_chart("xmr", STARTS)
    title, words, delays = "First cases on time", StageWords("Usual", "October"), "Delay of first cases"
    reasons = "Why cases started late"
    return [
        (
            control_chart_svg(
                chart,
                labels,
                title=title,
                show=_share,
                direction="higher",
                target=80,
                annotations=[Annotation(16, "New rule")],
            ),
            control_chart_table(chart, labels, title=title, show=_share, direction="higher"),
        ),
        (
            pareto_chart_svg(BARS, title=reasons, show=_whole),
            pareto_chart_table(BARS, title=reasons, show=_whole, columns=("Reason", "Cases")),
        ),
        (
            stage_bar_svg(STAGES, title="Stages of a first case", show=_minutes, words=words),
            stage_bar_table(STAGES, title="Stages of a first case", show=_minutes, words=words),
        ),
        (
            histogram_svg(
                [0, 5, 10, 15, 20, 25],
                [210, 96, 52, 31, 23],
                title=delays,
                show=_minutes,
                unit="cases",
                marks=[Mark(5, "Grace 5 min", True)],
            ),
            histogram_table([0, 5, 10, 15, 20, 25], [210, 96, 52, 31, 23], title=delays, show=_minutes, unit="cases"),
        ),
    ]
