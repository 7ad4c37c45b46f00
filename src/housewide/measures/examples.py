"""Every measure ships with worked examples: a few rows anyone can count by hand, and the numbers that must come out.

``run(definition, example)`` puts the rows into an empty DuckDB of their own, runs the compiled measure and says in
words where the numbers differ. An example need name only the columns that matter: facility, place, row ids and keys are
filled in, required yes-or-no columns are no, every other column is empty.
"""

# ruff: noqa: S608 - SQL is made here, from declared names only
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from housewide.kit.periods import Month
from housewide.measures.amounts import value_of_formula
from housewide.measures.compile import compiled
from housewide.measures.definitions import NO_KEY, Component, Definition, Example

if TYPE_CHECKING:
    from housewide.facts.tables import Column

SHARES = {"median": "0.5", "p90": "0.9"}
CALENDAR_TYPES = {
    "facility": "VARCHAR",
    "day": "DATE",
    "weekday": "INTEGER",
    "holiday": "BOOLEAN",
    "workday": "BOOLEAN",
    "period": "VARCHAR",
}


class BadExample(ValueError):
    """An example names a table or column that there is not; nothing was run."""


@dataclass
class Found:
    """Raw integers that came out, as the cubes would hold them; ``by`` is breakdown -> label -> raw integers."""

    num: int = 0
    den: int = 0
    count: int = 0
    exact: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    histogram: Counter[int] = field(default_factory=Counter)
    by: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    keys: dict[tuple[str, str], set[Any]] = field(default_factory=dict)


def run(definition: Definition, example: Example) -> list[str]:
    """What differs from what the example expects, in words; empty when all is as expected. Raises BadExample."""
    if definition.kind == "formula":
        return _run_formula(definition, example)
    found = tally(definition, rows_of_month(definition, example))
    said: dict[str, Any] = {
        "num": found.num,
        "den": found.den,
        "count": found.count,
        "exact": found.exact,
        "left_out": dict(found.left_out),
        "value": value_text(definition, found),
    }
    wrong = [
        f"{definition.id}, “{example.name}”: {key} is {said[key]!r}, not {wanted!r}"
        for key, wanted in example.expect.items()
        if key != "by" and said[key] != wanted
    ]
    if "left_out" not in example.expect and found.left_out:
        wrong.append(
            f"{definition.id}, “{example.name}”: left out {said['left_out']!r}, and the example does not say so"
        )
    for breakdown, labels in example.expect.get("by", {}).items():
        came = {label: sums if len(sums) > 1 else sums[0] for label, sums in found.by.get(breakdown, {}).items()}
        if came != labels:
            wrong.append(f"{definition.id}, “{example.name}”: by {breakdown} it is {came!r}, not {labels!r}")
    return wrong


def _run_formula(definition: Definition, example: Example) -> list[str]:
    """A formula is worked out from what its components count in the same rows; ``components`` and ``by`` are values as
    people read them."""
    _must_read(definition, example)
    amounts, labels = amounts_in(definition, example)
    said: dict[str, Any] = {
        "value": _text(definition, value_of_formula(definition, amounts)),
        "components": {name: "none" if one is None else str(one) for name, one in amounts.items()},
    }
    by = {
        breakdown: {label: _text(definition, value_of_formula(definition, some)) for label, some in of.items()}
        for breakdown, of in labels.items()
    }
    where = f"{definition.id}, “{example.name}”"
    wrong = []
    for key, wanted in example.expect.items():
        if key == "by":
            wrong += [
                f"{where}: by {breakdown} it is {by.get(breakdown)!r}, not {wants!r}"
                for breakdown, wants in wanted.items()
                if by.get(breakdown) != wants
            ]
        elif key == "components":
            came = {name: said["components"].get(name) for name in wanted}
            wrong += [f"{where}: components are {came!r}, not {wanted!r}"] if came != wanted else []
        elif said.get(key) != wanted:
            wrong.append(f"{where}: {key} is {said.get(key)!r}, not {wanted!r}")
    return wrong


Amounts = dict[str, Fraction | None]


def amounts_in(definition: Definition, example: Example) -> tuple[Amounts, dict[str, dict[str, Amounts]]]:
    """What each component of a formula amounts to in the rows of an example, and by breakdown and label."""
    whole: Amounts = {}
    labels: dict[str, dict[str, Amounts]] = {by: {} for by in definition.breakdowns}
    for one in definition.components:
        if one.behind.kind == "formula":
            inner, inner_labels = amounts_in(one.behind, example)
            whole[one.name] = value_of_formula(one.behind, inner)
            by_label = {
                by: {k: value_of_formula(one.behind, v) for k, v in of.items()} for by, of in inner_labels.items()
            }
        else:
            own = {table: rows for table, rows in example.rows.items() if table in one.behind.reads}
            rows = rows_of_month(one.behind, replace(example, rows=own))
            whole[one.name] = _part(one, tally(one.behind, rows))
            by_label = {by: _by_label(one, rows, by) for by in definition.breakdowns}
        for by in definition.breakdowns:
            for label, amount in by_label[by].items():
                labels[by].setdefault(label, {})[one.name] = amount
    for of in labels.values():
        for some in of.values():
            for one in definition.components:
                some.setdefault(one.name, _part(one, Found()) if one.behind.kind != "formula" else None)
    return whole, labels


def _by_label(one: Component, rows: list[tuple[Any, ...]], by: str) -> Amounts:
    at = one.behind.columns.index(by)
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        if row[one.behind.columns.index("left_out")] is None:
            groups.setdefault(str(row[at] or ""), []).append(row)
    return {label: _part(one, tally(one.behind, some)) for label, some in groups.items()}


def _part(one: Component, found: Found) -> Fraction | None:
    return _value(one.behind, found) if one.part == "value" else Fraction(getattr(found, one.part))


def _text(definition: Definition, value: Fraction | None) -> str:
    from housewide.methods.ratios import rounded

    return "none" if value is None else str(rounded(value, definition.decimals))


def rows_of_month(definition: Definition, example: Example) -> list[tuple[Any, ...]]:
    """The rows that count for the month of an example: of a stock, those of its last day with rows."""
    rows = duckdb_rows(definition, example)
    if definition.kind != "stock":
        return rows
    at = definition.columns.index("day")
    inside = [row for row in rows if str(Month.of(row[at])) == example.period]
    last = max((row[at] for row in inside), default=None)
    return [row for row in inside if row[at] == last]


def tally(definition: Definition, rows: Iterable[tuple[Any, ...]]) -> Found:
    """Add up the rows of a compiled measure; rows that are left out count under their reason and nowhere else."""
    found = Found(by={name: {} for name in definition.breakdowns})
    names = definition.columns
    once: dict[Any, Counter[str]] = {}
    keys: set[Any] = set()
    for row in rows:
        cells = dict(zip(names, row, strict=True))
        if definition.kind == "distinct" and cells["left_out"] is None and not cells["key"]:
            cells["left_out"] = NO_KEY
        if cells["left_out"] is not None:
            found.left_out[cells["left_out"]] += 1
            continue
        if definition.kind == "distribution":
            value = cells["value"]
            sums = [1, value]
            found.count += 1
            found.exact += value
            edge = value // definition.bin * definition.bin
            found.histogram[max(-definition.tail, min(edge, definition.tail))] += 1
        elif definition.kind == "distinct":
            keys.add(cells["key"])
            found.count, found.num = found.count + 1, len(keys)
            for name in definition.breakdowns:
                told = found.keys.setdefault((name, str(cells[name] or "")), set())
                told.add(cells["key"])
                found.by[name][str(cells[name] or "")] = [len(told)]
            continue
        else:
            sums = [cells[name] for name in ("num", "den") if name in cells]
            found.num += sums[0]
            found.den += sums[1] if len(sums) > 1 else 0
            found.count += 1
            if definition.den_rollup:
                once.setdefault(cells["day"], Counter())[cells["place"]] += sums[1]
        for name in definition.breakdowns:
            kept = found.by[name].setdefault(str(cells[name] or ""), [0] * len(sums))
            kept[:] = [had + more for had, more in zip(kept, sums, strict=True)]
    if definition.den_rollup:
        found.den = sum(max(places.values()) for places in once.values())
    return found


def value_text(definition: Definition, found: Found) -> str:
    """The number that a person reads, without its unit; “none” when nothing was counted."""
    return _text(definition, _value(definition, found))


def _value(definition: Definition, found: Found) -> Fraction | None:
    from housewide.methods.quantiles import percentile
    from housewide.methods.ratios import ratio

    if definition.kind in ("ratio", "rate"):
        return ratio(found.num, found.den, definition.per)
    if definition.kind in ("total", "stock"):
        return Fraction(found.num, definition.scale)
    if definition.kind == "distinct":
        return Fraction(found.num, definition.scale) if found.count else None
    if definition.stat == "mean":
        return ratio(found.exact, found.count * definition.scale)
    at = percentile(found.histogram, SHARES[definition.stat])
    return None if at is None else at / definition.scale


def duckdb_rows(definition: Definition, example: Example) -> list[tuple[Any, ...]]:
    """The rows of the compiled measure over the rows of the example. Raises BadExample."""
    import duckdb

    connection = duckdb.connect(":memory:")
    try:
        fill(definition, example, connection.execute)
        rows: list[tuple[Any, ...]] = connection.execute(compiled(definition)).fetchall()
        return rows
    finally:
        connection.close()


def fill(definition: Definition, example: Example, execute: Callable[..., Any]) -> None:
    """Make every table the measure reads, typed like the real ones, with the rows of the example."""
    _must_read(definition, example)
    for name in definition.reads:
        types, rows = table_rows(name, example)
        execute(f"CREATE TABLE {name} (" + ", ".join(f'"{column}" {kind}' for column, kind in types.items()) + ")")
        for row in rows:
            marks = ", ".join(f"CAST(? AS {types[column]})" for column in row)
            columns = ", ".join(f'"{column}"' for column in row)
            execute(f"INSERT INTO {name} ({columns}) VALUES ({marks})", list(row.values()))


def _must_read(definition: Definition, example: Example) -> None:
    unread = set(example.rows) - set(definition.reads)
    if unread:
        raise BadExample(f"{definition.id}, “{example.name}”: the measure does not read {', '.join(sorted(unread))}")


def table_rows(name: str, example: Example) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """(column -> DuckDB type, rows) of one table of an example, with what the example leaves unsaid filled in."""
    from housewide.facts.tables import table

    if name == "calendar":
        return CALENDAR_TYPES, calendar_of_example(example)
    types = table(name).part_types
    made = []
    for number, said in enumerate(example.rows.get(name, ()), start=1):
        strange = sorted(set(said) - set(types))
        if strange:
            raise BadExample(f"“{example.name}”: the table {name} has no column {', '.join(strange)}")
        row = {"facility": example.facility, "place": f"{example.facility}-OR", "row_id": f"{name}-{number}"} | said
        row |= {key: f"{name}-{number}" for key in table(name).key if key not in row}
        row |= {column.name: False for column in table(name).columns if _is_plain_no(column) and column.name not in row}
        made.append({column: cell for column, cell in row.items() if column in types})
    return types, made


def _is_plain_no(column: Column) -> bool:
    return column.required and column.type == "boolean"


def calendar_of_example(example: Example) -> list[dict[str, Any]]:
    """The month of the example and two weeks round it, Monday to Friday, with the holidays it names."""
    month = Month.parse(example.period)
    first = month.first_day() - timedelta(days=14)
    days = (first + timedelta(days=step) for step in range((month.last_day() - first).days + 15))
    return [_calendar_row(example, day) for day in days]


def _calendar_row(example: Example, day: date) -> dict[str, Any]:
    holiday = day.isoformat() in example.holidays
    return {
        "facility": example.facility,
        "day": day,
        "weekday": day.isoweekday(),
        "holiday": holiday,
        "workday": day.isoweekday() < 6 and not holiday,
        "period": str(Month.of(day)),
    }
