"""What people are given from a table file: the empty spreadsheet to fill, the reference page to read."""

from __future__ import annotations

import csv
import io

from housewide.facts.tables.declarations import Column, FactTable

WRITTEN = {
    "text": "text",
    "integer": "whole number",
    "boolean": "yes or no",
    "date": "date, like 2026-10-14",
    "timestamp": "date and time, like 2026-10-14 07:30",
    "cents": "dollars and cents, like 1,234.50",
}


def how_written(column: Column) -> str:
    """How a cell of the column is written, in a few words."""
    if column.values:
        return "one of: " + ", ".join(column.values)
    return WRITTEN[column.type] + (f" ({column.unit})" if column.unit and column.type == "integer" else "")


def csv_template(table: FactTable) -> str:
    """The heading line of a file that needs no mapping."""
    page = io.StringIO()
    csv.writer(page, lineterminator="\r\n").writerow([column.heading for column in table.columns])
    return page.getvalue()


def reference_page(table: FactTable) -> str:
    """The table as Markdown, for the reference part of the documentation."""
    lines = [f"# {table.title}", "", table.meaning, ""]
    lines += [
        f"Table `{table.name}`, version {table.version}. Kind: {table.kind}. One row per: {', '.join(table.key)}."
    ]
    lines += [
        f"Filed in the month of: {table.by_name[table.period_column].heading}. Steward: {table.steward or 'none'}."
    ]
    lines += [
        "",
        "| column | heading | written as | required | about a patient | meaning |",
        "|---|---|---|---|---|---|",
    ]
    for column in table.columns:
        about = "sealed, kept as a surrogate" if column.identity else "yes" if column.phi else ""
        cells = [f"`{column.name}`", column.heading, how_written(column), "yes" if column.required else "", about]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in [*cells, column.meaning]) + " |")
    if table.rules or any(column.rule for column in table.columns):
        lines += ["", "## Rules", ""]
        lines += [f"- {column.rule_reason}: the row is set aside." for column in table.columns if column.rule]
        does = {"set_aside": "the row is set aside", "flag": "the row is accepted and flagged"}
        lines += [f"- {rule.reason}: {does[rule.severity]}." for rule in table.rules]
    return "\n".join(lines) + "\n"
