"""A task as a thing one can point at: its name, its address and who may see it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.kit.subjects import Subject
from housewide.work.models import Task


def task_subject(id: str) -> Subject | None:
    """The subject of kind ``task`` with this opaque id."""
    task = Task.objects.select_related("place").filter(public_id=id).first()
    if task is None:
        return None
    place = task.place.code

    def visible_to(account: Any) -> bool:
        return allowed(account, "see.measures", place)

    return Subject("task", task.public_id, place, task.title, reverse("task", args=[task.public_id]), visible_to)
