"""The organisation's screens: seen by those who may, changed by administrators, history kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from housewide.access.gates import allowed
from housewide.access.tests.cast import Cast, make_cast
from housewide.org.models import Account, Place
from housewide.org.tree import tree_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def at_the_door(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_the_tree_shows_only_ones_own_places(cast: Cast) -> None:
    page = at_the_door(cast.alice).get(reverse("places")).content.decode()
    assert "Place ONE-OR1" in page
    assert "Place TWO" not in page
    assert "Bring a file" not in page


def test_a_move_takes_effect_on_its_day_and_history_stays(cast: Cast) -> None:
    client = at_the_door(cast.ada)
    moved = {"parent": "ONE-ED", "on": "2026-12-01", "reason": "reorganised"}
    assert client.post(reverse("place", args=["ONE-OR1"]), moved).status_code == 302
    assert tree_on(date(2026, 11, 30)).parent["ONE-OR1"] == "ONE-OR"
    assert tree_on(date(2026, 12, 1)).parent["ONE-OR1"] == "ONE-ED"
    assert "until Dec 1, 2026" in client.get(reverse("place", args=["ONE-OR1"])).content.decode()


def test_a_move_by_somebody_else_is_refused(cast: Cast) -> None:
    moved = {"parent": "ONE-ED", "on": "2026-12-01", "reason": "mine"}
    assert at_the_door(cast.alice).post(reverse("place", args=["ONE-OR1"]), moved).status_code == 403
    assert at_the_door(cast.charlie).post(reverse("place", args=["ONE-OR1"]), moved).status_code == 404
    assert tree_on(date(2026, 12, 1)).parent["ONE-OR1"] == "ONE-OR"


def test_a_file_of_places_is_taken_line_by_line_and_refusals_are_said(cast: Cast) -> None:
    text = (
        "code,name,kind,parent,cost_centre,active_from,active_to\n"
        "ONE-LAB,Laboratory,department,ONE,7400,2026-01-01,\n"
        "ONE-X,Nowhere,department,MISSING,,2026-01-01,\n"
        "ONE-Y,Odd,galaxy,ONE,,2026-01-01,\n"
    )
    client = at_the_door(cast.ada)
    sent = {"what": "places", "file": SimpleUploadedFile("places.csv", text.encode())}
    page = client.post(reverse("places"), sent, follow=True).content.decode()
    assert "Read 3 rows of places = took 1 + refused 2." in page
    assert "There is no place MISSING" in page
    assert Place.objects.filter(code="ONE-LAB").exists()
    assert not Place.objects.filter(code__in=["ONE-X", "ONE-Y"]).exists()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"name\nx\n"])
def test_a_file_that_is_not_one_is_refused_in_words(cast: Cast, data: bytes) -> None:
    sent = {"what": "places", "file": SimpleUploadedFile("places.csv", data)}
    answer = at_the_door(cast.ada).post(reverse("places"), sent)
    assert answer.status_code == 422
    assert "not UTF-8" in answer.content.decode() or "no column" in answer.content.decode()


def test_only_an_administrator_brings_files(cast: Cast) -> None:
    sent = {"what": "places", "file": SimpleUploadedFile("places.csv", b"code\n")}
    assert at_the_door(cast.alice).post(reverse("places"), sent).status_code == 403


def test_roles_are_granted_and_ended_on_the_page(cast: Cast) -> None:
    client = at_the_door(cast.ada)
    given = {"what": "grant", "account": cast.bob.pk, "role": "auditor", "place": "ONE", "valid_from": "2026-11-01"}
    assert client.post(reverse("grants"), given).status_code == 302
    grant = cast.bob.grants.get(role="auditor")
    assert client.post(reverse("grant-end", args=[grant.public_id])).status_code == 302
    assert not allowed(cast.bob, "see.audit", "ONE")
    assert at_the_door(cast.alice).get(reverse("grants")).status_code == 404


def test_a_delegation_is_given_and_withdrawn_on_the_page(cast: Cast) -> None:
    client = at_the_door(cast.alice)
    lent = {
        "receiver": cast.bob.pk,
        "place": "ONE-OR",
        "valid_from": "2026-12-01",
        "valid_to": "2026-12-05",
        "reason": "leave",
    }
    assert client.post(reverse("delegations"), lent).status_code == 302
    loan = cast.alice.delegations_given.get()
    assert at_the_door(cast.charlie).post(reverse("delegation-withdraw", args=[loan.public_id])).status_code == 404
    assert client.post(reverse("delegation-withdraw", args=[loan.public_id])).status_code == 302


def test_a_person_is_seen_only_where_they_work(cast: Cast) -> None:
    from housewide.org.models import Position

    Position.objects.create(
        person=cast.bob.person, place=Place.objects.get(code="ONE-OR1"), title="Nurse", valid_from=date(2021, 1, 1)
    )
    assert "Nurse" in at_the_door(cast.alice).get(reverse("person", args=["bob"])).content.decode()
    assert at_the_door(cast.charlie).get(reverse("person", args=["bob"])).status_code == 404
