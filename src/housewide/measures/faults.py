"""What is wrong with a measure file, in sentences its author can act on; the SQL itself is the linter's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from housewide.measures.formulas import names_in

ID = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")
NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
KINDS = ("ratio", "rate", "total", "distribution", "distinct", "stock", "formula")
DIRECTIONS = ("higher", "lower", "none")
STATS = ("mean", "median", "p90")
SOURCE = ("specification", "version", "link", "deviations")
EXAMPLE = ("name", "facility", "period", "holidays", "rows", "expect")
EXPECT = ("num", "den", "value", "count", "exact", "left_out", "by", "components")
REQUIRED = ("id", "version", "kind", "unit", "direction", "title", "sentence", "steward", "reads", "breakdowns", "sql")
# A formula has no rows of its own; it reads what the measures it names read.
OF_ROWS = ("reads", "sql", "settings", "lookback_days", "lookahead_days", "breakdown_totals")
OF_FORMULAS = ("formula", "components")
DEFAULTS: dict[str, Any] = {
    "scale": 1,
    "stat": "mean",
    "bin": 0,
    "tail": 0,
    "source": {},
    "settings": {},
    "lookback_days": 0,
    "lookahead_days": 0,
    "breakdown_totals": (),
    "small_cell": 0,
    "chart": "",
    "rule_set": "",
    "every_day": False,
    "example": (),
    "den_rollup": "",
    "formula": "",
    "components": {},
    "reads": (),
    "sql": "",
}
KNOWN = {*REQUIRED, *DEFAULTS, "per", "decimals", "target"}
# Names the SQL of every measure gives; a breakdown of that name would hide them.
TAKEN = {"src", "row_id", "place", "day", "left_out", "num", "den", "value", "key"}


def faults_of(said: dict[str, Any]) -> list[str]:
    """Everything wrong with what a file says; empty when it can be used."""
    faults = [f"“{key}” is not something a measure file says" for key in sorted(set(said) - KNOWN)]
    of_kind = (*(key for key in REQUIRED if key not in OF_ROWS), *OF_FORMULAS)
    needed = of_kind if said.get("kind") == "formula" else REQUIRED
    missing = [key for key in needed if said.get(key) in (None, "")]
    faults += [f"“{key}” is missing{_astray(key, said)}" for key in missing]
    faults += _heading_faults({key: said[key] for key in REQUIRED if key not in missing and key in said})
    faults += _kind_faults(said)
    faults += _number_faults(said)
    faults += _list_faults(said)
    faults += _target_faults(said.get("target"))
    faults += _source_faults(said.get("source", {}))
    faults += _setting_faults(said.get("settings", {}))
    examples = said.get("example", [])
    if not isinstance(examples, list):
        return [*faults, "“example” must be written [[example]], once for each example"]
    for number, example in enumerate(examples, start=1):
        faults += [f"example {number}: {fault}" for fault in _example_faults(example)]
    return faults


def _astray(key: str, said: dict[str, Any]) -> str:
    """TOML gives a line below a [section] to that section, which is the usual way to lose one."""
    holders = [name for name, part in said.items() if isinstance(part, dict) and key in part]
    return f" (it stands below [{holders[0]}], so TOML reads it as part of that; move it above)" if holders else ""


def _heading_faults(said: dict[str, Any]) -> list[str]:
    faults = [
        f"“{key}” must be text"
        for key in ("id", "kind", "unit", "direction", "title", "sentence", "steward", "sql")
        if key in said and not isinstance(said[key], str)
    ]
    if faults:
        return faults
    if "id" in said and (not ID.match(said["id"]) or len(said["id"]) > 120):
        faults.append(f"“{said['id']}” cannot be an id: small letters, digits and _, in parts with dots between")
    kind = said.get("kind", KINDS[0])
    if kind not in KINDS:
        faults.append(f"“{kind}” is not a kind of measure; the kinds are {', '.join(KINDS)}")
    if said.get("direction", "none") not in DIRECTIONS:
        faults.append(f"“direction” must be one of {', '.join(DIRECTIONS)}")
    return faults


def _kind_faults(said: dict[str, Any]) -> list[str]:
    """What only some kinds say."""
    kind, rollup = said.get("kind"), said.get("den_rollup", "")
    faults = []
    if rollup not in ("", "once"):
        faults.append("“den_rollup” can only be “once”: the denominator of a day counts once, however many places")
    elif rollup and kind not in ("ratio", "rate"):
        faults.append("“den_rollup” is for ratios and rates only")
    if kind == "formula":
        return [*faults, *_formula_faults(said)]
    return faults + [f"“{key}” is for formulas only" for key in OF_FORMULAS if key in said]


def _formula_faults(said: dict[str, Any]) -> list[str]:
    faults = [f"“{key}” is not for formulas: the measures they name say it" for key in OF_ROWS if key in said]
    text, components = said.get("formula"), said.get("components")
    if not isinstance(text, str) or not isinstance(components, dict) or not components:
        return [*faults, "a formula needs “formula” as text and “components” = { name = { measure = …, part = … }, … }"]
    for name, one in components.items():
        if not NAME.match(name):
            faults.append(f"“{name}” cannot be the name of a component")
        plain = isinstance(one, dict) and set(one) == {"measure", "part"}
        if not plain or not all(isinstance(value, str) for value in one.values()):
            faults.append(f"the component “{name}” must be {{ measure = …, part = … }}")
    try:
        used = names_in(text)
    except ValueError as fault:
        return [*faults, str(fault)]
    faults += [f"“{name}” in the formula is not among the components" for name in sorted(used - set(components))]
    return faults + [f"the component “{name}” is never used" for name in components if name not in used]


def _number_faults(said: dict[str, Any]) -> list[str]:
    least = {"version": 1, "scale": 1, "per": 1, "bin": 1, "tail": 1, "decimals": 0, "lookback_days": 0}
    least |= {"lookahead_days": 0, "small_cell": 0}
    faults = [
        f"“{key}” must be a whole number from {low}"
        for key, low in least.items()
        if key in said and not (_whole(said[key]) and said[key] >= low)
    ]
    if said.get("kind") == "distribution":
        faults += [f"a distribution needs “{key}”, in raw units" for key in ("bin", "tail") if key not in said]
        if said.get("stat", "mean") not in STATS:
            faults.append(f"“stat” must be one of {', '.join(STATS)}")
        width, tail = said.get("bin", 0), said.get("tail", 0)
        if _whole(width) and _whole(tail) and width > 0 and tail % width:
            faults.append("“tail” must be a multiple of “bin”")
    else:
        faults += [f"“{key}” is for distributions only" for key in ("bin", "tail", "stat") if key in said]
    faults += [f"“{key}” must be text" for key in ("chart", "rule_set") if not isinstance(said.get(key, ""), str)]
    if not isinstance(said.get("every_day", False), bool):
        faults.append("“every_day” must be true or false")
    return faults


def _list_faults(said: dict[str, Any]) -> list[str]:
    faults = []
    for key in ("reads", "breakdowns", "breakdown_totals"):
        names = said.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) and NAME.match(name) for name in names):
            faults.append(f"“{key}” must be a list of names")
            continue
        if len(set(names)) < len(names):
            faults.append(f"“{key}” names something twice")
        if key == "reads" and not names and said.get("kind") != "formula":
            faults.append("“reads” must name at least one table")
        if key == "breakdowns":
            faults += [f"a breakdown cannot be called “{name}”" for name in names if name in TAKEN]
    known = said.get("breakdowns", [])
    if not faults:
        faults += [
            f"“breakdown_totals” names “{name}”, which is no breakdown"
            for name in said.get("breakdown_totals", [])
            if name not in known
        ]
    return faults


def _target_faults(target: Any) -> list[str]:
    if target is None:
        return []
    if not isinstance(target, dict) or set(target) != {"value", "source"}:
        return ["“target” must be { value = …, source = … }: a target nobody stands behind is no target"]
    faults = []
    if not (_whole(target["value"]) or isinstance(target["value"], Decimal)):
        faults.append("the “value” of the target must be a number")
    if not isinstance(target["source"], str) or not target["source"].strip():
        faults.append("the “source” of the target must say who set it")
    return faults


def _source_faults(source: Any) -> list[str]:
    if not isinstance(source, dict):
        return ["“source” must be a [source] section"]
    faults = [
        f"[source]: “{key}” is not something a source says" for key in sorted(set(source) - set(SOURCE) - {"sql"})
    ]
    return faults + [f"[source]: “{key}” must be text" for key, said in source.items() if not isinstance(said, str)]


def _setting_faults(settings: Any) -> list[str]:
    if not isinstance(settings, dict):
        return ["“settings” must be { name = whole number, … }"]
    faults = [f"“{name}” cannot be the name of a setting" for name in settings if not NAME.match(name)]
    return faults + [
        f"the setting “{name}” must be a whole number" for name, said in settings.items() if not _whole(said)
    ]


def _example_faults(example: Any) -> list[str]:
    if not isinstance(example, dict):
        return ["it must be an [[example]] section"]
    faults = [f"“{key}” is not something an example says" for key in sorted(set(example) - set(EXAMPLE))]
    faults += [f"“{key}” is missing" for key in ("name", "facility", "period", "rows", "expect") if key not in example]
    if faults:
        return faults
    faults += [f"“{key}” must be text" for key in ("name", "facility", "period") if not isinstance(example[key], str)]
    rows = example["rows"]
    if not isinstance(rows, dict) or not all(
        isinstance(listed, list) and all(isinstance(row, dict) for row in listed) for listed in rows.values()
    ):
        faults.append("“rows” must give a list of rows for each table")
    expect = example["expect"]
    if not isinstance(expect, dict) or not expect:
        faults.append("“expect” must say which numbers come out")
    else:
        faults += [f"“{key}” is not something that can be expected" for key in sorted(set(expect) - set(EXPECT))]
    holidays = example.get("holidays", [])
    if not isinstance(holidays, list) or not all(isinstance(day, date) for day in holidays):
        faults.append("“holidays” must be a list of dates")
    return faults


def _whole(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)
