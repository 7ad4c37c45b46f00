"""Fifty kill -9 at random moments of real work: imports, counting, jobs and plain writes of the demo hospital.

A third of them come by the clock, the others before one of the statements, file changes or promises that the work
consists of, because what is dangerous lasts milliseconds. After each kill the home is looked at as it lies there, then
the work is taken up again and must end where work that nobody killed ends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.faults.homes import make_demo_home
from tests.faults.nursery import Nursery
from tests.faults.stores import copy_home, settle
from tests.faults.variants import VARIANTS

pytestmark = pytest.mark.slow
SHARE = float(os.environ.get("HOUSEWIDE_KILL_SHARE", "1"))
KILLS = {"imports": 16, "counting": 9, "jobs": 10, "writes": 15}


class World:
    """One home, put back before each kill, and what work that nobody killed makes of it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.fresh, self.stale = folder / "home", folder / "fresh", folder / "stale"
        make_demo_home(self.home)
        copy_home(self.home, self.fresh)
        self.nursery = Nursery(self.home)
        self.start: dict[str, Any] = self.nursery.ask("look")
        self.facts: list[dict[str, str]] = [self.start["facts"]] * 0
        self.cubes: list[dict[str, list[str]]] = []
        for number in range(VARIANTS):
            self.put_back(self.fresh)
            self.facts.append(self.nursery.ask("again", number)["facts"])
            if not number:
                copy_home(self.home, self.stale)
            self.cubes.append(self.nursery.ask("recover")["cubes"])
        assert len({repr(facts) for facts in [self.start["facts"], *self.facts]}) == VARIANTS + 1
        assert len({repr(cubes) for cubes in [self.start["cubes"], *self.cubes]}) == VARIANTS + 1

    def put_back(self, source: Path) -> None:
        """The home as it was."""
        copy_home(source, self.home)

    def kills(self, what: str) -> Iterator[list[str]]:
        """Kill this kind of work again and again; yields what it had promised, the home lying as it was left."""
        source = self.stale if what == "counting" else self.fresh
        self.put_back(source)
        first = 0 if what == "counting" else 1
        began = time.monotonic()
        steps = int(self.nursery.run(what, first, 0, 1)[-1])
        took = time.monotonic() - began
        count = max(3, round(KILLS[what] * SHARE))
        chance = Random(what)
        by_step = count - count // 3
        width = steps / by_step
        # One step out of each stretch of the work, in any order; every third kill comes by the clock.
        at_steps = [1 + int(width * number + chance.uniform(0, width)) for number in range(by_step)]
        chance.shuffle(at_steps)
        for number in range(count):
            self.put_back(source)
            seed = number * VARIANTS + first
            if number % 3 == 2:
                said = self.nursery.kill_by_clock(what, seed, took)[1:]
            else:
                said = self.nursery.kill_by_step(what, seed, at_steps.pop())[1:]
            settle(self.home)
            yield said


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("kills"))
    with world.nursery:
        yield world


def _said(lines: list[str], word: str) -> list[list[str]]:
    return [line.split()[1:] for line in lines if line.split()[0] == word]


def _assert_sound(seen: dict[str, Any], start: dict[str, Any]) -> None:
    """What must hold at any moment, whoever died."""
    assert seen["integrity"] == [[["ok"]], [["ok"]]] and seen["loose"] == [0, 0]
    assert seen["faults"] == []
    assert seen["identities"] == [0, True], "a patient of a current part has no sealed identity, or one has no import"
    for read, accepted, aside, _ in seen["batches"].values():
        assert read == accepted + aside
    assert seen["actless"] == 0
    grown = {name: rows - start["rows"][name] for name, rows in seen["rows"].items()}
    recorded = {name: seen["recorded"].get(name, 0) - start["recorded"].get(name, 0) for name in grown}
    assert grown == recorded, "rows were written that the trail does not know"
    assert all(len(digests) == 1 for digests in seen["cubes"].values()), "a measure has two current numbers"


def _assert_checks_clean(world: World) -> None:
    assert world.nursery.ask("check") == []
    assert world.nursery.ask("look")["spool"] == [], "the sweep left something of an import that never finished"


def test_a_killed_import_is_whole_or_not_there_and_comes_to_the_same_end_when_sent_again(world: World) -> None:
    interrupted = 0
    for lines in world.kills("imports"):
        begun, receipts = _said(lines, "begun"), _said(lines, "receipt")
        seen = world.nursery.ask("look")
        _assert_sound(seen, world.start)
        fresh = list(seen["batches"])[len(world.start["batches"]) :]
        promised = {code: [int(rows) for rows in counts] for _, code, *counts in receipts}
        assert {code: seen["batches"][code][:3] for code in promised} == promised
        assert fresh[: len(promised)] == list(promised) and len(fresh) <= len(begun)
        kept = int(begun[len(fresh) - 1][0]) if fresh else None
        assert seen["facts"] == (world.start["facts"] if kept is None else world.facts[kept]), "half imported"
        assert seen["cubes"] == world.start["cubes"]
        if begun:
            interrupted += len(receipts) < len(begun)
            last = int(begun[-1][0])
            after = world.nursery.ask("again", last)
            _assert_sound(after, world.start)
            assert after["facts"] == world.facts[last]
        _assert_checks_clean(world)
    assert interrupted, "no kill came during an import"


def test_killed_counting_shows_old_numbers_or_new_ones_and_ends_with_fresh_ones(world: World) -> None:
    interrupted = 0
    for lines in world.kills("counting"):
        counted = [int(number) for (number,) in _said(lines, "counted")]
        importing = [0, *(int(number) for (number,) in _said(lines, "importing"))]
        seen = world.nursery.ask("look")
        _assert_sound(seen, world.start)
        old = world.cubes[counted[-1]] if counted else world.start["cubes"]
        new = world.cubes[importing[-1]]
        _assert_old_or_new(seen["cubes"], old, new)
        interrupted += len(counted) < len(importing)
        after = world.nursery.ask("recover")
        _assert_sound(after, world.start)
        here = [number for number, facts in enumerate(world.facts) if facts == after["facts"]]
        assert here and here[0] in (importing[-1], *counted[-1:]), "the facts are not those of a whole import"
        assert after["cubes"] == world.cubes[here[0]], "a job did not bring the numbers up to date"
        recounted = world.nursery.ask("recount")["cubes"]  # of every measure, those without any rows included
        assert {name: recounted[name] for name in after["cubes"]} == after["cubes"]
        assert world.nursery.ask("look")["versions"] <= 2, "versions that nobody published are left behind"
        assert {state for state, *_ in after["jobs"].values()} == {"done"}
        _assert_checks_clean(world)
    assert interrupted, "no kill came during counting"


def _assert_old_or_new(seen: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> None:
    """Each number is the one from before or the one from after; the months of one measure turn together."""
    assert seen.keys() == old.keys()
    turned: dict[str, set[str]] = {}
    for name, digest in seen.items():
        assert digest in (old[name], new[name]), f"{name} is neither old nor new"
        if old[name] != new[name]:
            turned.setdefault(name.split()[0], set()).add("new" if digest == new[name] else "old")
    assert turned, "nothing differs between before and after"
    assert all(len(which) == 1 for which in turned.values()), turned


def test_every_job_that_was_asked_for_imports_its_file_exactly_once(world: World) -> None:
    interrupted = 0
    for lines in world.kills("jobs"):
        asked, done = dict(_said(lines, "asked")), [code for (code,) in _said(lines, "done")]
        seen = world.nursery.ask("look")
        _assert_sound(seen, world.start)
        assert asked.keys() <= seen["jobs"].keys()
        assert all(seen["jobs"][code][0] == "done" for code in done)
        interrupted += any(seen["jobs"][code][0] == "running" for code in asked)
        after = world.nursery.ask("recover")
        _assert_sound(after, world.start)
        jobs = {code: job for code, job in after["jobs"].items() if job[1] == "intake.import"}
        assert {job[0] for job in after["jobs"].values()} == {"done"}
        assert all(job[3] == 1 for job in jobs.values())
        fresh = list(after["batches"])[len(world.start["batches"]) :]
        assert sorted(job[2] for job in jobs.values()) == sorted(fresh), "an import came about twice or not at all"
        for code, sha256 in asked.items():
            assert after["batches"][jobs[code][2]][3] == sha256
        _assert_checks_clean(world)
    assert interrupted, "no kill came while a job ran"


def test_what_a_person_was_told_is_written_is_there_with_its_event_and_its_trail(world: World) -> None:
    promised = 0
    for lines in world.kills("writes"):
        raised, spoken, finished = (
            {code for (code,) in _said(lines, word)} for word in ("raised", "spoken", "finished")
        )
        promised += len(raised) + len(spoken) + len(finished)
        seen = world.nursery.ask("look")
        _assert_sound(seen, world.start)
        tasks = {code: state for code, state in seen["tasks"].items() if code not in world.start["tasks"]}
        told = [one for one in seen["told"] if one not in world.start["told"]]
        assert raised <= tasks.keys() and len(tasks) <= len(raised) + 1
        comments = set(seen["comments"]) - set(world.start["comments"])
        assert spoken <= comments and len(comments) <= len(spoken) + 1
        closed = {code for code, state in tasks.items() if state == "done"}
        assert finished <= closed and len(closed) <= len(finished) + 1
        assert told == sorted(
            [f"work.task_raised {code}" for code in tasks] + [f"work.task_done {code}" for code in closed]
        )
        acts = {name: seen["acts"].get(name) for name in ("task.raise", "task.finish")}
        assert acts == {
            "task.raise": [1, len(tasks)] if tasks else None,
            "task.finish": [1, len(closed)] if closed else None,
        }
        _assert_checks_clean(world)
    assert promised, "no process lived long enough to promise anything"
