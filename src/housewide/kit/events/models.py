"""The outbox: an event commits with the change that caused it, or not at all."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """Something that happened. Listeners run later, in order; each remembers how far it has read.

    ``number`` is the place in that order. It is given after the commit: on PostgreSQL ids are given before it, so that
    a lower one may appear after a higher one was heard."""

    number = models.BigIntegerField(null=True, unique=True, editable=False)
    name = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["name", "number"])]


class Cursor(models.Model):
    """How far a listener has read; moved in the transaction of its effect, so each event takes effect once."""

    listener = models.CharField(max_length=120, unique=True)
    # The number of the last event heard.
    last_event = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="", blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
