"""Days and moments the way people here write them: Oct 1, 2026 and Oct 1, 2026, 06:40."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NOTHING = "–"


def day_text(value: Any) -> str:
    """``Oct 1, 2026``. Takes a date, a moment (in the installation's time zone) or ISO text; a dash for nothing; other
    text stays as it is."""
    found = _day(value)
    return _other(value) if found is None else f"{found:%b} {found.day}, {found.year}"


def short_day_text(value: Any) -> str:
    """``Oct 1``, where the year is plain."""
    found = _day(value)
    return _other(value) if found is None else f"{found:%b} {found.day}"


def weekday_text(value: Any) -> str:
    """``Thu, Oct 1``."""
    found = _day(value)
    return _other(value) if found is None else f"{found:%a, %b} {found.day}"


def moment_text(value: Any) -> str:
    """``Oct 1, 2026, 06:40`` in the installation's time zone; a date is a day."""
    if not isinstance(value, datetime):
        return day_text(value)
    local = _local(value)
    return f"{day_text(local)}, {local:%H:%M}"


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return _local(value).date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and ISO_DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        return value
    from django.utils import timezone

    return timezone.localtime(value)


def _other(value: Any) -> str:
    return NOTHING if value in (None, "") else str(value)
