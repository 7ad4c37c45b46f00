"""Statistical process control: tells a real change from the ups and downs every process has.

`control_chart` makes one chart (XmR, I, MR, run, P, P', U, U', C, G, T), `xmr_batch` makes a scoreboard full of them,
`read_chart` says in words what one means. Every result names the versioned rule set it was read with.
Not built yet: Xbar and S charts.
"""

from housewide.methods.spc.batches import XmRBatch, xmr_batch
from housewide.methods.spc.charts import ControlChart, Part, Signal, control_chart
from housewide.methods.spc.icons import Assurance, PointType, assurances, direction_sign, point_types
from housewide.methods.spc.limits import Spread
from housewide.methods.spc.readings import MINIMUM_POINTS, ChartReading, read_chart
from housewide.methods.spc.rulesets import (
    ANHOEJ,
    MDC_6_TREND,
    MDC_7,
    RULE_SETS,
    SHEWHART,
    Cause,
    RuleSet,
    find_rule_set,
)
from housewide.methods.spc.runs import RunsTest

__all__ = [
    "ANHOEJ",
    "MDC_6_TREND",
    "MDC_7",
    "MINIMUM_POINTS",
    "RULE_SETS",
    "SHEWHART",
    "Assurance",
    "Cause",
    "ChartReading",
    "ControlChart",
    "Part",
    "PointType",
    "RuleSet",
    "RunsTest",
    "Signal",
    "Spread",
    "XmRBatch",
    "assurances",
    "control_chart",
    "direction_sign",
    "find_rule_set",
    "point_types",
    "read_chart",
    "xmr_batch",
]
