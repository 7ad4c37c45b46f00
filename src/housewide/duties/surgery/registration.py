"""What the duty tells the house at start-up: its screens, its measures in reviews, its cases as subjects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed, places_where
from housewide.facts.identities import row_id
from housewide.facts.models import Feed
from housewide.kit.clock import today
from housewide.kit.finding import EXACT_CODE
from housewide.kit.memory import kept
from housewide.kit.registry import Hit, Scope, Screen, registry
from housewide.kit.subjects import Subject
from housewide.kit.subjects import register as register_subject
from housewide.kit.ui.days import day_text
from housewide.measures import topics
from housewide.measures.row_links import register as register_row_link
from housewide.org.tree import tree_on
from housewide.reviews import agenda

# What a director is asked about every month, in the order of the conversation.
REVIEWED = (
    "surgery.first_case_on_time.in_room.5min",
    "surgery.start_delay.first_cases",
    "surgery.first_case_stages",
    "surgery.turnover.room",
    "surgery.utilisation.block",
    "surgery.utilisation.prime_time_room",
    "surgery.duration_error",
    "surgery.past_block_end",
    "surgery.cancelled",
    "surgery.cases",
    "surgery.cases_per_room_day",
    "surgery.block_held_ahead",
)
# What the board is shown of it.
HEADLINES = (
    "surgery.first_case_on_time.in_room.5min",
    "surgery.utilisation.block",
    "surgery.cancelled",
    "surgery.cases",
)
# What the rooms talk about every morning, by the topic of the huddle.
DAILY = {
    "flow": (
        "surgery.first_case_on_time.in_room.5min",
        "surgery.start_delay.first_cases",
        "surgery.turnover.room",
        "surgery.cases",
    ),
    "quality": ("surgery.cancelled",),
    "people": ("surgery.past_block_end",),
    "cost": ("surgery.utilisation.block", "surgery.cases_per_room_day"),
}


CASE_NUMBER = re.compile(r"[A-Za-z]{0,4}-?[0-9]{4,12}")


def has_rooms(place: str) -> bool:
    """Whether an operating-room log comes in for this place, for one above it or for one below."""
    return place in kept(("places with rooms", today()), _places_with_rooms, on=("org", "facts"))


def _places_with_rooms() -> frozenset[str]:
    tree = tree_on(today())
    feeds = Feed.objects.filter(table="or_case").select_related("owner", "scope")
    owners = {feed.owning_place for feed in feeds}
    return frozenset(near for owner in owners for near in (*tree.above(owner), *tree.below(owner)))


def _allowed(account: Any, scope: Scope) -> bool:
    return bool(scope.place) and allowed(account, "see.measures", scope.place) and has_rooms(scope.place)


def case_subject(row_id: str) -> Subject | None:
    """A case as something to talk about. Its title never says who the patient is."""
    from housewide.facts.rows import find

    row = find("or_case", row_id)
    if row is None:
        return None
    place = str(row["place"])
    title = f"{row['service']} case in {row['room']}, {day_text(row['day'])}"
    return Subject(
        "or_case", row_id, place, title, case_url(row_id), lambda account: allowed(account, "see.rows", place)
    )


def case_url(row_id: str) -> str:
    return reverse("or-case", args=[row_id])


def find_cases(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """The case of a number, at a facility where the account may see rows. Its title never says who the patient is."""
    number = question.strip()
    if not CASE_NUMBER.fullmatch(number):
        return
    tree = tree_on(today())
    seen = places_where(account, "see.rows")
    for facility in sorted({up for code in seen if (up := tree.facility_of(code))}):
        subject = case_subject(row_id("or_case", facility, [number]))
        if subject is not None and subject.visible_to(account):
            yield Hit(f"Case {number}", subject.title, subject.url, EXACT_CODE)


def register() -> None:
    registry.add_search(find_cases)
    registry.add_screen(
        Screen(
            "operating-rooms", "Operating rooms", lambda scope: reverse("or-home", args=[scope.place, scope.period]),
            _allowed, door="Flow", order=20,
        )
    )  # fmt: skip
    register_subject("or_case", case_subject)
    register_row_link("or_case", case_url)
    agenda.register("surgery", has_rooms, REVIEWED, headlines=HEADLINES)
    for topic, measures in DAILY.items():
        ready = topic == "flow"
        topics.register(f"surgery.{topic}", topic=topic, applies=has_rooms, measures=measures, readiness=ready)
