"""Run waiting jobs and deliver events until stopped."""

from __future__ import annotations

import os
import signal
import threading
from argparse import Namespace

from housewide.site.commands.starting import give_way, ready


def run(asked: Namespace) -> int:
    ready()
    give_way()
    from housewide.kit import jobs

    if asked.once:
        jobs.run_all()
        return 0
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if asked.beside:
        threading.Thread(target=_leave_with, args=(asked.beside, stop), daemon=True).start()
    jobs.work_forever(stop)
    return 0


def _leave_with(server: int, stop: threading.Event) -> None:
    """Stop when the server is gone: one that was killed must not leave a worker behind."""
    while os.getppid() == server and not stop.wait(1.0):
        pass
    stop.set()
