"""The catalogue: feeds, imports, parts, period states, code crosswalks and sealed identities."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.org.models import Place

BACK_REFERENCE = ("set_aside_batch", "set_aside_line", "reasons")  # the first columns of a file of set-aside rows


class Feed(models.Model):
    """A source that sends rows of one table for one place, again and again."""

    class Mode(models.TextChoices):
        REPLACE = "replace", "Each file replaces its periods"
        UPSERT = "upsert", "Rows replace earlier rows with the same key"
        APPEND = "append", "Rows are added"

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    table = models.CharField(max_length=60)
    scope = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="feeds")
    owner = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_feeds")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.REPLACE)
    profile = models.JSONField(default=dict, blank=True)
    profile_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    @property
    def owning_place(self) -> str:
        """Code of the place whose people run this feed: a department may own a feed of the whole facility."""
        return (self.owner or self.scope).code


class Batch(models.Model):
    """One import of one file: what was read, accepted and set aside. read = accepted + set_aside; rows that
    were there already, word for word, count among the accepted and change nothing."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="batches")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_path = models.CharField(max_length=300, help_text="The original, kept below the home folder")
    table_version = models.PositiveIntegerField()
    profile_version = models.PositiveIntegerField()
    rows_read = models.PositiveBigIntegerField()
    rows_accepted = models.PositiveBigIntegerField()
    rows_set_aside = models.PositiveBigIntegerField()
    blank_lines = models.PositiveBigIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    periods = models.JSONField(default=list)
    headings = models.JSONField(default=list, help_text="Headings of the file, as they stood")
    set_aside_path = models.CharField(max_length=300, blank=True, default="")
    set_aside_open = models.PositiveBigIntegerField(default=0, help_text="Rows still waiting for a correction")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    note = models.CharField(max_length=300, blank=True, default="")

    @property
    def is_correction(self) -> bool:
        """Whether it spoke of single rows that were set aside before, not of whole months."""
        return self.corrects_id is not None or self.names_rows

    @property
    def names_rows(self) -> bool:
        """Whether each of its rows says which row of which import it corrects."""
        return tuple(self.headings[: len(BACK_REFERENCE)]) == BACK_REFERENCE

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows_read=models.F("rows_accepted") + models.F("rows_set_aside")),
                name="nothing_is_dropped",
            )
        ]


class SettledLine(models.Model):
    """A row that was set aside and no longer waits in its import: how that came, and by which later import."""

    class How(models.TextChoices):
        CORRECTED = "corrected", "accepted from a correction"
        NEWER = "newer", "a newer row with its key was accepted"
        AGAIN = "again", "came again, and waits there"
        ANEW = "anew", "its month came anew"
        BACK = "back", "failed again, and waits where it first did"
        LET_GO = "let go", "let go: it needs no correction"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="settled_lines")
    line = models.PositiveBigIntegerField()
    how = models.CharField(max_length=10, choices=How.choices, default=How.CORRECTED)
    by_batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="settled_once")]


class Part(models.Model):
    """One immutable Parquet file: a table, a feed scope and a period. ``to_batch`` is set when another replaces it."""

    table = models.CharField(max_length=60)
    scope = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveBigIntegerField()
    lowest = models.CharField(max_length=32, blank=True, default="")
    highest = models.CharField(max_length=32, blank=True, default="")
    table_version = models.PositiveIntegerField(default=1)
    from_batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="parts_made")
    to_batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="parts_ended")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table", "scope", "period"], condition=models.Q(to_batch=None), name="one_current_part"
            )
        ]
        indexes = [models.Index(fields=["table", "period"])]


class PeriodState(models.Model):
    """Where a month stands for a facility (no owner), or for the feeds of one owner there. No row means open."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SETTLING = "settling", "Settling"
        COMPLETE = "complete", "Complete"
        CLOSED = "closed", "Closed"
        SIGNED = "signed", "Signed"

    facility = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="period_states")
    owner = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        constraints = [  # two: in SQL no owner is never the same as no owner
            models.UniqueConstraint(
                fields=["facility", "period"], condition=models.Q(owner=None), name="one_state_a_period"
            ),
            models.UniqueConstraint(fields=["facility", "owner", "period"], name="one_state_an_owner_and_period"),
        ]


class Restatement(models.Model):
    """Someone opened a closed period for one import, and said why."""

    facility = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=10)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="restatements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    differences = models.JSONField(default=list)


class Crosswalk(models.Model):
    """What a source's code means here, from one day until another: a place, a payer, an account, a person."""

    kind = models.CharField(max_length=30)
    scope = models.CharField(max_length=40, help_text="Feed scope in which the code is used")
    source_code = models.CharField(max_length=120)
    target = models.CharField(max_length=120)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "source_code", "valid_from"], name="one_meaning_a_day")
        ]


class Identity(models.Model):
    """Who a surrogate stands for: encrypted, opened by role and purpose, each look recorded."""

    surrogate = models.CharField(max_length=32, unique=True)
    sealed = models.BinaryField()
    first_seen_batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")
