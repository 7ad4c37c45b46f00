"""A sign-in ends: by hand, by time, by an administrator, with the account. And then its cookie opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from housewide.access import keys
from housewide.access.models import SignedIn
from housewide.access.tests.cast import Cast, account
from housewide.kit.audit.models import Act
from tests.security.conftest import LOGIN, PASSWORD, is_in, sign_in

Later = Callable[..., None]


def test_who_was_away_signs_in_again_and_is_back_where_they_were(cast: Cast, later: Later) -> None:
    client = sign_in("alice")
    assert is_in(client)
    later(minutes=31)
    sent = client.get("/account/?page=2")
    assert sent["Location"] == "/accounts/login/?next=/account/%3Fpage%3D2&why=away"
    assert "You were away" in client.get(sent["Location"]).content.decode()
    back = client.post(LOGIN, {"login": "alice@example.org", "password": PASSWORD, "next": "/account/?page=2"})
    assert back["Location"] == "/account/?page=2"
    assert Act.objects.filter(name="sign_in_ran_out", actor="alice@example.org").exists()


def test_who_may_open_identities_is_out_after_a_quarter_of_an_hour(cast: Cast, later: Later) -> None:
    account("quinn", "quality_officer", "ONE")
    client, other = sign_in("quinn"), sign_in("alice")
    assert is_in(client) and is_in(other)
    later(minutes=16)
    assert not is_in(client) and is_in(other)


def test_a_click_now_and_then_keeps_one_in_but_not_beyond_the_day(cast: Cast, later: Later) -> None:
    client = sign_in("alice")
    for _ in range(28):
        later(minutes=25)
        assert is_in(client)
    later(minutes=25)  # 12 hours and 5 minutes after signing in
    assert client.get("/account/")["Location"].endswith("why=long")


def test_a_page_that_renews_itself_keeps_nobody_in(cast: Cast, later: Later) -> None:
    client = sign_in("alice")
    for _ in range(3):
        later(minutes=8)
        assert client.get("/account/", headers={"HX-Request": "true", "Renews-Itself": "yes"}).status_code == 200
    later(minutes=8)  # 32 minutes after the last click
    assert not is_in(client)


def test_every_part_that_asks_by_the_clock_says_so() -> None:
    asking = [
        line for path in Path("src").rglob("*.html") for line in path.read_text().splitlines()
        if 'hx-trigger="every' in line
    ]  # fmt: skip
    assert len(asking) >= 4
    assert all("""hx-headers='{"Renews-Itself": "yes"}'""" in line for line in asking)


def test_a_part_of_a_page_leads_the_whole_page_to_the_door(cast: Cast, later: Later) -> None:
    client = sign_in("alice")
    assert is_in(client)
    later(minutes=40)
    part = client.get("/account/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/work/?a=1"})
    assert part.status_code == 401
    assert part["HX-Redirect"] == "/accounts/login/?next=/work/%3Fa%3D1&why=away"
    other = client.get("/account/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"})
    assert other["HX-Redirect"] == "/accounts/login/?next=/"


def test_a_page_costs_no_write_more_often_than_once_a_minute(cast: Cast, later: Later) -> None:
    client = sign_in("alice")
    assert is_in(client)

    def writes() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert is_in(client)
        return [one["sql"] for one in asked if one["sql"].split()[0] in ("UPDATE", "INSERT", "DELETE")]

    assert writes() == []
    later(seconds=61)
    assert len(writes()) == 2, "the session and when it was seen"
    assert writes() == []


def test_one_sees_and_ends_ones_own_sign_ins_and_nobody_elses(cast: Cast) -> None:
    here, there, bob = sign_in("alice"), sign_in("alice", HTTP_USER_AGENT="Mozilla Firefox/1 Windows"), sign_in("bob")
    page = here.get("/account/").content.decode()
    assert "Firefox on Windows" in page and "This one" in page
    other = SignedIn.objects.get(browser="Firefox on Windows")
    assert bob.post(f"/account/sessions/{other.public_id}/end/").status_code == 404
    assert is_in(there)
    here.post(f"/account/sessions/{other.public_id}/end/")
    assert not is_in(there) and is_in(here)
    third = sign_in("alice")
    here.post("/account/sessions/end/")
    assert not is_in(third) and is_in(here) and is_in(bob)


def test_signing_out_ends_the_session_itself(cast: Cast) -> None:
    client = sign_in("alice")
    cookie = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert not is_in(thief)
    assert not SignedIn.objects.exists()


def test_every_sign_in_gets_a_key_of_its_own(cast: Cast) -> None:
    client = Client()
    client.get(LOGIN)
    client.cookies["sessionid"] = "chosen-by-somebody-else"
    sign_in("alice", client=client)
    key = client.cookies["sessionid"].value
    assert key != "chosen-by-somebody-else" and len(key) == 32  # of 36 letters: 165 bits
    assert sign_in("alice").cookies["sessionid"].value != key


def test_an_administrator_ends_anybodys_sign_ins(cast: Cast) -> None:
    client = sign_in("alice")
    assert keys.end_sessions(by=cast.ada, account=cast.alice) == 1
    assert not is_in(client)
    assert Act.objects.filter(name="access.end_sessions", actor="ada@example.org").exists()


def test_closing_an_account_ends_its_sign_ins_and_its_password_opens_nothing(cast: Cast) -> None:
    client = sign_in("bob")
    keys.close_account(by=cast.ada, account=cast.bob, reason="Left the hospital")
    assert not is_in(client) and not is_in(sign_in("bob"))
    keys.reopen_account(by=cast.ada, account=cast.bob, reason="Came back")
    assert is_in(sign_in("bob"))


def test_changing_the_password_ends_every_other_sign_in(cast: Cast) -> None:
    here, there = sign_in("alice"), sign_in("alice")
    fresh = "three green boats at noon"
    form = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    assert here.post("/account/password/", form).status_code == 302
    assert is_in(here) and not is_in(there)
    assert list(SignedIn.objects.values_list("account__username", flat=True)) == ["alice@example.org"]
    assert is_in(sign_in("alice", fresh))


def test_a_sign_in_says_where_from_behind_trusted_proxies_only(cast: Cast, settings: Any) -> None:
    forged = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.1.1.1", "REMOTE_ADDR": "127.0.0.1"}
    sign_in("alice", **forged)
    assert SignedIn.objects.get().address == "127.0.0.1"
    settings.HOUSEWIDE_PROXIES = 1
    sign_in("bob", **forged)
    assert SignedIn.objects.get(account=cast.bob).address == "10.1.1.1"


def test_what_has_run_out_is_swept_out_at_night(cast: Cast, later: Later) -> None:
    from datetime import timedelta

    from axes.models import AccessAttempt
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from housewide.kit import jobs
    from tests.security.test_lockout import guess

    old, fresh = sign_in("alice"), sign_in("bob")
    past = timezone.now() - timedelta(days=40)
    Session.objects.filter(session_key=old.cookies["sessionid"].value).update(expire_date=past)
    SignedIn.objects.filter(account=cast.alice).update(began_at=past)
    guess("gone@example.org", 1)
    AccessAttempt.objects.update(attempt_time=past)
    guess("here@example.org", 1)
    jobs.enqueue("access.sweep", {})
    jobs.run_all()
    assert is_in(fresh) and not is_in(old)
    assert [one.account for one in SignedIn.objects.all()] == [cast.bob]
    assert [one.username for one in AccessAttempt.objects.all()] == ["here@example.org"]
