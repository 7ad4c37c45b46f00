"""Who operates at Mercy Valley, what they do and whose room it is: invented surgeons, procedures and the block plan.

Read from the small TOML files in `data/`. Minutes throughout; a time of day is minutes after midnight.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

ROOMS = tuple(f"OR {number}" for number in range(1, 11))
ROBOT_ROOM = "OR 9"
URGENT_ROOM = "OR 10"
LATE_EVENING_ROOM = "OR 2"


@dataclass(frozen=True)
class Surgeon:
    name: str
    service: str
    pace: float
    booking: float
    robot: bool = False
    flip: bool = False
    practice: str = ""


@dataclass(frozen=True)
class Procedure:
    name: str
    service: str
    median: float
    weight: float
    urgent: float
    robot: bool


@dataclass(frozen=True)
class PlannedBlock:
    """One line of the block plan: a room, a weekday (1 Monday to 5 Friday), its owner and the minutes it holds."""

    room: str
    weekday: int
    owner: str
    kind: str
    start: int
    end: int
    first_day: date | None
    last_day: date | None

    def holds_on(self, day: date) -> bool:
        """True when the plan gives this block on that day (holidays are the caller's business)."""
        if day.isoweekday() != self.weekday:
            return False
        return (self.first_day is None or day >= self.first_day) and (self.last_day is None or day <= self.last_day)


def minutes_of(text: str) -> int:
    """Minutes after midnight for a "07:30" text."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def all_surgeons() -> tuple[Surgeon, ...]:
    return tuple(Surgeon(**row) for row in _read("surgeons.toml")["surgeon"])


@cache
def surgeon_named(name: str) -> Surgeon:
    """The surgeon printed under this name; KeyError when there is none."""
    for surgeon in all_surgeons():
        if surgeon.name == name:
            return surgeon
    raise KeyError(name)


@cache
def surgeons_of(service: str) -> tuple[Surgeon, ...]:
    return tuple(surgeon for surgeon in all_surgeons() if surgeon.service == service)


@cache
def services() -> tuple[str, ...]:
    return tuple(_read("procedures.toml"))


@cache
def procedures_of(service: str) -> tuple[Procedure, ...]:
    rows = _read("procedures.toml")[service]["procedures"]
    return tuple(
        Procedure(row["name"], service, row["median"], row["weight"], row.get("urgent", 0), row.get("robot", False))
        for row in rows
    )


@cache
def turnover_factor(service: str) -> float:
    """How much longer or shorter than the house's usual the clean-up and set-up of this service is."""
    return float(_read("procedures.toml")[service]["turnover"])


@cache
def block_plan() -> tuple[PlannedBlock, ...]:
    return tuple(
        PlannedBlock(
            row["room"],
            row["weekday"],
            row["owner"],
            row["kind"],
            minutes_of(row["start"]),
            minutes_of(row["end"]),
            row.get("from"),
            row.get("to"),
        )
        for row in _read("block_plan.toml")["block"]
    )
