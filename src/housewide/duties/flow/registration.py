"""What the duty tells the house at start-up: which of its measures are talked about daily and reviewed monthly."""

from __future__ import annotations

from housewide.facts.models import Feed
from housewide.kit.clock import today
from housewide.kit.memory import kept
from housewide.measures import topics
from housewide.measures.keeping import RESTS_ON
from housewide.measures.models import BreakdownCell
from housewide.org.tree import tree_on
from housewide.reviews import agenda

REVIEWED = (
    "flow.direct_care_hours",
    "flow.occupancy",
    "flow.patients_at_midnight",
    "flow.discharges",
)


def has_beds(place: str) -> bool:
    """Whether a midnight census comes in for this place, for one above it or for one below, and patients lie here."""
    return place in kept(("places with beds", today()), _places_with_beds, on=RESTS_ON)


def _places_with_beds() -> frozenset[str]:
    if not Feed.objects.filter(table="midnight_census").exists():
        return frozenset()
    held = BreakdownCell.objects.using("cubes").filter(version__measure=REVIEWED[2], version__current=True, by="")
    tree = tree_on(today())
    return frozenset(up for place in held.values_list("place", flat=True).distinct() for up in tree.above(place))


def register() -> None:
    topics.register(
        "flow", topic="flow", applies=has_beds, readiness=True,
        measures=("flow.patients_at_midnight", "flow.occupancy", "flow.discharges"),
    )  # fmt: skip
    topics.register("flow.people", topic="people", applies=has_beds, readiness=True, measures=REVIEWED[:1])
    agenda.register("flow", has_beds, REVIEWED)
