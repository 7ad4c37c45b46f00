"""Who owes a review what, since when, and who is told."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from housewide.access.models import Delegation
from housewide.kit.jobs import enqueue, run_all
from housewide.org.models import Account, Place
from housewide.reviews import actions, reminding
from housewide.reviews.answering import duties, owed_by, who_answers
from housewide.reviews.models import Reminder
from housewide.reviews.tests.conftest import Measured
from housewide.work.models import Notice
from housewide.work.tests.cast import SINCE, Cast, make_account


@pytest.fixture
def dora(cast: Cast, measured: Measured) -> Account:
    """Directs the operating rooms, and nothing else."""
    Place.objects.filter(code="MVH-OR").update(kind="department")
    return make_account("Dora", "department_director", "MVH-OR")


def test_the_nearest_who_may_sign_answers(cast: Cast, dora: Account) -> None:
    answers = who_answers(["MVH-OR", "MVH"])
    assert answers["MVH-OR"] == (dora,)
    assert cast.alice in answers["MVH"]
    assert dora not in answers["MVH"]


def test_a_review_that_has_not_begun_owes_its_comments(cast: Cast, dora: Account) -> None:
    (owed,) = owed_by(dora)
    assert (owed.kind, owed.due, owed.place, owed.waiting) == ("comment", date(2026, 11, 12), "MVH-OR", True)
    assert owed.detail == "The review has not begun"
    (duty,) = duties(["MVH-OR"])
    assert duty.days_late == 11


def test_what_is_owed_shrinks_to_a_signature_and_to_nothing(cast: Cast, dora: Account) -> None:
    review = actions.open_review(by=dora, place="MVH-OR", period="2026-10")
    assert [one.detail for one in owed_by(dora)] == ["1 comment missing"]
    actions.comment_on_review(by=dora, review=review, measure="or.late", text="Late trays")
    (owed,) = owed_by(dora)
    assert (owed.kind, owed.due) == ("signature", date(2026, 11, 18))
    actions.close_month(by=cast.alice, review=review)
    actions.freeze_review(by=dora, review=review)
    assert [one.detail for one in owed_by(dora)] == ["Frozen, not signed"]
    actions.sign_review(by=dora, review=review)
    assert list(owed_by(dora)) == []


def test_a_delegate_sees_what_the_one_who_is_away_owes(cast: Cast, dora: Account) -> None:
    finn = make_account("Finn", "finance_partner", "MVH")
    assert list(owed_by(finn)) == []
    Delegation.objects.create(
        giver=dora, receiver=finn, place=Place.objects.get(code="MVH-OR"), valid_from=SINCE,
        valid_to=date(2026, 12, 31), reason="leave",
    )  # fmt: skip
    assert [one.detail for one in owed_by(finn)] == [f"The review has not begun; you act for {dora}"]


def test_strangers_and_staff_owe_nothing(cast: Cast, dora: Account) -> None:
    assert list(owed_by(cast.charlie)) == []
    assert list(owed_by(cast.bob)) == []


def test_everybody_is_told_once_when_it_is_late(cast: Cast, dora: Account) -> None:
    for _ in range(2):
        enqueue(reminding.KIND, {})
        run_all()
    mine = Notice.objects.get(to=dora)
    assert mine.title == "Comments late: review of Place MVH-OR, October 2026"
    assert mine.why == "Due Nov 12, 2026. The review has not begun."
    assert Reminder.objects.filter(to=dora).count() == 1


def test_nobody_is_told_weeks_ahead(cast: Cast, dora: Account, settings: object) -> None:
    settings.HOUSEWIDE_TODAY = "2026-11-09"  # type: ignore[attr-defined]
    enqueue(reminding.KIND, {})
    run_all()
    assert not Notice.objects.exists()
    settings.HOUSEWIDE_TODAY = "2026-11-10"  # type: ignore[attr-defined]
    enqueue(reminding.KIND, {})
    run_all()
    assert Notice.objects.get(to=dora).title.startswith("Comments due")


def test_the_late_list_names_who_and_how_late(client: Client, cast: Cast, dora: Account) -> None:
    client.force_login(cast.alice)
    rows = client.get(reverse("reviews-late"), {"format": "csv"})
    text = b"".join(rows.streaming_content).decode()  # type: ignore[attr-defined]
    line = next(line for line in text.splitlines() if line.startswith("Place MVH-OR"))
    assert "Dora" in line
    assert line.endswith(",11")
    client.force_login(cast.bob)
    assert client.get(reverse("reviews-late")).status_code == 404
