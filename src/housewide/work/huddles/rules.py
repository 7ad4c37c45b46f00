"""What may not stay where it came up, and by when an answer is due. The rules are data (escalation.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A kind of issue and how far up it must go; ``over_hours``: only when it has lasted longer."""

    key: str
    title: str
    topics: tuple[str, ...]
    reach: int
    because: str
    over_hours: int | None = None
    within_hours: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Harm:
    """How bad a matter of safety is and how far up it must go."""

    key: str
    title: str
    reach: int
    because: str
    within_hours: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Age:
    """How many workdays an issue may stay at a tier."""

    tier: int
    days: int
    because: str


@dataclass(frozen=True)
class Rules:
    """Everything that escalation.toml says."""

    kinds: dict[str, Kind]
    harms: dict[str, Harm]
    ages: dict[int, Age]
    least: timedelta
    pass_up_when_overdue: bool


@dataclass(frozen=True)
class Must:
    """That an issue must go up: to which tier at least, why, and by when an answer is due when that is said."""

    tier: int
    because: str
    within: timedelta | None = None


@cache
def rules() -> Rules:
    """The rules that come with the house."""
    text = (files("housewide.work.huddles") / "data" / "escalation.toml").read_text(encoding="utf-8")
    return read_rules(tomllib.loads(text))


def read_rules(said: dict[str, Any]) -> Rules:
    """Rules from what a TOML file says. Raises KeyError or TypeError for one that says too little or too much."""
    answers = said["answers"]
    if answers["when_overdue"] not in ("pass_up", "notify"):
        raise ValueError("answers.when_overdue is “pass_up” or “notify”")
    kinds = [Kind(**{**one, "topics": tuple(one["topics"])}) for one in said["kinds"]]
    ages = [Age(**one) for one in said["ages"]]
    return Rules(
        kinds={one.key: one for one in kinds},
        harms={one["key"]: Harm(**one) for one in said["harms"]},
        ages={one.tier: one for one in ages},
        least=timedelta(minutes=answers["least_minutes"]),
        pass_up_when_overdue=answers["when_overdue"] == "pass_up",
    )


def musts(*, kind: str, harm: str, hours: int | None, tier: int, reached: int, held_days: int) -> list[Must]:
    """Why an issue must go further up than it has been, the furthest first; empty when it may stay.

    ``tier`` is that of its holder, ``reached`` the highest it has been asked of, ``held_days`` the workdays that the
    holder has had it, ``hours`` how long the trouble has lasted.
    """
    found = []
    one = rules().kinds.get(kind)
    if one and one.reach > reached and (one.over_hours is None or (hours or 0) > one.over_hours):
        found.append(Must(one.reach, one.because.format(over_hours=one.over_hours), _hours(one.within_hours)))
    bad = rules().harms.get(harm)
    if bad and bad.reach > reached:
        found.append(Must(bad.reach, bad.because, _hours(bad.within_hours)))
    age = rules().ages.get(tier)
    if age and held_days > age.days:
        found.append(Must(tier + 1, age.because.format(days=age.days)))
    return sorted(found, key=lambda must: -must.tier)


def _hours(hours: int | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)


def answer_due(now: datetime, huddle_ends: datetime, within: timedelta | None) -> datetime:
    """By when an answer is due: when the next huddle of whom one asks has ended, or sooner where a rule says so, but
    never before those asked have had the least time to read it."""
    at = datetime.timestamp
    due = min(huddle_ends, _after(now, within), key=at) if within is not None else huddle_ends
    return max(due, _after(now, rules().least), key=at)


def _after(moment: datetime, span: timedelta) -> datetime:
    """So much later by a watch: on the night when clocks change, the wall clock says otherwise."""
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)
