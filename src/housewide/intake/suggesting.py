"""Guesses which heading of a file is which column, and how its dates are written; a person confirms it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files

from housewide.facts.cells import DATE_FORMATS, EXCEL, NO, TIME_FORMATS, YES
from housewide.facts.mapping import Mapping, Source
from housewide.facts.tables import Column, FactTable

DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y")
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H%M")
SURE = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d")
NEAR = {
    "elective": ("el", "e", "scheduled", "routine"),
    "urgent": ("urg", "u"),
    "emergent": ("emer", "em", "emergency", "stat"),
    "trauma": ("tr", "level 1"),
    "surgeon": ("srg", "provider", "physician"),
    "service": ("svc", "specialty", "group"),
}


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """What other systems call a column, from ``data/synonyms.toml``."""
    said = tomllib.loads((files("housewide.intake") / "data" / "synonyms.toml").read_text(encoding="utf-8"))
    return {name: tuple(words) for name, words in said.items()}


def plain_words(heading: str) -> str:
    """``Pre-op ready #2`` -> ``pre op ready 2``: what a heading says, whatever its dress."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", heading.lower()).split())


def suggest_mapping(table: FactTable, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping:
    """A mapping worth confirming. ``rows`` are cells in the order of ``header``; a heading is used for one column only.

    Exact names come first, then what other systems call them, then headings that hold all words of the name.
    """
    words = {heading: plain_words(heading) for heading in header}
    cells = {
        heading: [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        for at, heading in enumerate(header)
    }
    found: dict[str, str] = {}
    for rank in (_same, _known, _holds):
        for column in table.columns:
            if column.name in found or column.name == "facility":
                continue
            free = [heading for heading in header if heading not in found.values() and words[heading]]
            match = next((heading for heading in free if rank(column, words[heading])), None)
            if match:
                found[column.name] = match
    day = found.get(table.period_column, "")
    return Mapping({name: _source(table.by_name[name], heading, cells, day) for name, heading in found.items()})


def _same(column: Column, words: str) -> bool:
    return words in (plain_words(column.name), plain_words(column.heading))


def _known(column: Column, words: str) -> bool:
    return words in synonyms().get(column.name, ())


def _holds(column: Column, words: str) -> bool:
    wanted = set(plain_words(column.heading).split())
    return len(wanted) > 1 and wanted <= set(words.split())


def _source(column: Column, heading: str, cells: dict[str, list[str]], day: str) -> Source:
    sample = cells[heading]
    source = Source(header=heading)
    if column.type in ("date", "timestamp"):
        formats = guess_formats(sample)
        if column.type == "timestamp" and day and not formats:
            joined = guess_clock(sample, cells.get(day, []))
            if joined:
                return replace(source, date_header=day, formats=joined)
        return replace(source, formats=formats)
    if column.values:
        return replace(source, value_map=guess_values(column.values, sample))
    if column.type == "boolean":
        return replace(source, value_map=guess_truth(sample))
    return source


def guess_formats(sample: Iterable[str]) -> tuple[str, ...]:
    """The one pattern that reads every cell; none when no pattern does or there is nothing to go by."""
    cells = list(sample)
    if not cells:
        return ()
    if all(re.fullmatch(r"[34]\d{4}(\.\d+)?", cell) for cell in cells):
        return (EXCEL,)
    patterns = (*TIME_FORMATS, *DATE_FORMATS, *DAY_FIRST, *(f"{day} %H:%M" for day in DAY_FIRST))
    return next(((pattern,) for pattern in patterns if all(_reads(cell, pattern) for cell in cells)), ())


def guess_clock(sample: Iterable[str], days: Iterable[str]) -> tuple[str, ...]:
    """The pattern of the day and the time of day put together, for a column that holds only a time."""
    cells = list(sample)
    clock = next((one for one in CLOCKS if cells and all(_reads(cell, one) for cell in cells)), "")
    day = guess_formats(days)
    return (f"{day[0]} {clock}",) if clock and day else ()


def _reads(cell: str, pattern: str) -> bool:
    try:
        moment = datetime.strptime(cell, pattern)  # noqa: DTZ007 -- facts hold the facility's own wall clock
    except ValueError:
        return False
    return moment.year == 1900 or 1990 <= moment.year <= 2100


def guess_values(values: Sequence[str], sample: Iterable[str]) -> dict[str, str]:
    """What each word of the file means, where it is not the table's own word already."""
    meant: dict[str, str] = {}
    for cell in sorted(set(sample)):
        said = plain_words(cell)
        for value in values:
            if said == plain_words(value):
                meant[cell] = value
            elif said in NEAR.get(value, ()) or (len(said) > 2 and value.startswith(said)):
                meant.setdefault(cell, value)
    return meant


def guess_truth(sample: Iterable[str]) -> dict[str, str]:
    """Yes and no in other words; Y, N, true, 1 need no telling."""
    yes, no = ("add on", "cancelled", "canceled", "checked"), ("scheduled", "performed", "completed", "none", "")
    meant = {}
    for cell in set(sample):
        if cell.lower() in (*YES, *NO):
            continue
        if plain_words(cell) in yes:
            meant[cell] = "yes"
        elif plain_words(cell) in no:
            meant[cell] = "no"
    return dict(sorted(meant.items()))
