"""Which statistical rules decide that a number has really changed, as named and versioned objects.

Tools disagree on these rules (a trend of six or of seven, whether two of three counts points outside), so a chart
always stores the key of the rule set it was read with. Sources: NHS England Making Data Count as implemented by
NHSRplotthedots 0.2.0; Anhoej and Olesen 2014 (doi:10.1371/journal.pone.0113825) as implemented by qicharts2 0.8.1.
"""

from dataclasses import dataclass
from enum import IntEnum


class Cause(IntEnum):
    """Why a point is marked. The order is only an identity; precedence is decided in `rules.mark_causes`."""

    COMMON = 0
    ABOVE_UPPER = 1
    BELOW_LOWER = 2
    SHIFT_ABOVE = 3
    SHIFT_BELOW = 4
    TREND_UP = 5
    TREND_DOWN = 6
    NEAR_UPPER = 7
    NEAR_LOWER = 8
    LONG_RUN = 9
    FEW_CROSSINGS = 10


CAUSE_SIDE: dict[Cause, int] = {
    Cause.COMMON: 0,
    Cause.ABOVE_UPPER: 1,
    Cause.BELOW_LOWER: -1,
    Cause.SHIFT_ABOVE: 1,
    Cause.SHIFT_BELOW: -1,
    Cause.TREND_UP: 1,
    Cause.TREND_DOWN: -1,
    Cause.NEAR_UPPER: 1,
    Cause.NEAR_LOWER: -1,
    Cause.LONG_RUN: 0,
    Cause.FEW_CROSSINGS: 0,
}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A named, versioned choice of rules. `shift` and `trend` are point counts; None switches that rule off.

    `point_rules` rule sets mark single points (Making Data Count); `runs` adds the Anhoej tests, which speak about a
    whole part of the chart and mark no single point.
    """

    key: str
    title: str
    source: str
    outside: bool = True
    shift: int | None = None
    trend: int | None = None
    two_of_three: bool = False
    runs: bool = False

    def describe_cause(self, cause: Cause) -> str:
        """The rule in words a manager can repeat."""
        return {
            Cause.COMMON: "no rule fired",
            Cause.ABOVE_UPPER: "a point above the upper limit",
            Cause.BELOW_LOWER: "a point below the lower limit",
            Cause.SHIFT_ABOVE: f"{self.shift} or more points in a row above the average",
            Cause.SHIFT_BELOW: f"{self.shift} or more points in a row below the average",
            Cause.TREND_UP: f"{self.trend} or more points in a row, each higher than the last",
            Cause.TREND_DOWN: f"{self.trend} or more points in a row, each lower than the last",
            Cause.NEAR_UPPER: "two of three points close to the upper limit",
            Cause.NEAR_LOWER: "two of three points close to the lower limit",
            Cause.LONG_RUN: "an unusually long run on one side of the center line",
            Cause.FEW_CROSSINGS: "the line crosses the center unusually few times",
        }[cause]


MDC_7 = RuleSet(
    key="making-data-count 2.0/7-point",
    title="Making Data Count, seven-point shift and trend",
    source="NHS England Making Data Count; NHSRplotthedots 0.2.0",
    shift=7,
    trend=7,
    two_of_three=True,
)
MDC_6_TREND = RuleSet(
    key="making-data-count 2.0/6-point-trend",
    title="Making Data Count, seven-point shift and six-point trend",
    source="NHS England Making Data Count spreadsheet tools",
    shift=7,
    trend=6,
    two_of_three=True,
)
ANHOEJ = RuleSet(
    key="anhoej 2014/runs and 3-sigma",
    title="Anhoej run tests with the 3-sigma rule",
    source="Anhoej and Olesen 2014; qicharts2 0.8.1",
    runs=True,
)
SHEWHART = RuleSet(
    key="shewhart 1931/3-sigma", title="3-sigma rule only", source="Shewhart 1931, Economic Control of Quality"
)

RULE_SETS: dict[str, RuleSet] = {rules.key: rules for rules in (MDC_7, MDC_6_TREND, ANHOEJ, SHEWHART)}


def find_rule_set(key: str) -> RuleSet:
    """The rule set stored with a chart. Raises ValueError naming the known keys when it is not one of ours."""
    try:
        return RULE_SETS[key]
    except KeyError:
        raise ValueError(f"No rule set is called {key!r}. Known: {', '.join(RULE_SETS)}.") from None
