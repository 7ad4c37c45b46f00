"""One run of a job: what the function that does the work is given."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn

from django.db import transaction

from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.kit.failures import Told
from housewide.kit.home import home_folder, subfolder
from housewide.kit.jobs.kinds import kinds
from housewide.kit.jobs.models import Artefact, Job, JobLine
from housewide.kit.jobs.queue import LEASE, SYSTEM


class Cancelled(Exception):
    """Somebody asked for the job to be cancelled."""


class LeaseLost(Exception):
    """Another run has taken the job over; this one may write nothing more."""


class Stopping(Exception):
    """The worker is being stopped; the job goes back to the queue."""


class JobFailed(Told):
    """The job cannot be done; the message is for people and holds no PHI. ``again``: whether trying again may help."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class JobRun:
    """A run holds a lease with a fencing token; every write it makes to the job asks for that token."""

    def __init__(self, job: Job, *, lease: timedelta = LEASE, stop: threading.Event | None = None) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.token = job.token
        self.lease = lease
        self.lost = threading.Event()
        self._stop = stop or threading.Event()

    @property
    def actor(self) -> str:
        """Whom the audit trail names: the person who asked, else the system."""
        return self.job.asked_by.username if self.job.asked_by else SYSTEM

    def mine(self) -> Any:
        """The job's row while this run holds the lease; empty when another run does."""
        return Job.objects.filter(pk=self.job.pk, token=self.token, state=Job.State.RUNNING)

    def progress(self, share: float, doing: str = "") -> None:
        """How far it is, 0 to 100, and what it is doing, in words without PHI. Raises LeaseLost or Stopping."""
        share = max(0, min(100, int(share)))
        if not self.mine().update(done_share=share, doing=doing[:200], leased_until=now() + self.lease):
            self._lose()
        self._heed_stop()

    def log(self, text: str) -> None:
        """Add a line to the log that people read. Never PHI. A run that has lost its lease says nothing more."""
        if self.lost.is_set():
            return
        JobLine.objects.create(job_id=self.job.pk, at=now(), text=text[:500])

    def check_cancel(self) -> None:
        """Raises Cancelled when somebody asked for it, LeaseLost when another run took over, Stopping at shutdown."""
        asked = self.mine().values_list("cancel_asked", flat=True).first()
        if asked is None:
            self._lose()
        if asked:
            raise Cancelled
        self._heed_stop()

    def did(self, step: str) -> bool:
        """Whether an earlier run of this job committed the effect of this step."""
        return step in Job.objects.values_list("effects", flat=True).get(pk=self.job.pk)

    def is_committed(self) -> bool:
        """Whether the one effect of the job is in, so that running it again would do it twice."""
        return self.did("") and not kinds[self.job.kind].again

    @contextmanager
    def effect(self, step: str = "") -> Iterator[int]:
        """A transaction that commits only while this run holds the newest lease; yields the act's id.

        A job with one effect calls it once, without a name: when the worker dies after the commit the job counts as
        done and is not run again. A job with several names each step and asks ``did(step)`` first. Raises LeaseLost,
        Cancelled, or RuntimeError for a step whose effect is in already.
        """
        with act(f"job {self.job.kind}"[:80], actor=self.actor, place=self.job.place, subject=self.subject) as entry:
            row = Job.objects.select_for_update().filter(pk=self.job.pk, token=self.token).first()
            if row is None or not row.is_running:
                self._lose()
            if row.cancel_asked:
                raise Cancelled
            if step in row.effects and not kinds[row.kind].again:
                raise RuntimeError(
                    f"job “{row.kind}”: the effect “{step}” is in already. Name each step, ask did(step) before it, "
                    "or declare the kind with again=True when writing it twice is harmless."
                )
            # Taken now, the lock on the row (on SQLite: the write lock) keeps others from the lease until the commit.
            if step not in row.effects:
                self.mine().update(effects=[*row.effects, step], leased_until=now() + self.lease)
            yield entry

    @property
    def subject(self) -> str:
        return f"job:{self.job.public_id}"

    def artefact(self, name: str, content: bytes, media_type: str) -> Artefact:
        """Keep a file that the job made, on disk before its record commits. The same name again replaces it."""
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[-80:] or "file"
        folder = subfolder("artefacts") / self.job.public_id
        folder.mkdir(exist_ok=True, mode=0o700)
        path = folder / f"{self.token}-{secrets.token_hex(3)}-{safe}"
        write_durably(path, content)
        with act("keep_artefact", actor=self.actor, place=self.job.place, subject=self.subject):
            if not Job.objects.select_for_update().filter(pk=self.job.pk, token=self.token, state="running").exists():
                self._lose()
            old = Artefact.objects.filter(job_id=self.job.pk, name=name).values_list("path", flat=True).first()
            made, _ = Artefact.objects.update_or_create(
                job_id=self.job.pk,
                name=name,
                defaults={
                    "path": str(path.relative_to(home_folder())),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "media_type": media_type,
                    "created_at": now(),
                },
            )
            if old:
                transaction.on_commit(lambda: (home_folder() / old).unlink(missing_ok=True))
        return made

    def result(self, url: str = "", **values: Any) -> None:
        """What came of it, for the job's page: a link and plain values. Inside ``effect`` it commits with it."""
        with act("note_result", actor=self.actor, place=self.job.place, subject=self.subject):
            row = self.mine().first()
            if row is None:
                self._lose()
            self.mine().update(result={**row.result, **values}, result_url=url or row.result_url)

    def _lose(self) -> NoReturn:
        self.lost.set()
        raise LeaseLost(f"job {self.job.public_id}: another run took over")

    def _heed_stop(self) -> None:
        if self._stop.is_set():
            raise Stopping


def write_durably(path: Any, content: bytes) -> None:
    """Write a file so that after a crash it is there whole or not at all (file and folder are synced)."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    sync_folder(path.parent)


def sync_folder(path: Any) -> None:
    """Make a rename in a folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
