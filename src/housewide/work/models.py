"""Tasks, what people say about things, and the history of both."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.org.models import Place


class Task(models.Model):
    """Work a person owes: what, why, by when, about which subject."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="tasks")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks_owned")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="tasks_raised"
    )
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    outcome = models.TextField(blank=True, default="")
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.CharField(max_length=200, blank=True, default="")
    subject_title = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["state", "due", "id"]
        indexes = [models.Index(fields=["owner", "state"]), models.Index(fields=["subject_kind", "subject_id"])]


class Comment(models.Model):
    """What someone said about a subject."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    at = models.DateTimeField()
    text = models.TextField(help_text="People are named by the ids of their accounts: @{id}")
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]


class Notice(models.Model):
    """Something a person should know: shown in the page, until read, while they can see what it is about."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    place = models.CharField(max_length=40, blank=True, default="")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["to"], condition=models.Q(read_at=None), name="unread_notices"),
            models.Index(fields=["to", "-at"], name="notices_newest_first"),
        ]


from housewide.work.noticing.models import SignalTask, Watch  # noqa: E402 - they point at the task above

__all__ = ["Comment", "Notice", "SignalTask", "Task", "Watch"]
