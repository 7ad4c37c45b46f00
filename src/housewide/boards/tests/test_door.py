"""Signing in, the start page and the jump box."""

from __future__ import annotations

import pytest
from django.test import Client

from housewide.access.tests.cast import Cast, make_cast
from housewide.kit.audit.models import Act

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_stranger_is_sent_to_the_sign_in_page_and_back(cast: Cast) -> None:
    client = Client()
    assert client.get("/work/")["Location"] == "/accounts/login/?next=/work/"
    signed = client.post(
        LOGIN + "?next=/work/", {"login": "alice@example.org", "password": "not-a-real-secret-1", "next": "/work/"}
    )
    assert signed["Location"] == "/work/"
    assert Act.objects.filter(name="sign_in", actor="alice@example.org").exists()


def test_a_wrong_password_says_nothing_of_which_was_wrong_and_is_noted(cast: Cast) -> None:
    wrong = Client().post(LOGIN, {"login": "alice@example.org", "password": "guess"})
    unknown = Client().post(LOGIN, {"login": "nobody@example.org", "password": "guess"})
    assert wrong.status_code == unknown.status_code == 422
    assert "The e-mail or the password is not right." in wrong.content.decode()
    assert "The e-mail or the password is not right." in unknown.content.decode()
    assert Act.objects.filter(name="sign_in_failed").count() == 2
    assert not Act.objects.filter(name="sign_in").exists()


def test_the_way_back_never_leads_to_another_host(cast: Cast) -> None:
    signed = Client().post(
        LOGIN, {"login": "alice@example.org", "password": "not-a-real-secret-1", "next": "//evil.example"}
    )
    assert signed["Location"].startswith("/")
    assert "evil" not in signed["Location"]


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(cast: Cast) -> None:
    policy = Client().get(LOGIN)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_jump_finds_a_place_one_sees_and_no_other(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    assert client.get("/jump/", {"q": "ONE-OR1"}).status_code == 302
    assert "Nothing found" in client.get("/jump/", {"q": "Place TWO"}).content.decode()


def test_signing_out_needs_a_click_of_ones_own(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    assert client.get("/accounts/logout/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/work/").status_code == 302


@pytest.mark.parametrize("question", ["a" * 60_000, "\0", "%" * 300, "<script>alert(1)</script>"])
def test_the_jump_box_answers_whatever_is_typed_into_it(cast: Cast, question: str) -> None:
    client = Client()
    client.force_login(cast.alice)
    answer = client.get("/jump/", {"q": question})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_form_that_is_too_old_is_told_what_to_do(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    answer = client.post("/accounts/logout/", {})
    assert answer.status_code == 403
    assert "This form is no longer accepted" in answer.content.decode()
    assert "DEBUG" not in answer.content.decode()
