"""Where the rows behind a month came from: the imports, how many rows they had, and what still waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from housewide.facts.models import Batch, Part, Restatement
from housewide.kit.periods import Month
from housewide.kit.ui.days import day_text
from housewide.kit.ui.numbers import grouped_number
from housewide.measures.asking import tables_of
from housewide.measures.definitions import Definition
from housewide.measures.rollups import Scope, days_done, workdays_after

QUIET_WORKDAYS = 2  # one quiet day at the end of a month is usual; two workdays mean that rows are still to come
MOST_NAMED = 3


@dataclass(frozen=True)
class Filed:
    """A part of the facts: which rows, how far they reach, which import made it."""

    table: str
    facility: str
    period: str
    highest: date | None
    batch: Batch


@dataclass(frozen=True)
class Sources:
    """Every part of some tables, facilities and months, and the restatements of those months."""

    scope: Scope
    filed: dict[tuple[str, str], list[Filed]]
    restated: dict[str, list[Restatement]]
    # Worked out once: a page asks whether each of 24 months ended early, for every measure of the same table.
    _ends: dict[str, dict[Month, tuple[date, int] | None]] = field(default_factory=dict, repr=False, compare=False)
    _early: dict[tuple[str, Month], date | None] = field(default_factory=dict, repr=False, compare=False)
    _newest: dict[str, Month | None] = field(default_factory=dict, repr=False, compare=False)

    def of(self, definition: Definition, month: Month) -> list[Filed]:
        """The parts that a month of a measure rests on (its own month's)."""
        return [part for table in tables_of(definition) for part in self.filed.get((table, str(month)), [])]

    def batches(self, definition: Definition, month: Month) -> list[Batch]:
        """The imports behind a month, the main table's first, then the newest first."""
        found: dict[int, Batch] = {}
        for part in self.of(definition, month):
            found.setdefault(part.batch.pk, part.batch)
        main = tables_of(definition)[:1]
        return sorted(found.values(), key=lambda batch: ([batch.feed.table] != main, -batch.pk))

    def ended_early(self, definition: Definition, month: Month) -> date | None:
        """The last day with rows, when the newest month is over but unusually many of its last workdays have none, in
        any table that the measure reads."""
        ends = [self._ended_early_in(table, month) for table in tables_of(definition)]
        return min(filter(None, ends), default=None)

    def missing(self, definition: Definition, month: Month) -> list[str]:
        """The facilities that sent rows of the month before and none of this one, the newest."""
        return sorted({code for table in tables_of(definition) for code in self._missing_in(table, month)})

    def _missing_in(self, table: str, month: Month) -> set[str]:
        if month != self._newest_of(table):
            return set()
        here, before = (
            {part.facility for part in self.filed.get((table, str(one)), [])} for one in (month, month.shift(-1))
        )
        there = self.scope.trees[month].parent if month in self.scope.trees else {}
        return {code for code in before - here if code in there}

    def _newest_of(self, table: str) -> Month | None:
        if table not in self._newest:
            with_rows = (month for month in self.scope.months if self.filed.get((table, str(month))))
            self._newest[table] = max(with_rows, default=None)
        return self._newest[table]

    def _ended_early_in(self, table: str, month: Month) -> date | None:
        if (table, month) not in self._early:
            self._early[table, month] = self._ended_early(table, month)
        return self._early[table, month]

    def _ended_early(self, main: str, month: Month) -> date | None:
        quiet = self._quiet(main)
        here = quiet[month]
        newer = any(quiet[other] for other in self.scope.months if other > month)
        if here is None or not self.scope.is_over(month) or newer:
            return None
        last, workdays = here
        earlier = (quiet[other] for other in self.scope.months if other < month)
        usual = max((days for _, days in filter(None, earlier)), default=0)
        return last if workdays >= QUIET_WORKDAYS and workdays > usual + 1 else None

    def _quiet(self, main: str) -> dict[Month, tuple[date, int] | None]:
        """By month, the last day with rows of the main table and the workdays that follow it."""
        if main not in self._ends:
            self._ends[main] = {month: self._end_of(main, month) for month in self.scope.months}
        return self._ends[main]

    def _end_of(self, main: str, month: Month) -> tuple[date, int] | None:
        days = [part.highest for part in self.filed.get((main, str(month)), []) if part.highest]
        last = self.scope.days_of(month)[1]
        return (min(days), workdays_after(self.scope.calendar, min(days), last)) if days else None

    def is_partial(self, definition: Definition, month: Month) -> bool:
        """Whether a month cannot be judged yet: it is not over, or its last days have not come in."""
        return (
            not self.scope.is_over(month)
            or self.ended_early(definition, month) is not None
            or bool(self.missing(definition, month))
        )

    def as_of(self, definition: Definition, month: Month) -> datetime | None:
        """When the newest import behind a month came in."""
        return max((batch.at for batch in self.batches(definition, month)), default=None)

    def sentence(self, definition: Definition, month: Month) -> str:
        """``OR log import of 2 Nov 2026: 812 rows, 3 set aside``; empty when nothing was imported."""
        batches = self.batches(definition, month)
        said = [
            f"{batch.feed.title} import of {day_text(batch.at.date())}: {grouped_number(batch.rows_read)} rows, "
            f"{grouped_number(batch.rows_set_aside)} set aside"
            for batch in batches[:MOST_NAMED]
        ]
        more = len(batches) - len(said)
        return "; ".join(said) + (f"; and {more} more" if more > 0 else "")

    def caveats(self, definition: Definition, month: Month) -> list[str]:
        """What a reader should know about the rows of a month before believing its number."""
        said = [_why_partial(self, definition, month)] if self.is_partial(definition, month) else []
        for batch in self.batches(definition, month):
            if batch.set_aside_open:
                rows = "1 row waits" if batch.set_aside_open == 1 else f"{batch.set_aside_open:,} rows wait"
                day = day_text(batch.at.date())
                said.append(f"{rows} for a correction in the {batch.feed.title} import of {day}")
        tables = set(tables_of(definition))
        return said + [
            f"Restated on {day_text(row.at.date())}: {row.reason}"
            for row in self.restated.get(str(month), [])
            if row.batch is not None and row.batch.feed.table in tables
        ]


def _why_partial(sources: Sources, definition: Definition, month: Month) -> str:
    if not sources.scope.is_over(month):
        done, whole = days_done(sources.scope, month)
        return f"{month.title.split()[0]} is not over: {done} of {whole} days"
    missing = sources.missing(definition, month)
    if missing:
        places = sources.scope.now.places
        return f"No rows yet from {' and '.join(places[code].name for code in missing)}"
    last = sources.ended_early(definition, month)
    return f"No rows after {day_text(last)}" if last else ""


def sources_of(definitions: Sequence[Definition], scope: Scope) -> Sources:
    """Two queries: the parts with their imports, and the restatements."""
    return sources_of_many(definitions, [scope])[scope.facilities]


def sources_of_many(definitions: Sequence[Definition], scopes: Iterable[Scope]) -> dict[tuple[str, ...], Sources]:
    """Sources by the facilities of the scopes, which are of the same months: two queries for all of them."""
    by_facilities = {scope.facilities: scope for scope in scopes}
    facilities = {code for codes in by_facilities for code in codes}
    tables = {table for definition in definitions for table in tables_of(definition)}
    periods = [str(month) for month in next(iter(by_facilities.values())).months] if by_facilities else []
    parts = Part.objects.filter(
        table__in=tables, scope__in=facilities, period__in=periods, to_batch=None
    ).select_related("from_batch__feed")
    filed = [Filed(part.table, part.scope, part.period, _day(part.highest), part.from_batch) for part in parts]
    restated = _restated(facilities, periods)
    return {codes: _sources(scope, filed, restated) for codes, scope in by_facilities.items()}


def _sources(scope: Scope, filed: Iterable[Filed], restated: Iterable[Restatement]) -> Sources:
    own: dict[tuple[str, str], list[Filed]] = {}
    for part in filed:
        if part.facility in scope.facilities:
            own.setdefault((part.table, part.period), []).append(part)
    again: dict[str, list[Restatement]] = {}
    for row in restated:
        if row.facility.code in scope.facilities:
            again.setdefault(row.period, []).append(row)
    return Sources(scope, own, again)


def _restated(facilities: Iterable[str], periods: Iterable[str]) -> list[Restatement]:
    rows = Restatement.objects.filter(facility__code__in=list(facilities), period__in=list(periods))
    return list(rows.exclude(batch=None).select_related("batch__feed", "facility"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
