"""Figures of a measure as words: its value, the counts behind it, which way is better."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from housewide.kit.ui.numbers import grouped_number
from housewide.measures.amounts import show
from housewide.measures.definitions import Definition

if TYPE_CHECKING:
    from housewide.measures.readings import Reading


def show_value(definition: Definition) -> Callable[[float], str]:
    """Formats values for a chart as they read everywhere else: ``71.4%``, ``27 min``, ``412``."""
    return lambda value: show(definition, float(value))


def counts_text(definition: Definition, reading: Reading) -> str:
    """What the value rests on: ``294 of 412 cases``; empty where nothing was counted."""
    if reading.value is None:
        return ""
    if definition.kind == "formula":
        return "; ".join(f"{name.replace('_', ' ')} {amount}" for name, amount in reading.components.items())
    noun = count_noun(definition, reading)
    if definition.kind == "distinct":
        return f"in {grouped_number(reading.count)} {noun}"
    if definition.kind not in ("ratio", "rate"):
        return f"{grouped_number(reading.count)} {noun}"
    if reading.count != reading.den:
        return f"from {grouped_number(reading.count)} {noun}"
    return f"{grouped_number(reading.num)} of {grouped_number(reading.den)} {noun}"


def count_noun(definition: Definition, reading: Reading) -> str:
    """What the rows of the reading are called: ``cases`` where each is one operating-room case, else ``rows``."""
    of_cases = definition.reads[:1] == ("or_case",) and definition.kind != "formula"
    each_counts_once = (
        definition.kind in ("distribution", "distinct") or definition.unit == "cases" or reading.count == reading.den
    )
    return "cases" if of_cases and each_counts_once else "rows"


def direction_text(definition: Definition) -> str:
    """``higher is better``; empty for a measure that is neither."""
    return "" if definition.direction == "none" else f"{definition.direction} is better"
