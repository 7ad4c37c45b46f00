"""A review and those below it: signed from below, quoted by what is above."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from housewide.kit.actions import NotSeen, Refused
from housewide.org.models import Place
from housewide.reviews import actions, offering
from housewide.reviews.models import Review, ReviewComment
from housewide.reviews.offering import expected_below, offered, places_offered
from housewide.reviews.rolling_up import below, drafts_below, unsigned_below
from housewide.reviews.tests.conftest import Measured
from housewide.work.tests.cast import Cast, make_account


def opened(cast: Cast, place: str, period: str = "2026-10") -> Review:
    return actions.open_review(by=cast.alice, place=place, period=period)


def ready(cast: Cast, place: str) -> Review:
    """Commented and frozen."""
    review = opened(cast, place)
    actions.comment_on_review(by=cast.alice, review=review, measure="or.late", text=f"Late trays at {place}")
    actions.close_month(by=cast.alice, review=review)
    actions.freeze_review(by=cast.alice, review=review)
    review.refresh_from_db()
    return review


def test_a_place_without_rows_is_offered_no_review(
    cast: Cast, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered("MVH-OR") == offered("MVH") == ["or.late", "or.turnover"]
    assert offered("LKS") == []
    assert places_offered({"LKS", "MVH", "MVH-OR"}) == ["MVH", "MVH-OR"]
    monkeypatch.setattr(offering, "_places_counted", lambda: frozenset({"LKS"}))
    assert offered("MVH-OR") == []
    with pytest.raises(Refused, match="No measure belongs"):
        opened(cast, "MVH-OR")


def test_a_department_is_always_expected_and_a_unit_once_it_holds_a_review(cast: Cast, measured: Measured) -> None:
    Place.objects.filter(code="MVH-OR").update(kind="department")
    assert expected_below("MVH", "2026-10") == ["MVH-OR"]
    Place.objects.filter(code="MVH-OR").update(kind="unit")
    assert expected_below("MVH", "2026-10") == []
    opened(cast, "MVH-OR", "2026-09")
    assert expected_below("MVH", "2026-10") == ["MVH-OR"]
    assert expected_below("MVH", "2026-11") == []


def test_a_parent_is_signed_after_those_below_or_with_a_reason(cast: Cast, measured: Measured) -> None:
    child = ready(cast, "MVH-OR")
    parent = ready(cast, "MVH")
    assert [place.code for place in unsigned_below(parent)] == ["MVH-OR"]
    with pytest.raises(Refused, match="Not signed below: Place MVH-OR"):
        actions.sign_review(by=cast.alice, review=parent)
    parent.refresh_from_db()
    assert parent.state == "frozen"
    signature = actions.sign_review(by=cast.alice, review=parent, without="Its director is ill")
    assert (signature.without, signature.below) == ("Its director is ill", [["MVH-OR", "frozen", ""]])
    assert actions.signature_holds(signature)
    actions.sign_review(by=cast.alice, review=child)
    assert actions.signature_holds(signature)
    signature.without = ""
    assert not actions.signature_holds(signature)


def test_what_is_signed_below_is_bound_into_the_signature_above(cast: Cast, measured: Measured) -> None:
    first = actions.sign_review(by=cast.alice, review=ready(cast, "MVH-OR"))
    signature = actions.sign_review(by=cast.alice, review=ready(cast, "MVH"), without="not needed")
    assert signature.below == [["MVH-OR", "signed", first.sha256]]
    assert signature.without == ""


def test_a_comment_of_a_child_is_quoted_once_and_answers_what_is_asked(cast: Cast, measured: Measured) -> None:
    child, parent = opened(cast, "MVH-OR"), opened(cast, "MVH")
    said = actions.comment_on_review(by=cast.alice, review=child, measure="or.late", text="Late trays")
    adopted = actions.adopt_comment(by=cast.alice, review=parent, comment=said)
    assert adopted.text == "Place MVH-OR: “Late trays”"
    assert (adopted.measure, adopted.adopted_from) == ("or.late", said)
    with pytest.raises(Refused, match="in the review already"):
        actions.adopt_comment(by=cast.alice, review=parent, comment=said)
    actions.close_month(by=cast.alice, review=parent)
    actions.freeze_review(by=cast.alice, review=parent)
    parent.refresh_from_db()
    assert actions.not_ready_to_sign(parent) == []


def test_only_what_is_said_below_for_the_same_month_is_quoted(cast: Cast, measured: Measured) -> None:
    child, parent = opened(cast, "MVH-OR"), opened(cast, "MVH")
    above = actions.comment_on_review(by=cast.alice, review=parent, text="All is well")
    earlier = actions.comment_on_review(by=cast.alice, review=opened(cast, "MVH-OR", "2026-09"), text="Then")
    for comment, review in ((above, child), (earlier, parent)):
        with pytest.raises(Refused, match="reviews below"):
            actions.adopt_comment(by=cast.alice, review=review, comment=comment)
    only_lakeside = make_account("Lea", "department_director", "LKS")
    with pytest.raises(NotSeen):
        actions.adopt_comment(by=only_lakeside, review=parent, comment=earlier)


def test_freezing_takes_the_drafts_below_along_when_asked(cast: Cast, measured: Measured) -> None:
    child, parent = opened(cast, "MVH-OR"), opened(cast, "MVH")
    actions.close_month(by=cast.alice, review=parent)
    assert drafts_below(parent) == [child]
    actions.freeze_review(by=cast.alice, review=parent, below=True)
    child.refresh_from_db()
    assert (child.state, child.figures.count()) == ("frozen", 2)


def test_freezing_alone_leaves_those_below_as_they_are(cast: Cast, measured: Measured) -> None:
    child, parent = opened(cast, "MVH-OR"), opened(cast, "MVH")
    actions.close_month(by=cast.alice, review=parent)
    actions.freeze_review(by=cast.alice, review=parent)
    child.refresh_from_db()
    assert child.state == "draft"


def freeze_while_importing(cast: Cast, measured: Measured, monkeypatch: pytest.MonkeyPatch, moves: set[str]) -> Review:
    """Freeze a review while an import comes in that changes what the measures ``moves`` rest on."""
    review = opened(cast, "MVH-OR")
    actions.close_month(by=cast.alice, review=review)
    count = measured.freeze

    def import_meanwhile(measure: str, place: str, period: str, as_of: int) -> object:
        measured.batch, measured.moved = 42, moves
        return count(measure, place, period, as_of)

    monkeypatch.setattr(actions.frozen, "freeze", import_meanwhile)
    actions.freeze_review(by=cast.alice, review=review)
    review.refresh_from_db()
    return review


def test_an_import_that_changes_a_figure_while_it_is_counted_freezes_nothing(
    cast: Cast, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="changed “Turnover” while it was being counted"):
        freeze_while_importing(cast, measured, monkeypatch, {"or.turnover"})
    review = Review.objects.get()
    assert (review.state, review.figures.count()) == ("draft", 0)


def test_an_import_of_something_else_while_figures_are_counted_changes_nothing(
    cast: Cast, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = freeze_while_importing(cast, measured, monkeypatch, set())
    assert (review.state, review.as_of_batch, review.figures.count()) == ("frozen", 41, 2)


def test_the_parents_page_lists_the_child_and_quotes_it(client: Client, cast: Cast, measured: Measured) -> None:
    ready(cast, "MVH-OR")
    parent = opened(cast, "MVH")
    (row,) = below(parent, cast.alice)
    assert (row.state, len(row.signals), row.missed, len(row.comments)) == ("Frozen", 1, 1, 1)
    client.force_login(cast.alice)
    page = client.get(reverse("review", args=["MVH", "2026-10"])).content.decode()
    assert "Late trays at MVH-OR" in page
    comment = ReviewComment.objects.get()
    answer = client.post(reverse("review-adopt", args=["MVH", "2026-10"]), {"comment": comment.public_id})
    assert answer.status_code == 302
    assert parent.comments.get().adopted_from == comment
    unknown = client.post(reverse("review-adopt", args=["MVH", "2026-10"]), {"comment": "nothing-here"})
    assert unknown.status_code == 404


def test_who_does_not_see_the_child_reads_nothing_of_it(cast: Cast, measured: Measured) -> None:
    ready(cast, "MVH-OR")
    assert below(opened(cast, "MVH"), cast.charlie) == []


def test_a_decision_has_an_owner_who_sees_the_place(client: Client, cast: Cast, measured: Measured) -> None:
    review = opened(cast, "MVH-OR")
    with pytest.raises(Refused, match="cannot see this place"):
        actions.record_decision(by=cast.alice, review=review, text="Buy a cart", owner=cast.charlie)
    client.force_login(cast.alice)
    given = {"text": "Buy a cart", "owner": cast.olga.public_id}
    assert client.post(reverse("review-decide", args=["MVH-OR", "2026-10"]), given).status_code == 302
    page = client.get(reverse("review", args=["MVH-OR", "2026-10"])).content.decode()
    assert "Buy a cart" in page
    assert f"{cast.olga} answers for it" in page
