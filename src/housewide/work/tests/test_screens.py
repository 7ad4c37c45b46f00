"""The screens of work: the worklist, a new task, one task."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from housewide.work import actions
from housewide.work.models import Task
from housewide.work.tests.cast import Cast


@pytest.fixture
def task(cast: Cast) -> Task:
    from datetime import date

    return actions.raise_task(
        by=cast.alice, title="Call <the> vendor", place="MVH-OR", owner=cast.bob, due=date(2026, 11, 20)
    )


def as_(client: Client, account: object) -> Client:
    client.force_login(account)  # type: ignore[arg-type]
    return client


def test_my_work_shows_what_is_overdue_with_the_word(client: Client, cast: Cast, task: Task) -> None:
    page = as_(client, cast.bob).get(reverse("my-work")).content.decode()
    assert "Call &lt;the&gt; vendor" in page
    assert "Overdue 3 days" in page and "Nov 20, 2026" in page
    assert "1 open, 1 overdue" in page


def test_an_empty_worklist_says_what_would_stand_there(client: Client, cast: Cast) -> None:
    assert "You owe nothing right now" in as_(client, cast.bob).get(reverse("my-work")).content.decode()


def test_strangers_get_404_everywhere(client: Client, cast: Cast, task: Task) -> None:
    as_(client, cast.charlie)
    assert client.get(reverse("task", args=[task.public_id])).status_code == 404
    for name in ("task-finish", "task-drop", "task-hand-over", "task-due", "task-say"):
        assert client.post(reverse(name, args=[task.public_id]), {"outcome": "x"}).status_code == 404
        assert client.get(reverse(name, args=[task.public_id])).status_code == 405
    assert client.get(reverse("task-new"), {"subject_kind": "task", "subject_id": task.public_id}).status_code == 404


def test_a_task_is_raised_with_what_people_type(client: Client, cast: Cast) -> None:
    as_(client, cast.alice)
    given = {"place": "MVH-OR", "title": "Walk the rooms", "owner": cast.bob.public_id, "due": "Friday", "why": ""}
    answer = client.post(reverse("task-new"), given)
    task = Task.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("task", args=[task.public_id])
    assert (str(task.due), task.owner, task.raised_by) == ("2026-11-27", cast.bob, cast.alice)


def test_what_is_wrong_comes_back_with_what_was_typed(client: Client, cast: Cast) -> None:
    as_(client, cast.alice)
    given = {"place": "MVH-OR", "title": "Walk the rooms", "owner": cast.charlie.public_id, "due": "soonish"}
    answer = client.post(reverse("task-new"), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“soonish” is not a day" in page
    assert "Walk the rooms" in page
    assert not Task.objects.exists()


def test_a_task_about_nothing_asks_for_its_place_first(client: Client, cast: Cast) -> None:
    page = as_(client, cast.bob).get(reverse("task-new")).content.decode()
    assert "Place MVH-OR" in page
    assert "Place LKS" not in page


def test_a_task_page_offers_changes_to_its_owner_only(client: Client, cast: Cast, task: Task) -> None:
    address = reverse("task", args=[task.public_id])
    assert "Finish the task" in as_(client, cast.bob).get(address).content.decode()
    page = as_(client, cast.audrey).get(address).content.decode()
    assert "Finish the task" not in page
    assert reverse("task-say", args=[task.public_id]) not in page
    assert "Raised" in page


def test_finishing_without_an_outcome_is_refused_in_words(client: Client, cast: Cast, task: Task) -> None:
    as_(client, cast.bob)
    answer = client.post(reverse("task-finish", args=[task.public_id]), {"outcome": ""})
    assert answer.status_code == 422
    answer = client.post(reverse("task-finish", args=[task.public_id]), {"outcome": "They deliver at six"})
    assert answer.status_code == 302
    assert "They deliver at six" in client.get(answer["Location"]).content.decode()


def test_a_refusal_by_the_action_is_shown_beside_the_form(client: Client, cast: Cast, task: Task) -> None:
    as_(client, cast.olga)
    answer = client.post(reverse("task-finish", args=[task.public_id]), {"outcome": "I did it"})
    assert answer.status_code == 422
    task.refresh_from_db()
    assert task.state == "open"


def test_handing_over_moves_it_to_another_worklist(client: Client, cast: Cast, task: Task) -> None:
    as_(client, cast.bob)
    answer = client.post(
        reverse("task-hand-over", args=[task.public_id]), {"to": cast.olga.public_id, "reason": "leave"}
    )
    assert answer.status_code == 302
    assert "Call" not in client.get(reverse("my-work")).content.decode().split("<main")[1]
    assert "Call &lt;the&gt; vendor" in as_(client, cast.olga).get(reverse("my-work")).content.decode()


def test_my_work_is_narrowed_sorted_and_exported(client: Client, cast: Cast, task: Task) -> None:
    as_(client, cast.bob)
    assert "1 open" in client.get(reverse("my-work"), {"due": "late"}).content.decode()
    assert "vendor" not in client.get(reverse("my-work"), {"due": "none"}).content.decode()
    lines = b"".join(client.get(reverse("my-work"), {"format": "csv"}).streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[1].startswith("Call <the> vendor,")
    as_(client, cast.alice)
    assert "vendor" not in client.get(reverse("my-work")).content.decode()
    assert "vendor" in client.get(reverse("my-work"), {"show": "asked"}).content.decode()
    actions.finish_task(by=cast.bob, task=task, outcome="Called")
    assert "Called" in as_(client, cast.bob).get(reverse("my-work"), {"show": "closed"}).content.decode()


def test_many_are_finished_at_once_and_what_is_refused_is_said(client: Client, cast: Cast, task: Task) -> None:
    other = actions.raise_task(by=cast.bob, title="Mine", place="MVH-OR", owner=cast.bob)
    alien = actions.raise_task(by=cast.charlie, title="Alien", place="LKS", owner=cast.charlie)
    as_(client, cast.bob)
    ticked = {"action": "finish", "row": [task.public_id, other.public_id, alien.public_id]}
    asked = client.post(reverse("tasks-many"), ticked)
    assert "Finish 2 tasks" in asked.content.decode() and "Alien" not in asked.content.decode()
    assert client.post(reverse("tasks-many"), {**ticked, "sure": "yes", "outcome": " "}).status_code == 422
    done = client.post(reverse("tasks-many"), {**ticked, "sure": "yes", "outcome": "Called"}, follow=True)
    assert "2 tasks finished." in done.content.decode()
    assert set(Task.objects.filter(state="done")) == {task, other}


def test_many_are_handed_to_somebody_who_sees_them_all_and_moved(client: Client, cast: Cast, task: Task) -> None:
    as_(client, cast.bob)
    ticked = {"row": [task.public_id], "sure": "yes"}
    client.post(reverse("tasks-many"), {**ticked, "action": "due", "due": "Dec 4"})
    task.refresh_from_db()
    assert str(task.due) == "2026-12-04"
    refused = client.post(reverse("tasks-many"), {**ticked, "action": "hand_over", "to": cast.charlie.public_id})
    assert refused.status_code == 422
    client.post(reverse("tasks-many"), {**ticked, "action": "hand_over", "to": cast.olga.public_id})
    task.refresh_from_db()
    assert task.owner == cast.olga


def test_nothing_ticked_changes_nothing(client: Client, cast: Cast, task: Task) -> None:
    page = as_(client, cast.bob).post(reverse("tasks-many"), {"action": "finish"}, follow=True).content.decode()
    assert "Tick at least one open task" in page
