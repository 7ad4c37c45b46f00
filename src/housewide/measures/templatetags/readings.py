"""Draws a reading the same way everywhere: value, signal, what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.template.context import Context
from django.urls import reverse

if TYPE_CHECKING:
    from housewide.measures.reading_rows import ReadingRow
    from housewide.measures.readings import Reading, Signal

register = template.Library()


@register.inclusion_tag("measures/parts/reading.html", takes_context=True)
def reading(context: Context, given: Reading) -> dict[str, Any]:
    """``{% reading r %}``: the value as a link to its rows, its signal and its reach. ``can_rows`` in the context set
    to False (the person may not see rows) makes the value a link to the measure instead."""
    name = "measure-rows" if context.get("can_rows", True) else "measure"
    return {"reading": given, "url": reverse(name, args=[given.place, given.period, given.measure])}


@register.inclusion_tag("ui/parts/signal.html")
def reading_signal(signal: Signal) -> dict[str, Any]:
    """The signal as the house draws every signal: word, tone and the arrow of what the value did."""
    from housewide.kit.ui.templatetags.ui import signal as drawn

    return drawn(signal.word.capitalize(), f"{signal.tone} {signal.arrow}")


@register.simple_tag(takes_context=True)
def as_row(context: Context, given: Reading | ReadingRow) -> ReadingRow:
    """A reading as a row of a table, with its sparkline and addresses; a row stays as it is."""
    from housewide.measures.reading_rows import ReadingRow, row_of

    return given if isinstance(given, ReadingRow) else row_of(given, can_rows=bool(context.get("can_rows", True)))
