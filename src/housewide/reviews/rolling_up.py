"""A review and those below it: where they stand, what they say, and whether they are signed up the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from housewide.access.gates import places_where
from housewide.kit.periods import Month
from housewide.org.models import Account, Place
from housewide.org.tree import tree_on
from housewide.reviews.models import Figure, Review, ReviewComment, Signature
from housewide.reviews.offering import expected_below
from housewide.reviews.promises import Earlier, broken_and_kept, earlier_for, values_of_figures
from housewide.reviews.queries import SIGNALS
from housewide.reviews.subjects import review_address


@dataclass
class Below:
    """The review of one place right below, as its parent shows it. ``review`` is None while it has not begun."""

    place: Place
    review: Review | None
    url: str
    signals: list[Figure] = field(default_factory=list)
    missed: int = 0
    comments: list[dict[str, Any]] = field(default_factory=list)
    kept: int = 0
    broken: int = 0
    further: int = 0
    further_signed: int = 0

    @property
    def state(self) -> str:
        return self.review.get_state_display() if self.review else "Not begun"

    @property
    def signed(self) -> bool:
        return self.review is not None and self.review.state == Review.State.SIGNED


def _reviews(places: Iterable[str], period: str) -> dict[str, Review]:
    rows = Review.objects.filter(place__code__in=list(places), period=period).select_related("place")
    return {one.place.code: one for one in rows}


def below(review: Review, account: Account) -> list[Below]:
    """The reviews right below one, in the order of the tree; places that the account does not see are left out."""
    tree, period = tree_on(Month.parse(review.period).last_day()), review.period
    codes = expected_below(review.place.code, period)
    further = {code: expected_below(code, period) for code in codes}
    reviews = _reviews([*codes, *(one for many in further.values() for one in many)], period)
    seen = places_where(account, "see.reviews")
    taken = set(review.comments.exclude(adopted_from=None).values_list("adopted_from_id", flat=True))
    found = []
    for code in codes:
        if code not in seen:
            continue
        child = reviews.get(code)
        one = Below(tree.places[code], child, _address(tree.places[code], period))
        one.further = len(further[code])
        one.further_signed = sum(
            reviews[deeper].state == Review.State.SIGNED for deeper in further[code] if deeper in reviews
        )
        if child is not None:
            _fill(one, child, taken)
        found.append(one)
    return found


def _address(place: Place, period: str) -> str:
    return review_address(Review(place=place, period=period))


def _fill(one: Below, review: Review, taken: set[int]) -> None:
    figures = list(review.figures.defer("components", "parts"))
    titles = {figure.measure: figure.reading["title"] for figure in figures}
    one.signals = [figure for figure in figures if figure.reading["signal"]["word"] in SIGNALS]
    one.missed = sum(figure.reading["missed_target"] for figure in figures)
    comments = list(review.comments.select_related("by__person"))
    one.comments = [
        {"one": comment, "about": titles.get(comment.measure, title_of(comment.measure)), "taken": comment.pk in taken}
        for comment in comments
    ]
    if figures:
        said: dict[str, Earlier] = earlier_for(review.place.code, review.period, values_of_figures(figures))
        one.broken, one.kept = broken_and_kept(said.values())


def title_of(measure: str) -> str:
    """The title of a measure; “The month” for none."""
    from housewide.measures.definitions import all_definitions

    if not measure:
        return "The month"
    definition = all_definitions().get(measure)
    return definition.title if definition else measure


def unsigned_below(review: Review) -> list[Place]:
    """Places right below whose reviews belong to this one and are not signed."""
    codes = expected_below(review.place.code, review.period)
    signed = {code for code, one in _reviews(codes, review.period).items() if one.state == Review.State.SIGNED}
    tree = tree_on(Month.parse(review.period).last_day())
    return [tree.places[code] for code in codes if code not in signed]


def signatures_below(review: Review) -> list[list[str]]:
    """[place, state, hash of the last signature] of every review right below; the state is "none" before it began."""
    codes = expected_below(review.place.code, review.period)
    reviews = _reviews(codes, review.period)
    hashes: dict[int, str] = {}
    for one in Signature.objects.filter(review__in=reviews.values()).order_by("at", "id"):
        hashes[one.review_id] = one.sha256
    return [
        [code, reviews[code].state, hashes.get(reviews[code].pk, "")] if code in reviews else [code, "none", ""]
        for code in codes
    ]


def drafts_below(review: Review) -> list[Review]:
    """Reviews anywhere below that are still in preparation."""
    codes = tree_on(Month.parse(review.period).last_day()).below(review.place.code)[1:]
    rows = Review.objects.filter(place__code__in=codes, period=review.period, state=Review.State.DRAFT)
    return list(rows.select_related("place"))


def comment_below(review: Review, public_id: str) -> ReviewComment | None:
    """A comment of a review below, by its opaque id."""
    codes = tree_on(Month.parse(review.period).last_day()).below(review.place.code)[1:]
    found = ReviewComment.objects.filter(public_id=public_id, review__place__code__in=codes)
    return found.select_related("review__place").first()
