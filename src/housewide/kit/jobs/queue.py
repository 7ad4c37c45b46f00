"""The queue: asking for a job, taking one with a lease, and bringing back what a dead worker left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.kit.jobs.kinds import kinds
from housewide.kit.jobs.models import Job, JobLine

SYSTEM = "system:jobs"
LEASE = timedelta(seconds=60)


class _Taken(Exception):
    """Another worker was faster."""


def enqueue(
    kind: str,
    params: dict[str, Any],
    *,
    by: Any = None,
    place: str = "",
    title: str = "",
    once_key: str | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Ask for a job, in the caller's transaction: no change, no job.

    ``params`` is JSON and holds no PHI. With ``once_key`` the same job is never asked for twice, whatever became of it:
    the first is returned. Raises KeyError for a kind that nobody registered.
    """
    known = kinds[kind]
    actor = getattr(by, "username", None) or SYSTEM
    if once_key is not None:
        there = Job.objects.filter(once_key=once_key).first()
        if there:
            return there
    with act("enqueue_job", actor=actor, place=place):
        values = {
            "kind": kind,
            "title": title or known.title,
            "params": params,
            "place": place,
            "asked_by": by if getattr(by, "pk", None) else None,
            "run_after": run_after or now(),
            "max_attempts": known.max_attempts,
            "created_at": now(),
        }
        if once_key is None:
            return Job.objects.create(**values)
        return Job.objects.get_or_create(once_key=once_key, defaults=values)[0]


def take_job(lease: timedelta = LEASE) -> Job | None:
    """Lease the next job that is due, or one whose worker let its lease lapse; None when there is nothing to do.

    Every lease has a higher fencing token than the one before: what an older run still tries to write is refused.
    """
    tried: list[int] = []
    # A look without a lock first: an idle worker never stands in a writer's way.
    while (seen := _due().exclude(pk__in=tried).first()) is not None:
        tried.append(seen.pk)
        try:
            with act("start_job", actor=SYSTEM, place=seen.place, subject=f"job:{seen.public_id}"):
                job: Job | None = _lock(_due().filter(pk=seen.pk)).first()
                if job is None:
                    raise _Taken
                if _start(job, lease):
                    return job
        except _Taken:
            continue
    return None


def _due() -> Any:
    at = now()
    waiting = Q(state=Job.State.WAITING, run_after__lte=at)
    lapsed = Q(state=Job.State.RUNNING, leased_until__lt=at)
    return Job.objects.filter(waiting | lapsed, kind__in=list(kinds)).order_by("run_after", "pk")


def _lock(rows: Any) -> Any:
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows  # SQLite: the transaction is IMMEDIATE and holds the only write lock


def _start(job: Job, lease: timedelta) -> bool:
    """Lease the job; False when a dead worker's job was settled instead of run again."""
    if job.state == Job.State.RUNNING:
        add_line(job, "Its worker stopped without a word.")
        if _settle(job):
            return False
    job.state = Job.State.RUNNING
    job.token += 1
    job.attempts += 1
    job.leased_until = now() + lease
    job.started_at = now()
    job.done_share, job.doing, job.error = 0, "", ""
    job.save()
    return True


def _settle(job: Job) -> bool:
    """What a dead worker left: done when its effect is in, cancelled when asked, given up after too many attempts."""
    kind = kinds[job.kind]
    if "" in job.effects and not kind.again:
        job.state, job.done_share = Job.State.DONE, 100
        add_line(job, "Its effect had been committed, so it is not run again.")
    elif job.cancel_asked:
        job.state = Job.State.CANCELLED
    elif job.attempts >= job.max_attempts:
        job.state = Job.State.FAILED
        job.error = f"Its worker stopped {job.attempts} times while running it. Nothing of the last attempt was kept."
    else:
        return False
    job.leased_until, job.finished_at, job.doing = None, now(), ""
    job.save()
    return True


def add_line(job: Job, text: str) -> None:
    """Add a line to the job's log. Never PHI."""
    JobLine.objects.create(job=job, at=now(), text=text[:500])
