"""What the board is shown of a review: headline measures only, in plain words, nobody by name."""

from __future__ import annotations

from housewide.measures import topics
from housewide.org.models import Place
from housewide.reviews import agenda
from housewide.reviews.models import Review

TOPIC_TITLES = {
    "safety": "Safety",
    "quality": "Quality",
    "flow": "Flow: do patients get through in time",
    "people": "People",
    "cost": "Money",
    "": "Operations",
}


def for_the_board(review: Review) -> bool:
    """Whether a review may be printed for the board: of a facility or a system."""
    return review.place.kind in (Place.Kind.FACILITY, Place.Kind.SYSTEM)


def headlines(place: str) -> list[tuple[str, list[str]]]:
    """Topics with the headline measures of a place, in the order of a huddle board; empty topics are left out."""
    wanted = agenda.headlines_of(place)
    by_topic = {
        topic: [one for one in wanted if one in topics.measures_of(place, topic=topic)] for topic in topics.TOPICS
    }
    sorted_out = {one for measures in by_topic.values() for one in measures}
    by_topic[""] = [one for one in wanted if one not in sorted_out]
    return [(TOPIC_TITLES[topic], measures) for topic, measures in by_topic.items() if measures]
