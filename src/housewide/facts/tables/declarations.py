"""A fact table on paper: its columns, its key, its rules and who answers for it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property

SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP_S",
    "cents": "BIGINT",
}
KINDS = ("event", "interval", "stock")
SEVERITIES = ("set_aside", "flag")
# What every part carries besides the columns of its table, with its DuckDB type.
CARRIED = {"row_id": "VARCHAR", "source_line": "BIGINT", "batch": "VARCHAR", "flags": "VARCHAR[]"}


@dataclass(frozen=True)
class Column:
    """One column. ``rule`` is SQL over the row that must hold when the cell is filled; ``values`` are the only
    ones allowed; ``crosswalk`` names the kind of code that is translated at the door; ``identity`` says that the
    cell names a patient: facts keep a surrogate and the cell itself is sealed."""

    name: str
    type: str
    meaning: str
    required: bool = False
    phi: bool = False
    identity: bool = False
    unit: str = ""
    values: tuple[str, ...] = ()
    crosswalk: str = ""
    rule: str = ""
    rule_reason: str = ""
    title: str = ""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def heading(self) -> str:
        """How the template and messages call the column: ``in_room`` -> ``In room``."""
        return self.title or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Rule:
    """``when`` is SQL over the row's columns that is true of a bad row; ``reason`` says so in a sentence. A row that
    fails a ``set_aside`` rule is set aside; a ``flag`` rule is noted in the row's ``flags`` and the row accepted."""

    key: str
    when: str
    reason: str
    severity: str = "set_aside"


@dataclass(frozen=True)
class FactTable:
    """Rows of one kind. ``period_column`` decides the month a row is filed in."""

    name: str
    version: int
    title: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    period_column: str
    kind: str = "event"
    rules: tuple[Rule, ...] = ()
    steward: str = ""
    path: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def phi(self) -> bool:
        """Whether any column says something about a patient."""
        return any(column.phi or column.identity for column in self.columns)

    @property
    def part_types(self) -> dict[str, str]:
        """Every column of a part, in order, with its DuckDB type."""
        return {column.name: column.sql_type for column in self.columns} | CARRIED

    @cached_property
    def sha256(self) -> str:
        """Identity of what the file says, wherever it lies."""
        said = asdict(self)
        said.pop("path")
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
