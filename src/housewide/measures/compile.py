"""The SQL of a measure as an engine runs it: the same integers out of DuckDB and out of Spark.

Sums and counts are made 64-bit whole numbers, settings become literals, and what SQLGlot would translate into something
that counts differently is written out here (see the linter for what a measure may say at all).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from housewide.measures.definitions import KIND_COLUMNS, Definition

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS = ("duckdb", "spark")


@lru_cache(maxsize=512)
def compiled(definition: Definition, dialect: str = "duckdb") -> str:
    """One SELECT of exactly ``definition.columns``, in that order, over views called like the tables it reads.

    ``day`` is a date, ``num``, ``den`` and ``value`` 64-bit integers, everything else text. Raises ValueError for a
    dialect that measures are not compiled for, and for a formula. The definition must have passed the linter.
    """
    from sqlglot import exp, parse_one

    if definition.kind == "formula":
        raise ValueError(f"“{definition.id}” is a formula: it has no SQL, the measures it names have.")
    if dialect not in DIALECTS:
        raise ValueError(f"Measures are compiled for {' and '.join(DIALECTS)}, not for “{dialect}”.")
    tree = parse_one(definition.sql, read="duckdb")
    _put_settings(tree, definition.settings)
    _count_whole(tree)
    _count_days(tree)
    if dialect == "spark":
        _speak_spark(tree)
    numbers = [name for name in KIND_COLUMNS[definition.kind] if name != "key"]
    types = {"day": "DATE"} | dict.fromkeys(numbers, "BIGINT")
    columns = [exp.cast(exp.column(name), types.get(name, "TEXT")).as_(name) for name in definition.columns]
    whole = exp.select(*columns).from_(exp.Subquery(this=tree, alias=exp.TableAlias(this=exp.to_identifier("counted"))))
    return whole.sql(dialect=dialect, pretty=True)


def _put_settings(tree: exp.Expr, settings: dict[str, int]) -> None:
    from sqlglot import exp

    for place in list(tree.find_all(exp.Placeholder)):
        value = settings[place.name]
        literal: exp.Expr = exp.Literal.number(abs(value))
        around = place.parent
        if isinstance(around, exp.Paren) and isinstance(around.parent, exp.Interval):
            around.replace(exp.Literal.string(str(value)))
        else:
            place.replace(exp.Paren(this=exp.Neg(this=literal)) if value < 0 else literal)


def _count_whole(tree: exp.Expr) -> None:
    """DuckDB sums to 128 bits, which drivers turn into floats."""
    from sqlglot import exp

    for counted in list(tree.find_all(exp.Sum, exp.Count)):
        around = counted.parent
        whole = around if isinstance(around, exp.Window) and around.this is counted else counted
        whole.replace(exp.cast(whole.copy(), "BIGINT"))


def _count_days(tree: exp.Expr) -> None:
    """Differences in days are between dates, and the start of a month is a date, whatever type went in."""
    from sqlglot import exp

    for difference in list(tree.find_all(exp.DateDiff)):
        if difference.text("unit").upper() == "DAY":
            for side in ("this", "expression"):
                difference.set(side, exp.cast(difference.args[side].copy(), "DATE"))
    for cut in list(tree.find_all(exp.TimestampTrunc, exp.DateTrunc)):
        cut.replace(exp.cast(cut.copy(), "DATE"))


def _speak_spark(tree: exp.Expr) -> None:
    from sqlglot import exp

    for difference in list(tree.find_all(exp.DateDiff)):
        if difference.text("unit").upper() == "SECOND":
            sides = [difference.expression.copy(), difference.this.copy()]
            difference.replace(exp.Anonymous(this="TIMESTAMPDIFF", expressions=[exp.var("SECOND"), *sides]))
    for cast in tree.find_all(exp.Cast):
        if cast.to.this == exp.DataType.Type.TIMESTAMP_S:
            cast.set("to", exp.DataType.build("TIMESTAMP_NTZ", dialect="spark"))
