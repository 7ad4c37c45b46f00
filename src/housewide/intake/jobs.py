"""Imports that a person can watch: a file somebody sent, and set-aside rows tried again once a code is explained."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from housewide.facts import set_aside
from housewide.facts.models import BACK_REFERENCE, Batch, Feed, Restatement
from housewide.intake.imports import ImportRefused, import_file
from housewide.intake.originals import keep_original, original_path
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.jobs import JobFailed, JobRun, enqueue, job
from housewide.kit.jobs.models import Job
from housewide.kit.periods import Month

IMPORT, RETRY = "intake.import", "intake.retry_set_aside"


def ask_for_import(*, by: Any, feed: Feed, sha256: str, file_name: str, corrects: Batch | None = None) -> Job:
    """Put the import of a kept file in the queue."""
    params = {
        "feed": feed.code, "sha256": sha256, "file_name": file_name[:255],
        "corrects": corrects.public_id if corrects else "",
    }  # fmt: skip
    return enqueue(IMPORT, params, by=by, place=feed.owning_place, title=f"Import into {feed.title}")


def ask_for_retry(*, by: Any, feed: Feed) -> Job:
    """Put in the queue: try the feed's waiting rows again."""
    title = f"Try the set-aside rows of {feed.title} again"
    return enqueue(RETRY, {"feed": feed.code}, by=by, place=feed.owning_place, title=title)


def ask_for_restated_retry(*, by: Any, batch: Batch, restatement: Restatement, rows: int) -> Job:
    """Put in the queue: try an import's rows that wait for one closed month again, with its restatement."""
    params = {
        "feed": batch.feed.code, "batch": batch.public_id, "restatement": restatement.pk,
        "facility": restatement.facility.code, "period": restatement.period,
    }  # fmt: skip
    month = Month.parse(restatement.period).title
    title = f"Restate {month} with {rows:,} row{'s' * (rows != 1)} of {batch.feed.title}"
    return enqueue(RETRY, params, by=by, place=batch.feed.owning_place, title=title)


def restating_now(feed: Feed, facility: str, period: str) -> bool:
    """Whether a restatement of the month with rows of this feed still waits or runs."""
    asked = Job.objects.filter(kind=RETRY, params__feed=feed.code, params__facility=facility, params__period=period)
    return any(not one.is_over for one in asked)


def jobs_under_way(feed: Feed) -> list[Job]:
    """Imports of a feed that wait, run, or ended without a receipt among the last few."""
    rows = Job.objects.filter(kind__in=(IMPORT, RETRY), params__feed=feed.code).order_by("-pk")
    return [row for row in rows[:5] if not row.is_over]


def last_failure(feed: Feed) -> Job | None:
    """The newest import of a feed when it failed: what the screen must say first."""
    newest = Job.objects.filter(kind__in=(IMPORT, RETRY), params__feed=feed.code).order_by("-pk").first()
    return newest if newest and newest.state == Job.State.FAILED else None


@job(IMPORT, title="Import a file")
def import_kept_file(run: JobRun) -> dict[str, Any]:
    """Import one kept file for whoever asked; commits once, under the newest lease."""
    feed = Feed.objects.select_related("scope", "owner").get(code=run.params["feed"])
    corrects = Batch.objects.filter(public_id=run.params["corrects"]).first() if run.params.get("corrects") else None
    batch = _import(run, feed, run.params["sha256"], run.params["file_name"], corrects, "")
    return _told(batch)


@job(RETRY, title="Try set-aside rows again")
def retry_set_aside(run: JobRun) -> dict[str, Any]:
    """Import the waiting rows of every import of a feed again, as a correction that nobody had to type.

    With a restatement: only the rows of one import that wait for its month.
    """
    feed = Feed.objects.select_related("scope", "owner").get(code=run.params["feed"])
    if run.params.get("restatement"):
        return _retry_restated(run, feed)
    waiting = Batch.objects.filter(feed=feed, set_aside_open__gt=0).order_by("pk")
    groups: dict[tuple[str, ...], dict[Batch, frozenset[int]]] = {}
    for batch in waiting:
        if lines := set_aside.readable(batch):
            groups.setdefault(_own_headings(batch), {})[batch] = lines
    told: dict[str, Any] = {"rows_read": 0, "rows_accepted": 0, "rows_set_aside": 0}
    for number, batches in enumerate(groups.values(), start=1):
        step = f"group {number}"
        if run.did(step):
            continue
        sha256 = keep_original(_together(batches))
        made = _import(run, feed, sha256, f"set-aside-{feed.code}.csv", next(iter(batches)), step)
        for key, rows in _told(made).items():
            told[key] = told.get(key, 0) + rows if isinstance(rows, int) else rows
    if not groups:
        run.log("No row is waiting that can be tried again as it is.")
    return told


def _retry_restated(run: JobRun, feed: Feed) -> dict[str, Any]:
    restatement = Restatement.objects.select_related("facility").get(pk=run.params["restatement"])
    batch = Batch.objects.get(public_id=run.params["batch"], feed=feed)
    month = (restatement.facility.code, restatement.period)
    lines = frozenset(set_aside.lines_by_closed_month(batch).get(month, []))
    if not lines:
        run.log("No row waits for this month any more; nothing was restated.")
        return {"rows_read": 0, "rows_accepted": 0, "rows_set_aside": 0}
    sha256 = keep_original(set_aside.download(batch, only=lines))
    name = f"restate-{restatement.period}-{feed.code}.csv"
    return _told(_import(run, feed, sha256, name, batch, "", restatement))


def _own_headings(batch: Batch) -> tuple[str, ...]:
    return tuple(batch.headings[len(BACK_REFERENCE) if batch.names_rows else 0 :])


def _together(batches: dict[Batch, frozenset[int]]) -> Iterator[bytes]:
    """These lines of imports with the same headings as one file; only the first brings its heading line."""
    for number, (batch, lines) in enumerate(batches.items()):
        content = b"".join(set_aside.download(batch, only=lines)).decode("utf-8-sig")
        if number:
            rows = list(csv.reader(io.StringIO(content, newline="")))[1:]
            page = io.StringIO()
            csv.writer(page, lineterminator="\r\n").writerows(rows)
            content = page.getvalue()
        yield content.encode("utf-8")


def _import(
    run: JobRun,
    feed: Feed,
    sha256: str,
    name: str,
    corrects: Batch | None,
    step: str,
    restate: Restatement | None = None,
) -> Batch:
    def progress(share: int, doing: str) -> None:
        run.check_cancel()
        run.progress(share, doing)

    def then(batch: Batch) -> None:
        run.result(reverse("batch", args=[batch.public_id]), **_told(batch))

    try:
        return import_file(
            feed=feed, path=original_path(sha256), actor=run.actor, by=run.job.asked_by, corrects=corrects,
            restate=restate, progress=progress, effect=lambda: run.effect(step), file_name=name, then=then,
        )  # fmt: skip
    except (ImportRefused, Refused, NotSeen) as refusal:
        raise JobFailed(str(refusal)) from refusal


def _told(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch.public_id, "rows_read": batch.rows_read, "rows_accepted": batch.rows_accepted,
        "rows_set_aside": batch.rows_set_aside,
    }  # fmt: skip
