"""What was promised last month stands beside this month's figure with a verdict that nobody typed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.actions import Refused
from housewide.measures import definitions
from housewide.reviews import actions
from housewide.reviews.models import Review, ReviewComment
from housewide.reviews.promises import earlier_of, is_kept
from housewide.reviews.tests.conftest import Measured
from housewide.reviews.tests.examples import a_reading
from housewide.work.models import Task
from housewide.work.tests.cast import Cast

LATE = "surgery.first_case_on_time.in_room.5min"


@pytest.fixture
def measured_late(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> Measured:
    """One real measure, so that a promise has a unit and a direction; its value is 69.4 % in October."""
    from housewide.reviews import agenda, promises

    measured.readings = {LATE: a_reading()}
    agenda.register("tests", lambda place: place in ("MVH-OR", "MVH"), [LATE])
    values = {"2026-10": Decimal("69.4")}
    monkeypatch.setattr(promises, "values_now", lambda place: lambda measure, period: values.get(period))
    assert definitions.get(LATE).direction == "higher"
    return measured


def october_after(cast: Cast, promise: str, by: str) -> Review:
    september = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-09")
    actions.comment_on_review(
        by=cast.alice, review=september, measure=LATE, text="Late trays", continues="yes", action="A second cart",
        promise_value=Decimal(promise), promise_by=by,
    )  # fmt: skip
    return actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")


@pytest.mark.parametrize(
    ("promise", "by", "sentence"),
    [
        ("69", "2026-10", "Promised 69.0% by October 2026: kept (69.4%)"),
        ("69.4", "2026-10", "Promised 69.4% by October 2026: kept (69.4%)"),
        ("75", "2026-10", "Promised 75.0% by October 2026: not kept (69.4%)"),
        ("75", "2026-12", "Promised 75.0% by December 2026: too early"),
    ],
)
def test_the_verdict_comes_from_the_reading(
    cast: Cast, measured_late: Measured, promise: str, by: str, sentence: str
) -> None:
    review = october_after(cast, promise, by)
    earlier = earlier_of(review)[LATE]
    assert earlier.verdict is not None
    assert earlier.verdict.sentence.replace(" %", "%") == sentence
    assert (earlier.month, earlier.since) == ("September 2026", "September 2026")


def test_a_month_without_data_cannot_tell(cast: Cast, measured_late: Measured) -> None:
    review = october_after(cast, "75", "2026-10")
    november = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-11")
    actions.comment_on_review(
        by=cast.alice, review=review, measure=LATE, text="x", promise_value=Decimal(70), promise_by="2026-11"
    )
    verdict = earlier_of(november)[LATE].verdict
    assert verdict is not None
    assert verdict.word == "cannot be told"


@given(value=st.decimals(0, 100, places=1), promised=st.decimals(0, 100, places=1))
def test_at_least_as_good_is_kept_whatever_better_means(value: Decimal, promised: Decimal) -> None:
    assert is_kept("higher", value, promised) == (value >= promised)
    assert is_kept("lower", value, promised) == (value <= promised)
    assert is_kept("higher", promised, promised)
    assert is_kept("lower", promised, promised)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"promise_value": Decimal(70)}, "needs both"),
        ({"promise_by": "2026-12"}, "needs both"),
        ({"promise_value": Decimal(70), "promise_by": "2026-10"}, "is past"),
        ({"promise_value": Decimal(70), "promise_by": "soon"}, "not a month"),
        ({"promise_value": Decimal("NaN"), "promise_by": "2026-12"}, "as a number"),
        ({"continues": "perhaps"}, "whether it continues"),
    ],
)
def test_half_a_promise_is_refused(cast: Cast, measured_late: Measured, given: dict[str, Any], words: str) -> None:
    review = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")
    with pytest.raises(Refused, match=words):
        actions.comment_on_review(by=cast.alice, review=review, measure=LATE, text="x", **given)
    assert not ReviewComment.objects.exists()


def test_still_true_carries_a_comment_and_says_since_when(cast: Cast, measured_late: Measured) -> None:
    review = october_after(cast, "75", "2026-12")
    carried = actions.carry_comment(by=cast.olga, review=review, measure=LATE)
    assert (carried.text, carried.action, carried.by) == ("Late trays", "A second cart", cast.olga)
    assert (carried.promise_value, carried.promise_by) == (Decimal("75.0"), "2026-12")
    november = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-11")
    actions.carry_comment(by=cast.alice, review=november, measure=LATE)
    earlier = earlier_of(Review.objects.get(pk=november.pk))[LATE]
    assert (earlier.month, earlier.since) == ("October 2026", "September 2026")


def test_a_broken_promise_cannot_be_waved_through(cast: Cast, measured_late: Measured) -> None:
    review = october_after(cast, "75", "2026-10")
    with pytest.raises(Refused, match=r"not kept .* Say what is behind that"):
        actions.carry_comment(by=cast.alice, review=review, measure=LATE)
    assert not review.comments.exists()


def test_nothing_is_carried_twice_or_from_nowhere(cast: Cast, measured_late: Measured) -> None:
    review = october_after(cast, "75", "2026-12")
    with pytest.raises(Refused, match="Nothing was said"):
        actions.carry_comment(by=cast.alice, review=review, measure="or.turnover")
    actions.carry_comment(by=cast.alice, review=review, measure=LATE)
    with pytest.raises(Refused, match="its own comment"):
        actions.carry_comment(by=cast.alice, review=review, measure=LATE)


def test_an_action_with_a_name_is_a_task_about_the_review(cast: Cast, measured_late: Measured) -> None:
    review = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")
    actions.comment_on_review(
        by=cast.alice, review=review, measure=LATE, text="Late trays", action="Buy a cart", action_owner=cast.olga
    )
    task = Task.objects.get()
    assert (task.title, task.owner, task.subject_kind, task.subject_id) == (
        "Buy a cart", cast.olga, "review", review.public_id,
    )  # fmt: skip
    with pytest.raises(Refused, match="Say what is to be done"):
        actions.comment_on_review(by=cast.alice, review=review, measure=LATE, text="x", action_owner=cast.olga)


def test_what_is_promised_and_decided_is_signed(cast: Cast, measured_late: Measured) -> None:
    review = october_after(cast, "75", "2026-12")
    actions.carry_comment(by=cast.alice, review=review, measure=LATE)
    actions.record_decision(by=cast.alice, review=review, text="Buy the cart", owner=cast.olga)
    actions.close_month(by=cast.alice, review=review)
    actions.freeze_review(by=cast.alice, review=review)
    signature = actions.sign_review(by=cast.alice, review=review)
    assert actions.signature_holds(signature)
    for change in ({"promise_value": Decimal(60)}, {"action": "Nothing"}, {"continues": "no"}):
        before = review.comments.values(*change).get()
        review.comments.update(**change)
        assert not actions.signature_holds(signature)
        review.comments.update(**before)
    assert actions.signature_holds(signature)
    review.decisions.update(text="Buy two")
    assert not actions.signature_holds(signature)


def test_the_page_shows_the_promise_first_and_a_click_carries_it(
    client: Client, cast: Cast, measured_late: Measured
) -> None:
    october_after(cast, "75", "2026-12")
    client.force_login(cast.alice)
    page = client.get(reverse("review", args=["MVH-OR", "2026-10"])).content.decode()
    assert page.index("What was promised") < page.index("What changed, and why")
    assert "Said in September 2026" in page
    assert "Asked for: it is worsening" in page
    answer = client.post(reverse("review-still-true", args=["MVH-OR", "2026-10"]), {"measure": LATE})
    assert answer.status_code == 302
    page = client.get(reverse("review", args=["MVH-OR", "2026-10"])).content.decode()
    assert "Asked for:" not in page
    assert "Still true," in page
    assert "Said since September 2026." in page
    assert page.count("Late trays") == 1


def test_a_known_signal_asks_for_nothing_but_a_missed_target_does(cast: Cast, measured_late: Measured) -> None:
    from housewide.reviews.queries import asked_for

    known = a_reading(missed=False) | {"watching": "known, watching until Dec 1, 2026"}
    assert asked_for(known) == ""
    assert asked_for(known | {"missed_target": True}) == "the target of 80 % was missed"
    assert asked_for(a_reading(missed=False)) == "it is worsening"
