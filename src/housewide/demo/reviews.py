"""September's reviews of Mercy Valley as their directors held them: comments, promises, decisions, signatures.

They go through the same actions as anybody's. October stands where it would on November 23: nobody has closed it yet,
the comments are late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from housewide.demo.organisation import email_of

SEPTEMBER, OCTOBER = "2026-09", "2026-10"
DIRECTOR, NURSING = "P003", "P002"
# The units hold no review of their own, except the operating rooms.
HELD = ("MVH-OR", "MVH-PERIOP", "MVH-CRIT")
# Who closed September for whose feeds: the director for those of her department, the hospital its census.
CLOSED = (("MVH-PERIOP", DIRECTOR), ("MVH", NURSING))


@dataclass(frozen=True)
class Said:
    """What was said about a measure in September, and what was promised for a later month."""

    text: str
    action: str = ""
    continues: str = "unknown"
    promise: str = ""
    by: str = ""


SAID = {
    "surgery.first_case_on_time.in_room.5min": Said(
        "The hand-off redesign of May holds: three rooms that used to roll late now roll with the others.",
        "Keep the 07:10 readiness call in every room.", "yes", "76", OCTOBER,
    ),
    "surgery.start_delay.first_cases": Said(
        "Follows the hand-off redesign; what is left is late consents.",
        "Consent and H&P checked by pre-op the afternoon before.", "yes", "6.5", OCTOBER,
    ),
    "surgery.turnover.room": Said(
        "Two rooms wait for trays most mornings.", "Second case cart set for OR 6 and OR 8 by the end of the year.",
        "yes", "26", "2026-12",
    ),
    "surgery.utilisation.block": Said(
        "One surgeon's block stands empty every second week.", "Agree a release rule with the block owner.", "yes",
    ),
    "surgery.utilisation.prime_time_room": Said(
        "Follows the idle block and late first cases.", "See block utilization.", "yes",
    ),
}  # fmt: skip
USUAL = Said("Looked at; the reasons are with the unit leads.", "", "unknown")
DECISION = "The empty block is offered to orthopedics from December when it is not released 14 days before."


def hold_reviews() -> Iterator[str]:
    """Close September, hold its reviews. Yields a line for what was done; nothing without data."""
    from housewide.facts.states import SHUT, close_period, feed_owners, state_of
    from housewide.reviews.offering import offered

    director, owners = _account(DIRECTOR), feed_owners("MVH")
    if not offered(HELD[0]) or not _has_september():
        return
    for owner, person in CLOSED:
        if owner in owners and state_of("MVH", SEPTEMBER, owner) not in SHUT:
            close_period(by=_account(person), facility="MVH", period=SEPTEMBER, owner=owner)
    signed = [place for place in HELD if offered(place) and _hold(place, director)]
    yield f"signed {len(signed)} reviews of September"


def _account(person: str) -> Any:
    from housewide.org.models import Account

    return Account.objects.get(username=email_of(person))


def _has_september() -> bool:
    from housewide.facts.models import Part

    return Part.objects.filter(scope="MVH", table="or_case", period=SEPTEMBER).exists()


def _hold(place: str, director: Any) -> bool:
    from housewide.kit.clock import today
    from housewide.reviews import actions
    from housewide.reviews.models import Review
    from housewide.reviews.queries import asked_for

    review = actions.open_review(by=director, place=place, period=SEPTEMBER)
    if review.state != Review.State.DRAFT:
        return False
    figures = actions.freeze_review(by=director, review=review)
    for figure in figures:
        if asked_for(figure.reading):
            _comment(director, review, figure.measure)
    if place == "MVH-PERIOP":
        actions.record_decision(by=director, review=review, text=DECISION, owner=director)
        _ask_for_work(director, review, today() - timedelta(days=10))
    actions.sign_review(by=director, review=review)
    return True


def _comment(director: Any, review: Any, measure: str) -> None:
    from housewide.reviews.actions import comment_on_review

    said = SAID.get(measure, USUAL)
    comment_on_review(
        by=director, review=review, measure=measure, text=said.text, continues=said.continues, action=said.action,
        promise_value=Decimal(said.promise) if said.promise else None, promise_by=said.by,
    )  # fmt: skip


def _ask_for_work(director: Any, review: Any, due: Any) -> None:
    """A task that came out of the review and is done."""
    from housewide.work.actions import finish_task, raise_task

    task = raise_task(
        by=director, title="Agree the release rule with the owner of the empty block", place=review.place.code,
        why="Decided in September's review.", owner=director, due=due, subject_kind="review",
        subject_id=review.public_id,
    )  # fmt: skip
    finish_task(by=director, task=task, outcome="Agreed: what is not released 14 days before goes to orthopedics.")
