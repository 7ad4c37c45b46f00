"""Grants of a role at a place, and the dated delegation of what someone may do."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.org.models import Place


class Grant(models.Model):
    """An account holds a role at a place and at everything below it, between two days."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="grants")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day on which it holds")

    class Meta:
        ordering = ["account_id", "id"]


class Delegation(models.Model):
    """While one person is away another may act for them, at a place, between two days; the audit names both."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given")
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_received"
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=300)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Standing(models.Model):
    """What an account still owes before it may go on: a password that somebody else chose must be changed."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standing")
    must_change = models.BooleanField(default=False)
    temporary_until = models.DateTimeField(null=True, blank=True)


class SignedIn(models.Model):
    """One browser in which an account is signed in. It is gone when the sign-in ends, by hand, by time or by force."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True, default="")
    browser = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-seen_at"]


class BrokenGlass(models.Model):
    """Somebody opened, with a reason and for hours, what their role does not show; somebody else judges it after."""

    class Outcome(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="glass_broken")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    identities = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    review_due = models.DateField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, default="", choices=Outcome.choices)
    finding = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["account", "until"], name="glass_of_account")]
