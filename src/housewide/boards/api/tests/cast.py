"""A small house that a program can ask: tasks, a comment, a review, and a client that carries a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from housewide.boards.api.tokens import SCOPES, make_token
from housewide.org.models import Account, Calendar, Place
from housewide.work.actions import raise_task, say
from housewide.work.models import Task
from housewide.work.tests.cast import Cast, make_cast


@dataclass(frozen=True)
class Asked:
    """The cast, a task of Bob's, and secrets of all scopes by name."""

    cast: Cast
    task: Task
    secrets: dict[str, str]

    def call(self, name: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask ``/api/v1/<path>`` with the token of that person."""
        sent = {"data": body, "content_type": "application/json"} if body is not None else {}
        given = {"Authorization": f"Bearer {self.secrets[name]}", **headers}
        client = Client(raise_request_exception=False)
        return getattr(client, method)(f"/api/v1/{path}", headers=given, **sent)


def secret_of(account: Account, *scopes: str) -> str:
    return make_token(by=account, title="Test", scopes=scopes or list(SCOPES), valid_to=date(2026, 12, 31)).secret


def make_asked() -> Asked:
    cast = make_cast()
    for code in ("MVH", "LKS"):
        Calendar.objects.create(facility=Place.objects.get(code=code), pay_period_anchor=date(2024, 1, 7))
    task = raise_task(by=cast.alice, title="Call the vendor", place="MVH-OR", owner=cast.bob, due=date(2026, 12, 1))
    say(by=cast.alice, subject_kind="task", subject_id=task.public_id, text="Ask @bob")
    people = ("alice", "bob", "charlie", "olga", "audrey")
    return Asked(cast, task, {name: secret_of(getattr(cast, name)) for name in people})
