"""A review of a place and month: its comments, its frozen figures, its signatures, its packs."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.org.models import Place


class Review(models.Model):
    """The conversation about a place and a month."""

    class State(models.TextChoices):
        DRAFT = "draft", "In preparation"
        FROZEN = "frozen", "Frozen"
        SIGNED = "signed", "Signed"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="reviews")
    period = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    as_of_batch = models.BigIntegerField(default=0, help_text="The newest import when it was frozen")
    frozen_head = models.CharField(
        max_length=64, blank=True, default="", help_text="Head of the audit chain at that time"
    )
    asks = models.JSONField(default=list, blank=True, help_text="Measures that asked for a comment when last looked at")

    class Meta:
        ordering = ["-period", "place__code"]
        constraints = [models.UniqueConstraint(fields=["place", "period"], name="one_review_a_month")]


class Figure(models.Model):
    """A reading frozen by a review. Never edited; a restated one is marked and listed beside the new value."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="figures")
    measure = models.CharField(max_length=120)
    order = models.PositiveIntegerField(default=0)
    definition_sha256 = models.CharField(max_length=64)
    as_of_batch = models.BigIntegerField()
    parts = models.JSONField(help_text="[[path, sha256], …] of every part it was computed from")
    tree_sha256 = models.CharField(max_length=64)
    components = models.JSONField(help_text="Integers: numerator, denominator, histogram")
    reading = models.JSONField(help_text="The reading as it was shown: value, target, signal, reach, series")
    sha256 = models.CharField(max_length=64)
    restated_at = models.DateTimeField(null=True, blank=True)
    restated_reading = models.JSONField(null=True, blank=True)
    restated_differences = models.JSONField(default=list, blank=True, help_text="What changed, in words")

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["review", "measure"], name="one_figure_a_measure")]


class ReviewComment(models.Model):
    """What the manager says about a figure or about the month; one that is asked for is required before signing.

    ``text`` is the cause. A promise is a value that a measure is to reach in a month; its verdict is computed.
    """

    class Continues(models.TextChoices):
        UNSAID = "", "Not said"
        YES = "yes", "It continues"
        NO = "no", "It is over"
        UNKNOWN = "unknown", "Not known yet"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="comments")
    measure = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField()
    continues = models.CharField(max_length=8, choices=Continues.choices, blank=True, default="")
    action = models.TextField(blank=True, default="")
    promise_measure = models.CharField(max_length=120, blank=True, default="")
    promise_value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    promise_by = models.CharField(max_length=10, blank=True, default="", help_text="The month, like 2026-12")
    carried_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="carried")
    adopted_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="adopted")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Decision(models.Model):
    """What was decided at the review, and who answers for it."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    text = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Signature(models.Model):
    """A person signed the frozen review; what they signed is in the hash.

    ``below``: [place, state, hash of its last signature] of every review that belongs to it; ``without``: why it was
    signed though some of those were not.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="signatures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    audit_head = models.CharField(max_length=64)
    below = models.JSONField(default=list, blank=True)
    without = models.TextField(blank=True, default="")


class Pack(models.Model):
    """A printed review: PDF, XLSX or PPTX, for managers or for the board, kept with its hash."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="packs")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    audience = models.CharField(max_length=8, default="managers", help_text="managers or board")
    names_shown = models.BooleanField(default=False)
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "kind", "audience", "names_shown", "sha256"], name="one_pack_of_the_same_bytes"
            )
        ]


class StepDay(models.Model):
    """On which workday after the month a facility takes a step of its review calendar; none: it leaves the step out."""

    facility = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    workday = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["facility__code", "step"]
        constraints = [models.UniqueConstraint(fields=["facility", "step"], name="one_day_a_step")]


class Reminder(models.Model):
    """That somebody was told of a step of a review, so that nobody is told twice on the same grounds."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    step = models.CharField(max_length=20)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    late = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "period", "step", "to", "late"], name="one_reminder_each")
        ]
