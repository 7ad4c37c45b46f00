"""kill -9 at any moment loses no acknowledged write, does nothing twice, and leaves a home that checks clean."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.homes import check_home, command, make_home, run_in
from tests.faults.killing import kill_at_random
from tests.faults.stores import ask, on_server, settle

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("HOUSEWIDE_KILLS", "20"))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield make_home(tmp_path / "home")


def _kill_again_and_again(home: Path, what: str, latest: float = 0.6) -> list[str]:
    promised: list[str] = []
    for seed in range(KILLS):
        promised += kill_at_random(command("writing", what, seed), seed, home=home, latest=latest).lines
        settle(home)
    assert promised, "no process lived long enough to promise anything"
    return [line.split()[1] for line in promised]


def _assert_sound(home: Path) -> None:
    assert on_server() or ask(home, "PRAGMA integrity_check") == [("ok",)]
    assert check_home(home) == []
    [(rows,)] = ask(home, "SELECT COUNT(*) FROM org_person")
    [(recorded,)] = ask(home, "SELECT COUNT(*) FROM audit_change WHERE \"table\" = 'org_person' AND op = 'I'")
    assert rows == recorded
    [(loose,)] = ask(
        home, "SELECT COUNT(*) FROM audit_change WHERE act IS NULL OR act NOT IN (SELECT id FROM audit_act)"
    )
    assert loose == 0


def test_an_action_that_was_acknowledged_is_there_and_none_is_half_done(home: Path) -> None:
    promised = _kill_again_and_again(home, "actions")
    there = dict(ask(home, "SELECT code, name FROM org_person"))
    assert set(promised) <= there.keys()
    assert set(there.values()) == {"Whole"}
    assert all(f"{code}-b" in there for code in there if not code.endswith("-b"))
    _assert_sound(home)


def test_every_job_asked_for_takes_effect_exactly_once(home: Path) -> None:
    promised = _kill_again_and_again(home, "jobs", latest=0.8)
    run_in(home, "writing", "drain", 0)
    effects = [name for (name,) in ask(home, "SELECT name FROM org_person WHERE title = 'job'")]
    assert len(effects) == len(set(effects)), "an effect happened twice"
    assert set(promised) <= set(effects)
    states = {state for (state,) in ask(home, "SELECT DISTINCT state FROM jobs_job")}
    assert states == {"done"} and len(effects) == ask(home, "SELECT COUNT(*) FROM jobs_job")[0][0]
    _assert_sound(home)


def test_every_event_takes_effect_exactly_once(home: Path) -> None:
    promised = _kill_again_and_again(home, "events")
    run_in(home, "writing", "drain", 0)
    heard = [name for (name,) in ask(home, "SELECT name FROM org_person WHERE title = 'event'")]
    causes = {name for (name,) in ask(home, "SELECT name FROM org_person WHERE title = 'cause'")}
    assert len(heard) == len(set(heard)), "an event took effect twice"
    assert set(heard) == causes and set(promised) <= causes
    _assert_sound(home)
