"""Tasks: who may raise, change and finish them, and what is left behind."""

from __future__ import annotations

from datetime import date

import pytest

from housewide.kit.actions import NotSeen, Refused
from housewide.kit.events.models import Event
from housewide.org.models import Account
from housewide.work import actions, queries
from housewide.work.models import Task
from housewide.work.tests.cast import Cast


def a_task(cast: Cast, owner: Account | None = None, due: date | None = None) -> Task:
    return actions.raise_task(
        by=cast.alice, title="Call the vendor", why="Two late trays", place="MVH-OR", owner=owner or cast.bob, due=due
    )


def test_a_raised_task_waits_for_its_owner_and_is_told(cast: Cast) -> None:
    task = a_task(cast)
    assert queries.my_work(cast.bob).later == [task]
    assert queries.my_work(cast.alice).asked == [task]
    assert queries.open_tasks(cast.bob) == 1
    event = Event.objects.get(name="work.task_raised")
    assert event.payload["task"] == task.public_id
    assert "title" not in event.payload


def test_strangers_cannot_tell_a_task_from_nothing(cast: Cast) -> None:
    task = a_task(cast)
    with pytest.raises(NotSeen):
        queries.see_task(cast.charlie, task.public_id)
    with pytest.raises(NotSeen):
        actions.finish_task(by=cast.charlie, task=task, outcome="done")
    with pytest.raises(NotSeen):
        actions.raise_task(by=cast.charlie, title="x", place="MVH-OR", owner=cast.bob)


def test_one_who_only_looks_on_may_not_raise_or_comment(cast: Cast) -> None:
    task = a_task(cast)
    with pytest.raises(Refused, match="raise tasks"):
        actions.raise_task(by=cast.audrey, title="x", place="MVH-OR", owner=cast.bob)
    with pytest.raises(Refused, match="comment"):
        actions.say(by=cast.audrey, subject_kind="task", subject_id=task.public_id, text="hm")


def test_only_owner_and_raiser_may_finish(cast: Cast) -> None:
    task = a_task(cast)
    with pytest.raises(Refused, match="Only Bob"):
        actions.finish_task(by=cast.olga, task=task, outcome="done")
    done = actions.finish_task(by=cast.bob, task=task, outcome="Trays come at six")
    assert (done.state, done.outcome) == ("done", "Trays come at six")
    assert queries.my_work(cast.bob).lately == [done]


def test_a_task_is_finished_once(cast: Cast) -> None:
    task = a_task(cast)
    actions.finish_task(by=cast.bob, task=task, outcome="first")
    with pytest.raises(Refused, match="already done"):
        actions.finish_task(by=cast.alice, task=task, outcome="second")
    task.refresh_from_db()
    assert task.outcome == "first"


def test_finishing_and_dropping_want_words(cast: Cast) -> None:
    task = a_task(cast)
    with pytest.raises(Refused, match="what came of it"):
        actions.finish_task(by=cast.bob, task=task, outcome="  ")
    with pytest.raises(Refused, match="Say why"):
        actions.drop_task(by=cast.bob, task=task, reason="")
    task.refresh_from_db()
    assert task.state == "open"


def test_a_new_owner_must_see_the_place(cast: Cast) -> None:
    task = a_task(cast)
    with pytest.raises(Refused, match="Charlie cannot see"):
        actions.hand_over_task(by=cast.bob, task=task, to=cast.charlie)
    with pytest.raises(Refused, match="Charlie cannot see"):
        a_task(cast, owner=cast.charlie)
    assert actions.hand_over_task(by=cast.bob, task=task, to=cast.olga).owner == cast.olga
    with pytest.raises(Refused, match="Only Olga"):
        actions.finish_task(by=cast.bob, task=task, outcome="mine?")


def test_the_worklist_is_ordered_by_how_pressing_it_is(cast: Cast) -> None:
    late, now_due, later, never = (
        a_task(cast, due=due) for due in (date(2026, 11, 20), date(2026, 11, 23), date(2026, 12, 1), None)
    )
    work = queries.my_work(cast.bob)
    assert (work.overdue, work.today, work.later) == ([late], [now_due], [later, never])
    assert work.open == 4


def test_those_offered_a_task_are_exactly_those_who_see_its_place(cast: Cast) -> None:
    assert queries.people_who_see("MVH-OR") == [cast.alice, cast.audrey, cast.bob, cast.olga]
    assert queries.people_who_see("LKS") == [cast.charlie, cast.olga]


def test_history_comes_from_the_audit_trail(cast: Cast) -> None:
    task = a_task(cast)
    actions.change_due(by=cast.alice, task=task, due=date(2026, 12, 1))
    actions.hand_over_task(by=cast.bob, task=task, to=cast.olga, reason="on leave")
    actions.finish_task(by=cast.olga, task=task, outcome="Done with it")
    happened = queries.history(task)
    assert [(one.what, one.who) for one in happened] == [
        ("Finished", "Olga"), ("Handed over", "Bob"), ("Due day changed", "Alice"), ("Raised", "Alice"),
    ]  # fmt: skip
    assert happened[1].changed == ["owner: Bob → Olga"]
    assert happened[1].reason == "on leave"
    assert happened[2].changed == ["due: none → 2026-12-01"]


def test_comments_on_a_task_are_for_those_who_see_it(cast: Cast) -> None:
    task = a_task(cast)
    said = actions.say(by=cast.bob, subject_kind="task", subject_id=task.public_id, text=" On it ")
    assert said.text == "On it"
    assert queries.comments_about(cast.alice, "task", task.public_id) == [said]
    assert queries.comments_about(cast.charlie, "task", task.public_id) == []
    with pytest.raises(NotSeen):
        actions.say(by=cast.charlie, subject_kind="task", subject_id=task.public_id, text="x")


def test_a_task_about_a_task_is_found_from_it(cast: Cast) -> None:
    first = a_task(cast)
    about = actions.raise_task(
        by=cast.bob, title="Ask again", place="MVH-OR", owner=cast.bob, subject_kind="task", subject_id=first.public_id
    )
    assert about.subject_title == "Call the vendor"
    assert queries.tasks_about("task", first.public_id, cast.alice) == [about]
    assert queries.tasks_about("task", first.public_id, cast.charlie) == []
    with pytest.raises(NotSeen):
        actions.raise_task(
            by=cast.charlie,
            title="Peek",
            place="LKS",
            owner=cast.charlie,
            subject_kind="task",
            subject_id=first.public_id,
        )
