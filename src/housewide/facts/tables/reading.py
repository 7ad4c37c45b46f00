"""Reads the table files, and says in words what is wrong with one that cannot be used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from housewide.facts.tables.declarations import CARRIED, KINDS, SEVERITIES, SQL_TYPES, Column, FactTable, Rule

NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
TOP = {"name", "version", "title", "meaning", "kind", "key", "period_column", "steward", "columns", "rules"}
COLUMN = {
    "type",
    "meaning",
    "required",
    "phi",
    "identity",
    "unit",
    "values",
    "crosswalk",
    "rule",
    "rule_reason",
    "title",
}
RULE = {"key", "when", "reason", "severity"}
RESERVED = {"calendar"}

_folders: list[Path] = [Path(__file__).parent]
_read: dict[str, FactTable] | None = None


class BadTable(ValueError):
    """A table file cannot be used; the message names the file and everything that is wrong with it."""


def register_folder(path: Path | str) -> None:
    """Add a folder of table files (a duty's ``tables/``). Registering twice is harmless."""
    global _read
    folder = Path(path).resolve()
    if folder not in _folders:
        _folders.append(folder)
        _read = None


def tables() -> dict[str, FactTable]:
    """Every table by name. Raises BadTable."""
    global _read
    if _read is None:
        found: dict[str, FactTable] = {}
        for path in (file for folder in _folders for file in sorted(folder.glob("*.toml"))):
            fresh = read_table(path)
            if fresh.name in found:
                raise BadTable(f"{path.name}: the table “{fresh.name}” is already declared in {found[fresh.name].path}")
            found[fresh.name] = fresh
        _read = found
    return _read


def table(name: str) -> FactTable:
    """One table. Raises KeyError with the names there are."""
    known = tables()
    if name not in known:
        raise KeyError(f"There is no fact table “{name}”. There are: {', '.join(sorted(known)) or 'none'}.")
    return known[name]


def read_table(path: Path) -> FactTable:
    """Read and check one file. Raises BadTable with every fault found."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadTable(f"{path.name} is not TOML: {fault}") from fault
    faults = _faults(said)
    if faults:
        raise BadTable(f"{path.name}: " + "; ".join(faults))
    return _made(said, str(path))


def _made(said: dict[str, Any], path: str) -> FactTable:
    columns = []
    for name, entry in said["columns"].items():
        more = dict(entry)
        more["values"] = tuple(more.get("values", ()))
        if name in ("place", "facility"):
            more.setdefault("crosswalk", "place")
        if more.get("identity"):
            more["phi"] = True
        columns.append(Column(name=name, **more))
    rules = tuple(
        Rule(key=rule.get("key") or f"rule_{number}", **{k: v for k, v in rule.items() if k != "key"})
        for number, rule in enumerate(said.get("rules", []), start=1)
    )
    plain = {key: said[key] for key in ("name", "version", "title", "meaning", "period_column")}
    return FactTable(
        **plain,
        columns=tuple(columns),
        key=tuple(said["key"]),
        kind=said.get("kind", "event"),
        rules=rules,
        steward=said.get("steward", ""),
        path=path,
    )


def _faults(said: dict[str, Any]) -> list[str]:
    faults = [f"“{key}” is not something a table file says" for key in sorted(set(said) - TOP)]
    faults += [f"“{key}” is missing" for key in ("name", "title", "meaning", "period_column") if not said.get(key)]
    if not isinstance(said.get("version"), int) or said["version"] < 1:
        faults.append("“version” must be a whole number from 1")
    if not NAME.match(str(said.get("name", ""))) or said.get("name") in RESERVED:
        faults.append(f"“{said.get('name')}” cannot be the name of a table: use small letters, digits and _")
    if said.get("kind", "event") not in KINDS:
        faults.append(f"“kind” must be one of {', '.join(KINDS)}")
    columns = said.get("columns")
    if not isinstance(columns, dict) or not columns:
        return [*faults, "there are no [columns.…]"]
    for name, entry in columns.items():
        faults += _column_faults(name, entry)
    faults += _key_faults(said, columns)
    for number, rule in enumerate(said.get("rules", []), start=1):
        faults += [f"rule {number}: “{key}” is not something a rule says" for key in sorted(set(rule) - RULE)]
        faults += [f"rule {number}: “{key}” is missing" for key in ("when", "reason") if not rule.get(key)]
        if rule.get("severity", "set_aside") not in SEVERITIES:
            faults.append(f"rule {number}: “severity” must be set_aside or flag")
    return faults


def _column_faults(name: str, entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return [f"column “{name}” must be a [columns.{name}] section"]
    faults = [f"column “{name}”: “{key}” is not something a column says" for key in sorted(set(entry) - COLUMN)]
    if not NAME.match(name) or name in CARRIED:
        faults.append(f"“{name}” cannot be the name of a column")
    if entry.get("type") not in SQL_TYPES:
        faults.append(f"column “{name}”: “type” must be one of {', '.join(SQL_TYPES)}")
    if not entry.get("meaning"):
        faults.append(f"column “{name}”: “meaning” is missing")
    if entry.get("rule") and not entry.get("rule_reason"):
        faults.append(f"column “{name}”: a rule needs a “rule_reason”, the sentence a person reads")
    if (entry.get("values") or entry.get("crosswalk") or entry.get("identity")) and entry.get("type") != "text":
        faults.append(f"column “{name}”: values, crosswalk and identity are for text columns")
    return faults


def _key_faults(said: dict[str, Any], columns: dict[str, Any]) -> list[str]:
    faults = []
    key = said.get("key")
    if not isinstance(key, list) or not key:
        faults.append("“key” must list the columns that tell one row from another")
        key = []
    for name in key:
        if name not in columns:
            faults.append(f"key column “{name}” is not declared")
        elif not columns[name].get("required"):
            faults.append(f"key column “{name}” must be required")
    if "facility" not in columns or not columns["facility"].get("required"):
        faults.append("a required “facility” column is missing: rows are filed by facility")
    period = columns.get(said.get("period_column", ""), {})
    if period.get("type") not in ("date", "timestamp") or not period.get("required"):
        faults.append("“period_column” must name a required date or timestamp column")
    return faults
