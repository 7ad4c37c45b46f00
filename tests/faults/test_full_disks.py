"""A disk that fills up during an import loses nothing, and the person is told so in words."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.homes import make_demo_home
from tests.faults.nursery import Nursery
from tests.faults.stores import copy_home, on_server

pytestmark = [pytest.mark.slow, pytest.mark.skipif(on_server(), reason="the records are on the disk of a server")]
KB = 1024
TOLD = ("There is no room left on the disk", "Nothing was imported", "Free some space")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo_home(tmp_path_factory.mktemp("full") / "demo")


def _assert_as_before(nursery: Nursery, before: dict[str, Any]) -> None:
    after = nursery.ask("look")
    spool = after.pop("spool")
    assert after == {name: seen for name, seen in before.items() if name != "spool"}
    assert spool == [], "the import left its own files to fill the disk further"
    assert nursery.ask("check") == []


def _assert_told_until_it_fits(lines: list[str]) -> None:
    """Refused in the same words wherever the room ran out, and accepted once there was enough."""
    assert len(lines) >= 4, "the room never ran out at different places"
    assert all(said in line for line in lines[:-1] for said in TOLD), lines
    assert lines[-1].startswith("receipt ")


def test_files_that_may_not_grow_any_further(demo: Path) -> None:
    home = demo.parent / "limited"
    copy_home(demo, home)
    lines: list[str] = []
    with Nursery(home) as nursery:
        before = nursery.ask("look")
        lines += nursery.run("cramped", 1, 4 * KB, "late")[-1:]
        _assert_as_before(nursery, before)
        for size in (16, 64, 256, 400, 600, 800, 1200, 1600, 2400, 3200, 0):  # in KB; the database itself is larger
            lines += nursery.run("cramped", 1, size * KB)[-1:]
            if lines[-1].startswith("receipt"):
                break
            _assert_as_before(nursery, before)
        assert nursery.ask("look")["facts"] != before["facts"]
        assert nursery.ask("check") == []
    _assert_told_until_it_fits(lines)


@pytest.fixture
def small_disk(demo: Path) -> Iterator[Path]:
    home = demo.parent / "small"
    home.mkdir()
    size = sum(path.stat().st_size for path in demo.rglob("*") if path.is_file()) + 16 * KB * KB
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(home)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk here; the limit on files is tested all the same")
    try:
        shutil.copytree(demo, home, dirs_exist_ok=True)
        yield home
    finally:
        subprocess.run(["umount", str(home)], check=True)


def test_a_disk_without_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    lines: list[str] = []
    with Nursery(small_disk) as nursery:
        before = nursery.ask("look")
        lines += nursery.run("cramped", 1, 0, "late")[-1:]
        ballast.unlink()
        _assert_as_before(nursery, before)
        for free in (0, 64, 200, 400, 600, 800, 1200, 1600, 2400, 3200, 4800, 8000):  # KB left for the import
            ballast.write_bytes(b"\0" * (shutil.disk_usage(small_disk).free - free * KB))
            lines += nursery.run("cramped", 1, 0)[-1:]
            ballast.unlink()
            if lines[-1].startswith("receipt"):
                break
            _assert_as_before(nursery, before)
        assert nursery.ask("check") == []
    _assert_told_until_it_fits(lines)
