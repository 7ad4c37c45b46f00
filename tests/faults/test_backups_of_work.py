"""A copy made while files are imported and counted comes back as the hospital was at one moment, whole."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faults.homes import make_demo_home, run_in
from tests.faults.nursery import Nursery
from tests.faults.stores import ask, restore

pytestmark = pytest.mark.slow
COPIES = 3


def _parts_as_of(home: Path, last_batch: int) -> set[tuple[Any, ...]]:
    """Parts that were current once that import had committed, as a home remembers them."""
    sql = 'SELECT "table", scope, period, path, sha256, rows FROM facts_part WHERE from_batch_id <= ?'
    return set(ask(home, f"{sql} AND (to_batch_id IS NULL OR to_batch_id > ?)", [last_batch] * 2))


def _last_batch(home: Path) -> int:
    return int(ask(home, "SELECT MAX(id) FROM facts_batch")[0][0])


def _wait_for(said: Path, lines: int) -> list[str]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = said.read_text().splitlines()
        if len(found) >= lines:
            return found
        time.sleep(0.02)
    raise AssertionError("nothing was imported within a minute")


def test_copies_made_during_imports_and_counting_hold_one_moment_and_all_that_was_promised(tmp_path: Path) -> None:
    home = make_demo_home(tmp_path / "home")
    promised: list[int] = []
    with Nursery(home) as nursery:
        before = len(nursery.ask("look")["batches"])
        pid = nursery.start("counting", 1, 0)
        for number in range(COPIES):
            said = _wait_for(nursery.said, 2 + 4 * number)
            promised.append(sum(line.startswith("imported") for line in said))
            run_in(home, "backing", "backup", tmp_path / f"copy-{number}")
        os.kill(pid, signal.SIGKILL)
        nursery.wait(pid)
    seen_batches = []
    for number in range(COPIES):
        restored = tmp_path / f"restored-{number}" / "home"
        restored.parent.mkdir()
        restore(tmp_path / f"copy-{number}", restored)
        assert _parts_as_of(restored, _last_batch(restored)) == _parts_as_of(home, _last_batch(restored))
        with Nursery(restored) as nursery:
            seen = nursery.ask("look")
            seen_batches.append(len(seen["batches"]))
            assert seen["faults"] == [] and seen["actless"] == 0
            assert seen["identities"] == [0, True]
            assert nursery.ask("check") == []
            after = nursery.ask("recover")["cubes"]
            recounted = nursery.ask("recount")["cubes"]
            assert {name: recounted[name] for name in after} == after, "the copied numbers are not of the copied rows"
        shutil.rmtree(restored.parent)
    assert all(found >= before + asked for found, asked in zip(seen_batches, promised, strict=True))
    assert seen_batches[-1] > seen_batches[0], "nothing was imported while copies were made"
