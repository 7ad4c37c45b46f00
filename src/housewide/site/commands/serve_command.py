"""Serve a home, a worker beside it: one process with waitress, several with gunicorn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from argparse import Namespace

from housewide.kit import home
from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import bring_up_to_date, ready, say

TURN = 0.0005  # seconds a thread may go on while others wait; 5 ms, as usual, cost a page of 30 queries 150 ms


def run(asked: Namespace) -> int:
    if asked.new:
        home_folder = home.home_folder()
        if (home_folder / "housewide.sqlite3").exists():
            raise CommandFailed(f"{home_folder} is a home already; leave --new away to serve it.")
        home_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ready(needs_home=not asked.new)
    bring_up_to_date()
    serve(asked.host, asked.port, processes=asked.processes, threads=asked.threads, worker=not asked.no_worker)
    return 0


def start_worker() -> subprocess.Popen[bytes]:
    """A worker in a process of its own: it may be killed without hurting the pages."""
    environment = {**os.environ, "HOUSEWIDE_HOME": str(home.home_folder())}
    command = [sys.executable, "-m", "housewide", "worker", "--beside", str(os.getpid())]
    return subprocess.Popen(command, env=environment)  # noqa: S603 - our own command


def serve(host: str, port: int, *, processes: int, threads: int, worker: bool) -> None:
    """Block until stopped. Raises CommandFailed when the port is taken."""
    from housewide.measures import definitions

    definitions.all_definitions()  # read and checked before the first page, once for all processes
    sys.setswitchinterval(TURN)
    if processes > 1:
        from housewide.site.commands.processes import serve_by_several

        serve_by_several(
            host, port, processes=processes, threads=threads, start_worker=start_worker if worker else None
        )
    else:
        serve_by_one(host, port, threads=threads, worker=worker)


def serve_by_one(host: str, port: int, *, threads: int, worker: bool) -> None:
    """One process with waitress. Raises CommandFailed when the port is taken."""
    from waitress import create_server

    from housewide.site.wsgi import application

    try:
        server = create_server(application, host=host, port=port, threads=threads, ident="Housewide")
    except OSError as problem:
        raise CommandFailed(f"cannot listen on {host}:{port} ({problem.strerror}). Try --port {port + 1}.") from problem
    except ValueError as problem:
        raise CommandFailed(f"{host} is no address of this machine; 127.0.0.1 is this machine alone.") from problem
    child = start_worker() if worker else None
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    say(f"Housewide is at http://{host}:{port}/  (Ctrl+C stops it)")
    try:
        server.run()
    finally:
        server.close()
        if child:
            child.terminate()
            child.wait(timeout=20)
