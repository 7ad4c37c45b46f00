"""Cubes that pages read, the definitions they were computed with, and the targets a place has set."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from housewide.kit.opaque import opaque_id
from housewide.kit.periods import Month
from housewide.org.models import Place


class DefinitionRecord(models.Model):
    """Every version of every definition this home has ever computed with, whole: a figure cites one."""

    measure = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    first_used_at = models.DateTimeField()


class Target(models.Model):
    """What a place wants a measure to be, since when, and who says so. The nearest place above counts."""

    measure = models.CharField(max_length=120)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="targets")
    value = models.DecimalField(max_digits=20, decimal_places=6)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["measure", "-valid_from"]


class CubeVersion(models.Model):
    """The published cube of a measure, facility and month (in the cubes database). Written whole under a new
    version; readers follow ``current``."""

    measure = models.CharField(max_length=120)
    facility = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    definition_sha256 = models.CharField(max_length=64)
    parts_sha256 = models.CharField(max_length=64)
    as_of_batch = models.BigIntegerField(help_text="Last import that this version knows of")
    rows = models.PositiveBigIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    current = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["measure", "facility", "period", "current"])]


class DayCell(models.Model):
    """Integers of one leaf place and day (cubes database). ``bins`` is the histogram of a distribution: bin -> count,
    packed into one row because a row for each bin made a cube thirty times as large."""

    version = models.ForeignKey(CubeVersion, on_delete=models.CASCADE, related_name="days")
    place = models.CharField(max_length=40)
    day = models.DateField()
    num = models.BigIntegerField(default=0)
    den = models.BigIntegerField(default=0)
    count = models.BigIntegerField(default=0, help_text="Rows that count, those left out not among them")
    exact = models.BigIntegerField(default=0, help_text="Exact sum of the values, for the mean of a distribution")
    bins = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["version", "place", "day"])]


class BreakdownCell(models.Model):
    """Integers of one leaf place, month and one value of one breakdown (cubes database). ``by`` is empty for the whole
    month of the place; only that cell says what was left out."""

    version = models.ForeignKey(CubeVersion, on_delete=models.CASCADE, related_name="breakdowns")
    place = models.CharField(max_length=40)
    by = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=120, blank=True)
    num = models.BigIntegerField(default=0)
    den = models.BigIntegerField(default=0)
    count = models.BigIntegerField(default=0)
    exact = models.BigIntegerField(default=0)
    bins = models.JSONField(null=True)
    left_out = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["version", "by"])]


class SignalRecord(models.Model):
    """What the statistics said about a measure at a place at the end of a month (in the cubes database: it can always
    be computed again). ``word`` is that of the reading, “no change” and “not enough data” included."""

    measure = models.CharField(max_length=120)
    place = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    word = models.CharField(max_length=16)
    tone = models.CharField(max_length=8)
    arrow = models.CharField(max_length=4)
    rule = models.CharField(max_length=120, blank=True, default="")
    since = models.CharField(max_length=10, blank=True, default="")
    chart = models.CharField(max_length=12)
    value = models.CharField(max_length=40)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    verdict = models.CharField(max_length=20, blank=True, default="")
    first_noticed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "place", "period"], name="one_record_a_period")]
        indexes = [models.Index(fields=["place", "period"])]


class Noticed(models.Model):
    """A signal as people meet it: noticed with one month, held by the months after, ended by the first without it.

    ``since`` is the month in which the stretch of points began, ``first_period`` the month with which it was noticed.
    """

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    measure = models.CharField(max_length=120)
    place = models.CharField(max_length=40)
    word = models.CharField(max_length=16)
    tone = models.CharField(max_length=8)
    arrow = models.CharField(max_length=4)
    rule = models.CharField(max_length=120)
    since = models.CharField(max_length=10)
    first_period = models.CharField(max_length=10)
    period = models.CharField(max_length=10, help_text="The last month that held it")
    value = models.CharField(max_length=40)
    first_noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_period = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["measure", "place", "first_period"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "place"], condition=models.Q(ended_at=None), name="one_open_signal_a_place"
            )
        ]
        indexes = [models.Index(fields=["place", "ended_at"])]

    @property
    def since_title(self) -> str:
        return Month.parse(self.since).title if self.since else "its first month"

    @property
    def title(self) -> str:
        return Month.parse(self.period).title

    @property
    def first_title(self) -> str:
        return Month.parse(self.first_period).title
