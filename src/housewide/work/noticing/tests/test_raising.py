"""Signals become tasks: for the right person, together, once, and again when a watch has lapsed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from housewide.kit import subjects
from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.work.models import Task
from housewide.work.noticing import jobs, raising
from housewide.work.noticing.actions import watch_signal
from housewide.work.noticing.models import SignalTask, Watch
from housewide.work.noticing.raising import raise_tasks
from housewide.work.noticing.rules import BadRule, rule_for, rules, rules_from
from housewide.work.noticing.tests.conftest import Signals
from housewide.work.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])


def look() -> int:
    with act("test", actor="system:tests"):
        return raise_tasks()


def test_one_task_of_the_nearest_leader_holds_all_signals_of_the_week(cast: Cast, signal: Signals) -> None:
    signal(0), signal(1)
    assert look() == 2
    task = Task.objects.get()
    assert (task.owner, task.raised_by, task.place.code) == (cast.alice, None, "MVH")
    assert task.title.startswith("Look at 2 signals: ")
    assert task.due == date(2026, 11, 30)
    assert task.why.count("\n") == 1 and "worsening since May 2026" in task.why
    signal(2)
    assert look() == 1
    task.refresh_from_db()
    assert Task.objects.count() == 1 and task.title.startswith("Look at 3 signals: ")


def test_the_task_links_to_the_page_of_the_measure(cast: Cast, signal: Signals) -> None:
    row = signal(0)
    look()
    task = Task.objects.get()
    subject = subjects.find_visible(cast.alice, task.subject_kind, task.subject_id)
    assert subject is not None and subject.url == f"/at/MVH-OR/2026-10/measures/{row.measure}/"


def test_looking_again_raises_nothing_twice(cast: Cast, signal: Signals) -> None:
    signal(0)
    assert (look(), look(), look()) == (1, 0, 0)
    assert SignalTask.objects.count() == 1


def test_what_a_place_below_shows_is_looked_at_below(cast: Cast, signal: Signals) -> None:
    signal(0, "MVH-OR"), signal(0, "MVH"), signal(0, "SYS")
    assert look() == 1
    assert SignalTask.objects.get().place == "MVH-OR"


def test_a_signal_of_the_system_goes_to_its_executive(cast: Cast, signal: Signals) -> None:
    signal(0, "SYS")
    look()
    assert Task.objects.get().owner == cast.olga


def test_improvements_and_changes_without_a_direction_raise_nothing(cast: Cast, signal: Signals) -> None:
    signal(0, word="improving"), signal(1, word="changed")
    assert look() == 0


def test_a_known_signal_raises_nothing_until_its_day_and_then_once(
    cast: Cast, signal: Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = signal(0)
    watch_signal(by=cast.alice, measure=row.measure, place=row.place, until=date(2026, 12, 15), reason="New rota")
    assert look() == 0
    monkeypatch.setattr(raising, "today", lambda: date(2026, 12, 15))
    assert look() == 0
    monkeypatch.setattr(raising, "today", lambda: date(2026, 12, 16))
    assert (look(), look()) == (1, 0)
    assert SignalTask.objects.get().round == 1


def test_answering_the_last_signal_of_a_task_closes_it(cast: Cast, signal: Signals) -> None:
    one, other = signal(0), signal(1)
    look()
    watch_signal(by=cast.alice, measure=one.measure, place=one.place, until=date(2026, 12, 15), reason="Known")
    assert Task.objects.get().state == Task.State.OPEN
    watch_signal(by=cast.alice, measure=other.measure, place=other.place, until=date(2026, 12, 15), reason="Known")
    task = Task.objects.get()
    assert (task.state, task.outcome) == (Task.State.DONE, "Known and being watched.")


def test_a_task_of_the_department_closes_when_the_unit_below_has_answered(cast: Cast, signal: Signals) -> None:
    signal(0, "MVH")
    assert look() == 1
    unit = signal(0, "MVH-OR")  # the rows of the department turn out to be the unit's
    watch_signal(by=cast.alice, measure=unit.measure, place=unit.place, until=date(2026, 12, 15), reason="New rota")
    task = Task.objects.get(place__code="MVH")
    assert (task.state, task.outcome) == (Task.State.DONE, "Known and being watched.")
    assert look() == 0


def test_a_task_of_the_department_stays_when_the_unit_is_only_a_part_of_it(cast: Cast, signal: Signals) -> None:
    signal(0, "MVH")
    look()
    unit = signal(0, "MVH-OR", value="61.0%")
    watch_signal(by=cast.alice, measure=unit.measure, place=unit.place, until=date(2026, 12, 15), reason="New rota")
    look()
    assert Task.objects.get(place__code="MVH").state == Task.State.OPEN


def test_a_task_whose_signals_have_ended_is_dropped_with_the_reason(cast: Cast, signal: Signals) -> None:
    row = signal(0)
    look()
    row.ended_at, row.ended_period = now(), "2026-11"
    row.save()
    look()
    task = Task.objects.get()
    assert task.state == Task.State.DROPPED and "ended" in task.outcome


def test_a_finished_task_is_not_raised_again_for_the_same_signal(cast: Cast, signal: Signals) -> None:
    signal(0)
    look()
    Task.objects.update(state=Task.State.DONE, closed_at=now())
    assert look() == 0


def test_the_job_hears_of_signals_and_raises(cast: Cast, signal: Signals) -> None:
    from housewide.kit.events import emit
    from housewide.kit.jobs.workers import run_all
    from housewide.measures.noticed.recording import RAISED, told

    rows = [signal(0), signal(1)]
    with act("test", actor="system:tests"):
        for row in rows:
            emit(RAISED, told(row))
    done = [job.kind for job in run_all()]
    assert done.count(jobs.RAISE) == 1
    assert Task.objects.count() == 1
    assert not Watch.objects.exists()


def test_every_shipped_rule_names_roles_and_words_that_exist() -> None:
    assert [rule.key for rule in rules()] == ["safety", "worsening"]
    assert rule_for("surgery.cancelled", "worsening").due_workdays == 5  # type: ignore[union-attr]
    assert rule_for("falls.with_injury", "worsening").severity == "act"  # type: ignore[union-attr]
    assert rule_for("surgery.cancelled", "improving") is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": ["worse"]}, "“worse” is no signal"),
        ({"owner_roles": ["boss"]}, "“boss” is no role"),
        ({"severity": "red"}, "“red” is no severity"),
        ({"due_workdays": 0}, "1 to 60"),
    ],
)
def test_a_rule_that_cannot_work_is_refused_in_words(given: dict[str, Any], said: str) -> None:
    import json

    rule = {
        "key": "x", "title": "X", "measures": ["*"], "words": ["worsening"], "severity": "look", "due_workdays": 5,
        "owner_roles": ["staff"], **given,
    }  # fmt: skip
    text = "[[rule]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in rule.items())
    with pytest.raises(BadRule, match=said):
        rules_from(text)
