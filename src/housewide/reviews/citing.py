"""Tells the page of a measure in which reviews it was frozen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from housewide.access.gates import places_where
from housewide.kit.periods import Month
from housewide.measures.citations import Citation
from housewide.reviews.models import Figure
from housewide.reviews.subjects import review_address

ENOUGH = 12


def figures_of(account: Any, measure: str, place: str) -> Iterator[Citation]:
    """The newest reviews that froze a measure, at one place or at every place whose reviews the account sees."""
    seen = places_where(account, "see.reviews")
    found = Figure.objects.filter(measure=measure, review__place__code__in={place} & seen if place else seen)
    for figure in found.select_related("review__place").order_by("-review__period", "pk")[:ENOUGH]:
        review = figure.review
        detail = f"{Month.parse(review.period).title}, {review.get_state_display().lower()}"
        yield Citation(f"Review of {review.place.name}", review_address(review), detail)
