"""When something is due, the way people write it: “Friday”, “tomorrow”, “12/4”, “in 2 weeks”."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HINT = "Write a day like 12/4, 2026-12-04, Dec 4, Friday, tomorrow or in 2 weeks"
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_US = re.compile(r"^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?$")
_NAMED = re.compile(r"^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$")
_AHEAD = re.compile(r"^(?:in )?(\d{1,3}|a|one|two|three) (day|week)s?$")
_WORDS = {"a": 1, "one": 1, "two": 2, "three": 3}


class NotADay(ValueError):
    """The text names no day; the message says how to write one."""


def due_from_text(text: str, today: date) -> date | None:
    """The day that the text means, seen from ``today``; None for empty text. Raises NotADay.

    A weekday is the next such day after today; a day without a year is the next such day from today on.
    """
    words = " ".join(text.lower().replace(",", " ").split())
    if not words:
        return None
    found = _relative(words, today) or _absolute(words, today)
    if found is None:
        raise NotADay(f"“{text.strip()}” is not a day. {HINT}.")
    return found


def _relative(words: str, today: date) -> date | None:
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    if words == "next week":
        return today + timedelta(days=7 - today.weekday())
    if ahead := _AHEAD.match(words):
        number = _WORDS.get(ahead[1]) or int(ahead[1])
        return today + timedelta(days=number * (7 if ahead[2] == "week" else 1))
    name = words.removeprefix("next ").removeprefix("on ")
    matches = [index for index, weekday in enumerate(WEEKDAYS) if len(name) >= 3 and weekday.startswith(name)]
    if len(matches) == 1:
        return today + timedelta(days=(matches[0] - today.weekday() - 1) % 7 + 1)
    return None


def _absolute(words: str, today: date) -> date | None:
    if iso := _ISO.match(words):
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    if us := _US.match(words):
        year = int(us[3]) + (2000 if len(us[3]) == 2 else 0) if us[3] else None
        return _dated(year, int(us[1]), int(us[2]), today)
    named = _NAMED.match(words)
    if named and named[1][:3] in MONTHS:
        return _dated(int(named[3]) if named[3] else None, MONTHS.index(named[1][:3]) + 1, int(named[2]), today)
    return None


def _dated(year: int | None, month: int, day: int, today: date) -> date | None:
    if year is not None:
        return _day(year, month, day)
    # eight years always hold a leap day, even across 2100
    candidates = (_day(today.year + ahead, month, day) for ahead in range(9))
    return next((found for found in candidates if found and found >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
