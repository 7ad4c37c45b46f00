"""A parent that has loaded the whole program once and forks a child for each thing to do: fifty kills in minutes.

Nothing is opened before the fork: every child has database connections, threads and random numbers of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, TextIO

from tests.faults.homes import ROOT, command, environment, set_up

PATIENCE = 60.0


class Nursery:
    """For the test: starts children in a home, kills them, and returns what they said."""

    def __init__(self, home: Path) -> None:
        self.said = home.parent / "said"
        self.process = subprocess.Popen(
            command("nursery"),
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.communicate()

    def run(self, what: str, *arguments: object) -> list[str]:
        """Let a child do something to its end; the lines it said. Fails the test when the child fails."""
        pid = self.start(what, *arguments)
        status = self.wait(pid)
        assert status == 0, f"{what} ended with {status}: {self.said.read_text()[-3000:]}"
        return self._lines()

    def ask(self, what: str, *arguments: object) -> Any:
        """The last line a child says, as JSON."""
        return json.loads(self.run(what, *arguments)[-1])

    def kill_by_clock(self, what: str, seed: int, latest: float) -> list[str]:
        """Start endless work, SIGKILL it up to ``latest`` seconds after its first line; the lines said until then."""
        pid = self.start(what, seed, 0)
        until = time.monotonic() + PATIENCE
        while not self.said.read_bytes() and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(Random(seed).uniform(0, latest))
        os.kill(pid, signal.SIGKILL)
        return self._killed(what, pid)

    def kill_by_step(self, what: str, seed: int, step: int) -> list[str]:
        """Start endless work that is killed before its so-manieth statement, file change or promise."""
        return self._killed(what, self.start(what, seed, step))

    def _killed(self, what: str, pid: int) -> list[str]:
        status = self.wait(pid)
        assert status == -signal.SIGKILL, f"{what} ended by itself with {status}: {self.said.read_text()[-3000:]}"
        return self._lines()

    def start(self, what: str, *arguments: object) -> int:
        """Start a child; its process number. ``wait`` for it before the next."""
        self.said.write_bytes(b"")
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, str(self.said), *map(str, arguments)]) + "\n")
        self.process.stdin.flush()
        return int(self._answer())

    def wait(self, pid: int) -> int:
        """How it ended: 0, another exit code, or the signal that killed it as a negative number."""
        answer = json.loads(self._answer())
        assert answer[0] == pid
        return int(answer[1])

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the parent of all children is gone"
        return line

    def _lines(self) -> list[str]:
        """Whole lines only: what was cut off in the middle was never promised."""
        return [line.rstrip("\n") for line in self.said.read_text().splitlines(keepends=True) if line.endswith("\n")]


def main(asked: TextIO) -> None:
    set_up()
    import duckdb  # noqa: F401 - loaded before the fork so that no child pays for it
    import numpy  # noqa: F401
    import sqlglot  # noqa: F401
    from cryptography.hazmat.primitives.ciphers import aead  # noqa: F401

    from tests.faults import trail, witness, working

    tasks = {**working.TASKS, **witness.TASKS, **trail.TASKS}
    for line in asked:
        what, said, *arguments = json.loads(line)
        pid = os.fork()
        if not pid:
            _be_child(tasks[what], said, arguments)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps([pid, os.waitstatus_to_exitcode(status)]), flush=True)


def _be_child(task: Any, said: str, arguments: list[str]) -> None:
    handle = os.open(said, os.O_WRONLY | os.O_APPEND)
    try:
        task(lambda line: os.write(handle, f"{line}\n".encode()), *arguments)
    except BaseException:
        os.write(handle, traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main(sys.stdin)
