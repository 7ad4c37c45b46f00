"""What time it is: ``now`` for audit, sessions and leases; ``today`` for business (a demo home pins it)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The business date: the one that the home folder pins, else today in the installation's time zone."""
    from django.conf import settings

    pinned: str = getattr(settings, "HOUSEWIDE_TODAY", "")
    if pinned:
        return date.fromisoformat(pinned)
    return datetime.now(ZoneInfo(settings.HOUSEWIDE_TIME_ZONE)).date()


def moment(zone: str = "") -> datetime:
    """The moment of business, aware, in a time zone (the installation's by default): the day of ``today`` at the time
    that the home folder pins, else at the time it is there now. For what people do at a time of day, such as a huddle;
    the audit trail keeps the real one."""
    from django.conf import settings

    there = ZoneInfo(zone or settings.HOUSEWIDE_TIME_ZONE)
    hour: str = getattr(settings, "HOUSEWIDE_TIME", "")
    if hour:
        return datetime.combine(today(), time.fromisoformat(hour), there)
    if getattr(settings, "HOUSEWIDE_TODAY", ""):
        return datetime.combine(today(), datetime.now(there).time().replace(microsecond=0), there)
    return datetime.now(there)
