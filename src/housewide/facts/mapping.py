"""Which column of a source's file becomes which column of a fact table, and how its cells are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from housewide.facts.tables import FactTable

UNITS = ("", "dollars", "cents", "seconds", "minutes", "hours", "days")


@dataclass(frozen=True)
class Source:
    """Where a column's cells come from: a heading of the file, or one constant for every row.

    ``date_header`` names the heading that holds the day when this column holds only a time of day. ``formats`` are
    strptime patterns (or ``excel`` for serial numbers); empty means the usual ISO and US ones. ``value_map`` turns
    cell texts (compared without regard to case) into table values; a text mapped to "" counts as empty.
    ``plus_minutes`` names a heading with minutes to add to a moment (a booked length after a start).
    ``unit`` is the unit of the file: money without one is dollars. ``crosswalk`` overrides the table's.
    """

    header: str = ""
    constant: str = ""
    formats: tuple[str, ...] = ()
    value_map: dict[str, str] = field(default_factory=dict)
    crosswalk: str = ""
    unit: str = ""
    date_header: str = ""
    plus_minutes: str = ""

    def to_dict(self) -> dict[str, Any]:
        said: dict[str, Any] = {"header": self.header, "constant": self.constant, "formats": list(self.formats)}
        said |= {"value_map": dict(self.value_map), "crosswalk": self.crosswalk, "unit": self.unit}
        said |= {"date_header": self.date_header, "plus_minutes": self.plus_minutes}
        return {key: value for key, value in said.items() if value}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> Source:
        more = dict(said)
        more["formats"] = tuple(more.get("formats", ()))
        return cls(**more)


@dataclass(frozen=True)
class Mapping:
    """Sources by column name of the table; a column without one stays empty."""

    columns: dict[str, Source]

    def to_dict(self) -> dict[str, Any]:
        return {name: source.to_dict() for name, source in self.columns.items()}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> Mapping:
        return cls({name: Source.from_dict(entry) for name, entry in said.items()})

    def problems(self, table: FactTable, header: list[str], *, given: frozenset[str] = frozenset()) -> list[str]:
        """What stops this mapping from being used, in words. ``given`` are columns the feed itself fills."""
        found = [f"The table has no column “{name}”." for name in self.columns if name not in table.by_name]
        for name, source in self.columns.items():
            found += [
                f"The file has no heading “{heading}”, from which “{name}” should come."
                for heading in (source.header, source.date_header, source.plus_minutes)
                if heading and heading not in header
            ]
            if source.unit not in UNITS:
                found.append(f"“{source.unit}” is not a unit for “{name}”: use one of {', '.join(UNITS[1:])}.")
        for column in table.columns:
            source = self.columns.get(column.name, Source())
            if column.required and not source.header and not source.constant and column.name not in given:
                found.append(f"“{column.heading}” is required and nothing is mapped to it.")
        return found


def template_mapping(table: FactTable, header: list[str]) -> Mapping:
    """The mapping of a file whose headings are those of the template (or the column names), case ignored."""
    by_text = {heading.strip().lower(): heading for heading in reversed(header)}
    found = {}
    for column in table.columns:
        heading = by_text.get(column.heading.lower()) or by_text.get(column.name)
        if heading:
            found[column.name] = Source(header=heading)
    return Mapping(found)
