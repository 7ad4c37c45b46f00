"""The rows behind a number, each with what it adds: their sums are the reading's integers, exactly.

The measure runs over the whole facility; place and labels pick from its rows afterwards, never inside it.
"""

# ruff: noqa: S608 - SQL is made here, from linted definitions, declared names and quoted literals only
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from housewide.facts.tables import table
from housewide.kit.audit import record_look
from housewide.kit.periods import Month
from housewide.measures import asking, definitions
from housewide.measures.amounts import value_of_formula
from housewide.measures.definitions import Definition
from housewide.measures.models import CubeVersion
from housewide.measures.rollups import Scope, belongs, members, scope_of
from housewide.measures.sums import Total, rolls_of
from housewide.org.calendars import hold_calendars


@dataclass(frozen=True)
class RowBehind:
    """One row: the fact table and row it is, and what it adds. ``value`` is set for distributions only, ``key`` for
    distinct counts: rows of the same key count together as one."""

    src: str
    row_id: str
    place: str
    day: date
    labels: dict[str, str]
    num: int
    den: int
    value: int | None
    left_out: str | None
    key: int | None = None


@dataclass(frozen=True)
class RowsBehind:
    """The rows and their sums, in the raw integers of the reading. Of rows left out only the count is. A formula has
    no rows of its own: ``components`` holds those of the measures it names, by name."""

    columns: tuple[str, ...]
    rows: list[RowBehind]
    num: int
    den: int
    count: int
    exact: int
    components: dict[str, RowsBehind] = field(default_factory=dict)


def rows_behind(
    measure_id: str,
    place: str,
    period: str,
    *,
    filters: Mapping[str, str] | None = None,
    left_out: bool = False,
    account: Any = None,
    purpose: str = "",
) -> RowsBehind:
    """The rows that make up a reading, or (``left_out``) those that were considered and not counted, with the reason.

    ``filters`` picks labels of breakdowns. The rows are those the published number was counted from, even if a newer
    import waits to be counted. With ``account`` the look at rows about patients is recorded. The caller has asked the
    gate for ``see.rows``. Raises KeyError for an unknown measure or breakdown, BadPeriod, EngineBusy, TookTooLong.
    """
    definition, month = definitions.get(measure_id), Month.parse(period)
    for by in filters or {}:
        if by not in definition.breakdowns:
            raise KeyError(f"“{definition.title}” has no breakdown “{by}”.")
    if definition.kind == "formula":
        parts = {
            one.name: rows_behind(
                one.measure, place, period, filters=filters, left_out=left_out, account=account, purpose=purpose
            )
            for one in definition.components
        }
        return RowsBehind(definition.breakdowns, [], 0, 0, 0, 0, parts)
    with hold_calendars():
        scope = scope_of(place, [month])
        found: list[RowBehind] = []
        for facility in _facilities(scope):
            found += _rows(definition, scope, facility, filters or {}, left_out)
    if account is not None:
        _record(definition, found, account, purpose, place)
    whole = Total() if left_out else total_of_rows(definition, found)
    return RowsBehind(definition.breakdowns, found, num=whole.num, den=whole.den, count=len(found), exact=whole.exact)


def total_of_rows(definition: Definition, rows: Iterable[RowBehind]) -> Total:
    """What the rows add up to, joined over their places as the cubes join them; ``value`` gives the reading's."""
    by_place: dict[str, Total] = {}
    for row in rows:
        one = Total(row.num, row.den, 1)
        if definition.kind == "distribution" and row.value is not None:
            one = Total(1, 0, 1, row.value, {bin_of(row.value, definition): 1})
        elif row.key is not None:
            one.bins = {row.key: 1}
        elif definition.den_rollup:
            one.bins = {row.day.toordinal(): row.den}
        # Within a place everything of a day adds up; only over places does a denominator count once.
        rolls = rolls_of(definition) if not definition.den_rollup else "add"
        by_place.setdefault(row.place, Total(rolls=rolls)).join(one)
    whole = Total(rolls=rolls_of(definition))
    for total in by_place.values():
        whole.join(total)
    return whole


def value_of_rows(definition: Definition, found: RowsBehind) -> Fraction | None:
    """The value that the measure has over these rows; of a formula, over those of its components."""
    if definition.kind != "formula":
        return total_of_rows(definition, found.rows).value(definition)
    amounts = {}
    for one in definition.components:
        of, behind = found.components[one.name], one.behind
        plain = one.part != "value"
        amounts[one.name] = Fraction(getattr(of, one.part)) if plain else value_of_rows(behind, of)
    return value_of_formula(definition, amounts)


def bin_of(value: int, definition: Definition) -> int:
    """The lower edge of the bin a raw value falls in, kept within the tail on both sides, as the cubes file it."""
    if not definition.bin:
        return value
    edge = value // definition.bin * definition.bin
    return max(-definition.tail, min(edge, definition.tail)) if definition.tail else edge


def _facilities(scope: Scope) -> list[str]:
    """All facilities whose rows may count: a unit's rows of before it moved lie with the facility it moved from."""
    versions = CubeVersion.objects.using("cubes").filter(current=True, period=str(scope.months[-1]))
    return sorted({*scope.facilities, *versions.values_list("facility", flat=True)})


def _rows(
    definition: Definition, scope: Scope, facility: str, filters: Mapping[str, str], left_out: bool
) -> list[RowBehind]:
    month = scope.months[-1]
    version = (
        CubeVersion.objects.using("cubes")
        .filter(measure=definition.id, facility=facility, period=str(month), current=True)
        .first()
    )
    needed = asking.months_needed(definition, facility, month)
    parts = asking.parts_for(asking.tables_of(definition), facility, needed, version.as_of_batch if version else None)
    with asking.asking(parts, facility, [definition], [month], web=True) as engine:
        sql, params = _question(definition, engine.dialect, facility, month, filters, left_out)
        cells = engine.rows(sql, params)
    tree, inside = scope.trees[month], members(scope.trees[month], scope.place)
    secret = asking.keys_secret() if definition.kind == "distinct" else b""
    made = (_row(definition, row, secret) for row in cells)
    return [row for row in made if belongs(tree, inside, row.place, facility)]


def _question(
    definition: Definition, dialect: str, facility: str, month: Month, filters: Mapping[str, str], left_out: bool
) -> tuple[str, list[str]]:
    labels = [asking.quoted(by, dialect) for by in definition.breakdowns]
    numbers = {
        "distribution": "0 AS num, 0 AS den, value",
        "total": "num, 0 AS den, NULL AS value",
        "stock": "num, 0 AS den, NULL AS value",
        "distinct": "0 AS num, 0 AS den, key",
    }.get(definition.kind, "num, den, NULL AS value")
    where = [f"left_out IS {'NOT ' if left_out else ''}NULL"]
    where += [f"day = {asking.LATEST}"] if definition.kind == "stock" else []
    where += [f"{asking.quoted(by, dialect)} = ?" for by in filters]
    listed = ", ".join(["src", "row_id", "place", "day", "left_out", *labels])
    asked = asking.rows_sql(definition, dialect, facility, [month])
    return (
        f"SELECT {listed}, {numbers} FROM ({asked}) a WHERE {' AND '.join(where)} ORDER BY day, src, row_id",
        list(filters.values()),
    )


def _row(definition: Definition, cells: tuple[Any, ...], secret: bytes) -> RowBehind:
    src, row_id, place, day, left_out, *rest = cells
    *labels, num, den, value = rest
    counts, spread = left_out is None, definition.kind == "distribution"
    told = definition.kind == "distinct" and counts
    return RowBehind(
        src,
        row_id,
        place,
        day,
        dict(zip(definition.breakdowns, labels, strict=True)),
        int(num) if counts else 0,
        int(den) if counts else 0,
        int(value) if spread and value is not None else None,
        left_out,
        asking.key_number(secret, value) if told else None,
    )


def _record(definition: Definition, rows: list[RowBehind], account: Any, purpose: str, place: str) -> None:
    seen: dict[str, list[str]] = {}
    for row in rows:
        seen.setdefault(row.src, []).append(row.row_id)
    said = purpose or f"rows behind {definition.id}"
    for name in asking.tables_of(definition):
        if name in seen and table(name).phi:
            record_look(account, name, dict.fromkeys(seen[name]), said, place)
