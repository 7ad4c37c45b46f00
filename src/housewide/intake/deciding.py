"""The profile screen's decisions as a person makes them: read from a form, shown again, turned into a profile."""

from __future__ import annotations

import json
from collections.abc import Mapping as Said
from dataclasses import dataclass, field
from typing import Any

from housewide.facts.cells import EXCEL
from housewide.facts.mapping import UNITS, Mapping, Source
from housewide.facts.tables import Column, FactTable
from housewide.intake.profiles import Profile
from housewide.intake.sheets import Layout

ENCODINGS = [
    ("utf-8", "UTF-8"), ("cp1252", "Western (Windows-1252)"), ("latin-1", "Western (ISO 8859-1)"),
    ("utf-16-le", "UTF-16, little endian"), ("utf-16-be", "UTF-16, big endian"),
]  # fmt: skip
DELIMITERS = [
    (",", "comma ,"),
    (";", "semicolon ;"),
    ("tab", "tab"),
    ("|", "pipe |"),
    ("^", "caret ^"),
    ("~", "tilde ~"),
]
QUOTES = [('"', 'double "'), ("'", "single '"), ("", "none")]
FORMATS = [
    ("%Y-%m-%d", "2026-10-14"), ("%m/%d/%Y", "10/14/2026"), ("%m/%d/%y", "10/14/26"), ("%d/%m/%Y", "14/10/2026"),
    ("%Y%m%d", "20261014"), ("%d-%b-%Y", "14-Oct-2026"), ("%Y-%m-%d %H:%M", "2026-10-14 07:30"),
    ("%Y-%m-%d %H:%M:%S", "2026-10-14 07:30:00"), ("%Y-%m-%dT%H:%M:%S", "2026-10-14T07:30:00"),
    ("%m/%d/%Y %H:%M", "10/14/2026 07:30"), ("%m/%d/%y %H:%M", "10/14/26 07:30"),
    ("%m/%d/%Y %I:%M %p", "10/14/2026 7:30 AM"), ("%d/%m/%Y %H:%M", "14/10/2026 07:30"),
    (EXCEL, "46309.3125 (Excel serial)"),
]  # fmt: skip
CONSTANT = "\u0001constant"
ARROW = "="


def first_layout(said: Said[str, str], start: Layout) -> Layout:
    """The layout that the form says, over the one it started from. Raises ValueError in words."""
    base = start.to_dict()
    if said.get("layout"):
        try:
            base = Layout.from_dict(json.loads(said["layout"])).to_dict()
        except (TypeError, ValueError):
            raise ValueError("The form was changed on its way. Open the page again.") from None
    for key in ("encoding", "quotechar", "sheet"):
        if key in said:
            base[key] = said[key]
    if "delimiter" in said:
        base["delimiter"] = "\t" if said["delimiter"] == "tab" else said["delimiter"]
    if "header_row" in said:
        text = said["header_row"].strip()
        if not text.isdecimal() or len(text) > 4:
            raise ValueError("The row of the headings is a whole number; 0 means the file has none.")
        base["header_row"] = int(text) - 1
    if base["encoding"] not in dict(ENCODINGS):
        raise ValueError(f"“{base['encoding']}” is not an encoding we read.")
    return Layout.from_dict(base)


@dataclass
class Decision:
    """One column of the table with what was decided for it, for drawing and for reading back."""

    column: Column
    source: Source
    options: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def is_moment(self) -> bool:
        return self.column.type in ("date", "timestamp")

    @property
    def has_words(self) -> bool:
        """Whether cells are words that may differ from ours."""
        return bool(self.column.values) or self.column.type == "boolean"

    @property
    def has_unit(self) -> bool:
        return self.column.type in ("integer", "cents")

    @property
    def units(self) -> list[str]:
        return [unit for unit in UNITS if unit]

    @property
    def is_constant(self) -> bool:
        return bool(self.source.constant)

    @property
    def more(self) -> bool:
        """Whether something beyond the heading was decided, so that it must not hide."""
        source = self.source
        return bool(source.constant or source.date_header or source.plus_minutes or source.unit)

    @property
    def formats(self) -> str:
        return "; ".join(self.source.formats)

    @property
    def words(self) -> str:
        return "\n".join(f"{said} {ARROW} {meant}" for said, meant in self.source.value_map.items())


def decisions(table: FactTable, mapping: Mapping, header: list[str]) -> list[Decision]:
    """Every column of the table in order, with the headings it may come from."""
    made = []
    for column in table.columns:
        source = mapping.columns.get(column.name, Source())
        listed = list(header)
        if source.header and source.header not in listed:
            listed.append(source.header)
        options = [("", "not in the file", not source.header and not source.constant)]
        options += [
            (heading, heading if heading in header else f"{heading} (gone)", heading == source.header)
            for heading in listed
        ]
        options.append((CONSTANT, "the same for every row …", bool(source.constant)))
        made.append(Decision(column, source, options))
    return made


def mapping_said(table: FactTable, said: Said[str, str]) -> Mapping:
    """The mapping that the form says. Raises ValueError in words."""
    found = {}
    for column in table.columns:
        source = _source_said(column, said)
        if source is not None:
            found[column.name] = source
    return Mapping(found)


def _source_said(column: Column, said: Said[str, str]) -> Source | None:
    def get(what: str) -> str:
        return said.get(f"{what}-{column.name}", "").strip()

    heading = said.get(f"h-{column.name}", "")
    if heading == CONSTANT:
        return Source(constant=get("c"), crosswalk=get("x")) if get("c") else None
    if not heading:
        return None
    return Source(
        header=heading,
        formats=tuple(one.strip() for one in get("f").split(";") if one.strip()),
        value_map=_words_said(column, get("v")),
        crosswalk=get("x"),
        unit=get("u"),
        date_header=get("d"),
        plus_minutes=get("p"),
    )


def _words_said(column: Column, text: str) -> dict[str, str]:
    meant = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        said, arrow, value = line.rpartition(ARROW)
        if not arrow or not said.strip():
            raise ValueError(f"{column.heading}: “{line.strip()}” should read like “Elective = elective”.")
        meant[said.strip()] = value.strip()
    return meant


def profile_said(table: FactTable, said: Said[str, str], layout: Layout, header: list[str]) -> Profile:
    """The whole profile; the headings seen are the ones confirmed. Raises ValueError in words."""
    return Profile(layout, mapping_said(table, said), tuple(header))


def shown(value: Any) -> str:
    """A typed value as the preview shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text.removesuffix(":00") if len(text) == 19 and text[10] in " T" else text
