"""The audit trail: what a person did, the rows it touched, who looked at patients' data, and the seals over all."""

from __future__ import annotations

from django.db import models


class Act(models.Model):
    """One action of one person (or one system writer): who, what, where, why."""

    at = models.DateTimeField()
    name = models.CharField(max_length=80)
    actor = models.CharField(max_length=150)
    on_behalf_of = models.CharField(max_length=150, default="", blank=True)
    place = models.CharField(max_length=40, default="", blank=True)
    subject = models.CharField(max_length=120, default="", blank=True)
    reason = models.TextField(default="", blank=True)


class Context(models.Model):
    """The act under way in this transaction; one row, read by the triggers and cleared before commit."""

    act = models.BigIntegerField(null=True)

    class Meta:
        db_table = "audit_context"


class Change(models.Model):
    """One row changed, written by a trigger. ``act`` is null when the change came round the actions (raw SQL)."""

    at = models.CharField(max_length=32)
    act = models.BigIntegerField(null=True)
    table = models.CharField(max_length=80)
    row = models.CharField(max_length=80)
    op = models.CharField(max_length=1)
    before = models.TextField(null=True)
    after = models.TextField(null=True)

    class Meta:
        db_table = "audit_change"
        indexes = [models.Index(fields=["table", "row"])]


class Look(models.Model):
    """A person saw rows about patients: who, which table, how many, for what purpose. Never what they said."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    table = models.CharField(max_length=80)
    rows = models.TextField()
    count = models.PositiveIntegerField()
    purpose = models.CharField(max_length=200)
    place = models.CharField(max_length=40, default="", blank=True)


class Seal(models.Model):
    """A hash over a run of acts, changes and looks and over the seal before: alter or drop one and it shows.

    ``missing``: numbers up to here that were given out and not yet committed (PostgreSQL only); a later seal has them.
    """

    at = models.CharField(max_length=40)
    why = models.CharField(max_length=40)
    last_act = models.BigIntegerField()
    last_change = models.BigIntegerField()
    last_look = models.BigIntegerField()
    rows = models.BigIntegerField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    missing = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["id"]
