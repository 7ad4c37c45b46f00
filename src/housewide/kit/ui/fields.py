"""Form fields that take what people type: $38,200, 14 Oct 2026, 7:30; and hand on cents, dates and seconds."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from housewide.kit.ui.numbers import money_text

DAY_SHAPES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")


def read_money(text: str) -> int:
    """``$1,234.50``, ``(200)``, ``-5``, ``1.5k``, ``2m`` -> cents. Raises ValueError."""
    cleaned = text.strip().replace("\u2212", "-").replace(" ", "").replace(",", "").replace("$", "")
    negative = cleaned.startswith("(") and cleaned.endswith(")")
    cleaned = cleaned.strip("()")
    scale = {"k": 1_000, "m": 1_000_000}.get(cleaned[-1:].lower(), 1)
    if scale > 1:
        cleaned = cleaned[:-1]
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d+)?|[+-]?\.\d+", cleaned, re.ASCII):
        raise ValueError(text)
    try:
        cents = Decimal(cleaned) * scale * 100
    except InvalidOperation as error:
        raise ValueError(text) from error
    if cents != cents.to_integral_value():
        raise ValueError(text)
    return -int(cents) if negative else int(cents)


def read_duration(text: str) -> int:
    """``7:30`` or ``7h30`` (hours, minutes), ``450 min``, ``1.5 h``, ``90`` (minutes) -> seconds. Raises ValueError."""
    cleaned = text.strip().lower()
    clock = re.fullmatch(r"(\d{1,4}) ?(?::|h|hr|hours?) ?([0-5]?\d) ?(m|min|minutes?)?", cleaned, re.ASCII)
    if clock:
        return int(clock[1]) * 3600 + int(clock[2]) * 60
    plain = re.fullmatch(
        r"(\d{1,6}(?:\.\d{1,4})?) ?(h|hr|hours?|m|min|minutes?|s|sec|seconds?|d|days?)?", cleaned, re.ASCII
    )
    if not plain:
        raise ValueError(text)
    unit = {"h": 3600, "s": 1, "d": 86400}.get((plain[2] or "m")[0], 60)
    return int((Decimal(plain[1]) * unit).to_integral_value())


def read_day(text: str) -> date:
    """``2026-10-14``, ``10/14/2026`` (month first), ``14 Oct 2026``, ``October 14, 2026``. Raises ValueError."""
    cleaned = " ".join(text.replace(",", " ").split())
    for shape in DAY_SHAPES:
        try:
            return datetime.strptime(cleaned, shape).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


class MoneyField(forms.Field):
    """An amount of dollars as a person types it; the cleaned value is integer cents."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, least: int | None = None, **options: Any) -> None:
        self.least = least
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return money_text(value).lstrip("$").replace("\u2212$", "-") if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            return read_money(str(value))
        except ValueError:
            raise ValidationError(f"“{value}” is not an amount. Write it like 38,200 or 38200.15.") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.least is not None and value < self.least:
            raise ValidationError(f"The amount must be at least {money_text(self.least)}.")


class DurationField(forms.Field):
    """A length of time as a person types it; the cleaned value is integer seconds."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 3600}:{value % 3600 // 60:02d}" if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if isinstance(value, int):
            return value
        try:
            return read_duration(str(value))
        except ValueError:
            raise ValidationError(f"“{value}” is not a length of time. Write it like 7:30, 1.5 h or 45 min.") from None


class DayField(forms.Field):
    """A day as a person types it; the cleaned value is a date."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"autocomplete": "off", "placeholder": "2026-10-14"})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return read_day(str(value))
        except ValueError:
            raise ValidationError(f"“{value}” is not a day. Write it like 2026-10-14 or 10/14/2026.") from None
