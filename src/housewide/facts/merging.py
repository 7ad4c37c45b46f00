"""How a file's rows meet those already there: replace the month, replace by key, or add.

A row's key is unique in its facility across all months. A row that says word for word what is already there changes
nothing, so that importing a file again is harmless in every mode. A row met again under another month leaves the old
one. A closed month is never touched unless this import restates it.
"""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from housewide.facts.catalogue import current_parts, part_path
from housewide.facts.cells import name, text
from housewide.facts.engines.duckdb import select_sql
from housewide.facts.judging import Judging
from housewide.facts.models import Batch, Feed, Part, SettledLine
from housewide.facts.set_aside import CLOSED
from housewide.facts.states import closed_periods
from housewide.facts.writing import Files, Written, write_part

ALREADY, OVERTAKEN = "already there with other values", "a newer row with the same key came since"
OVER = (SettledLine.How.NEWER, SettledLine.How.ANEW)
Filed = tuple[str, str]  # facility, period


@dataclass(frozen=True)
class Shut:
    """What an import of one feed may not touch: months closed for it, and rows by which other owners' feeds of the same
    table stand in months closed for those, as (facility, period, import)."""

    months: set[Filed]
    of_others: set[tuple[str, str, str]]


def shut_for(feed: Feed, facilities: list[str], open_for: set[Filed]) -> Shut:
    """What is shut for a feed. ``open_for`` are closed periods that this import restates; those of others stay shut."""
    months = closed_periods(facilities, feed.owning_place)
    own = months - open_for
    others: set[tuple[str, str, str]] = set()
    for other in Feed.objects.filter(table=feed.table).exclude(pk=feed.pk).select_related("owner", "scope"):
        if other.owning_place != feed.owning_place and (theirs := closed_periods(facilities, other.owning_place) - own):
            others |= {(*filed, code) for filed in theirs for code, _ in _batches(other)}
    return Shut(own, others)


@dataclass
class Merge:
    """What an import is about to do, and what the catalogue looked like when it was worked out."""

    based_on: dict[int, Part]
    facilities: list[str]
    shut: Shut
    affected: list[Filed]
    mode: str
    unchanged: int = 0


def plan_merge(judge: Judging, mode: str, open_for: set[Filed]) -> Merge:
    """Hold the rows of ``filed`` against the current parts; sets aside those that may not go in.

    ``open_for`` are closed periods that this import restates.
    """
    table = judge.table
    facilities = [facility for (facility,) in judge.rows("SELECT DISTINCT facility FROM filed ORDER BY 1")]
    parts = current_parts(table.name, facilities)
    shut = shut_for(judge.feed, facilities, open_for)
    connection = judge.connection
    connection.execute(f"CREATE TEMP VIEW there AS {select_sql(table, parts, 'filename')}")
    judge.make("closed_to_others", sorted(shut.of_others), "abc")
    for listed, pairs in (("closed", sorted(shut.months)), ("own_batches", _batches(judge.feed))):
        judge.make(listed, pairs)
    judge.make("files", [(str(part_path(part)), part.period) for part in parts])
    connection.execute(
        "CREATE TEMP TABLE met AS SELECT there.*, files.b AS _was FROM there JOIN files ON files.a = there.filename"
        " WHERE row_id IN (SELECT row_id FROM filed)"
    )
    compared = [*(column.name for column in table.columns), "flags"]
    same = " AND ".join(f"f.{name(column)} IS NOT DISTINCT FROM m.{name(column)}" for column in compared)
    connection.execute(
        f"CREATE TEMP TABLE unchanged AS SELECT f.row_id FROM filed f JOIN met m USING (row_id)"
        f" WHERE {same} AND f._period = m._was"
    )
    if mode == Feed.Mode.APPEND:
        _set_aside_already_there(judge)
    if judge.contract.correction:
        _set_aside_overtaken(judge)
    _set_aside_closed(judge)
    affected = _affected(judge, mode)
    unchanged = judge.one("SELECT count(*) FROM unchanged WHERE row_id IN (SELECT row_id FROM filed)")
    return Merge({part.pk: part for part in parts}, facilities, shut, affected, mode, unchanged)


def _batches(feed: Feed) -> list[tuple[str, str]]:
    return [(code, "") for code in Batch.objects.filter(feed=feed).values_list("public_id", flat=True)]


def _set_aside_already_there(judge: Judging) -> None:
    judge.set_aside_late(
        "SELECT f.source_line, ?, 'a row with this key is already there and says otherwise (line ' || m.source_line"
        " || ' of import ' || m.batch || ')' FROM filed f JOIN met m USING (row_id)"
        " WHERE row_id NOT IN (SELECT row_id FROM unchanged)",
        [ALREADY],
    )


def _set_aside_overtaken(judge: Judging) -> None:
    """A row that waited does not take the place of what came since in a newer file, be it accepted or waiting now; a
    correction of the newest may."""
    named = [code for (code,) in judge.rows("SELECT DISTINCT _back_batch FROM typed")]
    judge.make("rested", [(code, str(line)) for code, line in rested_before(*OVER, named=named)])
    judge.set_aside_late(
        "SELECT f.source_line, ?, 'this row stopped waiting when newer rows came; what it said then is not let in'"
        " FROM filed f JOIN typed t ON t._line = f.source_line"
        " JOIN rested r ON r.a = t._back_batch AND r.b = CAST(t._back_line AS VARCHAR)"
        " WHERE row_id NOT IN (SELECT row_id FROM unchanged)",
        [OVERTAKEN],
    )
    there = [code for (code,) in judge.rows("SELECT DISTINCT batch FROM met")]
    came = [one for one in Batch.objects.filter(public_id__in=there) if not one.is_correction]
    origins = Batch.objects.filter(public_id__in=named)
    judge.make("newer", [(old.public_id, new.public_id) for old in origins for new in came if new.pk > old.pk])
    judge.set_aside_late(
        "SELECT f.source_line, ?, 'a newer row with this key came since and says otherwise (line ' || m.source_line"
        " || ' of import ' || m.batch || '); to change that one, correct it at its source' FROM filed f"
        " JOIN met m USING (row_id) JOIN typed t ON t._line = f.source_line"
        " JOIN newer n ON n.a = t._back_batch AND n.b = m.batch WHERE row_id NOT IN (SELECT row_id FROM unchanged)",
        [OVERTAKEN],
    )


def rested_before(*how: str, named: Sequence[str]) -> list[tuple[str, int]]:
    """(import, line) of rows of these imports that stopped waiting in one of these ways."""
    rows = SettledLine.objects.filter(batch__public_id__in=set(named) - {None}, how__in=how)
    return list(rows.values_list("batch__public_id", "line"))


def _set_aside_closed(judge: Judging) -> None:
    judge.set_aside_late(
        "SELECT f.source_line, ?, 'period closed: ' || f._period || ' is closed for ' || f.facility"
        " FROM filed f JOIN closed c ON c.a = f.facility AND c.b = f._period"
        " WHERE row_id NOT IN (SELECT row_id FROM unchanged)",
        [CLOSED],
    )
    judge.set_aside_late(
        "SELECT f.source_line, ?,"
        " 'period closed: the row stands in ' || m._was || ', which is closed for ' || f.facility"
        " FROM filed f JOIN met m USING (row_id) JOIN closed c ON c.a = m.facility AND c.b = m._was"
        " WHERE m._was <> f._period",
        [CLOSED],
    )
    judge.set_aside_late(
        "SELECT f.source_line, ?, 'period closed: the row stands in ' || m._was || ' and came by another feed, whose'"
        " || ' month is closed' FROM filed f JOIN met m USING (row_id)"
        " JOIN closed_to_others c ON c.a = m.facility AND c.b = m._was AND c.c = m.batch"
        " WHERE row_id NOT IN (SELECT row_id FROM unchanged)",
        [CLOSED],
    )


def _affected(judge: Judging, mode: str) -> list[Filed]:
    """Periods whose rows will differ afterwards, in order."""
    found = set(
        judge.rows("SELECT DISTINCT facility, _period FROM filed WHERE row_id NOT IN (SELECT row_id FROM unchanged)")
    )
    found |= set(
        judge.rows(
            "SELECT DISTINCT m.facility, m._was FROM met m JOIN filed f USING (row_id) WHERE m._was <> f._period"
        )
    )
    if mode == Feed.Mode.REPLACE:
        found |= set(
            judge.rows(
                "SELECT DISTINCT t.facility, p.b FROM there t JOIN files p ON p.a = t.filename"
                " WHERE batch IN (SELECT a FROM own_batches) AND row_id NOT IN (SELECT row_id FROM filed)"
                " AND (t.facility, p.b) IN (SELECT (facility, _period) FROM filed)"
                " AND (t.facility, p.b) NOT IN (SELECT (a, b) FROM closed)"
            )
        )
    return sorted(found)


def write_merge(judge: Judging, merge: Merge, batch: str, files: Files) -> dict[Filed, Written | None]:
    """Write the new part of every affected period; None for a period that is left without rows."""
    made: dict[Filed, Written | None] = {}
    for facility, period in merge.affected:
        select = _rows_of_part(judge, merge, facility, period, batch)
        written = write_part(judge.connection, select, judge.table, facility, period)
        files.written.append(written)
        made[facility, period] = written if written.rows else None
    return made


def _rows_of_part(judge: Judging, merge: Merge, facility: str, period: str, batch: str) -> str:
    columns = [*(column.name for column in judge.table.columns), "row_id", "source_line", "flags"]
    listed = ", ".join(map(name, columns))
    here = f"facility = {text(facility)} AND _period = {text(period)}"
    append = merge.mode == Feed.Mode.APPEND
    # A row that another feed sent, word for word, stays that feed's: a later file of this one must not take it away.
    stays = "SELECT row_id FROM unchanged"
    if not append:
        stays += " WHERE row_id IN (SELECT row_id FROM there WHERE batch NOT IN (SELECT a FROM own_batches))"
    fresh = f"SELECT {listed}, {text(batch)} AS batch FROM filed WHERE {here} AND row_id NOT IN ({stays})"
    old = [part for part in merge.based_on.values() if (part.scope, part.period) == (facility, period)]
    leaves = f"row_id IN (SELECT row_id FROM filed) AND row_id NOT IN ({stays})"
    if merge.mode == Feed.Mode.REPLACE and judge.one(f"SELECT count(*) FROM filed WHERE {here}"):
        leaves += " OR batch IN (SELECT a FROM own_batches)"
    kept = f"SELECT {listed}, batch FROM ({select_sql(judge.table, old)}) WHERE NOT ({leaves})"
    return f"{kept} UNION ALL {fresh}"
