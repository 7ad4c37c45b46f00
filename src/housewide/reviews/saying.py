"""What people say in a review: comments with their cause, action and promise; decisions; what still stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from housewide.access.gates import allowed, may
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.clock import now
from housewide.kit.periods import BadPeriod, Month
from housewide.measures import definitions
from housewide.org.models import Account
from housewide.reviews import agenda
from housewide.reviews.locking import SEES, gate_of, locked, told
from housewide.reviews.models import Decision, Review, ReviewComment
from housewide.reviews.promises import Earlier, earlier_of, promise_in_words

LONGEST = 4000
OPEN = (Review.State.DRAFT, Review.State.FROZEN)


@action("review.comment", gate=gate_of("review.comment", "comment on reviews"))
def comment_on_review(
    *,
    by: Account,
    review: Review,
    text: str,
    measure: str = "",
    continues: str = "",
    action: str = "",
    promise_value: Decimal | None = None,
    promise_by: str = "",
    action_owner: Account | None = None,
    action_due: date | None = None,
) -> ReviewComment:
    """Say something about a figure (its measure) or about the month: the cause, whether it continues, what is done, and
    what the measure is promised to be (in its unit) by which month. An action with an owner becomes a task.

    Raises Refused once the review is signed, without words, or for half a promise.
    """
    fresh = locked(review, *OPEN)
    said = _words(text)
    _must_belong(fresh, measure)
    value, by_month = _promise(fresh, measure, promise_value, promise_by)
    if continues not in ReviewComment.Continues.values:
        raise Refused("Say whether it continues: yes, no, or not known yet. Nothing was kept.")
    if action_owner is not None and not action.strip():
        raise Refused("Say what is to be done before you name who does it. Nothing was kept.")
    comment = ReviewComment.objects.create(
        review=fresh, measure=measure, text=said, continues=continues, action=action.strip()[:LONGEST],
        promise_measure=measure if value is not None else "", promise_value=value, promise_by=by_month, by=by, at=now(),
    )  # fmt: skip
    if action_owner is not None:
        _raise_action(fresh, by, comment, action_owner, action_due)
    told("commented", fresh, by)
    return comment


def _words(text: str) -> str:
    if not text.strip():
        raise Refused("Write something before you send it.")
    return text.strip()[:LONGEST]


def _must_belong(review: Review, measure: str) -> None:
    if not measure or measure in agenda.measures_of(review.place.code):
        return
    if not review.figures.filter(measure=measure).exists():
        raise Refused("This measure is not part of the review.")


def _promise(review: Review, measure: str, value: Decimal | None, by_month: str) -> tuple[Decimal | None, str]:
    if value is None and not by_month:
        return None, ""
    if value is None or not by_month:
        raise Refused("A promise needs both: what the measure will be, and by which month. Nothing was kept.")
    definition = definitions.all_definitions().get(measure)
    if definition is None:
        raise Refused("A promise is about a measure. Make it on the measure's own comment. Nothing was kept.")
    try:
        month = Month.parse(by_month)
    except BadPeriod as wrong:
        raise Refused(f"{wrong}. Nothing was kept.") from wrong
    if month <= Month.parse(review.period):
        raise Refused(f"{month.title} is past: promise something for a month after the reviewed one. Nothing was kept.")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 13:
        raise Refused("Write what you promise as a number like 80 or 27.5. Nothing was kept.")
    return value.quantize(Decimal(1).scaleb(-definition.decimals)), str(month)


def _raise_action(review: Review, by: Account, comment: ReviewComment, owner: Account, due: date | None) -> None:
    from housewide.work.actions import raise_task

    raise_task(
        by=by, title=comment.action[:200], why=comment.text, place=review.place.code, owner=owner,
        due=due, subject_kind="review", subject_id=review.public_id,
    )  # fmt: skip


@action("review.still_true", gate=gate_of("review.comment", "comment on reviews"))
def carry_comment(*, by: Account, review: Review, measure: str) -> ReviewComment:
    """Say with one click that what was last said about a measure is still true; its promise goes on if it is not due.

    Raises Refused when nothing was said, when this review has its own comment, or when the promise was broken.
    """
    fresh = locked(review, *OPEN)
    earlier = earlier_of(fresh).get(measure)
    if earlier is None:
        raise Refused("Nothing was said about this measure before. Write the comment.")
    if fresh.comments.filter(measure=measure).exists():
        raise Refused("This review has its own comment on the measure already.")
    if not earlier.can_stand:
        raise Refused(f"{_sentence(earlier)}. Say what is behind that, and what happens now.")
    was, ahead = earlier.comment, bool(earlier.verdict and earlier.verdict.word == "too early")
    comment = ReviewComment.objects.create(
        review=fresh, measure=measure, text=was.text, continues=was.continues, action=was.action, by=by, at=now(),
        promise_measure=was.promise_measure if ahead else "", promise_value=was.promise_value if ahead else None,
        promise_by=was.promise_by if ahead else "", carried_from=was,
    )  # fmt: skip
    told("commented", fresh, by)
    return comment


def _sentence(earlier: Earlier) -> str:
    return earlier.verdict.sentence if earlier.verdict else ""


def _adopt_gate(*, by: Account, review: Review, comment: ReviewComment, **_: Any) -> dict[str, str]:
    if not allowed(by, SEES, comment.review.place.code):
        raise NotSeen("There is nothing here that you can see.")
    about: dict[str, str] = gate_of("review.comment", "comment on reviews")(by=by, review=review)
    return about


@action("review.adopt", gate=_adopt_gate)
def adopt_comment(*, by: Account, review: Review, comment: ReviewComment, text: str = "") -> ReviewComment:
    """Take a comment of a review below into this one, word for word, with a remark of one's own where wanted.

    Raises Refused when the comment is not from below, of another month, or taken already.
    """
    from housewide.org.tree import tree_on

    fresh = locked(review, *OPEN)
    inside = tree_on(Month.parse(fresh.period).last_day()).below(fresh.place.code)[1:]
    if comment.review.period != fresh.period or comment.review.place.code not in inside:
        raise Refused("Only what is said in the reviews below, for the same month, can be taken over.")
    if fresh.comments.filter(adopted_from=comment).exists():
        raise Refused("This comment is in the review already.")
    _must_belong(fresh, comment.measure)
    promise = promise_in_words(comment)
    quoted = f"{comment.review.place.name}: “{comment.text}”" + (f" Promised: {promise}." if promise else "")
    adopted = ReviewComment.objects.create(
        review=fresh, measure=comment.measure, text=f"{text.strip()} {quoted}".strip()[:LONGEST],
        continues=comment.continues, action=comment.action, by=by, at=now(), adopted_from=comment,
    )  # fmt: skip
    told("commented", fresh, by)
    return adopted


@action("review.decide", gate=gate_of("review.comment", "write down decisions"))
def record_decision(*, by: Account, review: Review, text: str, owner: Account) -> Decision:
    """Write down what was decided and who answers for it. Raises Refused once the review is signed, without words, or
    for an owner who does not see the place."""
    fresh = locked(review, *OPEN)
    if not allowed(owner, "see.measures", fresh.place.code):
        raise Refused(f"{owner} cannot see this place, so the decision would be out of their sight. Nothing was kept.")
    decision = Decision.objects.create(review=fresh, text=_words(text), owner=owner, by=by, at=now())
    told("decided", fresh, by)
    return decision


def _set_gate(*, by: Account, facility: str, **_: Any) -> dict[str, str]:
    return may(by, "review.close", facility, "set the review calendar", SEES)


@action("review.set_calendar", gate=_set_gate)
def set_calendar(*, by: Account, facility: str, workdays: dict[str, int | None]) -> None:
    """Set the workday of every step for a facility; None leaves a step out. Raises Refused for a day that is none, or
    for steps out of their order."""
    from housewide.org.models import Place
    from housewide.reviews.models import StepDay
    from housewide.reviews.timetable import LATEST, steps

    place = Place.objects.filter(code=facility, kind=Place.Kind.FACILITY).first()
    if place is None:
        raise Refused(f"“{facility}” is not a facility. Nothing was changed.")
    last, last_title = 0, ""
    for step in steps():
        number = workdays.get(step.key, step.workday)
        if number is None:
            continue
        if not 1 <= number <= LATEST:
            raise Refused(f"{step.title}: choose a workday from 1 to {LATEST}. Nothing was changed.")
        if number < last:
            raise Refused(f"{step.title} cannot come before {last_title}. Nothing was changed.")
        last, last_title = number, step.title
    for step in steps():
        if step.key in workdays:
            StepDay.objects.update_or_create(facility=place, step=step.key, defaults={"workday": workdays[step.key]})
