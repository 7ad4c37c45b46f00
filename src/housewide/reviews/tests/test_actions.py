"""A review is opened, commented, frozen and signed, in that order and by those who may."""

from __future__ import annotations

from datetime import date

import pytest

from housewide.access.models import Delegation
from housewide.facts import states
from housewide.kit import audit
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.events.models import Event
from housewide.org.models import Place
from housewide.reviews import actions
from housewide.reviews.models import Figure, Review
from housewide.reviews.tests.conftest import Measured
from housewide.work.tests.cast import SINCE, Cast, make_account


@pytest.fixture
def review(cast: Cast, measured: Measured) -> Review:
    return actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")


def frozen_review(cast: Cast, review: Review) -> Review:
    actions.close_month(by=cast.alice, review=review)
    actions.freeze_review(by=cast.alice, review=review)
    review.refresh_from_db()
    return review


def ready_review(cast: Cast, review: Review) -> Review:
    actions.comment_on_review(by=cast.alice, review=review, measure="or.late", text="Late trays")
    return frozen_review(cast, review)


def test_a_month_is_reviewed_once(cast: Cast, review: Review) -> None:
    assert actions.open_review(by=cast.olga, place="MVH-OR", period="2026-10") == review


def test_a_review_wants_a_month_that_has_begun_and_something_to_show(cast: Cast, measured: Measured) -> None:
    for place, period, words in (
        ("MVH-OR", "October", "not a month"), ("MVH-OR", "2026-12", "has not begun"), ("LKS", "2026-10", "No measure"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            actions.open_review(by=cast.olga, place=place, period=period)
    assert not Review.objects.exists()


def test_strangers_and_lookers_on_are_told_apart(cast: Cast, review: Review) -> None:
    with pytest.raises(NotSeen):
        actions.comment_on_review(by=cast.charlie, review=review, text="hm")
    with pytest.raises(Refused, match="comment on reviews"):
        actions.comment_on_review(by=cast.audrey, review=review, text="hm")
    with pytest.raises(NotSeen):
        actions.sign_review(by=cast.bob, review=review)


def test_nothing_is_frozen_while_the_month_is_open(cast: Cast, review: Review) -> None:
    with pytest.raises(Refused, match="Close October 2026 first"):
        actions.freeze_review(by=cast.alice, review=review)
    assert not Figure.objects.exists()


def test_a_department_closes_its_hospitals_month_only_with_the_right_to(cast: Cast, review: Review) -> None:
    only_here = make_account("Dora", "department_director", "MVH-OR")
    with pytest.raises(Refused, match="Whoever answers for Place MVH closes it: ask Alice or Olga"):
        actions.close_month(by=only_here, review=review)
    assert states.state_of("MVH", "2026-10") == "open"
    assert actions.close_month(by=cast.alice, review=review) == ["MVH"]
    assert states.state_of("MVH", "2026-10") == "closed"


def test_freezing_keeps_every_figure_with_a_hash_that_shows_any_change(cast: Cast, review: Review) -> None:
    first, second = frozen_review(cast, review).figures.all()
    assert (first.measure, second.measure) == ("or.late", "or.turnover")
    assert (review.state, review.as_of_batch) == ("frozen", 41)
    assert first.sha256 == actions.figure_sha256(first)
    first.reading["shown"] = "99.9 %"
    assert first.sha256 != actions.figure_sha256(first)


def test_a_signal_and_a_missed_target_ask_for_a_comment(cast: Cast, review: Review) -> None:
    frozen_review(cast, review)
    with pytest.raises(Refused, match="it is worsening and the target of 80 % was missed"):
        actions.sign_review(by=cast.alice, review=review)
    actions.comment_on_review(by=cast.alice, review=review, measure="or.late", text="Late trays")
    assert actions.not_ready_to_sign(review) == []
    actions.sign_review(by=cast.alice, review=review)
    review.refresh_from_db()
    assert review.state == "signed"


def test_a_signature_covers_figures_comments_and_the_audit_chain(cast: Cast, review: Review) -> None:
    signature = actions.sign_review(by=cast.alice, review=ready_review(cast, review))
    assert actions.signature_holds(signature)
    assert audit.verify(expected_head=signature.audit_head) == []
    assert Event.objects.filter(name="reviews.signed", payload__review=review.public_id).count() == 1
    review.comments.update(text="All is well")
    assert not actions.signature_holds(signature)


def test_an_altered_figure_breaks_the_signature(cast: Cast, review: Review) -> None:
    signature = actions.sign_review(by=cast.alice, review=ready_review(cast, review))
    figure = review.figures.first()
    assert figure is not None
    Figure.objects.filter(pk=figure.pk).update(reading={**figure.reading, "shown": "99 %"})
    assert not actions.signature_holds(signature)


def test_data_that_moved_after_the_freeze_stops_the_signature(cast: Cast, review: Review, measured: Measured) -> None:
    ready_review(cast, review)
    measured.moved.add("or.turnover")
    with pytest.raises(Refused, match="changed since"):
        actions.sign_review(by=cast.alice, review=review)


def test_a_signed_review_takes_nothing_more(cast: Cast, review: Review) -> None:
    actions.sign_review(by=cast.alice, review=ready_review(cast, review))
    for do in (
        lambda: actions.comment_on_review(by=cast.alice, review=review, text="one more"),
        lambda: actions.unfreeze_review(by=cast.alice, review=review, reason="oops"),
        lambda: actions.freeze_review(by=cast.alice, review=review),
        lambda: actions.sign_review(by=cast.olga, review=review),
    ):
        with pytest.raises(Refused, match="review is signed"):
            do()
    assert review.comments.count() == 1
    assert review.signatures.count() == 1


def test_unfreezing_wants_a_reason_and_leaves_the_comments(cast: Cast, review: Review) -> None:
    ready_review(cast, review)
    with pytest.raises(Refused, match="Say why"):
        actions.unfreeze_review(by=cast.alice, review=review, reason=" ")
    actions.unfreeze_review(by=cast.alice, review=review, reason="late file")
    review.refresh_from_db()
    assert (review.state, review.frozen_at, review.figures.count(), review.comments.count()) == ("draft", None, 0, 1)


def test_a_delegate_signs_for_the_one_who_is_away(cast: Cast, review: Review) -> None:
    finn = make_account("Finn", "finance_partner", "MVH")
    ready_review(cast, review)
    with pytest.raises(Refused, match="sign reviews"):
        actions.sign_review(by=finn, review=review)
    Delegation.objects.create(
        giver=cast.alice, receiver=finn, place=Place.objects.get(code="MVH"), valid_from=SINCE,
        valid_to=date(2026, 12, 31), reason="leave",
    )  # fmt: skip
    signature = actions.sign_review(by=finn, review=review)
    assert (signature.by, signature.on_behalf_of) == (finn, cast.alice)
    assert actions.signature_holds(signature)


def test_a_signature_under_a_hospital_signs_its_month_and_under_a_department_does_not(
    cast: Cast, review: Review
) -> None:
    actions.sign_review(by=cast.alice, review=ready_review(cast, review))
    assert states.state_of("MVH", "2026-10") == "closed"
    whole = actions.open_review(by=cast.alice, place="MVH", period="2026-10")
    actions.comment_on_review(by=cast.alice, review=whole, measure="or.late", text="Late trays")
    actions.freeze_review(by=cast.alice, review=whole)
    actions.sign_review(by=cast.alice, review=whole)
    assert states.state_of("MVH", "2026-10") == "signed"
