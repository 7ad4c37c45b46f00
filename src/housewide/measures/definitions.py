"""What every number means: the measure files, read once, with every fault of a file said in words.

A definition is one TOML file. Its ``sha256`` covers what changes a number (SQL, kind, scale, settings and so on),
never its wording, so a figure that cites it can be computed again years later.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housewide.measures import formulas
from housewide.measures.faults import DEFAULTS, faults_of

if TYPE_CHECKING:
    from housewide.measures.models import DefinitionRecord

# What the SQL of each kind gives after the columns that all kinds give.
KIND_COLUMNS = {
    "ratio": ("num", "den"),
    "rate": ("num", "den"),
    "total": ("num",),
    "distribution": ("value",),
    "distinct": ("key",),
    "stock": ("num",),
    "formula": (),
}
NO_KEY = "not named"  # why a row of a distinct count without a key is left out
COMMON_COLUMNS = ("src", "row_id", "place", "day")

_folders: list[Path] = []
_read: dict[str, Definition] | None = None


class BadMeasure(ValueError):
    """A measure file cannot be used; the message names the file and everything that is wrong with it."""


@dataclass(frozen=True)
class TargetSaid:
    """A target that ships with the definition, in the unit of the measure, and who says so."""

    value: Decimal
    source: str


@dataclass(frozen=True)
class Example:
    """Tiny rows of one facility and month, and the numbers that must come out of them."""

    name: str
    facility: str
    period: str
    rows: dict[str, tuple[dict[str, Any], ...]]
    expect: dict[str, Any]
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Component:
    """One name in a formula: a part (``value``, ``num``, ``den``, ``count``, ``exact``) of another measure."""

    name: str
    measure: str
    part: str = "value"
    definition: Definition | None = None

    @property
    def behind(self) -> Definition:
        """The measure itself. Raises BadMeasure while the formula has not been resolved."""
        if self.definition is None:
            raise BadMeasure(f"The component “{self.name}” has not been looked up yet.")
        return self.definition


@dataclass(frozen=True)
class Definition:
    """One measure. Raw integers: a ratio or rate is ``num * per / den``, a total ``num / scale``, a distribution
    ``value / scale`` (``bin`` and ``tail`` are raw as well). Days of looking back and ahead are whole days. With
    ``every_day`` it happens on weekends and holidays too: a month so far is set against as many days of the month
    before, else against as many workdays."""

    id: str
    version: int
    kind: str
    unit: str
    title: str
    sentence: str
    direction: str
    steward: str
    sql: str
    reads: tuple[str, ...]
    breakdowns: tuple[str, ...]
    scale: int = 1
    per: int = 1
    stat: str = "mean"
    bin: int = 0
    tail: int = 0
    decimals: int = 1
    target: TargetSaid | None = None
    source: dict[str, str] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)
    lookback_days: int = 0
    lookahead_days: int = 0
    breakdown_totals: tuple[str, ...] = ()
    small_cell: int = 0
    chart: str = ""
    rule_set: str = ""
    every_day: bool = False
    den_rollup: str = ""
    formula: str = ""
    components: tuple[Component, ...] = ()
    examples: tuple[Example, ...] = ()
    text: str = ""
    path: str = ""

    def __hash__(self) -> int:
        return hash(self.sha256)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the compiled SQL gives, in order."""
        return (*COMMON_COLUMNS, *self.breakdowns, "left_out", *KIND_COLUMNS[self.kind])

    @cached_property
    def sha256(self) -> str:
        """Identity of what the number means; the same for the same meaning, however it is worded or shown."""
        meaning: list[Any] = [
            [self.id, self.version, self.kind, self.unit, self.direction, self.sql.strip()],
            [self.reads, self.breakdowns, self.breakdown_totals, sorted(self.settings.items())],
            [self.scale, self.per, self.stat, self.bin, self.tail, self.lookback_days, self.lookahead_days],
        ]
        if self.den_rollup:
            meaning.append(["den_rollup", self.den_rollup])
        if self.kind == "formula":
            parts = [[one.name, one.part, one.behind.sha256] for one in self.components]
            meaning.append(["formula", "".join(self.formula.split()), parts])
        return hashlib.sha256(json.dumps(meaning).encode()).hexdigest()


def register_folder(path: Path | str) -> None:
    """Add a folder of measure files (a duty's ``measures/``). Registering twice is harmless."""
    global _read
    folder = Path(path).resolve()
    if folder not in _folders:
        _folders.append(folder)
        _read = None


def all_definitions() -> dict[str, Definition]:
    """Every measure by id, read and linted once. Raises BadMeasure with the faults of all files together."""
    global _read
    if _read is None:
        found: dict[str, Definition] = {}
        faults: list[str] = []
        for path in (file for folder in _folders for file in sorted(folder.glob("*.toml"))):
            try:
                fresh = read_definition(path)
            except BadMeasure as bad:
                faults.append(str(bad))
                continue
            if fresh.id in found:
                faults.append(f"{path.name}: the measure “{fresh.id}” is already defined in {found[fresh.id].path}")
            found[fresh.id] = fresh
        if faults:
            raise BadMeasure("\n".join(faults))
        _read = _resolved(found)
    return _read


def _resolved(found: dict[str, Definition]) -> dict[str, Definition]:
    """All definitions, formulas with those of their components in them. Raises BadMeasure with every fault."""
    whole, faults = {}, []
    for key, definition in found.items():
        try:
            whole[key] = formulas.resolved(definition, found.get)
        except ValueError as fault:
            faults.append(f"{Path(definition.path).name}: {fault}")
    if faults:
        raise BadMeasure("\n".join(faults))
    return whole


def get(measure_id: str) -> Definition:
    """One measure. Raises KeyError in words."""
    known = all_definitions()
    if measure_id not in known:
        raise KeyError(f"There is no measure “{measure_id}”. There are {len(known)}; the list of measures names them.")
    return known[measure_id]


def read_definition(path: Path) -> Definition:
    """Read, check and lint one file. Raises BadMeasure with every fault found."""
    from housewide.measures.linter import lint

    text = path.read_text(encoding="utf-8")
    definition = definition_from(text, path.name, str(path))
    refusals = lint(definition)
    if refusals:
        raise BadMeasure(f"{path.name}: " + "; ".join(refusal.text for refusal in refusals))
    return definition


def definition_from(text: str, name: str = "the measure", path: str = "") -> Definition:
    """Read the TOML of one measure, without linting its SQL. Raises BadMeasure."""
    try:
        said = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise BadMeasure(f"{name} is not TOML: {fault}") from fault
    faults = faults_of(said)
    if faults:
        raise BadMeasure(f"{name}: " + "; ".join(faults))
    more = DEFAULTS | said
    plain: dict[str, Any] = {key: more[key] for key in PLAIN}
    plain |= {key: tuple(more[key]) for key in ("reads", "breakdowns", "breakdown_totals")}
    plain["components"] = tuple(
        Component(name, one["measure"], one["part"]) for name, one in more["components"].items()
    )
    target = more.get("target")
    return Definition(
        **plain,
        per=more.get("per", 100 if more["unit"] == "%" else 1),
        decimals=more.get("decimals", 0 if more["unit"] == "cases" else 1),
        target=TargetSaid(Decimal(target["value"]), target["source"]) if target else None,
        source=dict(more["source"]),
        settings=dict(more["settings"]),
        examples=tuple(_example(said) for said in more["example"]),
        text=text,
        path=path,
    )


PLAIN = (
    *("id", "version", "kind", "unit", "title", "sentence", "direction", "steward", "sql", "scale", "stat", "bin"),
    *("tail", "lookback_days", "lookahead_days", "small_cell", "chart", "rule_set", "every_day"),
    *("den_rollup", "formula"),
)


def _example(said: dict[str, Any]) -> Example:
    return Example(
        name=said["name"],
        facility=said["facility"],
        period=said["period"],
        rows={table: tuple(rows) for table, rows in said["rows"].items()},
        expect=said["expect"],
        holidays=tuple(str(day) for day in said.get("holidays", ())),
    )


def recorded(sha256: str, behind: Mapping[str, str] | None = None) -> Definition | None:
    """The definition with this identity, out of the texts that were kept; None when it was not.

    ``behind`` gives the identity of every measure that a formula rests on, by its id; without their texts the formula
    is not kept whole.
    """
    known = behind or {}

    def find(measure: str) -> Definition | None:
        return _kept(known[measure]) if measure in known else None

    definition = _kept(sha256)
    try:
        return formulas.resolved(definition, find) if definition else None
    except ValueError:
        return None


def _kept(sha256: str) -> Definition | None:
    from housewide.measures.models import DefinitionRecord

    kept = DefinitionRecord.objects.filter(sha256=sha256).first()
    return definition_from(kept.text, kept.measure) if kept else None


def identities(definition: Definition) -> dict[str, str]:
    """The identity of every measure that a formula rests on, those behind other formulas too, by id."""
    found: dict[str, str] = {}
    for one in definition.components:
        found |= {one.measure: one.behind.sha256, **identities(one.behind)}
    return found


def record(definition: Definition) -> DefinitionRecord:
    """Keep the whole text of a definition, and of those behind a formula, the first time it is computed with."""
    from housewide.kit.clock import now
    from housewide.measures.models import DefinitionRecord

    for one in definition.components:
        record(one.behind)
    kept, _ = DefinitionRecord.objects.get_or_create(
        sha256=definition.sha256,
        defaults={
            "measure": definition.id,
            "version": definition.version,
            "text": definition.text,
            "first_used_at": now(),
        },
    )
    return kept
