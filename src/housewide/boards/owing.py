"""The tasks a person owes, as Today and the digest list them beside what other layers say is owed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from housewide.kit.registry import Owed
from housewide.work.models import Task
from housewide.work.queries import visible_tasks


def tasks_owed(account: Any) -> Iterator[Owed]:
    """Open tasks of the account at places it sees; one query."""
    for task in visible_tasks(account).filter(owner=account, state=Task.State.OPEN).order_by("due", "pk"):
        asked_by = "" if task.raised_by_id in (None, account.pk) else f"asked by {task.raised_by}"
        yield Owed(
            title=task.title,
            detail=", ".join(part for part in (task.place.name, asked_by) if part),
            url=reverse("task", args=[task.public_id]),
            due=task.due,
            kind="task",
            place=task.place.code,
        )
