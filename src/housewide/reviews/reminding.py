"""Reminds those who answer for a review: two workdays ahead, and once when the day has passed."""

from __future__ import annotations

from typing import Any

from housewide.kit.clock import now, today
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.runs import JobRun
from housewide.kit.periods import Month
from housewide.reviews.answering import Duty, duties
from housewide.reviews.models import Reminder, Review

KIND = "reviews.remind"
DAYS_AHEAD = 2


@job(KIND, title="Remind of reviews that are due", again=True, cron="30 6 * * 1-5")
def remind(run: JobRun) -> dict[str, Any]:
    """Tell everybody who owes a comment or a signature, each once before the day and once after it."""
    from housewide.org.models import Place

    owed = [duty for duty in duties(Place.objects.values_list("code", flat=True)) if _is_near(duty)]
    run.progress(50, "telling people")
    with run.effect():
        told = sum(_tell(duty) for duty in owed)
    run.log(f"{told} reminded of {len(owed)} reviews")
    return {"told": told}


def _is_near(duty: Duty) -> bool:
    return duty.due is not None and (duty.due - today()).days <= DAYS_AHEAD


def _tell(duty: Duty) -> int:
    """How many people were told who had not been before."""
    from housewide.work.notices import notify

    review = Review.objects.filter(place=duty.place, period=duty.period).first()
    kind, subject = ("review", review.public_id) if review else ("review-due", f"{duty.place.code}:{duty.period}")
    month, late = Month.parse(duty.period).title, duty.days_late > 0
    what = "Comments" if duty.what == "comment" else "Signature"
    title = f"{what} {'late' if late else 'due'}: review of {duty.place.name}, {month}"
    told = 0
    for owner in duty.owners:
        _, is_new = Reminder.objects.get_or_create(
            place=duty.place, period=duty.period, step=duty.what, to=owner, late=late, defaults={"at": now()}
        )
        if is_new:
            due = f"Due {duty.due:%b} {duty.due.day}, {duty.due.year}" if duty.due else "Due"
            notify(
                to=owner, title=title, place=duty.place.code, subject_kind=kind, subject_id=subject,
                why=f"{due}. {duty.said}.",
            )  # fmt: skip
            told += 1
    return told
