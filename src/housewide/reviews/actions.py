"""Changes to a review: open it, comment, close its month, freeze the figures, sign them, print them."""

from __future__ import annotations

from collections.abc import Sequence

from housewide.access.gates import acts_for, allowed, may
from housewide.kit import audit
from housewide.kit.actions import Refused, action
from housewide.kit.clock import now, today
from housewide.kit.memory import remembering
from housewide.kit.periods import BadPeriod, Month
from housewide.org.calendars import hold_calendars
from housewide.org.models import Account, Place
from housewide.reviews import frozen, months
from housewide.reviews.locking import SEES, gate_of, locked, told
from housewide.reviews.models import Figure, Review, Signature
from housewide.reviews.offering import offered
from housewide.reviews.queries import asked_for, commented
from housewide.reviews.rolling_up import drafts_below, signatures_below, unsigned_below
from housewide.reviews.saying import adopt_comment, carry_comment, comment_on_review, record_decision, set_calendar
from housewide.reviews.seals import figure_sha256, sha256_of, signed_content

__all__ = [
    "adopt_comment", "carry_comment", "close_month", "comment_on_review", "freeze_review", "keep_figures",
    "not_ready_to_sign", "open_review", "put_signature", "record_decision", "set_calendar", "sign_review",
    "signature_holds", "unfreeze_review",
]  # fmt: skip


def _open_gate(*, by: Account, place: str, **_: object) -> dict[str, str]:
    return may(by, "review.comment", place, "prepare this review", SEES)


@action("review.open", gate=_open_gate)
def open_review(*, by: Account, place: str, period: str) -> Review:
    """Begin the review of a place (its code) and month; the one that is there when it was begun before.

    Raises Refused for text that is no month, for one that has not begun, or where no duty brings a measure.
    """
    try:
        month = Month.parse(period)
    except BadPeriod as problem:
        raise Refused(f"{problem}.") from problem
    if month.first_day() > today():
        raise Refused(f"{month.title} has not begun; there is nothing to review yet.")
    measures = offered(place)
    if not measures:
        raise Refused("No measure belongs to the review of this place yet.")
    found = Review.objects.filter(place__code=place, period=period).first()
    if found:
        return found
    live = frozen.live_readings(measures, place, period)
    asks = [measure for measure, reading in zip(measures, live, strict=True) if asked_for(reading)]
    where = Place.objects.get(code=place)
    review = Review.objects.create(place=where, period=period, opened_by=by, opened_at=now(), asks=asks)
    told("opened", review, by)
    return review


@action("review.close_month", gate=gate_of("review.close", "close the month"))
def close_month(*, by: Account, review: Review) -> list[str]:
    """Close the month of what the review rests on, as far as ``by`` may; gives the codes of the places that answer for
    what was closed.

    Raises Refused when the month is not over, or when ``by`` may close none of what is open.
    """
    locked(review, Review.State.DRAFT, Review.State.FROZEN)
    return [one.answers for one in months.close(by, months.open_books(review), review.period)]


def freeze_review(*, by: Account, review: Review, below: bool = False) -> list[Figure]:
    """Compute every figure from what is imported now and keep it with its parts, definition and tree; with ``below``
    also the figures of reviews below that are still in preparation and that ``by`` may freeze.

    The counting is done before anything is locked. Raises Refused when a month is still open: what can change under a
    figure cannot be frozen.
    """
    figures = _freeze_one(by, review)
    for one in drafts_below(review) if below else ():
        if allowed(by, "review.close", one.place.code):
            _freeze_one(by, one)
    return figures


def _freeze_one(by: Account, review: Review) -> list[Figure]:
    may(by, "review.close", review.place.code, "freeze figures", SEES)
    fresh = Review.objects.select_related("place").get(pk=review.pk)
    _must_be_shut(fresh)
    as_of, place = frozen.newest_batch(), fresh.place.code
    counted = []
    if fresh.state == Review.State.DRAFT:
        with remembering(), hold_calendars():
            counted = [(one, frozen.freeze(one, place, fresh.period, as_of)) for one in offered(place)]
    return keep_figures(by=by, review=fresh, counted=counted, as_of=as_of)


def _must_be_shut(review: Review) -> None:
    still_open = months.open_books(review)
    if still_open and review.state == Review.State.DRAFT:
        title = Month.parse(review.period).title
        raise Refused(f"Close {title} first; it is still open for {months.in_words(still_open)}.")


@action("review.freeze", gate=gate_of("review.close", "freeze figures"))
def keep_figures(
    *, by: Account, review: Review, counted: Sequence[tuple[str, frozen.Frozen]], as_of: int
) -> list[Figure]:
    """Keep the counted figures of a review. ``freeze_review`` counts them first and then calls this. Raises Refused
    when an import changed what one of them rests on since they were counted; imports of anything else come and go."""
    fresh = locked(review, Review.State.DRAFT)
    _must_be_shut(fresh)
    imported = frozen.newest_batch() != as_of
    figures = []
    for order, (measure, found) in enumerate(counted):
        frozen.keep_definition(measure)
        figure = Figure(
            review=fresh, measure=measure, order=order, as_of_batch=as_of, parts=found.parts,
            definition_sha256=found.definition_sha256, tree_sha256=found.tree_sha256,
            components=found.components, reading=found.reading,
        )  # fmt: skip
        if imported and not frozen.is_current(figure):
            title = found.reading["title"]
            raise Refused(f"A file changed “{title}” while it was being counted. Nothing was frozen; freeze again.")
        figure.sha256 = figure_sha256(figure)
        figure.save()
        figures.append(figure)
    audit.seal("freeze")
    fresh.asks = [figure.measure for figure in figures if asked_for(figure.reading)]
    fresh.state, fresh.frozen_at, fresh.as_of_batch, fresh.frozen_head = Review.State.FROZEN, now(), as_of, audit.head()
    fresh.save(update_fields=["state", "frozen_at", "as_of_batch", "frozen_head", "asks"])
    told("frozen", fresh, by)
    return figures


@action("review.unfreeze", gate=gate_of("review.close", "unfreeze figures"))
def unfreeze_review(*, by: Account, review: Review, reason: str) -> Review:
    """Take the frozen figures back before they are signed; the audit trail keeps them. Never after a signature."""
    fresh = locked(review, Review.State.FROZEN)
    if not reason.strip():
        raise Refused("Say why the figures are taken back.")
    fresh.packs.all().delete()
    fresh.figures.all().delete()
    fresh.state, fresh.frozen_at, fresh.as_of_batch, fresh.frozen_head = Review.State.DRAFT, None, 0, ""
    fresh.save(update_fields=["state", "frozen_at", "as_of_batch", "frozen_head"])
    told("unfrozen", fresh, by)
    return fresh


def not_ready_to_sign(review: Review, current: bool | None = None) -> list[str]:
    """What stands between a review and its signature, each in words; empty when nothing does. ``current`` tells that
    the data behind the figures was just looked at. Reviews below that are not signed are told apart (unsigned_below):
    a reason answers for them."""
    missing = []
    if review.state == Review.State.DRAFT:
        missing.append("The figures are not frozen yet.")
    still_open = months.open_books(review)
    if still_open:
        missing.append(f"{Month.parse(review.period).title} is still open for {months.in_words(still_open)}.")
    said = commented(review)
    for figure in review.figures.all():
        why = asked_for(figure.reading)
        if why and figure.measure not in said:
            missing.append(f"“{figure.reading['title']}” needs a comment: {why}.")
        if figure.sha256 != figure_sha256(figure):
            missing.append(f"“{figure.reading['title']}” is not as it was frozen. Unfreeze and freeze again.")
        elif not current and not frozen.is_current(figure):
            missing.append(f"The data behind “{figure.reading['title']}” changed since. Unfreeze and freeze again.")
    return missing


def sign_review(*, by: Account, review: Review, without: str = "") -> Signature:
    """Sign the frozen figures with their comments; from then on nothing of the review changes.

    ``without`` says why it is signed though reviews below are not. Looks at the data before anything is locked. Raises
    Refused with everything that is missing.
    """
    may(by, "review.sign", review.place.code, "sign reviews", SEES)
    fresh = Review.objects.select_related("place").get(pk=review.pk)
    seen = frozen.newest_batch()
    with remembering(), hold_calendars():
        missing = not_ready_to_sign(fresh) if fresh.state == Review.State.FROZEN else []
    if missing:
        raise Refused(" ".join(missing))
    return put_signature(by=by, review=fresh, without=without, seen=seen)


@action("review.sign", gate=gate_of("review.sign", "sign reviews"))
def put_signature(*, by: Account, review: Review, without: str, seen: int) -> Signature:
    """Write the signature. ``sign_review`` looks at the data as of import ``seen`` first and then calls this.

    Seals the audit trail and binds its head, and the signatures of the reviews below, into the signature.
    """
    fresh = locked(review, Review.State.FROZEN)
    missing = not_ready_to_sign(fresh, current=frozen.newest_batch() == seen)
    unsigned = unsigned_below(fresh)
    if unsigned and not without.strip():
        names = ", ".join(place.name for place in unsigned)
        missing.append(f"Not signed below: {names}. Have it signed first, or say why you sign without it.")
    if missing:
        raise Refused(" ".join(missing))
    place = fresh.place.code
    stands_for = acts_for(by, "review.sign", place)
    fresh.state = Review.State.SIGNED
    fresh.save(update_fields=["state"])
    audit.seal("signature")
    signature = Signature(
        review=fresh, by=by, on_behalf_of=stands_for, at=now(), audit_head=audit.head(), below=signatures_below(fresh),
        without=without.strip() if unsigned else "",
    )  # fmt: skip
    signature.sha256 = sha256_of(signed_content(signature))
    signature.save()
    months.mark_signed(by, fresh)
    told("signed", fresh, by)
    return signature


def signature_holds(signature: Signature) -> bool:
    """Whether figures, comments and decisions are still those that were signed."""
    figures = all(figure.sha256 == figure_sha256(figure) for figure in signature.review.figures.all())
    return figures and sha256_of(signed_content(signature)) == signature.sha256
