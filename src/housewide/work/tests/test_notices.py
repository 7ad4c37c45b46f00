"""Notices: told once, shown only while one may see what they are about, put away by their own person."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from housewide.access.models import Grant
from housewide.kit.actions import NotSeen, act
from housewide.work import actions, notices
from housewide.work.models import Notice, Task
from housewide.work.tests.cast import Cast


@pytest.fixture
def task(cast: Cast) -> Task:
    return actions.raise_task(by=cast.alice, title="Call the <vendor>", place="MVH-OR", owner=cast.bob)


def titles(account: object) -> list[str]:
    return list(Notice.objects.filter(to=account).values_list("title", flat=True))


def tell(cast: Cast, to: object, task: Task, title: str = "Something") -> Notice | None:
    with act("test", actor="system:test"):
        return notices.notify(
            to=to,
            title=title,
            place="MVH-OR",
            subject_kind="task",
            subject_id=task.public_id,  # type: ignore[arg-type]
        )


def test_work_that_is_handed_to_somebody_is_told_and_ones_own_is_not(cast: Cast, task: Task) -> None:
    actions.raise_task(by=cast.alice, title="My own", place="MVH-OR", owner=cast.alice)
    assert titles(cast.bob) == ["Alice gave you a task: Call the <vendor>"]
    assert titles(cast.alice) == []
    actions.hand_over_task(by=cast.bob, task=task, to=cast.olga)
    assert titles(cast.olga) == ["Bob handed you a task: Call the <vendor>"]
    actions.finish_task(by=cast.olga, task=task, outcome="Called")
    assert titles(cast.alice) == ["Olga finished: Call the <vendor>"]


def test_a_comment_is_told_to_the_owner_and_to_whoever_spoke_before(cast: Cast, task: Task) -> None:
    actions.say(by=cast.olga, subject_kind="task", subject_id=task.public_id, text="Why so late?")
    actions.say(by=cast.bob, subject_kind="task", subject_id=task.public_id, text="They were closed.")
    assert "Olga commented: Call the <vendor>" in titles(cast.bob)
    assert titles(cast.olga) == ["Bob commented: Call the <vendor>"]
    assert len([one for one in titles(cast.alice) if "commented" in one]) == 2


def test_the_same_news_is_told_once_while_it_is_unread(cast: Cast, task: Task) -> None:
    first, second = tell(cast, cast.olga, task), tell(cast, cast.olga, task)
    assert first is not None and second is not None and first.pk == second.pk
    notices.read_notice(by=cast.olga, notice=first)
    third = tell(cast, cast.olga, task)
    assert third is not None and third.pk != first.pk


def test_whoever_cannot_see_the_subject_is_told_nothing(cast: Cast, task: Task) -> None:
    assert tell(cast, cast.charlie, task) is None
    cast.olga.is_active = False
    assert tell(cast, cast.olga, task) is None


def test_a_title_is_gone_from_the_page_once_its_person_may_not_see_it(cast: Cast, task: Task, client: Client) -> None:
    client.force_login(cast.bob)
    assert "Call the &lt;vendor&gt;" in client.get(reverse("notices")).content.decode()
    Grant.objects.filter(account=cast.bob).update(valid_to=date(2026, 1, 1))
    page = client.get(reverse("notices")).content.decode()
    assert "vendor" not in page
    assert "1 more is about something that you can no longer see" in page
    notice = Notice.objects.get(to=cast.bob)
    assert client.post(reverse("notice-read", args=[notice.public_id])).status_code == 404


def test_the_bell_counts_what_is_unread_and_opening_puts_away(cast: Cast, task: Task, client: Client) -> None:
    client.force_login(cast.bob)
    assert 'aria-label="Notices, 1 unread"' in client.get(reverse("my-work")).content.decode()
    notice = Notice.objects.get(to=cast.bob)
    answer = client.post(reverse("notice-read", args=[notice.public_id]), {"open": "yes"})
    assert answer["Location"] == reverse("task", args=[task.public_id])
    assert 'aria-label="Notices"' in client.get(reverse("my-work")).content.decode()


def test_nobody_reads_the_notices_of_another(cast: Cast, task: Task, client: Client) -> None:
    notice = Notice.objects.get(to=cast.bob)
    client.force_login(cast.alice)
    assert client.post(reverse("notice-read", args=[notice.public_id])).status_code == 404
    with pytest.raises(NotSeen):
        notices.read_notice(by=cast.alice, notice=notice)
    client.post(reverse("notices-read"))
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_are_put_away_at_once(cast: Cast, task: Task, client: Client) -> None:
    tell(cast, cast.bob, task)
    client.force_login(cast.bob)
    page = client.post(reverse("notices-read"), follow=True).content.decode()
    assert "2 notices put away as read." in page
    assert notices.unread_count(cast.bob) == 0


def test_the_count_is_one_query(cast: Cast, task: Task, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert notices.unread_count(cast.bob) == 1
