"""The place and month in the address, checked."""

from __future__ import annotations

from typing import Any

from housewide.access.gates import see
from housewide.duties.surgery.registration import has_rooms
from housewide.kit.actions import NotSeen
from housewide.kit.periods import BadPeriod, Month
from housewide.org.models import Place


def scope(account: Any, capability: str, place: str, period: str) -> tuple[Place, Month]:
    """The place, when the account may see it and operating rooms report there, and the month; else NotSeen."""
    try:
        month = Month.parse(period)
    except BadPeriod as problem:
        raise NotSeen(str(problem)) from problem
    found = see(account, capability, place)
    if not has_rooms(place):
        raise NotSeen("No operating-room data comes in for this place.")
    return found, month
