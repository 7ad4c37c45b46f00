"""What programs may ask and change: the gates of the screens, one shape for every problem."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from housewide.access.models import Grant
from housewide.boards.api import asking
from housewide.boards.api.tests.cast import Asked, make_asked, secret_of
from housewide.boards.models import ApiToken
from housewide.kit.audit.models import Act
from housewide.reviews.tests.examples import SURGEONS, a_frozen_review
from housewide.work.models import Comment, Task

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
PERIOD = "2026-10"
MEASURE = "surgery.start_delay.first_cases"


@pytest.fixture
def asked() -> Asked:
    return make_asked()


def is_problem(answer: Any, status: int) -> bool:
    said = answer.json()
    return answer.status_code == status and said["status"] == status and set(said) == {
        "status", "title", "detail", "errors"
    }  # fmt: skip


def test_a_program_learns_who_it_asks_for(asked: Asked) -> None:
    me = asked.call("alice", "get", "me").json()
    assert me["username"] == "alice@example.org" and me["token"] == "Test"
    assert me["places"]["see.measures"] == ["MVH", "MVH-OR"]


def test_without_a_token_that_holds_nothing_is_said(asked: Asked) -> None:
    for headers in ({}, {"Authorization": "Bearer hw_no"}, {"Authorization": "Basic YTpi"}):
        answer = Client().get("/api/v1/me", headers=headers)
        assert is_problem(answer, 401) and answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_no_door_of_the_interface(asked: Asked) -> None:
    client = Client()
    client.force_login(asked.cast.alice)
    assert is_problem(client.get("/api/v1/me"), 401)
    assert is_problem(client.post("/api/v1/tasks", {}, content_type="application/json"), 401)


def test_a_scope_that_is_missing_is_said_in_words(asked: Asked) -> None:
    secret = secret_of(asked.cast.alice, "read:measures")
    answer = Client().get("/api/v1/tasks", headers={"Authorization": f"Bearer {secret}"})
    assert is_problem(answer, 403) and "read:work" in answer.json()["detail"]


def test_a_token_loses_what_its_owner_loses(asked: Asked) -> None:
    assert asked.call("bob", "get", "tasks").json()["count"] == 1
    Grant.objects.filter(account=asked.cast.bob).delete()
    assert asked.call("bob", "get", "tasks").json()["count"] == 0
    assert is_problem(asked.call("bob", "get", f"tasks/{asked.task.public_id}"), 404)


def test_places_come_a_page_at_a_time(asked: Asked) -> None:
    first = asked.call("olga", "get", "places?per_page=3").json()
    second = asked.call("olga", "get", f"places?per_page=3&page={first['next']}").json()
    assert (first["count"], first["next"], second["next"]) == (4, 2, None)
    assert [one["code"] for one in first["items"] + second["items"]] == ["LKS", "MVH", "MVH-OR", "SYS"]


def test_a_reading_explains_itself(asked: Asked) -> None:
    one = asked.call("alice", "get", f"places/MVH-OR/readings/{PERIOD}/{MEASURE}").json()
    assert one["measure"] == MEASURE and one["signal"]["word"] == "not enough data" and one["definition_sha256"]
    listed = asked.call("alice", "get", f"places/MVH-OR/readings/{PERIOD}?per_page=200").json()
    assert one in listed["items"]
    points = asked.call("alice", "get", f"places/MVH-OR/series/{MEASURE}?last={PERIOD}&count=3").json()["points"]
    assert [point["period"] for point in points] == ["2026-08", "2026-09", "2026-10"]


def test_another_house_is_not_there(asked: Asked) -> None:
    for path in (f"places/MVH-OR/readings/{PERIOD}", f"places/MVH-OR/rows/{PERIOD}/{MEASURE}",
                 f"places/NOWHERE/readings/{PERIOD}", f"tasks/{asked.task.public_id}", "tasks?place=MVH-OR",
                 f"comments/task/{asked.task.public_id}", f"places/MVH-OR/signals/{PERIOD}"):  # fmt: skip
        assert is_problem(asked.call("charlie", "get", path), 404), path
    raised = {"title": "x", "place": "MVH-OR", "owner": "bob@example.org"}
    assert is_problem(asked.call("charlie", "post", "tasks", raised), 404)


def test_rows_take_the_capability_and_leave_a_look(asked: Asked) -> None:
    from housewide.kit.audit.models import Look

    assert is_problem(asked.call("bob", "get", f"places/MVH-OR/rows/{PERIOD}/{MEASURE}"), 403)
    answer = asked.call("alice", "get", f"places/MVH-OR/rows/{PERIOD}/{MEASURE}")
    assert answer.status_code == 200 and answer.json()["items"] == []
    assert all(look.purpose == "rows behind a number, by API" for look in Look.objects.all())


def test_figures_name_surgeons_only_to_who_may_read_their_names(asked: Asked) -> None:
    review = a_frozen_review(asked.cast)
    labels = [["surgeon", name, [num, den]] for name, num, den in SURGEONS] + [["room", "OR 1", [5, 9]]]
    review.figures.update(components={"num": 125, "den": 180, "labels": labels})
    [named] = asked.call("alice", "get", f"reviews/{review.public_id}/figures").json()["items"]
    assert named["components"]["labels"] == labels
    answer = asked.call("audrey", "get", f"reviews/{review.public_id}/figures")
    shown = answer.json()["items"][0]["components"]["labels"]
    assert [counted for _, _, counted in shown] == [counted for _, _, counted in labels]
    assert all(label.startswith("Surgeon") for by, label, _ in shown if by == "surgeon")
    assert ["room", "OR 1", [5, 9]] in shown
    assert not [name for name, _, _ in SURGEONS if name.split()[-1] in answer.content.decode()]


def test_a_task_is_raised_handed_over_and_finished(asked: Asked) -> None:
    given = {"title": "Walk the rooms", "place": "MVH-OR", "owner": "bob@example.org", "due": "2026-12-04"}
    made = asked.call("alice", "post", "tasks", given)
    assert made.status_code == 201 and made.json()["owner"] == "bob@example.org"
    id = made.json()["id"]
    handed = asked.call("bob", "post", f"tasks/{id}/hand-over", {"to": "olga@example.org"})
    assert handed.json()["owner"] == "olga@example.org"
    assert asked.call("olga", "post", f"tasks/{id}/finish", {"outcome": "Done"}).json()["state"] == "done"
    assert is_problem(asked.call("olga", "post", f"tasks/{id}/finish", {"outcome": "Again"}), 409)
    assert list(Act.objects.filter(actor="olga@example.org", name="task.finish").values_list("subject", flat=True)) == [
        f"task:{id}"
    ]


def test_a_refusal_says_why(asked: Asked) -> None:
    answer = asked.call("audrey", "post", f"tasks/{asked.task.public_id}/finish", {"outcome": "x"})
    assert is_problem(answer, 403) and "Only Bob" in answer.json()["detail"]
    given = {"title": "x", "place": "MVH-OR", "owner": "charlie@example.org"}
    assert is_problem(asked.call("alice", "post", "tasks", given), 403)
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ("{", 400, ""),
        ({"title": " ", "place": "MVH-OR", "owner": "bob@example.org"}, 422, "title"),
        ({"title": "x", "place": "MVH-OR", "owner": "bob@example.org", "due": "soon"}, 422, "due"),
        ({"title": "x", "place": "MVH-OR", "owner": "bob@example.org", "more": 1}, 422, "more"),
        ({"title": "a\x00b", "place": "MVH-OR", "owner": "bob@example.org"}, 422, "title"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(asked: Asked, body: Any, status: int, where: str) -> None:
    answer = asked.call("alice", "post", "tasks", body)
    assert is_problem(answer, status)
    assert where in str(answer.json()["errors"])


def test_comments_name_people_and_read_back_as_words(asked: Asked) -> None:
    given = {"subject_kind": "task", "subject_id": asked.task.public_id, "text": "Thanks @alice"}
    said = asked.call("bob", "post", "comments", given)
    assert said.status_code == 201 and said.json()["named"] == ["alice@example.org"]
    listed = asked.call("olga", "get", f"comments/task/{asked.task.public_id}").json()
    assert [one["text"] for one in listed["items"]] == ["Ask @Bob", "Thanks @Alice"]
    assert is_problem(asked.call("audrey", "post", "comments", given), 403)
    assert Comment.objects.count() == 2


def test_a_file_needs_a_feed_that_one_may_fill(asked: Asked) -> None:
    client = Client()
    sent = {"feed": "missing", "file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n")}
    answer = client.post("/api/v1/imports", sent, headers={"Authorization": f"Bearer {asked.secrets['alice']}"})
    assert is_problem(answer, 404)


def test_what_is_too_large_is_stopped_before_it_is_read(asked: Asked) -> None:
    given = {"subject_kind": "task", "subject_id": asked.task.public_id, "text": "x" * 1_000_001}
    assert is_problem(asked.call("alice", "post", "comments", given), 413)


def test_unknown_addresses_and_methods_are_problems_too(asked: Asked) -> None:
    for path in ("nothing/here", "", "tasks/"):
        assert is_problem(asked.call("alice", "get", path), 404), path
    assert is_problem(asked.call("alice", "get", "tasks/%0Ax"), 422)
    answer = asked.call("alice", "delete", "tasks")
    assert is_problem(answer, 405) and answer["Allow"] == "GET, POST"


def test_what_did_not_change_is_not_sent_again(asked: Asked) -> None:
    first = asked.call("alice", "get", "measures")
    again = asked.call("alice", "get", "measures", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_too_many_requests_are_stopped(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "rates", asking.Rates(most=2))
    statuses = [asked.call("alice", "get", "me").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert asked.call("bob", "get", "me").status_code == 200


def test_the_reference_lists_every_operation_and_needs_nothing_from_elsewhere(asked: Asked, client: Client) -> None:
    client.force_login(asked.cast.alice)
    page = client.get("/api/").content.decode()
    for path in Client().get("/api/v1/openapi.json").json()["paths"]:
        assert path in page
    assert "https://" not in page.split("<main")[1]
    assert ApiToken.objects.first() is not None
