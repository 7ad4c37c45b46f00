"""Reviews and figures as things one can point at: their names, their addresses and who may see them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.kit.periods import MONTH, Month
from housewide.kit.subjects import Subject
from housewide.org.models import Place
from housewide.reviews.models import Figure, Review


def review_address(review: Review) -> str:
    """The page of a review."""
    return reverse("review", args=[review.place.code, review.period])


def review_subject(id: str) -> Subject | None:
    """The subject of kind ``review`` with this opaque id."""
    review = Review.objects.select_related("place").filter(public_id=id).first()
    if review is None:
        return None
    title = f"Review of {review.place.name}, {Month.parse(review.period).title}"
    return Subject("review", id, review.place.code, title, review_address(review), _sees(review.place.code))


def due_subject(id: str) -> Subject | None:
    """The subject of kind ``review-due``: the review of a place and month, ``MVH-OR:2026-10``, begun or not."""
    code, _, period = id.partition(":")
    place = Place.objects.filter(code=code).first()
    if place is None or not MONTH.fullmatch(period):
        return None
    title = f"Review of {place.name}, {Month.parse(period).title}"
    return Subject("review-due", id, code, title, reverse("review", args=[code, period]), _sees(code))


def figure_subject(id: str) -> Subject | None:
    """The subject of kind ``figure`` with this opaque id."""
    figure = Figure.objects.select_related("review__place").filter(public_id=id).first()
    if figure is None:
        return None
    review = figure.review
    title = f"{figure.reading['title']}, {review.place.name}, {Month.parse(review.period).title}"
    return Subject("figure", id, review.place.code, title, reverse("figure", args=[id]), _sees(review.place.code))


def _sees(place: str) -> Any:
    return lambda account: allowed(account, "see.reviews", place)
