"""Whatever people do in whatever order, a review goes draft, frozen, signed, and a signature holds for ever."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from housewide.facts.models import PeriodState
from housewide.kit.actions import Refused
from housewide.reviews import actions, packs
from housewide.reviews.models import Review
from housewide.reviews.queries import asked_for, commented
from housewide.reviews.tests.conftest import Measured
from housewide.work.tests.cast import Cast

MEASURES = st.sampled_from(["", "or.late", "or.turnover"])


class Reviewing(RuleBasedStateMachine):
    """One review; every step may be refused, none may leave it half done."""

    cast: Cast
    measured: Measured

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.measured.moved.clear()
        self.review = actions.open_review(by=self.cast.alice, place="MVH-OR", period="2026-10")
        self.signed: list[str] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def try_(self, do: Any) -> bool:
        before = Review.objects.get().state
        try:
            do()
        except Refused:
            assert Review.objects.get().state == before
            return False
        return True

    @rule(measure=MEASURES)
    def comment(self, measure: str) -> None:
        done = self.try_(
            lambda: actions.comment_on_review(by=self.cast.alice, review=self.review, measure=measure, text="x")
        )
        assert done == (not self.signed)

    @rule()
    def close_month(self) -> None:
        assert self.try_(lambda: actions.close_month(by=self.cast.alice, review=self.review)) == (not self.signed)

    @rule()
    def freeze(self) -> None:
        may_be = Review.objects.get().state == "draft" and PeriodState.objects.filter(state="closed").exists()
        assert self.try_(lambda: actions.freeze_review(by=self.cast.alice, review=self.review)) == may_be
        if may_be:
            self.measured.moved.clear()

    @rule()
    def unfreeze(self) -> None:
        may_be = Review.objects.get().state == "frozen"
        assert self.try_(lambda: actions.unfreeze_review(by=self.cast.alice, review=self.review, reason="x")) == may_be

    @rule(measure=st.sampled_from(["or.late", "or.turnover"]))
    def data_moves(self, measure: str) -> None:
        self.measured.moved.add(measure)

    @rule()
    def sign(self) -> None:
        review = Review.objects.get()
        may_be = review.state == "frozen" and not self.measured.moved and "or.late" in commented(review)
        done = self.try_(lambda: self.signed.append(actions.sign_review(by=self.cast.alice, review=self.review).sha256))
        assert done == may_be

    @invariant()
    def a_signature_holds(self) -> None:
        review = Review.objects.get()
        assert [one.sha256 for one in review.signatures.all()] == self.signed
        assert all(actions.signature_holds(one) for one in review.signatures.all())
        assert (review.state == "signed") == bool(self.signed)

    @invariant()
    def figures_are_there_exactly_from_the_freeze_on(self) -> None:
        review = Review.objects.get()
        assert review.figures.count() == (0 if review.state == "draft" else 2)
        assert (review.frozen_at is None) == (review.state == "draft")

    @invariant()
    def nothing_signed_lacks_a_comment_it_asks_for(self) -> None:
        review = Review.objects.get()
        if review.state == "signed":
            asked = {figure.measure for figure in review.figures.all() if asked_for(figure.reading)}
            assert asked <= commented(review)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_review_keeps_its_promises_in_any_order(cast: Cast, measured: Measured) -> None:
    Reviewing.cast, Reviewing.measured = cast, measured
    run_state_machine_as_test(
        Reviewing,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_a_draft_prints_nothing(cast: Cast, measured: Measured) -> None:
    review = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")
    with pytest.raises(Refused, match="Freeze"):
        packs.make_pack(review, "xlsx", cast.alice)
