"""How figures read on a page: 1,204 cases, $38,200, 31 min, 7 h 05 min. Shared by screens and lists."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

MINUS = "\u2212"
NOTHING = "–"


def grouped_number(value: Any, places: int | None = None) -> str:
    """``1234.5`` -> ``1,234.5``; ``places`` fixes the decimals (half up). None is a dash; other text stays."""
    if value is None or value == "":
        return NOTHING
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return NOTHING
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = MINUS if number < 0 else ""
    return f"{sign}{abs(number):,f}"


def money_text(cents: Any, places: int | None = None) -> str:
    """Integer cents as dollars: ``$38,200`` when there are no odd cents, else ``$38,200.15``.

    ``places`` (0 or 2) fixes it, so that a column lines up; whole dollars are rounded half up.
    """
    if cents is None or cents == "":
        return NOTHING
    whole = int(cents)
    dollars, rest = divmod(abs(whole), 100)
    sign = MINUS if whole < 0 else ""
    if places == 0:
        dollars, rest = dollars + (rest >= 50), 0
    return f"{sign}${dollars:,}" + (f".{rest:02d}" if rest or places == 2 else "")


def minutes_text(seconds: Any) -> str:
    """Integer seconds as whole minutes, half up: ``31 min``."""
    if seconds is None or seconds == "":
        return NOTHING
    whole = int(seconds)
    sign = MINUS if whole < 0 else ""
    return f"{sign}{(abs(whole) + 30) // 60:,} min"


def duration_text(seconds: Any) -> str:
    """Integer seconds as people say them: ``45 s``, ``31 min``, ``7 h 05 min``, ``3 d 4 h``."""
    if seconds is None or seconds == "":
        return NOTHING
    whole = int(seconds)
    sign, whole = (MINUS if whole < 0 else ""), abs(whole)
    if whole < 60:
        return f"{sign}{whole} s"
    minutes = (whole + 30) // 60
    if minutes < 60:
        return f"{sign}{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours} h {minutes:02d} min"
    return f"{sign}{hours // 24:,} d {hours % 24} h"
