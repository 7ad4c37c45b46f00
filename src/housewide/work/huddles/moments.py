"""What time it is where a huddle meets, and the time a person means by “9:15” or “tomorrow 8:00”."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from housewide.kit.clock import moment, today
from housewide.kit.memory import remembered
from housewide.org.calendars import PLAIN, FacilityCalendar, calendars
from housewide.org.models import Calendar
from housewide.org.tree import tree_on
from housewide.work.due import NotADay, due_from_text

HINT = "Write a time like 9:15, 2:30 pm, tomorrow 8:00 or Dec 4 10:00"
_TIME = re.compile(r"^(?:at )?(\d{1,2})(?::?(\d{2}))?\s*(a\.?m\.?|p\.?m\.?)?$", re.IGNORECASE)


class NotATime(ValueError):
    """The text names no time; the message says how to write one."""


def zone_of(place: str) -> ZoneInfo:
    """The time zone of the facility a place belongs to, else that of the installation."""
    zones = remembered("zones", lambda: dict(Calendar.objects.values_list("facility__code", "time_zone")))
    facility = tree_on(today()).facility_of(place) or ""
    return ZoneInfo(zones.get(facility) or settings.HOUSEWIDE_TIME_ZONE)


def moment_at(place: str) -> datetime:
    """The moment of business at a place, aware, in its zone."""
    return moment(str(zone_of(place)))


def at(place: str, day: date, clock: time) -> datetime:
    """A clock time of a day at a place, aware."""
    return datetime.combine(day, clock, zone_of(place))


def naive(when: datetime, place: str) -> datetime:
    """A moment as the clock of the place showed it, without a zone, to the second: what facts keep."""
    return when.astimezone(zone_of(place)).replace(tzinfo=None, microsecond=0)


def calendar_of_place(place: str) -> FacilityCalendar:
    """The calendar a place works by: that of its facility; a system works Monday to Friday."""
    known = remembered("calendars", calendars)
    return known.get(tree_on(today()).facility_of(place) or "", PLAIN)


def next_workday(place: str, day: date) -> date:
    """The first workday after a day; the next day when the calendar knows none within a fortnight."""
    calendar = calendar_of_place(place)
    ahead = (day + timedelta(days=step) for step in range(1, 15))
    return next((one for one in ahead if calendar.is_workday(one)), day + timedelta(days=1))


def clock_from_text(text: str) -> time:
    """``7:05``, ``0705``, ``2 pm``. Raises NotATime."""
    found = _TIME.match(text.strip())
    if not found or (not found[2] and not found[3] and len(found[1]) > 2):
        raise NotATime(f"“{text.strip()}” is not a time. {HINT}.")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            raise NotATime(f"“{text.strip()}” is not a time. {HINT}.")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise NotATime(f"“{text.strip()}” is not a time. {HINT}.") from None


def when_from_text(text: str, now: datetime) -> datetime:
    """The moment that ``text`` means, seen from ``now`` (aware) in its zone: a time alone is today, or tomorrow when it
    has passed; with a day before it, that day. Raises NotATime."""
    words = text.replace(",", " ").split()
    for cut in (2, 1):  # “2:30 pm” are two words
        if len(words) < cut:
            continue
        try:
            clock = clock_from_text(" ".join(words[-cut:]))
        except NotATime:
            continue
        return _on_its_day(" ".join(words[:-cut]), clock, now, text)
    raise NotATime(f"“{text.strip()}” is not a time. {HINT}.")


def _on_its_day(said: str, clock: time, now: datetime, text: str) -> datetime:
    if not said:
        found = datetime.combine(now.date(), clock, now.tzinfo)
        return found if found > now else found + timedelta(days=1)
    try:
        day = due_from_text(said, now.date())
    except NotADay:
        day = None
    if day is None:
        raise NotATime(f"“{text.strip()}” is not a time. {HINT}.")
    return datetime.combine(day, clock, now.tzinfo)
