"""Measures for the tests: the ones of the operating rooms, and any SQL dressed up as a whole definition."""

from __future__ import annotations

from pathlib import Path

from housewide.facts.tables import register_folder as register_tables
from housewide.measures.definitions import Definition, all_definitions, definition_from, register_folder
from housewide.measures.linter import lint

SURGERY = Path(__file__).parents[2] / "duties" / "surgery"

HEAD = {
    "id": '"made.for_tests"',
    "version": "1",
    "kind": '"total"',
    "unit": '"cases"',
    "direction": '"none"',
    "title": '"Cases"',
    "sentence": '"Cases, for a test."',
    "steward": '"Nobody"',
    "reads": '["or_case"]',
    "breakdowns": "[]",
    "sql": "'''SELECT 'or_case' AS src, row_id, place, day, NULL AS left_out, 1 AS num FROM or_case'''",
}


def surgery() -> dict[str, Definition]:
    """The measures of the operating rooms, by id."""
    register_tables(SURGERY / "tables")
    register_folder(SURGERY / "measures")
    return {key: one for key, one in all_definitions().items() if key.startswith("surgery.")}


def toml(**said: str) -> str:
    """A whole measure file; values as TOML writes them, an empty one leaves the line out."""
    lines = HEAD | said
    return "\n".join(f"{key} = {value}" for key, value in lines.items() if value) + "\n"


def made(sql: str = "", **said: str) -> Definition:
    """A definition around the SQL."""
    return definition_from(toml(**({"sql": f"'''{sql}'''"} if sql else {}), **said))


def refusals(sql: str, **said: str) -> list[str]:
    """What the linter says about a whole SQL text."""
    register_tables(SURGERY / "tables")
    return [refusal.text for refusal in lint(made(sql, **said))]


def counting(num: str = "1", more: str = "", source: str = "or_case") -> str:
    """A total that counts ``num`` of each row."""
    return f"SELECT 'or_case' AS src, row_id, place, day, NULL AS left_out, {num} AS num FROM {source} {more}"
