"""Several web processes on one port: one that dies is replaced, all go when they are told to, none is left behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.homes import ROOT, environment
from tests.faults.stores import make

pytestmark = pytest.mark.slow
PATIENCE = 30.0


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


def is_there(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


@contextmanager
def served(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    make(home)
    asked = [sys.executable, "-m", "housewide", "serve", "--new", "--processes", "2", "--port", str(port)]
    log = home.parent / "log"
    with log.open("w") as said:
        server = subprocess.Popen(asked, env=environment(home), cwd=ROOT, stdout=said, stderr=said, text=True)
    try:
        assert until(lambda: answers(port)), log.read_text()
        yield server, port
    finally:
        for pid in [server.pid, *children(server.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.wait()


def test_a_process_that_is_killed_is_replaced_and_all_go_together(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with served(home) as (server, port):
        before = children(server.pid)
        assert len(before) == 3, "two web processes and a worker"
        os.kill(before[-1], signal.SIGKILL)
        assert until(lambda: len([pid for pid in children(server.pid) if is_there(pid)]) == 3)
        assert answers(port)
        everybody = children(server.pid)
        server.terminate()
        assert server.wait(timeout=PATIENCE) == 0
        assert until(lambda: not any(is_there(pid) for pid in everybody))
        assert not answers(port)


def test_nobody_is_left_when_the_one_that_minds_them_is_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with served(home) as (server, port):
        everybody = children(server.pid)
        server.kill()
        assert until(lambda: not any(is_there(pid) for pid in everybody))
        assert not answers(port)


def test_a_port_that_is_taken_is_said_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        make(home)
        asked = [sys.executable, "-m", "housewide", "serve", "--new", "--processes", "2", "--port", str(port)]
        done = subprocess.run(asked, env=environment(home), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr and f"--port {port + 1}" in done.stderr
