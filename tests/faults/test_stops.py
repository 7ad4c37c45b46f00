"""A worker that is told to stop puts its job back and goes, well before anybody would kill it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.faults.homes import ROOT, check_home, command, environment, make_home
from tests.faults.stores import ask


def test_a_worker_that_gets_sigterm_puts_its_job_back(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    worker = subprocess.Popen(
        command("writing", "work", 0), env=environment(home), stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert worker.stdout is not None
        while worker.stdout.readline().strip() != "running":
            assert worker.poll() is None
        worker.terminate()
        rest, _ = worker.communicate(timeout=10)
    finally:
        worker.kill()
        worker.wait()
    assert worker.returncode == 0 and "stopped" in rest
    found = ask(home, "SELECT state, attempts, leased_until FROM jobs_job")
    assert found == [("waiting", 0, None)]
    assert check_home(home) == []
