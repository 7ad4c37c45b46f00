"""What the SQL of a measure may be made of, and in words why the rest may not: the same numbers on every engine.

Each refusal was once a number that two engines disagreed about; docs/decisions tells the stories.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

# fmt: off
ALLOWED = (
    "Select", "From", "Where", "Join", "Group", "Having", "With", "CTE", "Subquery", "Union", "Table", "TableAlias",
    "Identifier", "Column", "Alias", "Literal", "Boolean", "Null", "Paren", "And", "Or", "Not", "EQ", "NEQ", "LT",
    "LTE", "GT", "GTE", "Is", "In", "Between", "Case", "If", "Coalesce", "Nullif", "Abs", "Count", "Distinct", "Star",
    "Sum", "Min", "Max", "Cast", "DataType", "Lead", "Lag", "RowNumber", "Window", "Order", "Ordered",
    "TimestampTrunc", "DateTrunc", "Interval", "Var", "DateDiff", "Add", "Sub", "Mul", "Mod", "Neg", "Placeholder",
    "Exists",
)
# fmt: on
CAST_TYPES = ("TEXT", "VARCHAR", "BIGINT", "BOOLEAN", "DATE", "TIMESTAMP_S")
TRUNCATED_TO = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
JOIN_KINDS = ("", "INNER", "OUTER", "CROSS", "SEMI", "ANTI")

COUNT_ONLY = "give num and den as integers; the division is made once, exactly, afterwards"
HISTOGRAM = "engines approximate them differently; make the measure a distribution, percentiles follow from its counts"
CLOCK = "the answer would change from day to day; a past figure could not be computed again"
WHY = {
    "Div": f"division: engines round, and fail on zero, differently; {COUNT_ONLY}",
    "IntDiv": f"integer division: engines differ on negative numbers; {COUNT_ONLY}",
    "SafeDivide": f"division: engines round, and fail on zero, differently; {COUNT_ONLY}",
    "Avg": f"AVG: an average of averages is wrong and floats differ between engines; {COUNT_ONLY}",
    "Limit": "LIMIT: which rows remain is up to the engine; say in WHERE which ones count",
    "Offset": "OFFSET: which rows remain is up to the engine; say in WHERE which ones count",
    "Fetch": "FETCH: which rows remain is up to the engine; say in WHERE which ones count",
    "Qualify": "QUALIFY: not every engine has it; number the rows in a WITH part and filter them after it",
    "Pivot": "PIVOT: the columns would depend on the data; write one CASE for each",
    "Except": "EXCEPT: write NOT EXISTS or a LEFT JOIN",
    "Intersect": "INTERSECT: write EXISTS or a JOIN",
    "Filter": "FILTER: write the condition as CASE inside the SUM or COUNT",
    "WindowSpec": "a window frame (ROWS or RANGE): the default frame is the only one that all engines share",
    "TryCast": "TRY_CAST: what counts as readable differs between engines; the fact table's types hold already",
    "Extract": "EXTRACT: days of the week are numbered differently; use calendar.weekday",
    "DayOfWeek": "the day of the week: engines number it differently; use calendar.weekday",
    "DayOfWeekIso": "the day of the week: engines number it differently; use calendar.weekday",
    "MonthsBetween": "a difference in months: engines count boundaries or whole months; use days",
    "Rand": "RANDOM: the number would never come out the same twice",
    "CurrentDate": f"CURRENT_DATE: {CLOCK}",
    "CurrentTimestamp": f"CURRENT_TIMESTAMP: {CLOCK}",
    "CurrentTime": f"CURRENT_TIME: {CLOCK}",
    "Lateral": "LATERAL: not every engine has it; write a JOIN",
    "Unnest": "UNNEST: not every engine has it; facts hold one thing in a row",
    "Parameter": "a parameter: write a setting as :name",
}
WHY |= dict.fromkeys(
    ("Stddev", "StddevPop", "StddevSamp", "Variance", "VariancePop"),
    "a standard deviation: floats differ between engines in their last digits; control limits follow from the counts",
)
WHY |= dict.fromkeys(
    ("PercentileCont", "PercentileDisc", "Quantile", "ApproxQuantile", "ApproxQuantiles", "Median", "WithinGroup"),
    f"percentiles and medians: {HISTOGRAM}",
)


@cache
def _allowed() -> frozenset[type[exp.Expr]]:
    from sqlglot import exp

    return frozenset(getattr(exp, name) for name in ALLOWED)


def foreign_words(tree: exp.Expr) -> Iterator[str]:
    """A sentence for everything in the tree that is not part of the language; the same thing may come up twice."""
    from sqlglot import exp

    for node in tree.walk():
        if type(node) in _allowed():
            yield from _misuse(node)
        elif isinstance(node, exp.Anonymous):
            yield f"the function {node.name.upper()}: it is not one that all engines know"
        else:
            yield _why(node)


def _why(node: exp.Expr) -> str:
    from sqlglot import exp

    name = type(node).__name__
    if name in WHY:
        return WHY[name]
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name()}: it is not in the language of measures, because engines differ in it"
    return f"“{node.sql(dialect='duckdb')[:60]}” ({name}): it is not in the language of measures"


def _misuse(node: exp.Expr) -> Iterator[str]:
    """What is wrong with a node of an allowed type."""
    from sqlglot import exp

    around = node.parent
    match node:
        case exp.Star() if not isinstance(around, exp.Count):
            yield "SELECT *: a column added to the table later would change the measure; name the columns"
        case exp.Literal() if not node.is_string and not node.this.isdigit():
            yield f"the number {node.this}: decimals are floats on one engine, not on the other; use cents or seconds"
        case exp.Cast() if node.to.this.name not in CAST_TYPES:
            yield f"CAST to {node.to.sql(dialect='duckdb')}: only to text, bigint, boolean, date and timestamp_s"
        case exp.DateDiff():
            yield from _difference(node)
        case exp.Interval():
            yield from _interval(node)
        case exp.TimestampTrunc() | exp.DateTrunc() if node.text("unit").upper() not in TRUNCATED_TO:
            yield f"DATE_TRUNC to {node.text('unit').lower()}: only to day, week, month, quarter or year"
        case exp.Distinct() if not isinstance(around, exp.Count):
            yield "SELECT DISTINCT: write GROUP BY, so that it is plain what one row stands for"
        case exp.Order() if not isinstance(around, exp.Window):
            yield "ORDER BY outside a window: the order of the rows means nothing here"
        case exp.Lead() | exp.Lag() | exp.RowNumber() if not _ordered(node):
            yield f"{node.sql_name()} without ORDER BY: which row comes next would be up to the engine"
        case exp.Group() if node.args.get("all"):
            yield "GROUP BY ALL: name the columns"
        case exp.With() if node.args.get("recursive"):
            yield "WITH RECURSIVE: it may never end, and not every engine has it"
        case exp.Union() if node.args.get("distinct") or node.args.get("by_name"):
            yield "UNION other than UNION ALL: it drops rows that happen to be alike"
        case exp.Join():
            yield from _joined(node)
        case exp.Exists() | exp.In() if _asks_rows_outside_where(node):
            yield "EXISTS or IN over a SELECT outside WHERE: not every engine has it there; write a LEFT JOIN"
        case exp.Subquery() if not isinstance(around, exp.From | exp.Join | exp.SetOperation | exp.In | exp.CTE | None):
            yield "a SELECT used as a value: not every engine has it; write a JOIN"


def _difference(node: exp.Expr) -> Iterator[str]:
    unit = node.text("unit").upper() or "DAY"
    if unit in ("MONTH", "QUARTER", "YEAR"):
        yield f"a difference in {unit.lower()}s: engines count boundaries or whole {unit.lower()}s; use days"
    elif unit not in ("DAY", "SECOND"):
        yield f"DATE_DIFF in {unit.lower()}s: engines count boundaries or whole {unit.lower()}s; use seconds or days"


def _interval(node: exp.Expr) -> Iterator[str]:
    from sqlglot import exp

    inner = node.this.this if isinstance(node.this, exp.Paren) else node.this
    whole = isinstance(inner, exp.Placeholder) or (isinstance(inner, exp.Literal) and inner.this.isdigit())
    if node.text("unit").upper() != "DAY" or not whole:
        yield f"{node.sql(dialect='duckdb')}: only intervals of whole days, as INTERVAL 30 DAY or INTERVAL (:name) DAY"


def _joined(node: exp.Expr) -> Iterator[str]:
    kind = node.text("kind").upper()
    if node.args.get("method") or kind not in JOIN_KINDS:
        yield f"{(node.text('method') or kind).upper()} JOIN: not every engine has it; write JOIN … ON"
    if node.args.get("using"):
        yield "JOIN … USING: write ON, so that it is plain whose column is meant"
    elif not node.args.get("on") and kind != "CROSS":
        yield "a join without ON: say which rows belong together"


def _asks_rows_outside_where(node: exp.Expr) -> bool:
    from sqlglot import exp

    asks = isinstance(node, exp.Exists) or bool(node.args.get("query"))
    return asks and not isinstance(node.find_ancestor(exp.Where, exp.Select), exp.Where)


def _ordered(node: exp.Expr) -> bool:
    from sqlglot import exp

    return isinstance(node.parent, exp.Window) and bool(node.parent.args.get("order"))
