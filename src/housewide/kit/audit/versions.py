"""Which tables have changed since this process last looked: the audit trail knows every change, so pages may keep what
they found out until one comes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from threading import Lock

from django.apps import apps
from django.db import connections
from django.db.models import Max, Q

from housewide.kit.audit.models import Change
from housewide.kit.periods import MONTH

LONGEST_ACT = 3600.0  # seconds after which a number that never came is taken for one that was rolled back
MOST_NAMED = 500  # gaps asked for one by one; with more, the whole stretch is read again
_months: dict[str, str] = {}


def count_by_month(table: str, column: str) -> None:
    """Count the changes of a table by month too (``table@2026-10``): the column says which month or months (a list)
    a row is about."""
    _months[table] = column


class Versions:
    """A count for each app label (``org``, ``facts`` …) and each table that grows with every committed change.
    ``table@`` counts changes of which no month is known.

    Numbers of the trail may be committed out of order (PostgreSQL gives them out before the commit), so the ones that
    were skipped are asked for again until they come or are an hour old.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._highest: int | None = None
        self._gaps: dict[int, float] = {}
        self._counts: Counter[str] = Counter()
        self._labels: dict[str, str] = {}

    def __call__(self) -> Mapping[str, int]:
        """One query when nothing has changed. The counts as of now, by app label and by table."""
        from time import monotonic

        highest = self._ask()
        with self._lock:
            if self._highest is not None and highest < self._highest:  # another thread looked in between: ask again
                highest = self._ask()
            if self._highest is None or highest < self._highest:  # first look, or another home in its place
                self._highest, self._gaps = highest, {}
                self._counts.update(["*"])
            elif highest != self._highest or self._gaps:
                self._look(highest, monotonic())
            every = self._counts["*"]
            dated = {group: number for group, number in self._counts.items() if "@" in group}
            unknown = {f"{table}@": self._counts[f"{table}@"] + every for table in _months}
            return {group: self._counts[group] + every for group in self._groups()} | dated | unknown

    @staticmethod
    def _ask() -> int:
        return Change.objects.aggregate(highest=Max("id"))["highest"] or 0

    def _look(self, highest: int, at: float) -> None:
        since = self._highest or 0
        wanted = Q(id__gt=since, id__lte=highest)
        if self._gaps:
            wanted |= Q(id__in=list(self._gaps)) if len(self._gaps) <= MOST_NAMED else Q(id__gte=min(self._gaps))
        found = dict(Change.objects.filter(wanted).values_list("id", "table"))
        new = {pk: table for pk, table in found.items() if pk > since or pk in self._gaps}
        changed = set(new.values())
        self._counts.update(changed | {self._tables().get(table, "*") for table in changed})
        self._counts.update(_dated([pk for pk, table in new.items() if table in _months]))
        missing = set(range(since + 1, highest + 1)) - found.keys() if highest - since < 100_000 else set()
        self._gaps = {pk: when for pk, when in self._gaps.items() if pk not in found and at - when < LONGEST_ACT}
        self._gaps |= dict.fromkeys(missing, at)
        self._highest = highest

    def _tables(self) -> dict[str, str]:
        if not self._labels:
            for model in apps.get_models(include_auto_created=True):
                self._labels[model._meta.db_table] = model._meta.app_label
        return self._labels

    def _groups(self) -> set[str]:
        return {*self._tables(), *self._tables().values()}


def _dated(changes: Iterable[int]) -> set[str]:
    """The groups by month that these entries of the trail touch."""
    wanted = sorted(changes)
    if not wanted:
        return set()
    rows = Change.objects.filter(id__gte=wanted[0], id__lte=wanted[-1], table__in=list(_months))
    within = set(wanted)
    return {f"{row.table}@{month}" for row in rows.iterator() if row.pk in within for month in _months_of(row)}


def _months_of(row: Change) -> Iterator[str]:
    """The months in a column with one, a list of them, or a list of what was done in each; "" for what is none."""
    for side in filter(None, (row.before, row.after)):
        said = json.loads(side).get(_months[row.table])
        if isinstance(said, str) and said.startswith("["):  # SQLite keeps a list as its text
            said = json.loads(said)
        for one in said if isinstance(said, list) else [said]:
            month = str(one.get("period") if isinstance(one, dict) else one)
            yield month if MONTH.fullmatch(month) else ""


def in_transaction() -> bool:
    """Whether this thread has a transaction open: what it sees may not be so for anybody else."""
    return any(one.in_atomic_block for one in connections.all(initialized_only=True))
