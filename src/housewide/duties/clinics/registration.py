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
    "clinics.days_to_new_appointment",
    "clinics.kept",
    "clinics.no_show",
    "clinics.wait_to_room",
    "clinics.appointments",
)


def has_clinic(place: str) -> bool:
    """Whether appointments come in for this place, for one above it or for one below."""
    return place in kept(("places with a clinic", today()), _places_with_a_clinic, on=RESTS_ON)


def _places_with_a_clinic() -> frozenset[str]:
    if not Feed.objects.filter(table="appointment").exists():
        return frozenset()
    held = BreakdownCell.objects.using("cubes").filter(version__measure=REVIEWED[4], version__current=True, by="")
    tree = tree_on(today())
    return frozenset(up for place in held.values_list("place", flat=True).distinct() for up in tree.above(place))


def register() -> None:
    topics.register(
        "clinics", topic="flow", applies=has_clinic, readiness=True,
        measures=("clinics.appointments", "clinics.no_show", "clinics.wait_to_room", "clinics.days_to_new_appointment"),
    )  # fmt: skip
    topics.register("clinics.kept", topic="quality", applies=has_clinic, measures=("clinics.kept",))
    agenda.register("clinics", has_clinic, REVIEWED)
