"""Names in comments: who can be named, what is kept, what is shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from housewide.org.models import Account, Person
from housewide.work import actions, mentions
from housewide.work.models import Comment, Notice, Task
from housewide.work.tests.cast import Cast


@pytest.fixture
def task(cast: Cast) -> Task:
    return actions.raise_task(by=cast.alice, title="Call the vendor", place="MVH-OR", owner=cast.alice)


def say(cast: Cast, task: Task, text: str) -> Comment:
    return actions.say(by=cast.alice, subject_kind="task", subject_id=task.public_id, text=text)


def test_a_person_is_named_by_id_and_told(cast: Cast, task: Task) -> None:
    comment = say(cast, task, "Ask @bob, or @Olga@example.org.")
    assert comment.text == f"Ask @{{{cast.bob.public_id}}}, or @{{{cast.olga.public_id}}}."
    assert set(comment.mentions.all()) == {cast.bob, cast.olga}
    notice = Notice.objects.get(to=cast.bob)
    assert (notice.title, notice.why) == ("Alice named you: Call the vendor", "Ask @Bob, or @Olga.")


def test_somebody_who_cannot_see_it_is_neither_named_nor_told(cast: Cast, task: Task, client: Client) -> None:
    client.force_login(cast.alice)
    answer = client.post(reverse("task-say", args=[task.public_id]), {"text": "Ask @charlie"}, follow=True)
    assert "“@charlie” is nobody who can see this" in answer.content.decode()
    assert Comment.objects.get().text == "Ask @charlie"
    assert not Notice.objects.filter(to=cast.charlie).exists()


def test_a_new_name_shows_in_old_comments(cast: Cast, task: Task, client: Client) -> None:
    say(cast, task, "Ask @bob")
    Person.objects.filter(account=cast.bob).update(name="Robert <b>")
    client.force_login(cast.alice)
    page = client.get(reverse("task", args=[task.public_id])).content.decode()
    assert "@Robert &lt;b&gt;" in page


def test_an_id_that_was_typed_names_nobody(cast: Cast, task: Task, client: Client) -> None:
    say(cast, task, f"Ask @{{{cast.charlie.public_id}}}")
    client.force_login(cast.alice)
    page = client.get(reverse("task", args=[task.public_id])).content.decode()
    assert "Charlie" not in page


def test_a_comment_is_text_and_never_markup(cast: Cast, task: Task, client: Client) -> None:
    say(cast, task, "<script>x</script> @bob\n<b>two</b>")
    client.force_login(cast.alice)
    page = client.get(reverse("task", args=[task.public_id])).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page and "<br>&lt;b&gt;two&lt;/b&gt;" in page


def test_people_are_offered_by_the_beginning_of_any_of_their_names(cast: Cast, task: Task, client: Client) -> None:
    client.force_login(cast.alice)
    address = reverse("comment-people", args=["task", task.public_id])
    assert 'data-handle="bob"' in client.get(address, {"q": "bo"}).content.decode()
    assert "Nobody of that name" in client.get(address, {"q": "charlie"}).content.decode()
    client.force_login(cast.charlie)
    assert client.get(address, {"q": "bo"}).status_code == 404


def test_two_people_of_one_handle_are_named_in_full(cast: Cast, task: Task) -> None:
    other = Account.objects.create_user("bob@elsewhere.example")
    known = mentions.handles([cast.bob, other])
    assert "bob" not in known
    assert mentions.handle_of(other, known) == "bob@elsewhere.example"


def test_whoever_is_named_twice_is_told_once(cast: Cast, task: Task) -> None:
    say(cast, task, "@bob and @bob again, @alice too")
    assert Notice.objects.filter(to=cast.bob).count() == 1
    assert not Notice.objects.filter(to=cast.alice).exists()


@given(st.text(max_size=80))
def test_any_text_comes_back_escaped_and_whole(text: str) -> None:
    kept, named = mentions.keep(text, [])
    assert (kept, named) == (text, [])
    html = str(mentions.shown(text, [], lambda account: "/x"))
    assert "<" not in html.replace("<br>", "")
    assert mentions.plain(text, []) == text


def test_anything_one_sees_can_be_commented_on(cast: Cast, task: Task, client: Client) -> None:
    client.force_login(cast.olga)
    address = reverse("comment-say", args=["task", task.public_id])
    assert client.post(address, {"text": "Good"})["Location"] == reverse("task", args=[task.public_id])
    assert Comment.objects.get().by == cast.olga
    client.force_login(cast.charlie)
    assert client.post(address, {"text": "Good"}).status_code == 404
