"""Questions about reviews: which I see, what is asked of me, what stands in the way."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from housewide.access.gates import places_where
from housewide.kit.actions import NotSeen
from housewide.org.models import Account
from housewide.reviews.models import Figure, Pack, Review

SEES = "see.reviews"
SIGNALS = {"improving", "worsening", "changed"}


def visible_reviews(account: Account) -> QuerySet[Review]:
    """Reviews of places whose reviews the account sees, newest month first."""
    return Review.objects.filter(place__code__in=places_where(account, SEES)).select_related(
        "place", "opened_by__person"
    )


def see_review(account: Account, public_id: str) -> Review:
    """A review by its opaque id. Raises NotSeen."""
    found = visible_reviews(account).filter(public_id=public_id).first()
    if found is None:
        raise NotSeen("There is nothing here that you can see.")
    return found


def see_figure(account: Account, public_id: str) -> Figure:
    """A figure by its opaque id. Raises NotSeen."""
    found = Figure.objects.select_related("review__place").filter(public_id=public_id).first()
    if found is None or found.review.place.code not in places_where(account, SEES):
        raise NotSeen("There is nothing here that you can see.")
    return found


def see_pack(account: Account, public_id: str) -> Pack:
    """A pack by its opaque id. Raises NotSeen, also for a pack with names that the account may not read."""
    found = Pack.objects.select_related("review__place").filter(public_id=public_id).first()
    place = found.review.place.code if found else ""
    if found is None or place not in places_where(account, "pack.download"):
        raise NotSeen("There is nothing here that you can see.")
    if found.names_shown and place not in places_where(account, "surgeon.names"):
        raise NotSeen("There is nothing here that you can see.")
    return found


def asked_for(reading: dict[str, Any]) -> str:
    """Why a reading asks for a comment (“it is worsening”), or "" when it asks for none: a signal that somebody knows
    of and watches does not."""
    word = reading["signal"]["word"].lower()
    reasons = []
    if word in SIGNALS and not reading.get("watching"):
        reasons.append(f"it is {word}" if word != "changed" else "it changed")
    if reading["missed_target"]:
        reasons.append(f"the target of {reading['target_shown']} was missed")
    return " and ".join(reasons)


def commented(review: Review) -> set[str]:
    """Measures about which something was said in this review."""
    return set(review.comments.exclude(measure="").values_list("measure", flat=True))
