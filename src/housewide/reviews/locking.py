"""What every change to a review does first and last: ask the gate, lock the review, tell the house."""

from __future__ import annotations

from typing import Any

from housewide.access.gates import may
from housewide.kit.actions import Refused
from housewide.kit.events import emit
from housewide.org.models import Account
from housewide.reviews.models import Review

SEES = "see.reviews"


def gate_of(capability: str, doing: str) -> Any:
    """The gate of an action on a review: the capability at its place."""

    def gate(*, by: Account, review: Review, **_: Any) -> dict[str, str]:
        about = may(by, capability, review.place.code, doing, SEES)
        return {**about, "subject": f"review:{review.public_id}"}

    return gate


def locked(review: Review, *states: str) -> Review:
    """The review as it stands, locked: a signature must not slip in beside an unfreeze. Raises Refused when it is in
    none of the states."""
    fresh = Review.objects.select_for_update().select_related("place").get(pk=review.pk)
    if states and fresh.state not in states:
        raise Refused(
            f"This review is {fresh.get_state_display().lower()}, so this cannot be done. Nothing was changed."
        )
    return fresh


def told(name: str, review: Review, by: Account) -> None:
    """Emit ``reviews.<name>`` inside the change."""
    emit(
        f"reviews.{name}",
        {"review": review.public_id, "place": review.place.code, "period": review.period, "by": by.username},
    )
