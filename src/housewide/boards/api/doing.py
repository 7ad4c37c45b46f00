"""Tasks and comments: read them, raise, finish and hand over, say something."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router, Status

from housewide.access.gates import places_where
from housewide.boards.api import shapes
from housewide.boards.api.asking import Bearer, asker, gives, paged
from housewide.boards.api.problems import ApiProblem
from housewide.boards.api.shapes import Id, PageNumber, PageSize
from housewide.kit import subjects
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.org.models import Account
from housewide.org.tree import tree_on
from housewide.work import actions, mentions, queries
from housewide.work.models import Comment, Task

router = Router()
READS, WRITES, SAYS = Bearer("read:work"), Bearer("write:work"), Bearer("write:comments")
State = Literal["open", "done", "dropped"]
TASKS, COMMENTS = ["Tasks"], ["Comments"]
NOTHING = "There is nothing here that you can see."


@router.get("/tasks", auth=READS, response=gives(shapes.Paged[shapes.TaskOut]), tags=TASKS, summary="Tasks one sees")
def tasks(
    request: HttpRequest,
    state: Query[State | None] = None,
    mine: Query[bool] = False,
    place: Query[shapes.Code | None] = None,
    page: PageNumber = 1,
    per_page: PageSize = 50,
) -> dict[str, Any]:
    account = asker(request)
    found = queries.visible_tasks(account).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if mine:
        found = found.filter(owner=account)
    if place:
        if place not in places_where(account, queries.SEES):
            raise NotSeen(NOTHING)
        found = found.filter(place__code__in=tree_on(today()).below(place))
    return paged(found, page, per_page, lambda task: _task(account, task))


@router.get("/tasks/{id}", auth=READS, response=gives(shapes.TaskOut), tags=TASKS, summary="One task")
def task(request: HttpRequest, id: Path[Id]) -> dict[str, Any]:
    return _task(asker(request), queries.see_task(asker(request), id))


def _task(account: Account, task: Task) -> dict[str, Any]:
    names = ("title", "why", "due", "state", "outcome", "subject_kind", "subject_id", "created_at", "closed_at")
    return {name: getattr(task, name) for name in names} | {
        "id": task.public_id,
        "place": task.place.code,
        "owner": task.owner.username,
        "raised_by": task.raised_by.username if task.raised_by else None,
        "url": reverse("task", args=[task.public_id]),
    }


def _person(username: str, place: str) -> Account:
    """Somebody who can take work at the place. Raises Refused for everybody else, known or not."""
    for account in queries.people_who_see(place):
        if account.username == username.strip().lower():
            return account
    raise Refused(f"“{username}” is nobody who can see this place. Nothing was changed.")


def _open(task: Task) -> Task:
    if task.state != Task.State.OPEN:
        raise ApiProblem(409, f"This task is already {task.get_state_display().lower()}. Nothing was changed.")
    return task


@router.post("/tasks", auth=WRITES, response=gives(shapes.TaskOut, 201, 413), tags=TASKS, summary="Raise a task")
def raise_task(request: HttpRequest, given: shapes.TaskIn) -> Any:
    account = asker(request)
    if given.place not in places_where(account, queries.SEES):
        raise NotSeen(NOTHING)
    values = given.dict() | {"owner": _person(given.owner, given.place)}
    return Status(201, _task(account, actions.raise_task(by=account, **values)))


@router.post(
    "/tasks/{id}/finish",
    auth=WRITES,
    response=gives(shapes.TaskOut, 200, 409, 413),
    tags=TASKS,
    summary="Finish a task",
)
def finish_task(request: HttpRequest, id: Path[Id], given: shapes.FinishIn) -> dict[str, Any]:
    account = asker(request)
    task = _open(queries.see_task(account, id))
    return _task(account, actions.finish_task(by=account, task=task, outcome=given.outcome))


@router.post(
    "/tasks/{id}/hand-over", auth=WRITES, response=gives(shapes.TaskOut, 200, 409, 413), tags=TASKS,
    summary="Give a task to somebody who can see its place",
)  # fmt: skip
def hand_over_task(request: HttpRequest, id: Path[Id], given: shapes.HandOverIn) -> dict[str, Any]:
    account = asker(request)
    task = _open(queries.see_task(account, id))
    to = _person(given.to, task.place.code)
    return _task(account, actions.hand_over_task(by=account, task=task, to=to, reason=given.reason))


@router.get(
    "/comments/{subject_kind}/{subject_id}", auth=READS, response=gives(shapes.Paged[shapes.CommentOut]),
    tags=COMMENTS, summary="What was said about a thing, oldest first",
)  # fmt: skip
def comments(
    request: HttpRequest, subject_kind: Path[str], subject_id: Path[str],
    page: PageNumber = 1, per_page: PageSize = 50,
) -> dict[str, Any]:  # fmt: skip
    account = asker(request)
    if subjects.find_visible(account, subject_kind, subject_id) is None:
        raise NotSeen(NOTHING)
    return paged(queries.comments_about(account, subject_kind, subject_id), page, per_page, _comment)


def _comment(one: Comment) -> dict[str, Any]:
    named = list(one.mentions.all())
    return {"id": one.public_id, "by": one.by.username, "at": one.at, "text": mentions.plain(one.text, named),
            "named": [account.username for account in named]}  # fmt: skip


@router.post(
    "/comments", auth=SAYS, response=gives(shapes.CommentOut, 201, 413), tags=COMMENTS, summary="Say something"
)
def say(request: HttpRequest, given: shapes.CommentIn) -> Any:
    return Status(201, _comment(actions.say(by=asker(request), **given.dict())))
