"""Counts every measure once, by place, day and breakdown, so that a page reads sums instead of rows.

``refresh`` writes a facility's months under new versions and then flips them all at once: a reader sees the old
numbers or the new ones, never some of each.
"""

# ruff: noqa: S608 - SQL is made here, from linted definitions, declared names and quoted literals only
from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db import connections, transaction
from django.db.models import Sum

from housewide.facts.catalogue import last_batch
from housewide.facts.engines import Session
from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.kit.events import emit
from housewide.kit.locks import hold
from housewide.kit.periods import Month
from housewide.measures import asking, definitions
from housewide.measures.definitions import Definition
from housewide.measures.models import BreakdownCell, CubeVersion, DayCell
from housewide.measures.sums import Total, rolls_of
from housewide.org.calendars import hold_calendars

logger = logging.getLogger(__name__)
COUNTED = "measures.counted"
CHUNK = 5_000
MOST_LABELS = 200
MOST_KEYS = 20_000  # keys of one facility and month; beyond, only the month is told apart, not its days and labels
KINDS = ("ratio", "rate", "total", "distribution", "distinct", "stock")  # a formula has no rows of its own
LEFT_OUT, ENDS = "left out", "ends with"
NO_EDGE = "NULL"
Effect = Callable[[], AbstractContextManager[Any]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Counted:
    """One line of the answer: ``what`` is ``day``, ``by …``, LEFT_OUT or (of a stock) ENDS."""

    what: str
    place: str
    period: str
    day: date | None
    label: str
    total: Total


@dataclass
class Tally:
    """Everything counted for one measure, facility and month."""

    definition: Definition
    month: Month
    parts_sha256: str
    days: dict[tuple[str, date], Total] = field(default_factory=dict)
    labels: dict[tuple[str, str, str], Total] = field(default_factory=dict)
    ends: dict[str, Total] = field(default_factory=dict)
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, counted: Counted) -> None:
        """Take in one line of the answer."""
        place, fresh = counted.place, Total(rolls=rolls_of(self.definition))
        if counted.what == LEFT_OUT:
            self.left_out.setdefault(place, {})[counted.label] = counted.total.count
        elif counted.what == "day" and counted.day is not None:
            self.days.setdefault((place, counted.day), fresh).join(counted.total)
        elif counted.what == ENDS:
            self.ends.setdefault(place, fresh).join(counted.total)
        else:
            self.labels.setdefault((place, counted.what.removeprefix("by "), counted.label), fresh).join(counted.total)

    def months(self) -> dict[str, Total]:
        """The whole month by place; of a stock, its last day with rows."""
        rolls = rolls_of(self.definition)
        found = {place: Total(rolls=rolls) for place in self.left_out}
        for (place, _), cell in self.days.items():
            whole = found.setdefault(place, Total(rolls=rolls))
            if self.definition.kind != "stock":
                whole.join(cell)
        return found | self.ends


def refresh(
    measure_ids: Iterable[str] | None,
    facility: str,
    periods: Iterable[str],
    effect: Effect | None = None,
    say: Say | None = None,
) -> int:
    """Count measures (None: all) again for a facility's fiscal months and publish them; returns the cells written.

    ``effect`` makes the transaction of the application database in which the new versions become current
    (``JobRun.effect``: it refuses a run that has lost its lease). ``say`` is told what could not be counted.
    """
    wanted = [definitions.get(measure) for measure in measure_ids] if measure_ids is not None else None
    chosen = [d for d in wanted or definitions.all_definitions().values() if d.kind in KINDS]
    months = sorted({Month.parse(str(period)) for period in periods})
    if not chosen or not months:
        return 0
    tell = say or logger.warning
    as_of = last_batch()
    with hold_calendars():
        tallies = list(_count(chosen, facility, months, as_of, tell))
    made: list[CubeVersion] = []
    try:
        cells = _write(tallies, facility, as_of, made)
        with effect() if effect else act("measures.refresh", actor="system:measures", place=facility):
            for definition in chosen:
                definitions.record(definition)
            _publish(made)
            emit(COUNTED, {"facility": facility, "measures": [d.id for d in chosen], "periods": list(map(str, months))})
    except BaseException:
        _drop([version.pk for version in made])
        raise
    _drop(_superseded(chosen, facility, months))
    return cells


def _count(
    chosen: Sequence[Definition], facility: str, months: Sequence[Month], as_of: int, tell: Say
) -> Iterator[Tally]:
    """Count. Measures that look at neighbouring months are counted month by month, from just the parts that a
    drill-down into the month will read; all others for all months at once."""
    plain = [d for d in chosen if not d.lookback_days and not d.lookahead_days]
    if plain:
        yield from _count_group(plain, facility, months, as_of, tell)
    for definition in chosen:
        if definition.lookback_days or definition.lookahead_days:
            for month in months:
                yield from _count_group([definition], facility, [month], as_of, tell)


def _count_group(
    group: Sequence[Definition], facility: str, months: Sequence[Month], as_of: int, tell: Say
) -> Iterator[Tally]:
    needed = {month: asking.months_needed(group[0], facility, month) for month in months}
    tables = {table for definition in group for table in asking.tables_of(definition)}
    parts = asking.parts_for(tables, facility, {m for some in needed.values() for m in some}, as_of)
    with asking.asking(parts, facility, group, months) as engine:
        for definition in group:
            read = asking.tables_of(definition)
            tallies = {
                str(month): Tally(definition, month, asking.parts_sha256(parts, read, needed[month]))
                for month in months
            }
            _tally(engine, definition, facility, tallies, tell)
            yield from tallies.values()


def _tally(engine: Session, definition: Definition, facility: str, tallies: dict[str, Tally], tell: Say) -> None:
    months = [tally.month for tally in tallies.values()]
    for counted in counted_by(engine, definition, facility, months):
        tallies[counted.period].add(counted)
    for tally in tallies.values():
        _refuse_long_breakdowns(tally, tell)
        _refuse_too_many_keys(tally, tell)


def counted_by(engine: Session, definition: Definition, facility: str, months: Sequence[Month]) -> Iterator[Counted]:
    """Ask the engine once and give what it counted, cell by cell."""
    edge_of = _edges(definition)
    for what, place, period, day, label, count, num, den, edges in engine.rows(
        tally_sql(definition, engine.dialect, facility, months)
    ):
        total = Total(int(num), int(den), int(count))
        if what != LEFT_OUT and edges:
            total.bins = {edge_of(edge): int(times) for edge, times in edges}
        if definition.kind == "distribution":
            total.num, total.exact = total.count, total.num
        yield Counted(what, place, period, day, label or "", total)


def _edges(definition: Definition) -> Callable[[Any], int]:
    """Turns what a cell is told apart by into a whole number: a bin, a day, or a key that nobody can read."""
    if definition.kind == "distinct":
        secret = asking.keys_secret()
        return lambda key: asking.key_number(secret, key)
    return int if definition.kind == "distribution" else lambda day: date.fromisoformat(day[:10]).toordinal()


def tally_sql(definition: Definition, dialect: str, facility: str, months: Iterable[Month]) -> str:
    """One question for everything: (what, place, period, day, label, count, num or exact sum, den, edges). ``edges``
    are pairs of what a cell is told apart by (the bin of a distribution, the key of a distinct count, the day of a
    denominator that counts once) and how many rows, or how large a denominator, it holds; elsewhere nothing."""
    edge = _edge_sql(definition)
    num = {"distribution": "value", "distinct": "0"}.get(definition.kind, "num")
    den = "SUM(den)" if definition.kind in ("ratio", "rate") else "0"
    sums = f"COUNT(*) AS times, CAST(SUM({num}) AS BIGINT) AS num, CAST({den} AS BIGINT) AS den, {edge} AS edge"
    last = f" AND day = {asking.LATEST}" if definition.kind == "stock" else ""
    apart = ["edge"] if edge != NO_EDGE else []
    arms = [
        _arm(what, own, sums, f"left_out IS NULL{only}", apart) for what, own, only in _cells(definition, dialect, last)
    ]
    nothing = f"COUNT(*) AS times, 0 AS num, 0 AS den, {NO_EDGE} AS edge"
    arms.append(_arm(LEFT_OUT, {"label": "left_out"}, nothing, f"left_out IS NOT NULL{last}", []))
    asked = f"WITH asked AS ({asking.rows_sql(definition, dialect, facility, months)})"
    cell, counted = "what, place, period, day, label", " UNION ALL ".join(arms)
    if not apart:
        return f"{asked} {counted}"
    pair = f"{'STRUCT' if dialect == 'spark' else 'ROW'}(edge, {'den' if definition.den_rollup else 'times'})"
    whole = ", ".join(f"CAST(SUM({one}) AS BIGINT) AS {one}" for one in ("times", "num", "den"))
    return f"{asked} SELECT {cell}, {whole}, ARRAY_AGG({pair}) AS edges FROM ({counted}) GROUP BY {cell}"


def _cells(definition: Definition, dialect: str, last: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Every kind of cell: its name, the columns that it has of its own, and which rows alone count."""
    yield "day", {"day": "day"}, ""
    if last:
        yield ENDS, {}, last
    for by in definition.breakdowns:
        yield f"by {by}", {"label": asking.quoted(by, dialect)}, last


def _arm(what: str, own: dict[str, str], sums: str, where: str, apart: list[str]) -> str:
    """One kind of cell, with the columns that it has of its own."""
    day, label = own.get("day", "CAST(NULL AS DATE)"), own.get("label", "CAST(NULL AS VARCHAR)")
    return (
        f"SELECT '{what}' AS what, place, period, {day} AS day, {label} AS label, {sums} FROM asked WHERE {where}"
        f" GROUP BY {', '.join(['place', 'period', *own.values(), *apart])}"
    )


def _edge_sql(definition: Definition) -> str:
    """What cells are told apart by."""
    if definition.kind == "distribution":
        return bin_sql(definition)
    if definition.kind == "distinct":
        return "key"
    return "CAST(day AS VARCHAR)" if definition.den_rollup else NO_EDGE


def bin_sql(definition: Definition) -> str:
    """The lower edge of the bin a value falls in, kept within the tail on both sides. Whole numbers only: remainders
    of negative numbers differ between engines, so the remainder is made positive first."""
    wide, tail = definition.bin, definition.tail
    edge = f"value - ((value % {wide}) + {wide}) % {wide}"
    return f"CASE WHEN value >= {tail} THEN {tail} WHEN value < -{tail} THEN -{tail} ELSE {edge} END"


def _refuse_long_breakdowns(tally: Tally, tell: Say) -> None:
    seen: dict[str, set[str]] = {}
    for _, by, label in tally.labels:
        seen.setdefault(by, set()).add(label)
    for by, labels in seen.items():
        if len(labels) > MOST_LABELS:
            tell(
                f"{tally.definition.title}: {len(labels)} values of “{by}” in {tally.month.title} are more than"
                f" {MOST_LABELS}, so this breakdown is not kept. The total is."
            )
            tally.labels = {key: cell for key, cell in tally.labels.items() if key[1] != by}


def _refuse_too_many_keys(tally: Tally, tell: Say) -> None:
    if tally.definition.kind != "distinct":
        return
    keys = {key for cell in tally.days.values() for key in cell.bins}
    if len(keys) > MOST_KEYS:
        tell(
            f"{tally.definition.title}: {len(keys):,} different things in {tally.month.title} are more than"
            f" {MOST_KEYS:,}, so its days and breakdowns are not kept. The month is."
        )
        tally.ends, tally.days, tally.labels = tally.months(), {}, {}


def _write(tallies: Sequence[Tally], facility: str, as_of: int, made: list[CubeVersion]) -> int:
    """Write the cells in chunks, each its own transaction: a reader or another writer never waits long."""
    at = now()
    versions = [
        CubeVersion(
            measure=tally.definition.id,
            facility=facility,
            period=str(tally.month),
            definition_sha256=tally.definition.sha256,
            parts_sha256=tally.parts_sha256,
            as_of_batch=as_of,
            rows=sum(cell.count for cell in tally.months().values()),
            left_out=_summed(tally.left_out.values()),
            computed_at=at,
        )
        for tally in tallies
    ]
    made += CubeVersion.objects.using("cubes").bulk_create(versions, batch_size=CHUNK)
    pairs = list(zip((version.pk for version in made), tallies, strict=True))
    day_columns = ["version_id", "place", "day", "num", "den", "count", "exact", "bins"]
    written = _insert(DayCell, day_columns, _day_rows(pairs))
    label_columns = ["version_id", "place", "by", "label", "num", "den", "count", "exact", "bins", "left_out"]
    return written + _insert(BreakdownCell, label_columns, _label_rows(pairs))


def _day_rows(pairs: Iterable[tuple[int, Tally]]) -> Iterator[tuple[Any, ...]]:
    for version, tally in pairs:
        for (place, day), cell in tally.days.items():
            yield version, place, day.isoformat(), *_integers(cell)


def _label_rows(pairs: Iterable[tuple[int, Tally]]) -> Iterator[tuple[Any, ...]]:
    for version, tally in pairs:
        for place, cell in tally.months().items():
            yield version, place, "", "", *_integers(cell), json.dumps(tally.left_out.get(place, {}))
        for (place, by, label), cell in tally.labels.items():
            yield version, place, by, label, *_integers(cell), "{}"


def _integers(cell: Total) -> tuple[int, int, int, int, str | None]:
    bins = None if not cell.bins else json.dumps({str(edge): cell.bins[edge] for edge in sorted(cell.bins)})
    return cell.num, cell.den, cell.count, cell.exact, bins


def _insert(model: Any, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    """Plain statements: making a model object for each cell took three times as long as writing it."""
    connection = connections["cubes"]
    quote = connection.ops.quote_name
    listed, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({listed}) VALUES ({marks})"
    written = 0
    while chunk := list(islice(rows, CHUNK)):
        with transaction.atomic(using="cubes"), connection.cursor() as cursor:
            cursor.executemany(sql, chunk)
        written += len(chunk)
    return written


def _summed(several: Iterable[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for counts in several:
        for key, times in counts.items():
            found[key] = found.get(key, 0) + times
    return found


def _publish(made: Sequence[CubeVersion]) -> None:
    """Make the new versions current, all at once. One that a newer count has overtaken stays unpublished."""
    with transaction.atomic(using="cubes"):
        hold("publishing", using="cubes")
        rows = CubeVersion.objects.using("cubes")
        keys = {(version.measure, version.facility, version.period): version for version in made}
        there = rows.filter(
            current=True,
            facility__in={key[1] for key in keys},
            measure__in={key[0] for key in keys},
            period__in={key[2] for key in keys},
        )
        ending: list[int] = []
        for old in there:
            fresh = keys.get((old.measure, old.facility, old.period))
            if fresh and old.as_of_batch > fresh.as_of_batch:
                del keys[old.measure, old.facility, old.period]
            elif fresh:
                ending.append(old.pk)
        starting = [version.pk for version in keys.values()]
        rows.filter(pk__in=ending).update(current=False)
        if rows.filter(pk__in=starting).update(current=True) != len(starting):
            raise RuntimeError("A version of a cube was taken away while it was being published; it is counted again.")


def published() -> dict[str, int]:
    """A number, of all months (``cubes``) and of each (``cubes@2026-10``), that is another one after every
    publication: versions only ever give way to newer ones."""
    current = CubeVersion.objects.using("cubes").filter(current=True).order_by()
    months = {f"cubes@{period}": total for period, total in current.values_list("period").annotate(Sum("pk"))}
    return months | {"cubes": sum(months.values())}


def _superseded(chosen: Sequence[Definition], facility: str, months: Sequence[Month]) -> list[int]:
    """Versions older than the one before the current one."""
    rows = CubeVersion.objects.using("cubes").filter(
        measure__in=[d.id for d in chosen], facility=facility, period__in=[str(month) for month in months]
    )
    groups: dict[tuple[str, str], list[tuple[int, bool]]] = {}
    for measure, period, pk, current in rows.order_by("-pk").values_list("measure", "period", "pk", "current"):
        groups.setdefault((measure, period), []).append((pk, current))
    gone: list[int] = []
    for versions in groups.values():
        live = next((pk for pk, current in versions if current), None)
        if live is not None:
            gone += [pk for pk, _ in versions if pk < live][1:]
    return gone


def _drop(versions: Sequence[int]) -> None:
    for start in range(0, len(versions), 500):
        some = versions[start : start + 500]
        with transaction.atomic(using="cubes"):
            DayCell.objects.using("cubes").filter(version_id__in=some).delete()
            BreakdownCell.objects.using("cubes").filter(version_id__in=some).delete()
            CubeVersion.objects.using("cubes").filter(pk__in=some).delete()
