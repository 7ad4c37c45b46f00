"""One sentence that shows how rows make a number: “These 212 rows add up to 71.4%: 151 of 212”."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from housewide.measures.amounts import show, value_of
from housewide.measures.definitions import Definition
from housewide.measures.rows import bin_of

STATISTICS = {"mean": "mean", "median": "median", "p90": "90th percentile"}


def adds_up(definition: Definition, rows: Sequence[Mapping[str, Any]]) -> str:
    """The sentence for counted rows (mappings with ``num`` and ``den``, or ``value``: raw integers); empty for none.

    The integers are added first and divided once, so the sentence says what the reading says.
    """
    if not rows:
        return ""
    words = show(definition, value_of_rows(definition, rows))
    if definition.kind == "distribution":
        these = "This row has" if len(rows) == 1 else f"These {len(rows):,} rows have"
        return f"{these} a {STATISTICS[definition.stat]} of {words}."
    these = "This row makes" if len(rows) == 1 else f"These {len(rows):,} rows add up to"
    if definition.kind in ("total", "stock"):
        return f"{these} {words}."
    if definition.kind == "distinct":
        these = "This row counts" if len(rows) == 1 else f"These {len(rows):,} rows count"
        return f"{these} {words}, each one once."
    den = _den(definition, rows)
    counts = f"{_sum(rows, 'num'):,} of {den:,}"
    once = ", each day once" if definition.den_rollup else ""
    return f"{these} {words}: {counts}{once}." if den else f"{these} {counts}."


def value_of_rows(definition: Definition, rows: Sequence[Mapping[str, Any]]) -> Fraction | None:
    """The value that the measure has over these rows, in its unit."""
    if definition.kind == "distinct":
        return value_of(definition, len({row["key"] for row in rows}), 0, len(rows), 0, None)
    if definition.kind != "distribution":
        den = 0 if definition.kind in ("total", "stock") else _den(definition, rows)
        return value_of(definition, _sum(rows, "num"), den, len(rows), 0, None)
    values = [int(row["value"]) for row in rows if row["value"] is not None]
    bins = Counter(bin_of(value, definition) for value in values)
    return value_of(definition, len(values), 0, len(values), sum(values), bins)


def _den(definition: Definition, rows: Sequence[Mapping[str, Any]]) -> int:
    """The denominator; one that counts once is, for each day, that of the place that has the most."""
    if not definition.den_rollup:
        return _sum(rows, "den")
    days: dict[Any, Counter[str]] = {}
    for row in rows:
        days.setdefault(row["day"], Counter())[row["place"]] += int(row["den"] or 0)
    return sum(max(places.values()) for places in days.values())


def _sum(rows: Sequence[Mapping[str, Any]], key: str) -> int:
    return sum(int(row[key] or 0) for row in rows)
