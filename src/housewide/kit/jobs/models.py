"""Jobs: what the machine is asked to do, how far it is, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id


class Job(models.Model):
    """One piece of machine work. ``token`` is the fencing token: it grows with every lease, and an effect
    commits only while its run still holds the latest one."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    place = models.CharField(max_length=40, default="", blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    run_after = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    token = models.PositiveBigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    effects = models.JSONField(default=list, help_text="Steps whose effect has been committed")
    done_share = models.PositiveSmallIntegerField(default=0)
    doing = models.CharField(max_length=200, default="", blank=True)
    result = models.JSONField(default=dict)
    result_url = models.CharField(max_length=300, default="", blank=True)
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "run_after"])]

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING


class JobLine(models.Model):
    """A line of a job's log. Never PHI."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]


class Artefact(models.Model):
    """A file that a job made, kept below the home folder."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="artefacts")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="one_artefact_a_name")]


class Schedule(models.Model):
    """A job that comes round: five-field cron text in the installation's time zone."""

    kind = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    cron = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    next_at = models.DateTimeField()
