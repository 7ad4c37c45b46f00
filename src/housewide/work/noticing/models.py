"""Answers to signals, and which task a signal is on."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.org.models import Place


class Watch(models.Model):
    """Somebody knows of a signal and watches it until a day, with the reason; after that day it is asked again."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    signal = models.CharField(max_length=12, help_text="Opaque id of the signal that was answered")
    measure = models.CharField(max_length=120)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=16)
    given_on = models.DateField(help_text="The business day on which it was said")
    until = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "work"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["measure", "until"])]


class SignalTask(models.Model):
    """A signal on a task. ``round`` counts how often it was asked again after a watch had lapsed: one task a round."""

    signal = models.CharField(max_length=12)
    measure = models.CharField(max_length=120)
    place = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField(default=0)
    rule = models.CharField(max_length=40)
    task = models.ForeignKey("work.Task", on_delete=models.PROTECT, related_name="signals")
    raised_on = models.DateField(help_text="The business day on which it came onto the task")

    class Meta:
        app_label = "work"
        constraints = [models.UniqueConstraint(fields=["signal", "round"], name="one_task_a_signal_and_round")]
        indexes = [models.Index(fields=["measure", "place"])]
