"""Every row that was set aside waits once: where it was first set aside, or where it came again.

A file settles rows of earlier imports of its feed: those it corrects, those whose key it brings anew, those whose whole
month it brings anew, and those it sends again word for word. Whatever it does not speak of goes on waiting.
"""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

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
    for older in Batch.objects.filter(feed=batch.feed, set_aside_open__gt=0, pk__lt=batch.pk):
        if path_of(older).exists():  # else ``housewide check`` says that it is gone; that stops no other file
            _settle_older(judge, batch, older, mode, stay)


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


def _settle_older(judge: Judging, batch: Batch, older: Batch, mode: str, stay: set[tuple[int, int]]) -> None:
    """``stay``: (import, line) of rows that were corrected in vain and go on waiting, whatever their key."""
    told = judge.rows(*_overtaken_sql(judge, batch, older, mode))
    found = {line: how for line, how in told if (older.pk, line) not in stay}
    for how, rows in Counter(found.values()).items():
        rest(older, [line for line, said in found.items() if said == how], how, batch)
        add_note(older, f"{rows:,} row{'s' * (rows != 1)} {SAID[how]} {batch.public_id}.")


SAID = {
    How.NEWER: "stopped waiting: newer rows with the same keys came with receipt",
    How.ANEW: "stopped waiting: the whole month came anew with receipt",
    How.AGAIN: "came again with, and now wait at, receipt",
}


def _overtaken_sql(judge: Judging, batch: Batch, older: Batch, mode: str) -> tuple[str, list[list[int]]]:
    """SQL for (line, how) of the waiting rows of an older import that this one overtakes."""
    aside = f"read_parquet({text(str(path_of(older)))})"
    there = {column for column, *_ in judge.rows(f"DESCRIBE SELECT * FROM {aside}")}
    cases = []
    if older.headings == batch.headings:
        cases.append(f"WHEN cells IN (SELECT cells FROM aside) THEN {text(How.AGAIN)}")
    if "row_id" in there:  # homes of the first weeks hold files that do not say it
        cases.append(f"WHEN row_id IN (SELECT row_id FROM filed) THEN {text(How.NEWER)}")
        if not batch.names_rows and mode != Feed.Mode.APPEND:
            newer = "SELECT row_id FROM aside WHERE row_id IS NOT NULL"
            cases.append(f"WHEN row_id IN ({newer}) THEN {text(How.NEWER)}")
        if mode == Feed.Mode.REPLACE:
            months = "SELECT (facility, _period) FROM filed"
            cases.append(f"WHEN (facility, period) IN ({months}) THEN {text(How.ANEW)}")
    if not cases:
        return "SELECT 0, '' WHERE false", []
    settled = list(older.settled_lines.values_list("line", flat=True))
    waiting = f"SELECT * FROM {aside} WHERE line NOT IN (SELECT unnest(?::BIGINT[]))"
    told = f"SELECT line, CASE {' '.join(cases)} END AS how FROM ({waiting})"
    return f"SELECT line, how FROM ({told}) WHERE how IS NOT NULL ORDER BY line", [settled]


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
