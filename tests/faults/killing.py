"""Kills a process at a random moment, as a power cut or an impatient operator would, and says what it had promised."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.homes import ROOT, environment

READY = "ready"


@dataclass
class Killed:
    """What a process printed before it died: every whole line is a promise. ``ended``: it was faster than the kill."""

    lines: list[str] = field(default_factory=list)
    ended: bool = False


def kill_at_random(
    command: list[str], seed: int, *, home: Path, earliest: float = 0.0, latest: float = 1.0, timeout: float = 60.0
) -> Killed:
    """Start ``command`` in the home, wait for its line “ready”, kill it with SIGKILL between ``earliest`` and
    ``latest`` seconds later (drawn with ``seed``). Raises AssertionError when it never becomes ready."""
    delay = random.Random(seed).uniform(earliest, latest)
    found = Killed()
    ready = threading.Event()
    process = subprocess.Popen(
        command, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    errors: list[str] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == READY:
                ready.set()
            elif line.endswith("\n"):
                found.lines.append(line.strip())

    def read_errors() -> None:
        assert process.stderr is not None
        errors.append(process.stderr.read())

    readers = [threading.Thread(target=read), threading.Thread(target=read_errors)]
    for reader in readers:
        reader.start()
    try:
        until = time.monotonic() + timeout
        while not ready.wait(0.05):
            if process.poll() is not None or time.monotonic() > until:
                break
        if ready.is_set():
            time.sleep(delay)
        found.ended = process.poll() is not None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        for reader in readers:
            reader.join()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    assert ready.is_set(), f"{command} never became ready: {errors[0][-2000:]}"
    assert not found.ended or process.returncode == 0, errors[0][-2000:]
    return found
