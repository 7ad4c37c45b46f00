"""Loads a file: judges its rows, writes the new parts, and makes everything true at once or not at all."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from housewide.facts import identities
from housewide.facts.judging import Judging, LoadFailed, judging
from housewide.facts.mapping import Mapping
from housewide.facts.merging import Filed, Merge, plan_merge, shut_for, write_merge
from housewide.facts.models import Batch, Feed, Part, Restatement
from housewide.facts.settling import settle
from housewide.facts.writing import Files, Written, write_set_aside
from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.kit.events import emit
from housewide.kit.home import home_folder
from housewide.kit.locks import hold
from housewide.kit.opaque import opaque_id

__all__ = ["JudgedRow", "Judgement", "LoadFailed", "Loaded", "load", "preview"]

Effect = Callable[[], AbstractContextManager[Any]]
Progress = Callable[[int, str], None]
ATTEMPTS = 3
SAMPLE_CODES = 200


class CatalogueMoved(Exception):
    """Another import committed while this one was being worked out; it has to be worked out again."""


@dataclass(frozen=True)
class JudgedRow:
    """One row of a preview: its line in the file, its cells as sent, its values or the reasons against it."""

    line: int
    cells: list[str | None]
    values: dict[str, Any]
    reasons: list[str]


@dataclass(frozen=True)
class Judgement:
    """What loading would do. ``periods``: (facility, period, rows in the file, rows there now, would change)."""

    rows_read: int
    accepted: int
    set_aside: int
    unchanged: int
    reasons: dict[str, int]
    periods: list[tuple[str, str, int, int, bool]]
    accepted_rows: list[JudgedRow] = field(default_factory=list)
    set_aside_rows: list[JudgedRow] = field(default_factory=list)
    unknown_codes: list[tuple[str, str, int]] = field(default_factory=list)


def preview(feed: Feed, plain_csv: Path, header: Sequence[str], mapping: Mapping, limit: int = 20) -> Judgement:
    """Judge the whole file and show up to ``limit`` rows of each kind; changes nothing. Raises LoadFailed."""
    with judging(feed, plain_csv, header, mapping) as judge:
        merge = plan_merge(judge, _mode(feed, judge, None), set())
        accepted, aside = judge.finish()
        there: dict[Filed, int] = {}
        for part in merge.based_on.values():
            there[part.scope, part.period] = there.get((part.scope, part.period), 0) + part.rows
        seen = sorted(set(judge.periods) | set(merge.affected))
        return Judgement(
            rows_read=judge.rows_read,
            accepted=accepted,
            set_aside=aside,
            unchanged=merge.unchanged,
            reasons=judge.reasons(),
            periods=[
                (*filed, judge.periods.get(filed, 0), there.get(filed, 0), filed in merge.affected) for filed in seen
            ],
            accepted_rows=_accepted_rows(judge, limit),
            set_aside_rows=[
                JudgedRow(line, cells, {}, reasons)
                for line, cells, reasons in judge.rows(
                    "SELECT line, cells, reasons FROM aside ORDER BY line LIMIT ?", [limit]
                )
            ],
            unknown_codes=judge.rows(
                "SELECT c.kind, c.code, count(*) FROM (SELECT unnest(codes) AS c FROM aside) GROUP BY 1, 2"
                f" ORDER BY 3 DESC, 1, 2 LIMIT {SAMPLE_CODES}"
            ),
        )


def _accepted_rows(judge: Judging, limit: int) -> list[JudgedRow]:
    names = [column.name for column in judge.table.columns]
    cells = ", ".join(f'p."{cell}"' for cell in judge.contract.original_cells)
    values = ", ".join(f'f."{name}"' for name in names)
    sql = (
        f"SELECT source_line, [{cells}], {values} FROM (SELECT * FROM filed ORDER BY source_line LIMIT ?) f"
        " JOIN plain p ON CAST(p._line AS BIGINT) = source_line ORDER BY source_line"
    )
    return [
        JudgedRow(line, sent, dict(zip(names, made, strict=True)), []) for line, sent, *made in judge.rows(sql, [limit])
    ]


@dataclass(frozen=True)
class Loaded:
    """What is known of the file itself."""

    rows_read: int
    blank_lines: int
    file_name: str
    file_sha256: str
    file_path: str
    actor: str


def load(
    feed: Feed,
    plain_csv: Path,
    header: Sequence[str],
    mapping: Mapping,
    *,
    rows_read: int,
    actor: str,
    file_name: str,
    file_sha256: str,
    file_path: str,
    blank_lines: int = 0,
    corrects: Batch | None = None,
    restate: Restatement | None = None,
    progress: Progress | None = None,
    effect: Effect | None = None,
) -> Batch:
    """Load a file. Everything commits in one transaction: parts, import, identities, events.

    ``effect`` makes the transaction to commit in (``JobRun.effect``); without it one is opened for ``actor``. With
    ``corrects`` (or a file made from the download of set-aside rows) rows replace by key, never a whole month.
    Raises LoadFailed; then nothing was changed.
    """
    about = Loaded(rows_read, blank_lines, file_name[:255], file_sha256, file_path[:300], actor)
    _check_restatement(restate)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _try_load(feed, plain_csv, header, mapping, about, corrects, restate, progress, effect)
        except CatalogueMoved:
            if attempt == ATTEMPTS:
                raise LoadFailed(
                    "Other imports into the same table kept coming in between. Nothing was loaded; try again."
                ) from None
    raise AssertionError("unreachable")


def _try_load(
    feed: Feed,
    plain_csv: Path,
    header: Sequence[str],
    mapping: Mapping,
    about: Loaded,
    corrects: Batch | None,
    restate: Restatement | None,
    progress: Progress | None,
    effect: Effect | None,
) -> Batch:
    tell = progress or (lambda share, doing: None)
    tell(5, "Reading the rows")
    open_for = {(restate.facility.code, restate.period)} if restate else set()
    files = Files()
    with judging(feed, plain_csv, header, mapping) as judge:
        if judge.rows_read != about.rows_read:
            raise LoadFailed(
                f"The file has {about.rows_read} rows but its plain copy {judge.rows_read}. Nothing was loaded."
            )
        tell(40, "Holding them against what is there")
        merge = plan_merge(judge, _mode(feed, judge, corrects), open_for)
        judge.finish()
        batch_id = opaque_id()
        try:
            tell(60, "Writing the new parts")
            made = write_merge(judge, merge, batch_id, files)
            aside = write_set_aside(judge.connection, batch_id) if judge.one("SELECT count(*) FROM aside") else None
            if aside:
                files.written.append(aside)
            sealed = identities.seal_identities(judge.identity_values())
            tell(90, "Entering them in the catalogue")
            with effect() if effect else act("facts.load", actor=about.actor, place=feed.scope.code):
                batch = _commit(judge, merge, batch_id, made, aside, sealed, about, corrects, restate)
        except BaseException:
            if not _is_entered(batch_id):
                files.drop()
            raise
    _drop_empty(files, made)
    return batch


def _is_entered(batch_id: str) -> bool:
    """Whether an import stands in the catalogue although something failed (the answer to its commit was lost, say).
    Where that cannot be asked its files stay: what the catalogue does not know is swept out later."""
    try:
        return Batch.objects.filter(public_id=batch_id).exists()
    except Exception:
        return True


def _mode(feed: Feed, judge: Judging, corrects: Batch | None) -> str:
    """A correction speaks of some rows, so it must never stand for the whole month."""
    correction = corrects is not None or judge.contract.correction
    return Feed.Mode.UPSERT if correction else feed.mode


def _check_restatement(restate: Restatement | None) -> None:
    if restate is not None and restate.batch_id is not None:
        raise LoadFailed("That restatement was used by an earlier import. Ask for a new one. Nothing was loaded.")


def _commit(
    judge: Judging,
    merge: Merge,
    batch_id: str,
    made: dict[Filed, Written | None],
    aside: Written | None,
    sealed: list[tuple[str, bytes]],
    about: Loaded,
    corrects: Batch | None,
    restate: Restatement | None,
) -> Batch:
    hold("facts")  # imports get their numbers in the order in which they commit: “as of” rests on it
    _still_as_planned(judge, merge, restate)
    feed, table = judge.feed, judge.table
    set_aside = aside.rows if aside else 0
    batch = Batch.objects.create(
        public_id=batch_id,
        feed=feed,
        at=now(),
        actor=about.actor,
        file_name=about.file_name,
        file_sha256=about.file_sha256,
        file_path=about.file_path,
        table_version=table.version,
        profile_version=feed.profile_version,
        rows_read=judge.rows_read,
        rows_accepted=judge.rows_read - set_aside,
        rows_set_aside=set_aside,
        blank_lines=about.blank_lines,
        reasons=judge.reasons(),
        headings=list(judge.contract.header),
        periods=[
            {"facility": facility, "period": period, "rows": rows, "changed": (facility, period) in made}
            for (facility, period), rows in {**dict.fromkeys(made, 0), **judge.periods}.items()
        ],
        set_aside_path=aside.path if aside else "",
        set_aside_open=set_aside,
        corrects=corrects,
    )
    _swap_parts(merge, made, batch, table.name, table.version)
    identities.keep_identities(sealed, batch)
    settle(judge, batch, merge.mode)
    if restate is not None:
        restate.batch = batch
        restate.save(update_fields=["batch"])
    for facility, period in made:
        told = {"table": table.name, "facility": facility, "period": period, "batch": batch.public_id}
        emit("facts.part_changed", told)
    return batch


def _still_as_planned(judge: Judging, merge: Merge, restate: Restatement | None) -> None:
    current = Part.objects.filter(table=judge.table.name, scope__in=merge.facilities, to_batch=None)
    opened = {(restate.facility.code, restate.period)} if restate else set()
    if set(current.values_list("pk", flat=True)) != set(merge.based_on):
        raise CatalogueMoved
    if shut_for(judge.feed, merge.facilities, opened) != merge.shut:
        raise CatalogueMoved
    if restate and Restatement.objects.filter(pk=restate.pk, batch=None).count() != 1:
        raise LoadFailed("That restatement was used by another import meanwhile. Nothing was loaded.")


def _swap_parts(merge: Merge, made: dict[Filed, Written | None], batch: Batch, table: str, version: int) -> None:
    gone = [part.pk for part in merge.based_on.values() if (part.scope, part.period) in made]
    Part.objects.filter(pk__in=gone).update(to_batch=batch)
    Part.objects.bulk_create(
        Part(
            table=table,
            scope=facility,
            period=period,
            path=written.path,
            sha256=written.sha256,
            rows=written.rows,
            lowest=written.lowest,
            highest=written.highest,
            table_version=version,
            from_batch=batch,
        )
        for (facility, period), written in made.items()
        if written is not None
    )


def _drop_empty(files: Files, made: dict[Filed, Written | None]) -> None:
    """A part without rows is not entered; its file goes too."""
    entered = {written.path for written in made.values() if written}
    for written in files.written:
        if not written.rows and written.path not in entered:
            (home_folder() / written.path).unlink()
