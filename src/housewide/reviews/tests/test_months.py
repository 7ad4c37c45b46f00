"""A review rests on the feeds that its measures read: each owner's are closed by those who answer for them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from housewide.access.models import Grant
from housewide.facts import states
from housewide.facts.models import Feed
from housewide.kit.actions import Refused
from housewide.kit.audit.models import Act
from housewide.org.models import Account, Place, Placement
from housewide.reviews import actions, agenda, months, offering
from housewide.reviews.models import Review
from housewide.reviews.tests.conftest import Measured
from housewide.reviews.tests.examples import a_reading
from housewide.work.tests.cast import SINCE, Cast, make_account

OCTOBER = "2026-10"
TURNOVER, PATIENTS = "surgery.turnover.room", "flow.patients_at_midnight"


@pytest.fixture
def dora(cast: Cast, measured: Measured, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Directs the operating rooms and the intensive care of a hospital: the first sends its own log, the second rests
    on the census of the hospital. The hospital is reviewed by both."""
    care = Place.objects.create(code="MVH-ICU", name="Intensive care", kind="department", active_from=SINCE)
    Placement.objects.create(place=care, parent=Place.objects.get(code="MVH"), valid_from=SINCE)
    mvh, rooms = Place.objects.get(code="MVH"), Place.objects.get(code="MVH-OR")
    feed = Feed.objects.create
    feed(code="log", title="Operating room log", table="or_case", scope=mvh, owner=rooms)
    feed(code="census", title="Midnight census", table="midnight_census", scope=mvh)
    feed(code="clinic", title="Appointments", table="appointment", scope=mvh, owner=care)
    feed(code="kept", title="Kept here", table="or_case", scope=mvh, profile={"published": True})
    measured.readings = {TURNOVER: a_reading("Turnover", "no change", False), PATIENTS: a_reading("Beds", "", False)}
    monkeypatch.setattr(offering, "_places_counted", lambda: frozenset({"MVH-OR", "MVH-ICU"}))
    monkeypatch.setattr(agenda, "_items", {})
    agenda.register("rooms", lambda place: place in ("MVH-OR", "MVH"), [TURNOVER])
    agenda.register("beds", lambda place: place in ("MVH-ICU", "MVH"), [PATIENTS])
    made = make_account("Dora", "department_director", "MVH-OR")
    Grant.objects.create(account=made, role="department_director", place=care, valid_from=date(2020, 1, 1))
    return made


def opened(by: Account, place: str) -> Review:
    return actions.open_review(by=by, place=place, period=OCTOBER)


def states_now() -> tuple[str, str, str]:
    """Of the operating rooms' feeds, of the hospital's, of the whole hospital."""
    return tuple(states.state_of("MVH", OCTOBER, owner) for owner in ("MVH-OR", "MVH", ""))  # type: ignore[return-value]


def page_of(client: Client, account: Account, place: str) -> str:
    client.force_login(account)
    return " ".join(client.get(reverse("review", args=[place, OCTOBER])).content.decode().split())


def test_a_review_rests_on_the_owners_of_the_feeds_that_its_measures_read(dora: Account) -> None:
    assert [one.answers for one in months.books_of("MVH-OR", OCTOBER)] == ["MVH-OR"]
    assert [one.answers for one in months.books_of("MVH-ICU", OCTOBER)] == ["MVH"]
    assert [one.answers for one in months.books_of("MVH", OCTOBER)] == ["MVH", "MVH-OR"]
    assert months.in_words(months.books_of("MVH", OCTOBER)) == "Midnight census; Operating room log"


def test_a_director_closes_freezes_and_signs_the_month_of_her_own_feeds(dora: Account) -> None:
    review = opened(dora, "MVH-OR")
    with pytest.raises(Refused, match="still open for Operating room log"):
        actions.freeze_review(by=dora, review=review)
    assert actions.close_month(by=dora, review=review) == ["MVH-OR"]
    assert states_now() == ("closed", "open", "open")
    actions.freeze_review(by=dora, review=review)
    actions.sign_review(by=dora, review=review)
    assert states_now() == ("signed", "open", "open")


def test_what_rests_on_the_hospitals_feed_waits_for_the_hospital(client: Client, cast: Cast, dora: Account) -> None:
    review = opened(dora, "MVH-ICU")
    shown = page_of(client, dora, "MVH-ICU")
    assert "<li>Midnight census. Whoever answers for Place MVH closes it: ask Alice or Olga.</li>" in shown
    assert "Close October 2026</button>" not in shown
    with pytest.raises(Refused, match=r"You may not close October 2026 of Midnight census.*ask Alice or Olga"):
        actions.close_month(by=dora, review=review)
    assert not Act.objects.filter(name="facts.close_period").exists()
    assert "Close October 2026</button>" in page_of(client, cast.alice, "MVH-ICU")
    assert actions.close_month(by=cast.alice, review=review) == ["MVH"]
    assert states_now() == ("open", "closed", "open")
    actions.freeze_review(by=dora, review=review)
    actions.sign_review(by=dora, review=review)
    assert states_now() == ("open", "closed", "open")  # the census is not hers to sign


def test_the_button_closes_what_one_may_and_the_page_says_who_closes_the_rest(
    client: Client, cast: Cast, dora: Account
) -> None:
    review = opened(cast.alice, "MVH")
    made = make_account("Nils", "staff", "MVH")
    assert months.close(dora, months.open_books(review), OCTOBER) == [
        one for one in months.books_of("MVH", OCTOBER) if one.answers == "MVH-OR"
    ]
    assert [one.answers for one in months.open_books(review)] == ["MVH"]
    with pytest.raises(Refused, match="still open for Midnight census"):
        actions.freeze_review(by=cast.alice, review=review)
    shown = page_of(client, cast.audrey, "MVH")
    assert "Midnight census. Whoever answers" in shown
    assert "Operating room log. Whoever" not in shown
    assert "Close October 2026</button>" not in shown
    assert not months.open_books(review)[0].may_close(made)


def test_a_signature_under_the_hospital_signs_every_owners_month(cast: Cast, dora: Account) -> None:
    review = opened(cast.alice, "MVH")
    assert actions.close_month(by=cast.alice, review=review) == ["MVH", "MVH-OR"]
    actions.freeze_review(by=cast.alice, review=review)
    actions.sign_review(by=cast.alice, review=review, without="they are both away")
    assert states_now() == ("signed", "signed", "open")


def test_a_hospital_that_closed_all_its_books_needs_nothing_more(cast: Cast, dora: Account) -> None:
    states.close_period(by=cast.alice, facility="MVH", period=OCTOBER)
    for place in ("MVH-OR", "MVH-ICU", "MVH"):
        assert months.still_open(place, OCTOBER) == []
    actions.freeze_review(by=dora, review=opened(dora, "MVH-ICU"))
