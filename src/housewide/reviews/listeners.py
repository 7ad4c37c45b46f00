"""What reviews do when data under a signed figure changes: mark it, say what changed, ask the signer."""

from __future__ import annotations

from datetime import timedelta

from housewide.kit.clock import now, today
from housewide.kit.events import Happened, listen
from housewide.kit.periods import Month
from housewide.reviews.models import Figure, Review, Signature
from housewide.work.actions import raise_for_system
from housewide.work.models import Task

DAYS_TO_ANSWER = 7


@listen("facts.part_changed")
def restate_signed_figures(event: Happened) -> None:
    """Compare every signed figure that rests on the changed part with what the data says now."""
    about = event.payload
    signed = Figure.objects.filter(review__state=Review.State.SIGNED).select_related("review__place")
    for figure in signed.order_by("pk"):
        if _rests_on(figure, about["table"], about["facility"], about["period"]):
            restate(figure)


def _rests_on(figure: Figure, table: str, facility: str, period: str) -> bool:
    """Whether the part belongs to what the figure's own month reads; older months only feed its chart."""
    needs: dict[str, list[str]] = figure.components["reads"]
    return table in figure.components["tables"] and period in needs.get(facility, [])


def restate(figure: Figure) -> list[str]:
    """Mark a signed figure when its month counts differently now; gives the differences in words, or none.

    The figure itself stays as it was signed: only its marks are written.
    """
    from housewide.reviews.figures import differences_between, month_now

    counted = month_now(figure)
    differences = differences_between(figure, counted)
    if not differences:
        return []
    figure.restated_at, figure.restated_reading, figure.restated_differences = now(), counted, differences
    figure.save(update_fields=["restated_at", "restated_reading", "restated_differences"])
    signature = figure.review.signatures.select_related("by", "on_behalf_of").order_by("at").last()
    if signature:
        _ask_signer(figure, signature, differences)
    return differences


def _ask_signer(figure: Figure, signature: Signature, differences: list[str]) -> None:
    """One open task a figure: a file that comes in five pieces must not leave five tasks."""
    owner = signature.on_behalf_of or signature.by
    subject = {"subject_kind": "figure", "subject_id": figure.public_id}
    if Task.objects.filter(**subject, owner=owner, state=Task.State.OPEN).exists():
        return
    month = Month.parse(figure.review.period).title
    raise_for_system(
        title=f"Restated after you signed: {figure.reading['title']}, {month}",
        why="The data behind a figure you signed changed. " + "; ".join(differences),
        place=figure.review.place.code,
        owner=owner,
        due=today() + timedelta(days=DAYS_TO_ANSWER),
        **subject,
    )
