"""Every row that was set aside waits once: where it was first set aside, or where it came again.

A file settles rows of earlier imports of its feed: those it corrects, those whose key it brings anew, those whose whole
month it brings anew, and those it sends again word for word. Whatever it does not speak of goes on waiting.
"""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from housewide.facts.cells import text
from housewide.facts.judging import Judging
from housewide.facts.merging import OVERTAKEN, rested_before
from housewide.facts.models import Batch, Feed, SettledLine
from housewide.facts.set_aside import path_of

How = SettledLine.How


def settle(judge: Judging, batch: Batch, mode: str) -> None:
    """Let rows of earlier imports rest of which this one says more; inside the transaction that enters it."""
    stay: set[tuple[int, int]] = set()
    if batch.names_rows:
        stay = _close_corrected(judge, batch)
    else:
        _rest_as_before(judge, batch, mode)
    _settle_older(judge, batch, mode, stay)


def rest(batch: Batch, lines: Iterable[int], how: str, by_batch: Batch | None) -> None:
    """These lines, which wait, no longer wait in their import."""
    rows = [SettledLine(batch=batch, line=line, how=how, by_batch=by_batch) for line in lines]
    if not rows:
        return
    SettledLine.objects.bulk_create(rows, batch_size=500)
    batch.set_aside_open = max(0, batch.set_aside_open - len(rows))
    batch.save(update_fields=["set_aside_open"])


def add_note(batch: Batch, said: str) -> None:
    """One more sentence on a receipt, the newest first: what no longer fits stands in the audit trail."""
    batch.note = f"{said} {batch.note}".strip()[:300]
    batch.save(update_fields=["note"])


# --- by a newer file ------------------------------------------------------------------------------------------------


def _settle_older(judge: Judging, batch: Batch, mode: str, stay: set[tuple[int, int]]) -> None:
    """``stay``: (import, line) of rows that were corrected in vain and go on waiting, whatever their key."""
    waiting = Batch.objects.filter(feed=batch.feed, set_aside_open__gt=0, pk__lt=batch.pk)
    # Where a file is gone ``housewide check`` says so; that stops no other file.
    older = {str(path_of(one)): one for one in waiting if path_of(one).exists()}
    if not older:
        return
    found: dict[str, dict[int, str]] = {}
    for path, line, how in judge.rows(_overtaken_sql(judge, batch, older, mode)):
        if (older[path].pk, line) not in stay:
            found.setdefault(path, {})[line] = how
    for path, one in older.items():
        lines = found.get(path, {})
        for how, rows in Counter(lines.values()).items():
            rest(one, [line for line, said in lines.items() if said == how], how, batch)
            add_note(one, f"{rows:,} row{'s' * (rows != 1)} {SAID[How(how)]} {batch.public_id}.")


SAID = {
    How.NEWER: "stopped waiting: newer rows with the same keys came with receipt",
    How.ANEW: "stopped waiting: the whole month came anew with receipt",
    How.AGAIN: "came again with, and now wait at, receipt",
}


def _overtaken_sql(judge: Judging, batch: Batch, older: Mapping[str, Batch], mode: str) -> str:
    """SQL for (path, line, how) of the waiting rows of older imports, by path, that this one overtakes: one question
    for all of them, because a feed may have waiting rows in hundreds."""
    settled = SettledLine.objects.filter(batch__in=older.values()).values_list("batch", "line")
    path_by_id = {one.pk: path for path, one in older.items()}
    judge.make("settled", [(path_by_id[of], str(line)) for of, line in settled])
    judge.make("alike", [(path, "") for path, one in older.items() if one.headings == batch.headings])
    cases = [f"WHEN path IN (SELECT a FROM alike) AND cells IN (SELECT cells FROM aside) THEN {text(How.AGAIN)}"]
    cases.append(f"WHEN row_id IN (SELECT row_id FROM filed) THEN {text(How.NEWER)}")
    if not batch.names_rows and mode != Feed.Mode.APPEND:
        newer = "SELECT row_id FROM aside WHERE row_id IS NOT NULL"
        cases.append(f"WHEN row_id IN ({newer}) THEN {text(How.NEWER)}")
    if mode == Feed.Mode.REPLACE:
        cases.append(f"WHEN (facility, period) IN (SELECT (facility, _period) FROM filed) THEN {text(How.ANEW)}")
    files = ", ".join(map(text, older))
    # Homes of the first weeks hold files that do not say the key, the facility and the month.
    keyed = "SELECT NULL::VARCHAR AS row_id, NULL::VARCHAR AS facility, NULL::VARCHAR AS period WHERE false"
    rows = f"{keyed} UNION ALL BY NAME SELECT * FROM read_parquet([{files}], filename = 'path', union_by_name = true)"
    waiting = f"SELECT * FROM ({rows}) WHERE (path, CAST(line AS VARCHAR)) NOT IN (SELECT (a, b) FROM settled)"
    told = f"SELECT path, line, CASE {' '.join(cases)} END AS how FROM ({waiting})"
    return f"SELECT path, line, how FROM ({told}) WHERE how IS NOT NULL ORDER BY path, line"


def _rest_as_before(judge: Judging, batch: Batch, mode: str) -> None:
    """Rows of a file sent again that were corrected or let go meanwhile do not wait anew, unless their whole month came
    anew: then the correction is gone too."""
    stands = "SELECT line FROM aside"
    if mode == Feed.Mode.REPLACE:
        stands += " WHERE (facility, period) NOT IN (SELECT (facility, _period) FROM filed)"
    aside = {line for (line,) in judge.rows(stands)}
    same = SettledLine.objects.filter(batch__feed=batch.feed, batch__file_sha256=batch.file_sha256)
    for one in same.exclude(batch=batch).filter(how__in=(How.CORRECTED, How.LET_GO)).select_related("by_batch"):
        if one.line in aside:
            aside.remove(one.line)
            rest(batch, [one.line], one.how, one.by_batch)


# --- by a correction ------------------------------------------------------------------------------------------------


def _close_corrected(judge: Judging, batch: Batch) -> set[tuple[int, int]]:
    """Lines set aside before and accepted now no longer wait. One that fails again waits where it first did, as
    (import, line) in the answer; if something newer came since it waits nowhere."""
    named = judge.rows(
        "SELECT _line, _back_batch, _back_line, _line IN (SELECT source_line FROM filed) FROM typed"
        " WHERE _back_batch IS NOT NULL AND _back_line IS NOT NULL ORDER BY 1"
    )
    corrected = {(code, line) for _, code, line, accepted in named if accepted}
    failed = {(code, line) for _, code, line, accepted in named if not accepted} - corrected
    again: list[int] = []
    stay: set[tuple[int, int]] = set()
    for code in dict.fromkeys(code for _, code, _, _ in named):
        waiting = _waiting_lines(judge, batch, code)
        for origin, lines in waiting.items():
            rest(origin, sorted(line for line in lines if (code, line) in corrected), How.CORRECTED, batch)
            stay |= {(origin.pk, line) for line in lines if (code, line) in failed}
        still = {line for lines in waiting.values() for line in lines} - {line for of, line in corrected if of == code}
        again += [own for own, of, line, accepted in named if of == code and not accepted and line in still]
    over = set(rested_before(How.NEWER, How.ANEW, How.LET_GO, named=[code for _, code, _, _ in named]))
    overtaken = {line for (line,) in judge.rows("SELECT _line FROM late WHERE kind = ?", [OVERTAKEN])}
    overtaken |= {own for own, code, line, accepted in named if not accepted and (code, line) in over}
    rest(batch, sorted(set(again) - overtaken), How.BACK, None)
    rest(batch, sorted(overtaken), How.NEWER, None)
    return stay


def _waiting_lines(judge: Judging, batch: Batch, code: str) -> dict[Batch, set[int]]:
    """The lines that wait in an import that a correction names, and in others of the very same file."""
    feed = judge.feed
    of_table = Batch.objects.filter(feed__table=feed.table, feed__scope=feed.scope).exclude(pk=batch.pk)
    origin = of_table.filter(public_id=code).first()
    if origin is None:  # a reference that somebody mistyped closes nothing
        return {}
    same = of_table.filter(feed=origin.feed_id, file_sha256=origin.file_sha256, set_aside_open__gt=0)
    found = {}
    for one in same:
        if not path_of(one).exists():
            continue
        aside = {line for (line,) in judge.rows(f"SELECT line FROM read_parquet({text(str(path_of(one)))})")}
        found[one] = aside - set(one.settled_lines.values_list("line", flat=True))
    return found
