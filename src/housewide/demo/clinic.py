"""Lakeside Orthopedics' appointments: who was booked, who came, and how long they sat before they were seen.

Four physicians who operate two days a week and two physician assistants; about sixty visits on a workday. Reminders by
text halved the no-shows in August; on the last Friday they were not sent, and a trauma call kept one room waiting. The
report is printed on the morning of the demo's Monday: that day and the two weeks after it are booked and not yet seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

from housewide.demo.operating_rooms import BUSINESS_DATE, month_starts
from housewide.demo.organisation import holiday_rows
from housewide.demo.writing import WrittenFile, write_table

HEADINGS = (
    "Appt ID", "Appt Date", "Appt Time", "Provider", "Visit Type", "Booked On", "Status", "Check-in", "Roomed",
    "Check-out", "Patient No",
)  # fmt: skip
KINDS = (("NEW", 24), ("FU", 44), ("POSTOP", 20), ("PROC", 12))
MINUTES = {"NEW": 30, "FU": 15, "POSTOP": 15, "PROC": 30}
REMINDERS_SINCE = date(2026, 8, 3)
REMINDERS_FAILED = TRAUMA_CALL = date(2026, 11, 20)
BOOKED_UNTIL = date(2026, 12, 4)
PATIENTS = 5200


@dataclass(frozen=True)
class Provider:
    """``days`` are the weekdays (0 Monday) in clinic."""

    name: str
    days: tuple[int, ...]
    first: int
    last: int


PROVIDERS = (
    Provider("Marchetti-Voss, E, MD", (0, 2, 4), 8 * 60, 16 * 60),
    Provider("Osei-Harrow, K, MD", (1, 3, 4), 8 * 60, 16 * 60),
    Provider("Lindqvist, A, MD", (0, 1, 3), 8 * 60, 15 * 60 + 30),
    Provider("Banerjee-Cole, S, MD", (0, 2, 3), 8 * 60 + 30, 16 * 60),
    Provider("Whitlock, J, PA-C", (0, 1, 2, 3, 4), 8 * 60, 12 * 60),
    Provider("Navarro-Pike, T, PA-C", (0, 1, 2, 3, 4), 12 * 60 + 30, 16 * 60 + 30),
)


@cache
def _closed() -> frozenset[str]:
    return frozenset(day for facility, day, _ in holiday_rows() if facility == "LKO")


def is_open(day: date) -> bool:
    """Whether the practice sees patients."""
    return day.weekday() < 5 and day.isoformat() not in _closed()


def _booked_ahead(kind: str, provider: Provider, day: date, rng: Random) -> int:
    """Days from booking to visit. Waiting lists of one physician have grown since the summer."""
    if kind == "NEW":
        days = rng.gammavariate(2.2, 5.2)
        if provider is PROVIDERS[0] and day >= date(2026, 7, 1):
            days *= 1.5
        return 1 + round(days)
    return {"FU": 35, "POSTOP": 12, "PROC": 9}[kind] + rng.randint(-5, 9)


def _status(kind: str, day: date, rng: Random) -> str:
    if day >= BUSINESS_DATE:
        return "Canceled" if rng.random() < 0.02 else "Scheduled"
    missed = 0.24 if day == REMINDERS_FAILED else 0.082 if day < REMINDERS_SINCE else 0.055
    share = rng.random()
    if share < missed * (1.4 if kind == "NEW" else 0.85):
        return "No Show"
    return "Canceled" if share > 0.935 else "Completed"


def _clock(day: date, minutes: float) -> str:
    return f"{datetime.combine(day, time()) + timedelta(minutes=round(minutes)):%m/%d/%Y %H:%M}"


def _visits(seed: int, provider: Provider, day: date) -> Iterator[tuple[str, ...]]:
    rng = Random(f"{seed}/clinic/{provider.name}/{day}")
    at, behind = provider.first, 3.0
    if day == TRAUMA_CALL and provider is PROVIDERS[0]:
        behind = 85.0
    while at < provider.last:
        kind = rng.choices([name for name, _ in KINDS], [share for _, share in KINDS])[0]
        status, patient = _status(kind, day, rng), f"LK{rng.randrange(PATIENTS):06d}"
        times = ("", "", "")
        if status == "Completed":
            arrived = at + rng.gauss(-9, 7)
            roomed = max(arrived, at) + max(0.0, behind + rng.gauss(4, 4))
            left = roomed + MINUTES[kind] + rng.uniform(8, 24)
            times = (_clock(day, arrived), _clock(day, roomed), _clock(day, left))
            behind = max(0.0, behind + rng.gauss(0.5, 4))
        else:
            behind = max(0.0, behind - 8)
        booked = day - timedelta(days=_booked_ahead(kind, provider, day, rng))
        yield f"{at // 60:02d}:{at % 60:02d}", provider.name, kind, f"{booked:%m/%d/%Y}", status, *times, patient
        at += MINUTES[kind] + 7


def appointment_rows(seed: int, day: date) -> list[tuple[str, ...]]:
    """The day's appointments in order of their time, numbered within the day; none while the practice is closed."""
    if not is_open(day):
        return []
    visits = [row for one in PROVIDERS if day.weekday() in one.days for row in _visits(seed, one, day)]
    visits.sort(key=lambda row: row[:2])
    return [(f"{day:%y%m%d}{number:03d}", f"{day:%m/%d/%Y}", *row) for number, row in enumerate(visits, start=1)]


def _days(months: Sequence[date]) -> list[date]:
    first, days = months[0], (BOOKED_UNTIL - months[0]).days + 1
    return [first + timedelta(days=step) for step in range(days)]


def write_appointments(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """Appointments by the quarter, oldest first: at most thirteen months back, as far as the practice's system keeps
    them, and two weeks ahead."""
    written = []
    every = _days(month_starts(min(months, 12)))
    quarters = {day: f"{day.year}-Q{(day.month + 2) // 3}" for day in every}
    for quarter in sorted(set(quarters.values())):
        path = folder / "appointments" / f"appointments_{quarter}.csv"
        rows = (row for day in every if quarters[day] == quarter for row in appointment_rows(seed, day))
        written.append(WrittenFile(path, "appointment", write_table(path, HEADINGS, rows, line_end="\r\n")))
    return written
