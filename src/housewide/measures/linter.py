"""May this measure be counted with? Everything that would make its number differ between engines, days or eyes.

``language`` refuses words, ``lineage`` refuses orders that tie and columns about a patient that are more than keys;
here the SQL is held against what the definition declares and the fact tables have. A measure that passes gives the same
integers on DuckDB and on Spark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from housewide.measures.definitions import Definition
from housewide.measures.language import foreign_words
from housewide.measures.lineage import order_faults, patient_faults

if TYPE_CHECKING:
    from sqlglot import exp

CALENDAR = {
    "facility": "VARCHAR",
    "day": "DATE",
    "weekday": "INT",
    "holiday": "BOOLEAN",
    "workday": "BOOLEAN",
    "period": "VARCHAR",
}


@dataclass(frozen=True)
class Refusal:
    """One reason against a measure, in words that say what to write instead."""

    text: str


def lint(definition: Definition) -> list[Refusal]:
    """Every reason why the SQL of a definition may not be used; empty when it may. Reads the declared fact tables.

    A formula has no SQL; what speaks against one is said when its components are looked up.
    """
    if definition.kind == "formula":
        return []
    return [Refusal(text) for text in dict.fromkeys(_texts(definition))]


def _texts(definition: Definition) -> Iterator[str]:
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    try:
        trees = parse(definition.sql, read="duckdb")
        lacking = list(_orders_without_nulls(definition.sql))
    except SqlglotError as fault:
        yield f"the SQL cannot be read: {_plain(fault)}"
        return
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        yield "the SQL must be one SELECT"
        return
    tree = trees[0]
    foreign = list(foreign_words(tree))
    strange = [*_table_faults(tree, definition), *_setting_faults(tree, definition)]
    yield from [*foreign, *lacking, *strange]
    if not foreign:
        yield from _result_faults(tree, definition)
    if not foreign and not strange:
        yield from _column_faults(tree, definition)


def _column_faults(tree: exp.Expr, definition: Definition) -> Iterator[str]:
    """What can only be asked once every column is known to belong to a table."""
    from sqlglot.errors import SqlglotError
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import traverse_scope

    schema: dict[str, object] = {name: _columns(name) for name in definition.reads}
    try:
        whole = qualify(
            tree.copy(), dialect="duckdb", schema=schema, expand_alias_refs=False, expand_stars=False, identify=False
        )
        typed = annotate_types(whole, schema=schema, dialect="duckdb")
    except SqlglotError as fault:
        yield f"a column is not one that its tables have: {_plain(fault)}"
        return
    scopes = traverse_scope(typed)
    yield from order_faults(scopes)
    yield from patient_faults(scopes, hidden={"key"} if definition.kind == "distinct" else set())
    yield from _moment_faults(typed)


def _columns(table_name: str) -> dict[str, str]:
    """What a measure may read of a table, with its DuckDB type; of what parts carry only ``row_id``."""
    from housewide.facts.tables import table

    if table_name == "calendar":
        return CALENDAR
    return {"row_id": "VARCHAR"} | {column.name: column.sql_type for column in table(table_name).columns}


def _table_faults(tree: exp.Expr, definition: Definition) -> Iterator[str]:
    from sqlglot import exp

    from housewide.facts.tables import tables

    known = {*tables(), "calendar"}
    made = {part.alias for part in tree.find_all(exp.CTE)}
    found = list(tree.find_all(exp.Table))
    used = {table.name for table in found} - made
    yield from (f"“reads” names “{name}”, which is no fact table" for name in definition.reads if name not in known)
    yield from (f"the table “{name}” is read but not named in “reads”" for name in sorted(used - {*definition.reads}))
    for name in definition.reads:
        if name in known and name not in used:
            yield f"“reads” names “{name}”, which the SQL never reads"
    for table in found:
        if table.db or not isinstance(table.this, exp.Identifier):
            yield f"the table “{table.sql()}”: tables go by their plain name"
    yield from (f"a WITH part cannot be called “{name}” like a table" for name in sorted(made & known))


def _setting_faults(tree: exp.Expr, definition: Definition) -> Iterator[str]:
    from sqlglot import exp

    used = {place.name for place in tree.find_all(exp.Placeholder)}
    for name in sorted(used - {*definition.settings}):
        yield f"“:{name}” is not among the settings" if name else "a “?” stands for nothing; write a setting as :name"
    yield from (f"the setting “{name}” is never used" for name in definition.settings if name not in used)


def _branches(tree: Any) -> list[Any]:
    from sqlglot import exp

    tree = tree.unnest()
    return [*_branches(tree.left), *_branches(tree.right)] if isinstance(tree, exp.SetOperation) else [tree]


def _result_faults(tree: exp.Expr, definition: Definition) -> Iterator[str]:
    """Each part of a UNION ALL must give the same columns in the same order: engines match them by position."""
    heads = [branch.named_selects for branch in _branches(tree)]
    wanted = definition.columns
    for number, names in enumerate(heads, start=1):
        where = f"SELECT number {number} of the UNION ALL: " if len(heads) > 1 else ""
        for name in wanted:
            if name not in names:
                yield f"{where}the column “{name}” is missing; this {definition.kind} gives {', '.join(wanted)}"
        for name in dict.fromkeys(names):
            if name not in wanted:
                yield f"{where}the column “{name}” is given but is no declared breakdown"
            if names.count(name) > 1:
                yield f"{where}the column “{name}” is given twice"
        if names != heads[0] and sorted(names) == sorted(heads[0]):
            yield f"{where}its columns stand in another order than those of the first SELECT"


def _moment_faults(typed: exp.Expr) -> Iterator[str]:
    """What DATE - DATE gives, and whether DATE + 1 is known, differs between engines."""
    from sqlglot import exp

    for sum_ in typed.find_all(exp.Add, exp.Sub):
        sides = (sum_.this.unnest(), sum_.expression.unnest())
        if any(isinstance(side, exp.Interval) for side in sides):
            continue
        if any(side.type is not None and side.type.this in exp.DataType.TEMPORAL_TYPES for side in sides):
            yield (
                f"{sum_.sql(dialect='duckdb')}: write DATE_DIFF for the time between two moments,"
                " + INTERVAL n DAY for a later day"
            )


def _orders_without_nulls(sql: str) -> Iterator[str]:
    """The parser fills in a default, so the words themselves are read: each item must end in NULLS FIRST or LAST."""
    from sqlglot.dialects.duckdb import DuckDB

    words = [word for token in DuckDB().tokenize(sql) for word in token.text.upper().split()]
    for start, (one, two) in enumerate(pairwise(words)):
        if (one, two) != ("ORDER", "BY"):
            continue
        for item in _items(words[start + 2 :]):
            if item[-2:] not in (["NULLS", "FIRST"], ["NULLS", "LAST"]):
                said = " ".join(item).lower().replace(" . ", ".")
                yield f"ORDER BY {said}: say NULLS FIRST or NULLS LAST, engines' own choices differ"


def _items(words: list[str]) -> list[list[str]]:
    """The comma-separated items of an ORDER BY, up to what ends it."""
    items: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if depth < 0 or (depth == 0 and word in ("ROWS", "RANGE", "GROUPS", "LIMIT", "UNION", ";")):
            break
        if depth == 0 and word == ",":
            items.append([])
        else:
            items[-1].append(word)
    return items


def _plain(fault: Exception) -> str:
    """The first line of a SQLGlot message without the marks it puts round the place in a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(fault)).split("\n")[0].rstrip(".") + "."
