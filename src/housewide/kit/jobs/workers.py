"""The worker: takes jobs one by one, keeps their leases alive, and settles how they ended."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connections
from django.db.utils import DatabaseError, OperationalError

from housewide.kit import events
from housewide.kit.actions import Refused, act
from housewide.kit.clock import now
from housewide.kit.failures import safe_words
from housewide.kit.jobs.kinds import kinds
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import LEASE, SYSTEM, add_line, take_job
from housewide.kit.jobs.runs import Cancelled, JobFailed, JobRun, LeaseLost, Stopping
from housewide.kit.jobs.schedules import start_due, sync_schedules

logger = logging.getLogger(__name__)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)


def work_once(*, lease: timedelta = LEASE, stop: threading.Event | None = None, heartbeat: bool = True) -> Job | None:
    """Start what is scheduled, tell listeners the news, run one job to its end. Returns that job, None when idle."""
    start_due()
    events.deliver()
    job = take_job(lease)
    if job is None:
        return None
    run = JobRun(job, lease=lease, stop=stop)
    if heartbeat:
        with _heartbeat(run):
            _run(run)
    else:
        _run(run)
    job.refresh_from_db()
    return job


def work_forever(stop: threading.Event | None = None, *, lease: timedelta = LEASE, pause: float = 1.0) -> None:
    """Work until ``stop`` is set or SIGTERM comes; a job that heeds it goes back to the queue, others are finished."""
    stop = stop or threading.Event()
    with _stopped_by_signals(stop):
        sync_schedules()
        while not stop.is_set():
            try:
                busy = work_once(lease=lease, stop=stop) is not None
            except OperationalError as error:  # the database is busy or restarting: the next round will do
                logger.warning("worker: %s; trying again", error)
                busy = False
            if not busy:
                close_old_connections()
                stop.wait(pause)


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: stop.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def run_all(limit: int = 1000) -> list[Job]:
    """For tests and the demo: run everything that is due, here and now, listeners included. Returns the jobs run."""
    done: list[Job] = []
    for _ in range(limit):
        told = events.deliver()
        job = take_job()
        if job is not None:
            _run(JobRun(job))
            job.refresh_from_db()
            done.append(job)
        elif not told:
            return done
    raise RuntimeError(f"still not idle after {limit} rounds: do jobs or listeners start each other for ever?")


def _run(run: JobRun) -> None:
    try:
        result = kinds[run.job.kind].function(run)
    except LeaseLost:
        logger.warning("job %s (%s): another run took over", run.job.public_id, run.job.kind)
    except Cancelled:
        _settle_unless_done(run, Job.State.CANCELLED, "Cancelled. Nothing of what was under way was kept.")
    except Stopping:
        _settle_unless_done(run, Job.State.WAITING, "The worker was stopped; the job waits for the next one.")
    except Exception as error:
        _fail(run, error)
    else:
        _settle(run, Job.State.DONE, result=result or {})


def _settle_unless_done(run: JobRun, state: str, line: str) -> None:
    if run.is_committed():
        _settle(run, Job.State.DONE, line="Its effect had been committed before it was asked to stop.")
    else:
        _settle(run, state, line=line)


def _fail(run: JobRun, error: Exception) -> None:
    words = safe_words(error)
    logger.error("job %s (%s): %s", run.job.public_id, run.job.kind, words)
    final = isinstance(error, Refused) or (isinstance(error, JobFailed) and not error.again)
    committed = run.is_committed()
    if committed:
        words += " What it was asked to do had been done before that; only what comes after is missing."
    if final or committed or run.job.attempts >= run.job.max_attempts:
        _settle(run, Job.State.FAILED, error=words)
    elif run.mine().filter(cancel_asked=True).exists():
        _settle(run, Job.State.CANCELLED, error=words)
    else:
        wait = min(FIRST_WAIT * 4 ** (run.job.attempts - 1), LONGEST_WAIT)
        line = f"{words} It is tried again in {round(wait.total_seconds())} seconds."
        _settle(run, Job.State.WAITING, error=words, wait=wait, line=line)


def _settle(
    run: JobRun,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    error: str = "",
    wait: timedelta = timedelta(0),
    line: str = "",
) -> None:
    """Write how the run ended, if it still holds the lease."""
    over = state != Job.State.WAITING
    with act("finish_job", actor=SYSTEM, place=run.job.place, subject=run.subject):
        row = run.mine().select_for_update().first()
        if row is None:
            logger.warning("job %s ended after another run took over; its end is not recorded", run.job.public_id)
            return
        row.state, row.error, row.leased_until, row.doing = state, error, None, ""
        row.result = {**row.result, **(result or {})}
        if state == Job.State.DONE:
            row.done_share = 100
        if over:
            row.finished_at = now()
        else:
            row.run_after = now() + wait
            if not error:
                row.attempts -= 1  # being stopped is no failure
        row.save()
        if line:
            add_line(row, line)


@contextmanager
def _heartbeat(run: JobRun) -> Iterator[None]:
    """Extends the lease from a thread with a connection of its own, so that long computing keeps it."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(run.lease.total_seconds() / 3):
                try:
                    if not run.mine().update(leased_until=now() + run.lease):
                        run.lost.set()
                        return
                except DatabaseError:
                    # The run's own long transaction holds the lock; while it does nobody can take the lease either.
                    continue
        finally:
            connections.close_all()

    thread = threading.Thread(target=beat, name=f"heartbeat {run.job.public_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
