"""Charts a manager can read on screen, on paper and aloud: one file per kind, each an SVG string with its table.

Every `…_svg` returns one accessible SVG (role, title, description; hover text per mark) and has a `…_table` with the
same numbers. Values are formatted by the caller's `show`. No style attributes: literal colours serve paper, and these
classes are for the style sheet in kit/ui (dark mode, links):

    .chart            the svg; also one of .control .run .spark .bars .pareto .histogram .stages .waterfall .funnel
                      .emblem; a .spark and an .emblem keep their own width (width: auto), the others fill theirs
    .ring             the circle of an .emblem; also .ring-good .ring-bad .ring-special
    .band             between the limits                .rule, .rule.limit   centre line, limits
    .grid, .axis      tick lines, base line             .line                the data, the running share
    .label            text; also .name .value .good .bad
    .point            a mark; also .good (diamond) .bad (square) .special (large) .out (hollow: fill card, stroke ink-2)
    .target, .target-label                              .annotation          dotted line of a note
    .bar, .bar-2      main bars, pale bars (both classes stand on pale ones)
"""

from housewide.kit.charts.annotations import Annotation
from housewide.kit.charts.bars import (
    Bar,
    bar_chart_svg,
    bar_chart_table,
    pareto_chart_svg,
    pareto_chart_table,
)
from housewide.kit.charts.control import control_chart_svg, control_chart_table
from housewide.kit.charts.funnel import funnel_svg, funnel_table
from housewide.kit.charts.histogram import Mark, histogram_svg, histogram_table
from housewide.kit.charts.icons import assurance_svg, variation_svg, variation_words
from housewide.kit.charts.run import run_chart_svg, run_chart_table
from housewide.kit.charts.sparkline import sparkline_svg, sparkline_table
from housewide.kit.charts.stages import Stage, StageWords, stage_bar_svg, stage_bar_table
from housewide.kit.charts.tables import ChartTable
from housewide.kit.charts.waterfall import Contribution, waterfall_svg, waterfall_table

__all__ = [
    "Annotation",
    "Bar",
    "ChartTable",
    "Contribution",
    "Mark",
    "Stage",
    "StageWords",
    "assurance_svg",
    "bar_chart_svg",
    "bar_chart_table",
    "control_chart_svg",
    "control_chart_table",
    "funnel_svg",
    "funnel_table",
    "histogram_svg",
    "histogram_table",
    "pareto_chart_svg",
    "pareto_chart_table",
    "run_chart_svg",
    "run_chart_table",
    "sparkline_svg",
    "sparkline_table",
    "stage_bar_svg",
    "stage_bar_table",
    "variation_svg",
    "variation_words",
    "waterfall_svg",
    "waterfall_table",
]
