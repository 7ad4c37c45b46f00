"""Places, their dated tree and calendars; people, their positions and accounts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from housewide.kit.opaque import opaque_id


class Place(models.Model):
    """Somewhere care is given or run: a system, a facility, a department or a unit."""

    class Kind(models.TextChoices):
        SYSTEM = "system", "System"
        FACILITY = "facility", "Facility"
        DEPARTMENT = "department", "Department"
        UNIT = "unit", "Unit"

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    cost_centre = models.CharField(max_length=20, blank=True, default="")
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Where a place hung in the tree, from one day until another. A unit that moves gets a new row: history stays."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="children_placements")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="First day on which it no longer holds")

    class Meta:
        ordering = ["place_id", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["place", "valid_from"], name="one_placement_a_day")]


class Calendar(models.Model):
    """How a facility counts time: fiscal months, 14-day pay periods, workdays."""

    class Pattern(models.TextChoices):
        CALENDAR = "calendar", "Calendar months"
        FOUR_FOUR_FIVE = "445", "4-4-5 weeks"

    facility = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="calendar")
    pattern = models.CharField(max_length=10, choices=Pattern.choices, default=Pattern.CALENDAR)
    year_starts_month = models.PositiveSmallIntegerField(default=1)
    year_starts_on = models.DateField(null=True, blank=True, help_text="4-4-5 only: first day of a fiscal year")
    pay_period_anchor = models.DateField(help_text="First day of any 14-day pay period")
    workdays = models.CharField(max_length=7, default="1111100", help_text="Monday to Sunday, 1 = workday")
    time_zone = models.CharField(max_length=40, default="America/Chicago")


class Holiday(models.Model):
    """A day on which the facility does not run its elective work."""

    facility = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["facility", "day"], name="one_holiday_a_day")]


class Person(models.Model):
    """Somebody who works here, whether or not they sign in."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True, default="")
    title = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """What a person does at a place, from one day until another."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="positions")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="positions")
    title = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)


class AccountQueries(BaseUserManager["Account"]):
    """Makes accounts; Django asks for it under this role."""

    def create_user(self, username: str, password: str | None = None, **more: object) -> Account:
        account: Account = self.model(username=username.lower(), email=username.lower(), **more)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser, PermissionsMixin):
    """Someone who may sign in. What they may see comes from grants, never from the account itself."""

    public_id = models.CharField(max_length=12, default=opaque_id, unique=True, editable=False)
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True, default="")
    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = AccountQueries()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.person.name if self.person else self.username

    @property
    def initials(self) -> str:
        words = str(self).replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper()
