"""What is killed: a process that writes as people, jobs and listeners do, and prints each promise once it is kept."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from tests.faults.homes import set_up
from tests.faults.killing import READY

LEASE = timedelta(seconds=1.5)


def write_actions(seed: str) -> None:
    """Two rows an act; a promise for each act."""
    from housewide.kit.actions import act
    from housewide.org.models import Person

    for number in range(100_000):
        with act("write", actor="system:test"):
            person = Person.objects.create(code=f"{seed}-{number}", name="Half")
            Person.objects.create(code=f"{seed}-{number}-b", name="Whole")
            Person.objects.filter(pk=person.pk).update(name="Whole")
        print(f"did {seed}-{number}")


def register() -> None:
    """A job and a listener whose effects can be counted: one person for each, under a code of its own."""
    from housewide.kit.events import Happened, listen
    from housewide.kit.jobs import JobRun, job
    from housewide.kit.opaque import opaque_id
    from housewide.org.models import Person

    @job("count", title="Count", max_attempts=1000)
    def count(run: JobRun) -> None:
        run.progress(10, "thinking")
        run.artefact("proof.txt", run.params["n"].encode(), "text/plain")
        with run.effect():
            Person.objects.create(code=opaque_id(), name=run.params["n"], title="job")
            time.sleep(0.01)
        time.sleep(0.02)  # after the effect, before the end: the moment in which others run a job twice
        run.log("counted")

    @listen("counted")
    def hear(event: Happened) -> None:
        Person.objects.create(code=opaque_id(), name=event.payload["n"], title="event")
        time.sleep(0.005)


def write_jobs(seed: str) -> None:
    """Asks for jobs and runs them."""
    from housewide.kit.jobs import enqueue, work_once

    register()
    for number in range(100_000):
        enqueue("count", {"n": f"{seed}-{number}"})
        print(f"asked {seed}-{number}")
        work_once(lease=LEASE)


def write_events(seed: str) -> None:
    """Emits events and delivers them."""
    from housewide.kit.actions import act
    from housewide.kit.events import deliver, emit
    from housewide.org.models import Person

    register()
    for number in range(100_000):
        with act("emit", actor="system:test"):
            Person.objects.create(code=f"{seed}-{number}", name=f"{seed}-{number}", title="cause")
            emit("counted", {"n": f"{seed}-{number}"})
        print(f"emitted {seed}-{number}")
        if number % 3 == 0:
            deliver()


def drain(_: str) -> None:
    """Finish whatever is left, as the next worker does."""
    from housewide.kit.events import deliver
    from housewide.kit.jobs import work_once
    from housewide.kit.jobs.models import Job

    register()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        told, done = deliver(), work_once(lease=LEASE)
        if not told and done is None:
            if not Job.objects.filter(state__in=["waiting", "running"]).exists():
                return
            time.sleep(0.1)
    raise SystemExit("not drained in two minutes")


def work(_: str) -> None:
    """A worker with a long job that looks up now and then."""
    from housewide.kit.jobs import JobRun, enqueue, job, work_forever

    @job("long", title="Long")
    def long(run: JobRun) -> None:
        print("running")
        for step in range(6000):
            run.progress(step / 60, "working")
            time.sleep(0.01)

    enqueue("long", {})
    work_forever()
    print("stopped")


def main(what: str, seed: str) -> None:
    set_up()
    from django.db import connection

    connection.ensure_connection()
    print(READY)
    {"actions": write_actions, "jobs": write_jobs, "events": write_events, "drain": drain, "work": work}[what](seed)


if __name__ == "__main__":
    main(*sys.argv[1:3])
