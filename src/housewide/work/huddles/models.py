"""Huddles and who came, issues and the way they took, what leaders heard on their rounds, and each house's times."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.org.models import Person, Place


class HuddlePlan(models.Model):
    """Who huddles when at a facility (or in the system), where it differs from the preset it started from."""

    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="huddle_plan")
    preset = models.CharField(max_length=20)
    tiers = models.JSONField(default=list)
    without = models.JSONField(default=list, help_text="Codes of places that do not huddle")
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)


class Huddle(models.Model):
    """One huddle of one place on one day. Times are aware; ``planned`` is the clock of the place."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", "Not held yet"
        UNDER_WAY = "under_way", "Under way"
        HELD = "held", "Held"
        NOT_HELD = "not_held", "Not held"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="huddles")
    day = models.DateField()
    tier = models.PositiveSmallIntegerField()
    planned = models.TimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SCHEDULED)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="", help_text="Why it was not held")
    led_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="huddles_led"
    )
    others = models.PositiveSmallIntegerField(default=0, help_text="People who came and are not on the list")

    class Meta:
        ordering = ["day", "tier", "place__code"]
        constraints = [models.UniqueConstraint(fields=["place", "day"], name="one_huddle_a_day")]
        indexes = [models.Index(fields=["day", "state"])]


class Attendance(models.Model):
    """Whether a person who was expected came."""

    class Presence(models.TextChoices):
        PRESENT = "present", "Present"
        LATE = "late", "Late"
        ABSENT = "absent", "Absent"

    huddle = models.ForeignKey(Huddle, on_delete=models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="huddles_attended")
    presence = models.CharField(max_length=8, choices=Presence.choices)

    class Meta:
        ordering = ["person__name"]
        constraints = [models.UniqueConstraint(fields=["huddle", "person"], name="one_presence_a_person")]


class Issue(models.Model):
    """Something a place cannot leave as it is. ``path`` is the line of places it has gone up, the last one holds it."""

    class State(models.TextChoices):
        OPEN = "open", "To settle"
        ASSIGNED = "assigned", "Assigned"
        ESCALATED = "escalated", "Waiting for an answer"
        ANSWERED = "answered", "Answered, to be heard"
        CLOSED = "closed", "Closed"

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    title = models.CharField(max_length=160)
    topic = models.CharField(max_length=20)
    kind = models.CharField(max_length=30, default="other")
    harm = models.CharField(max_length=10, default="none")
    hours = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How long it has lasted already")
    need = models.TextField(blank=True, default="")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="huddle_issues")
    home = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="Whose huddle hears of it")
    holder = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", help_text="Who has to act now")
    path = models.JSONField(default=list)
    tier = models.PositiveSmallIntegerField(help_text="Tier of the holder")
    reached = models.PositiveSmallIntegerField(help_text="Highest tier it has been asked of")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    huddle = models.ForeignKey(Huddle, null=True, blank=True, on_delete=models.PROTECT, related_name="issues")
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="issues_raised")
    raised_at = models.DateTimeField()
    held_since = models.DateTimeField(help_text="Since when the holder has it")
    asked = models.TextField(blank=True, default="", help_text="What is asked of the holder")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When it first went up")
    first_due = models.DateTimeField(null=True, blank=True, help_text="By when the first answer was due")
    answer_by = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="When the first answer came")
    told_overdue = models.BooleanField(default=False)
    task = models.CharField(max_length=12, blank=True, default="", help_text="Public id of the task it became")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at", "id"]
        indexes = [models.Index(fields=["state", "holder"]), models.Index(fields=["home", "state"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED


class Step(models.Model):
    """One step on the way of an issue: who did what, where, in which words."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True, default="")
    due = models.DateTimeField(null=True, blank=True)
    in_time = models.BooleanField(null=True)

    class Meta:
        ordering = ["id"]


class RoundingNote(models.Model):
    """What a leader heard on a round; where it needs following up it becomes an issue of the place."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="rounding_notes")
    day = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rounding_notes")
    spoke_with = models.CharField(max_length=120, blank=True, default="")
    topic = models.CharField(max_length=20)
    heard = models.TextField()
    issue = models.ForeignKey(Issue, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-id"]
