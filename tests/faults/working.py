"""What is killed: endless imports, counting, jobs and writes of the demo hospital, each promise said once kept."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.faults.variants import VARIANTS, variant

Say = Callable[[str], object]
LEASE = timedelta(seconds=0.6)
FEED = "mvh-or-log"
DIRECTOR = "P003"
CHANGES = ("INSERT", "UPDATE", "DELETE")
FILE_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")
COMMIT_BEGINS = 94  # per cent
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """Counts statements that change a database, changes of files below the home, and promises; may die at one."""

    def __init__(self, say: Say, last: int) -> None:
        from django.db import connections

        from housewide.kit.home import home_folder

        self._say, self._last, self._home = say, last, str(home_folder())
        self._lock = threading.Lock()
        self.taken = 0
        for alias in connections:
            connections[alias].execute_wrappers.append(self._statement)
        sys.addaudithook(self._file)
        self._say("ready")

    def say(self, line: str) -> None:
        """A promise: what it speaks of was kept before this is called."""
        self._take()
        self._say(line)

    def _take(self) -> None:
        with self._lock:
            self.taken += 1
            if self.taken == self._last:
                os.kill(os.getpid(), signal.SIGKILL)

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(CHANGES):
            self._take()
        return execute(sql, params, many, context)

    def _file(self, event: str, about: tuple[Any, ...]) -> None:
        if event not in FILE_EVENTS or not str(about[0]).startswith(self._home):
            return
        if event != "open" or about[2] & WRITING:
            self._take()


def _feed() -> Any:
    from housewide.facts.models import Feed

    return Feed.objects.select_related("scope", "owner").get(code=FEED)


def _path(number: int) -> Any:
    from housewide.kit.home import home_folder

    return variant(home_folder(), number % VARIANTS)


def _director() -> Any:
    from housewide.org.models import Account

    return Account.objects.get(person__code=DIRECTOR)


def import_once(number: int) -> Any:
    """Import one version of the log as the command line does."""
    from housewide.intake.imports import import_file

    return import_file(feed=_feed(), path=_path(number), actor="system:import")


def work_until_idle() -> None:
    """What a worker does until nothing is left, jobs of dead workers included."""
    import time

    from housewide.kit.events import deliver
    from housewide.kit.jobs import work_once
    from housewide.kit.jobs.models import Job

    until = time.monotonic() + 60
    while time.monotonic() < until:
        told, done = deliver(), work_once(lease=LEASE)
        if not told and done is None:
            if not Job.objects.filter(state__in=["waiting", "running"]).exists():
                return
            time.sleep(0.05)
    raise AssertionError("not idle after a minute")


def _in_turn(say: Say, seed: str, last: str, rounds: str, one: Callable[[Steps, int], None]) -> None:
    steps = Steps(say, int(last))
    for number in range(int(seed), int(seed) + int(rounds)):
        one(steps, number)
    say(str(steps.taken))


def imports(say: Say, seed: str, last: str, rounds: str = "1000") -> None:
    """Import after import."""

    def one(steps: Steps, number: int) -> None:
        steps.say(f"begun {number % VARIANTS}")
        batch = import_once(number)
        counts = f"{batch.rows_read} {batch.rows_accepted} {batch.rows_set_aside}"
        steps.say(f"receipt {number % VARIANTS} {batch.public_id} {counts}")

    _in_turn(say, seed, last, rounds, one)


def counting(say: Say, seed: str, last: str, rounds: str = "1000") -> None:
    """Count what is there (the home comes with version ``seed`` imported and not counted), import another, count."""

    def one(steps: Steps, number: int) -> None:
        if number != int(seed):
            steps.say(f"importing {number % VARIANTS}")
            import_once(number)
            steps.say(f"imported {number % VARIANTS}")
        work_until_idle()
        steps.say(f"counted {number % VARIANTS}")

    _in_turn(say, seed, last, rounds, one)


def jobs(say: Say, seed: str, last: str, rounds: str = "1000") -> None:
    """Imports as a person asks for them on the screen: the file is kept, the job asked for, a worker runs it."""
    from housewide.intake.jobs import ask_for_import
    from housewide.intake.originals import chunks_of, keep_original
    from housewide.kit.jobs import work_once

    def one(steps: Steps, number: int) -> None:
        sha256 = keep_original(chunks_of(_path(number)))
        job = ask_for_import(by=_director(), feed=_feed(), sha256=sha256, file_name=f"log-{number}.csv")
        steps.say(f"asked {job.public_id} {sha256}")
        ended = work_once(lease=LEASE)
        if ended is not None and ended.state == "done":
            steps.say(f"done {ended.public_id}")

    _in_turn(say, seed, last, rounds, one)


def writes(say: Say, seed: str, last: str, rounds: str = "100000") -> None:
    """Tasks raised, spoken about and finished by a person."""
    from housewide.work import actions

    def one(steps: Steps, number: int) -> None:
        by = _director()
        task = actions.raise_task(by=by, title=f"Look at {number}", why="Late again", place="MVH-OR", owner=by)
        steps.say(f"raised {task.public_id}")
        actions.say(by=by, subject_kind="task", subject_id=task.public_id, text="Looked")
        steps.say(f"spoken {task.public_id}")
        actions.finish_task(by=by, task=task, outcome="Found")
        steps.say(f"finished {task.public_id}")

    _in_turn(say, seed, last, rounds, one)


def cramped(say: Say, number: str, most: str, late: str = "") -> None:
    """Import one version of the log while no file may grow beyond so many bytes (0: no limit); say what a person is
    told, and nothing but. ``late``: the room runs out only when the parts are written and the commit begins."""
    import resource

    from housewide.intake.imports import ImportRefused, import_file

    feed = _feed()  # a home that cannot even be opened is another matter

    def limit() -> None:
        if int(most):
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), resource.RLIM_INFINITY))
        elif late:
            _fill_disk()

    def progress(share: int, doing: str) -> None:
        if late and share >= COMMIT_BEGINS:
            limit()

    if not late:
        limit()
    try:
        batch = import_file(feed=feed, path=_path(int(number)), actor="system:import", progress=progress)
        say(f"receipt {batch.public_id}")
    except ImportRefused as refusal:
        say(str(refusal))


def _fill_disk() -> None:
    from housewide.kit.home import home_folder

    with (home_folder() / "ballast").open("ab", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            return


TASKS: dict[str, Callable[..., None]] = {
    "imports": imports,
    "counting": counting,
    "jobs": jobs,
    "writes": writes,
    "cramped": cramped,
}
