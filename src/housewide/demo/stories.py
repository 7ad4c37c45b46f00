"""What went wrong and what got better in Mercy Valley's operating rooms, and when.

The generator asks this module one question at a time ("how late is the hand-off in this room on this day?"). What a
reader of the files should find, with its size, is written down separately in `answer_key.py`, which only tests read.
"""

from __future__ import annotations

from datetime import date
from random import Random

from housewide.demo.surgeons import Procedure, Surgeon

HANDOFF_ROOMS = frozenset({"OR 2", "OR 5", "OR 7"})
HANDOFF_REDESIGN = date(2026, 5, 4)

SHORT_BOOKING_SERVICE = "Urology"
SHORT_BOOKING_FROM = date(2026, 2, 2)
SHORT_BOOKING_FACTOR = 0.82

MIX_SHIFT_SERVICE = "Gynecology"
MIX_SHIFT_FROM = date(2026, 3, 2)

IDLE_BLOCK_OWNER = "HALLORANDE, MIRIAM"
RELEASING_OWNER = "PRENDERVALE, JOSS"

TRAY_ROOMS = frozenset({"OR 6", "OR 8"})
TRAY_FIRST_DAY = date(2025, 9, 2)
TRAY_LAST_DAY = date(2025, 11, 30)

CONSENT_SERVICE = "Orthopedics"
CONSENT_PRACTICE = "LKO"
CONSENT_FROM = date(2026, 10, 5)

STORM_DAYS = frozenset({date(2026, 1, 26), date(2026, 1, 27)})

PLANNED_LATE_SERVICE = "Urology"
PLANNED_LATE_MONTH = (2026, 10)


def handoff_minutes(rng: Random, room: str, day: date) -> int:
    """Minutes a first case waits between being ready in pre-op and rolling, beyond the usual; 0 for most rooms."""
    drawn = rng.random() < 0.50, rng.lognormvariate(3.53, 0.40)
    if room not in HANDOFF_ROOMS or day >= HANDOFF_REDESIGN:
        return 0
    return round(drawn[1]) if drawn[0] else 0


def booking_factor(service: str, day: date) -> float:
    """What the booked minutes are multiplied by: under 1 once the service's booking template went wrong."""
    return SHORT_BOOKING_FACTOR if service == SHORT_BOOKING_SERVICE and day >= SHORT_BOOKING_FROM else 1.0


def procedure_weight(procedure: Procedure, day: date) -> float:
    """The procedure's share on that day; one service honestly turns to longer operations, and books them so."""
    if procedure.service == MIX_SHIFT_SERVICE and day >= MIX_SHIFT_FROM:
        return procedure.weight * (2.2 if procedure.median >= 90 else 0.7)
    return procedure.weight


def block_habit(owner: str, kind: str) -> tuple[float, float]:
    """(chance the owner releases a block, chance a kept block holds no case at all)."""
    if owner == IDLE_BLOCK_OWNER:
        return 0.0, 0.55
    if owner == RELEASING_OWNER:
        return 0.50, 0.02
    return (0.07, 0.02) if kind == "surgeon" else (0.06, 0.01)


def tray_wait(rng: Random, room: str, day: date) -> int:
    """Minutes a turnover waits for instrument trays; 0 outside the two rooms and the autumn of 2025."""
    drawn = rng.random() < 0.72, rng.lognormvariate(2.85, 0.40)
    if room not in TRAY_ROOMS or not TRAY_FIRST_DAY <= day <= TRAY_LAST_DAY:
        return 0
    return round(drawn[1]) if drawn[0] else 0


def consent_chance(surgeon: Surgeon, day: date) -> float:
    """Extra chance that the H&P or consent is missing when the patient should roll."""
    return 0.34 if surgeon.practice == CONSENT_PRACTICE and day >= CONSENT_FROM else 0.0


def is_storm(day: date) -> bool:
    """True on the two days snow closed the roads: patients came late to every room."""
    return day in STORM_DAYS


def planned_late_chance(service: str, day: date) -> float:
    """Chance that the first case of a block is planned to start later than the room is staffed."""
    if service == PLANNED_LATE_SERVICE and (day.year, day.month) == PLANNED_LATE_MONTH and day.isoweekday() in (2, 4):
        return 1.0
    return 0.025


def demand(day: date) -> float:
    """How full the schedule runs on that day against an ordinary week: holidays weeks and summer dip."""
    if (day.month == 12 and day.day >= 22) or (day.month == 1 and day.day <= 2):
        return 0.62
    if day.month == 11 and 22 <= day.day <= 30 and day.isoweekday() in (3, 5):
        return 0.80
    return {1: 0.96, 2: 0.98, 7: 0.93, 8: 0.95, 12: 0.97}.get(day.month, 1.0)


# After the clinic for heart failure closed, nobody sees people who go home with it in their first week.
HEART_CLINIC_CLOSED = date(2026, 4, 1)
HEART_FAILURE = 291
RETURNS_FACTOR = 1.55

# Four registered nurses leave 4 West in August 2026; colleagues take extra shifts until they no longer do.
RESIGNING_UNIT = "4 WEST"
RESIGNATIONS = (date(2026, 8, 7), date(2026, 8, 14), date(2026, 8, 14), date(2026, 8, 28))
SHORT_OF_NURSES_SINCE = date(2026, 9, 14)
LEFT_OPEN_THEN = 0.10

# Assistants take the place of registered nurses on 5 West: as many hours a patient day, fewer of them a nurse's.
SKILL_MIX_UNIT = "5 WEST"
SKILL_MIX_SINCE = date(2026, 4, 6)
SKILL_MIX_LOST = 0.14

# Confused patients need somebody beside the bed around the clock.
SITTER_UNIT = "3 EAST"
SITTER_FIRST, SITTER_LAST = date(2026, 6, 5), date(2026, 6, 28)
SITTERS = 2

# Nurses call out on the last Sunday before the demo's Monday.
CALLED_OUT_UNIT = "5 EAST"
CALLED_OUT = (date(2026, 11, 22),)
CALLED_OUT_SHARE = 0.26
