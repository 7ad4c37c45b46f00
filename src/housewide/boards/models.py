"""What the boards keep of their own: who wants the morning e-mail and to whom it went, and the tokens with which a
program asks for a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id


class ApiToken(models.Model):
    """A program may ask in the name of a person, for some things, until a day. Only the hash of the secret is kept."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    title = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    valid_to = models.DateField(help_text="Last day on which it holds")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]


class DigestChoice(models.Model):
    """What a person has chosen; without a choice the digest comes."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="digest_choice")
    wanted = models.BooleanField(default=True)
    changed_at = models.DateTimeField()


class DigestSent(models.Model):
    """The digest of a day went to a person: never twice. It keeps the address, not what was said."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="digests")
    day = models.DateField()
    address = models.EmailField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "account_id"]
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="one_digest_a_day")]
