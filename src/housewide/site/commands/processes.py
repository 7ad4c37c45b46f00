"""Serve with several processes on one port, for more people than one process can answer: gunicorn minds them."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import say


def serve_by_several(
    host: str, port: int, *, processes: int, threads: int, start_worker: Callable[[], subprocess.Popen[bytes]] | None
) -> None:
    """Block until stopped. Raises CommandFailed when the port is taken, or on Windows, which cannot fork.

    A process that dies is replaced; all stop with the one that minds them. Connections to the databases are closed
    before the fork, because a connection may not be shared by two processes.
    """
    if sys.platform == "win32":
        raise CommandFailed("Windows cannot share a port between processes; leave --processes away.")
    _must_be_free(host, port)
    from django.db import connections
    from gunicorn.app.base import BaseApplication

    from housewide.site.wsgi import application

    connections.close_all()
    child = start_worker() if start_worker else None
    settings = {
        "bind": f"{f'[{host}]' if ':' in host else host}:{port}",
        "workers": processes,
        "worker_class": "gthread",
        "threads": threads,
        "keepalive": 30,
        "timeout": 120,
        "graceful_timeout": 20,
        "preload_app": True,
        "proc_name": "housewide",
        "loglevel": "warning",
        "control_socket_disable": True,
        "when_ready": lambda _: say(f"Housewide is at http://{host}:{port}/  (Ctrl+C stops it)"),
        "on_exit": lambda _: _stop(child),
    }

    class Housewide(BaseApplication):  # type: ignore[misc]
        """Gunicorn with the settings above and no command line or file of its own."""

        def load_config(self) -> None:
            for name, value in settings.items():
                if name in self.cfg.settings:  # a later gunicorn may drop one
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    try:
        Housewide().run()
    except SystemExit as stopped:
        if stopped.code:
            raise CommandFailed("the web processes did not start; the lines above say why.") from stopped
    finally:
        _stop(child)


def _stop(child: subprocess.Popen[bytes] | None) -> None:
    if child and child.poll() is None:
        child.terminate()
        child.wait(timeout=20)


def _must_be_free(host: str, port: int) -> None:
    """Gunicorn would try five times and then leave with a code; a person wants to know at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as problem:
        raise CommandFailed(f"cannot listen on {host}:{port} ({problem.strerror}). Try --port {port + 1}.") from problem
