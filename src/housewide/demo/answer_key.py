"""What is really hidden in the operating-room files, for the tests that ask whether Housewide finds it.

Only tests read this module: a duty that imported it would be marking its own homework. `low` and `high` bound `effect`
as measured from the written files with seed 2026; `n` is how many cases, turnovers or blocks carry the story. Each
story has an innocent look-alike that must be left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LookAlike:
    """Something that looks like the story and is not one: where it is, and what tells them apart."""

    where: str
    first_day: date
    last_day: date
    why_innocent: str


@dataclass(frozen=True)
class Story:
    """One planted story. `effect` names the figure, its unit and how it is taken; `n` is at least this many."""

    key: str
    title: str
    first_day: date
    last_day: date
    first_visible: date
    places: tuple[str, ...]
    n: int
    effect: str
    low: float
    high: float
    looks_like: str
    look_alike: LookAlike


LAST_DAY = date(2026, 11, 22)

STORIES: tuple[Story, ...] = (
    Story(
        key="handoff",
        title="First cases late because the pre-op hand-off is slow, until the redesign",
        first_day=date(2024, 11, 1),
        last_day=date(2026, 5, 3),
        first_visible=date(2026, 5, 31),
        places=("OR 2", "OR 5", "OR 7"),
        n=900,
        effect="mean first-case start delay in the three rooms, minutes, before 2026-05-04 less after",
        low=15,
        high=21,
        looks_like="`Pre-op incomplete` heads the reasons, yet pre-op was ready on time: the minutes lie between "
        "surgeon seen and wheels in. First cases on time within 5 minutes rise from 58 % to 71 % for the whole OR.",
        look_alike=LookAlike(
            "every room, reason `Patient arrived late`",
            date(2026, 1, 26),
            date(2026, 1, 27),
            "Two days of snow: arrivals late everywhere, gone on the third day; January 2026 looks the worst month.",
        ),
    ),
    Story(
        key="short_booking",
        title="Urology books its cases too short after a change of its booking template",
        first_day=date(2026, 2, 2),
        last_day=LAST_DAY,
        first_visible=date(2026, 2, 28),
        places=("Urology",),
        n=800,
        effect="actual over booked minutes of the service, after over before",
        low=1.15,
        high=1.30,
        looks_like="Urology rooms run over and their followers start late; operations take as long as ever.",
        look_alike=LookAlike(
            "Gynecology",
            date(2026, 3, 2),
            LAST_DAY,
            "Mean case minutes rise by about 14, because more of the cases are hysterectomies; they are booked so.",
        ),
    ),
    Story(
        key="idle_block",
        title="A surgeon keeps a Thursday block, leaves more than half of them empty and never releases one",
        first_day=date(2024, 11, 1),
        last_day=LAST_DAY,
        first_visible=date(2025, 1, 31),
        places=("OR 1", "HALLORANDE, MIRIAM"),
        n=40,
        effect="share of the surgeon's unreleased blocks in which the surgeon did no case",
        low=0.42,
        high=0.68,
        looks_like="Empty staffed room on Thursdays; no release time in the block report.",
        look_alike=LookAlike(
            "OR 1, PRENDERVALE, JOSS, Tuesdays",
            date(2024, 11, 1),
            LAST_DAY,
            "Operates on as few of the allocated days, but gives the others back 3 to 14 days ahead.",
        ),
    ),
    Story(
        key="trays",
        title="Turnovers wait for instrument trays while sterile processing has no supervisor",
        first_day=date(2025, 9, 2),
        last_day=date(2025, 11, 30),
        first_visible=date(2025, 9, 30),
        places=("OR 6", "OR 8"),
        n=160,
        effect="mean turnover of at most 60 minutes in the two rooms, minutes, in the story less the year before",
        low=5,
        high=12,
        looks_like="Reason `Equipment/tray`; usual again in December 2025. Some gaps pass 60 minutes.",
        look_alike=LookAlike(
            "OR 1",
            date(2025, 9, 1),
            LAST_DAY,
            "The block plan splits Monday and Wednesday from September 2025, so two services share a day: longer, "
            "without a tray reason, and it does not recover because nothing is broken.",
        ),
    ),
    Story(
        key="consent",
        title="Lakeside's patients come without consent or H&P after the practice changes its office system",
        first_day=date(2026, 10, 5),
        last_day=LAST_DAY,
        first_visible=date(2026, 10, 31),
        places=("Orthopedics", "LKO"),
        n=25,
        effect="share of Orthopedics first cases late for consent or H&P, after less the four months before",
        low=0.22,
        high=0.48,
        looks_like="`Consent/H&P missing` leads the October reasons; the whole OR slips a few points from its best.",
        look_alike=LookAlike(
            "Urology",
            date(2026, 10, 1),
            date(2026, 10, 31),
            "Starts at 08:30 or 09:00 on Tuesdays and Thursdays by plan (`Planned late`), so they are left out.",
        ),
    ),
)

# Shares and means a reader should find in the whole log (seed 2026), low and high.
RANGES: dict[str, tuple[float, float]] = {
    "first cases on time within 5 min, before": (0.55, 0.62),
    "first cases on time within 5 min, after": (0.67, 0.75),
    "cancelled share of the frozen schedule": (0.045, 0.065),
    "add-on share": (0.12, 0.20),
    "median turnover, min": (26, 30),
    "log sd of minutes within procedure and surgeon": (0.30, 0.38),
    "cases per workday": (30, 38),
    "fault share of the log": (0.002, 0.005),
    "released share of blocks": (0.05, 0.13),
    "no printed reason among late cases": (0.03, 0.10),
}
