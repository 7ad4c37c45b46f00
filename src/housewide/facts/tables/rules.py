"""Do the rules of a table mean anything? Asked of the engine itself, on no rows."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from housewide.facts.cells import name
from housewide.facts.tables.declarations import FactTable


def rule_problems(table: FactTable) -> list[str]:
    """What is wrong with the SQL of a table's rules, in words; empty when all are sound."""
    import duckdb

    problems = []
    connection = duckdb.connect(":memory:")
    try:
        columns = ", ".join(f"{name(column.name)} {column.sql_type}" for column in table.columns)
        connection.execute(f"CREATE TABLE row_of_table ({columns})")
        asked = [(f"column “{column.name}”", column.rule) for column in table.columns if column.rule]
        asked += [(f"rule “{rule.key}”", rule.when) for rule in table.rules]
        for about, sql in asked:
            try:
                kind = connection.execute(f"SELECT typeof(any_value(({sql}))) FROM row_of_table").fetchall()[0][0]
            except duckdb.Error as fault:
                problems.append(f"{table.name}: {about} is not SQL over its columns: {str(fault).splitlines()[0]}")
                continue
            if kind not in ("BOOLEAN", '"NULL"'):
                problems.append(f"{table.name}: {about} gives {kind}, not true or false")
    finally:
        connection.close()
    return problems
