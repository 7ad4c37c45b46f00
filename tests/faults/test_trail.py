"""The audit trail of a real home, guards and all: nothing is written past it, nothing in it is altered unseen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.homes import ROOT, environment, make_demo_home, make_home
from tests.faults.nursery import Nursery
from tests.faults.stores import ask, copy_home, on_server

pytestmark = pytest.mark.slow
# An INSERT OR REPLACE, or what PostgreSQL has in its place.
WAYS = ("_raw_again", "_raw_update", "_orm_again", "_bulk_update", "_replaced")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo_home(tmp_path_factory.mktemp("trail") / "home")


@pytest.fixture(scope="module")
def nursery(home: Path) -> Iterator[Nursery]:
    with Nursery(home) as nursery:
        yield nursery


@pytest.mark.parametrize("seed", [1, 2])
def test_every_way_of_writing_every_table_is_recorded_row_for_row(nursery: Nursery, seed: int) -> None:
    found = nursery.ask("mix", seed, 600)
    assert found["missed"] == []
    assert len(found["tables"]) >= 15
    for way in WAYS:
        assert sum(done.startswith(f"{way} ") for done in found["ways"]) >= 8, f"{way} hardly wrote anything"


def test_each_trigger_that_is_dropped_or_made_idle_is_reported(nursery: Nursery) -> None:
    found = nursery.ask("triggers")
    assert found["bare"] == [], "tables whose changes leave no trace"
    assert found["unreported"] == [] and found["tried"] > 60


def test_a_thousand_altered_bytes_of_sealed_rows_are_all_noticed(tmp_path: Path) -> None:
    with Nursery(make_home(tmp_path / "home")) as nursery:
        nursery.run("history")
        assert nursery.ask("tampers", 20261123, 1000) == {"unnoticed": [], "done": 1000}


def test_altered_bytes_in_the_trail_of_a_working_hospital_are_noticed(nursery: Nursery) -> None:
    assert nursery.ask("tampers", 1, 25) == {"unnoticed": [], "done": 25}


def test_the_command_names_a_dropped_trigger_and_an_altered_byte_and_fails(tmp_path: Path) -> None:
    home, copy = (
        make_home(tmp_path / "home"),
        tmp_path / "copy",
    )  # one of its own: the shared one holds wild rows by now
    with Nursery(home) as nursery:
        nursery.run("history")
    command = [sys.executable, "-m", "housewide", "check"]
    subprocess.run(command, env=environment(home), capture_output=True, cwd=ROOT, check=True)  # a clean check seals
    copy_home(home, copy)
    on = (" ON work_task", " ON audit_act") if on_server() else ("", "")
    ask(copy, f"DROP TRIGGER audit__work_task__update{on[0]}")
    ask(copy, f"DROP TRIGGER audit__audit_act__no_update{on[1]}")
    ask(copy, "UPDATE audit_act SET actor = 'somebody else' WHERE id = 2")
    done = subprocess.run(command, env=environment(copy), capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "No trigger records UPDATE on “work_task”" in done.stdout
    assert "audit chain: " in done.stdout and "Seal" in done.stdout
