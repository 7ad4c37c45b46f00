"""Signing in with the organization's own accounts, the whole code flow against a real provider on the loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from housewide.access import keys
from housewide.access.identity_providers import oidc_settings
from housewide.access.tests.cast import Cast
from housewide.kit.audit.models import Act
from tests.security.conftest import LOGIN, is_in, sign_in
from tests.security.oidc_provider import CLIENT, SECRET, Person, Provider

LEAVE = "/accounts/organization/"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    running = Provider()
    table = {"name": "Mercy Valley", "issuer": running.issuer, "client_id": CLIENT, "second_factor": True}
    settings.SOCIALACCOUNT_PROVIDERS, settings.HOUSEWIDE_OIDC = oidc_settings(table, SECRET)
    yield running
    running.stop()


def go(client: Client, **asked: str) -> str:
    """Click on the sign-in page and follow to the provider; where it sends the browser back to."""
    left = client.post(LEAVE, asked)
    assert left.status_code == 302, left.content.decode()
    answer = requests.get(left["Location"], allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://testserver")


def walk(client: Client) -> Any:
    return client.get(go(client))


def why() -> str:
    return Act.objects.filter(name="sign_in_failed").latest("pk").reason


def test_somebody_known_comes_in_and_is_linked_by_subject(cast: Cast, provider: Provider) -> None:
    client = Client()
    assert "Sign in with Mercy Valley" in client.get(LOGIN).content.decode()
    assert walk(client).status_code == 302
    assert is_in(client)
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.uid, linked.extra_data) == (cast.alice, "person-1", {})
    assert not SocialToken.objects.exists()
    assert Act.objects.filter(name="access.link_identity", actor="alice@example.org").exists()
    assert Act.objects.filter(name="sign_in", actor="alice@example.org").exists()


def test_once_linked_the_subject_counts_and_no_longer_the_e_mail(cast: Cast, provider: Provider) -> None:
    walk(Client())
    provider.person = Person(email="new-name@example.org", email_verified=False)
    again = Client()
    walk(again)
    assert is_in(again)
    provider.person = Person(sub="somebody else", email="unknown@example.org")
    other = Client()
    assert walk(other).status_code == 403 and not is_in(other)


def test_it_asks_with_state_nonce_and_pkce_and_for_nothing_more_than_needed(cast: Cast, provider: Provider) -> None:
    first, second = Client(), Client()
    asked = [
        parse_qs(urlsplit(one.post(LEAVE + "?scope=admin&auth_params=prompt%3Dnone")["Location"]).query)
        for one in (first, second)
    ]
    for one in asked:
        assert set(one["scope"][0].split()) == {"openid", "email"} and one["code_challenge_method"] == ["S256"]
        assert "prompt" not in one and one["response_type"] == ["code"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name] and len(asked[0][name][0]) >= 16


def test_one_comes_back_to_where_one_was_going(cast: Cast, provider: Provider) -> None:
    client = Client()
    answer = client.get(go(client, next="/account/"))
    assert answer["Location"] == "/account/"
    other = Client()
    assert "evil" not in other.get(go(other, next="https://evil.example/"))["Location"]


def test_nobody_without_an_account_comes_in(cast: Cast, provider: Provider) -> None:
    from housewide.org.models import Account

    provider.person = Person(email="stranger@example.org")
    client, before = Client(), Account.objects.count()
    page = walk(client)
    assert page.status_code == 403 and "there is no account for you here" in page.content.decode()
    assert not is_in(client) and Account.objects.count() == before


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_e_mail_that_is_not_vouched_for_opens_nothing(cast: Cast, provider: Provider, verified: Any) -> None:
    provider.person = Person(email_verified=verified)
    client = Client()
    assert walk(client).status_code == 403 and not is_in(client)
    assert not SocialAccount.objects.exists()


def test_a_closed_account_stays_closed(cast: Cast, provider: Provider) -> None:
    walk(Client())
    cast.alice.is_active = False
    cast.alice.save()
    client = Client()
    walk(client)
    assert not is_in(client)


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another application"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"userinfo": {"sub": "somebody else"}},
    ],
    ids=lambda lies: "-".join(lies),
)
def test_a_token_that_does_not_hold_opens_nothing(cast: Cast, provider: Provider, lies: dict[str, Any]) -> None:
    provider.lies = lies
    client = Client()
    page = walk(client)
    assert page.status_code == 401 and "did not come to an end" in page.content.decode()
    assert not is_in(client) and not SocialAccount.objects.exists()
    assert why()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_only_signatures_with_a_public_key_are_taken(cast: Cast, provider: Provider, algorithm: str) -> None:
    provider.algorithm = algorithm
    client = Client()
    assert walk(client).status_code == 401 and not is_in(client)


def test_a_signature_by_another_key_opens_nothing(cast: Cast, provider: Provider) -> None:
    provider.sign_with = provider.other_key
    client = Client()
    assert walk(client).status_code == 401 and not is_in(client)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(cast: Cast, provider: Provider) -> None:
    provider.metadata_lies = {"issuer": "https://elsewhere.example"}
    page = Client().post(LEAVE)
    assert page.status_code == 502 and "does not answer" in page.content.decode()


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(cast: Cast, provider: Provider) -> None:
    back = go(Client())
    victim = Client()
    assert victim.get(back).status_code == 401 and not is_in(victim)
    mine = Client()
    path = go(mine)
    assert mine.get(path.replace("state=", "state=x")).status_code == 401 and not is_in(mine)


def test_an_answer_works_once(cast: Cast, provider: Provider) -> None:
    client = Client()
    path = go(client)
    client.get(path)
    client.post("/accounts/logout/")
    assert client.get(path).status_code == 401 and not is_in(client)


def test_refusing_at_the_provider_is_said_in_words(cast: Cast, provider: Provider) -> None:
    client = Client()
    state = parse_qs(urlsplit(client.post(LEAVE)["Location"]).query)["state"][0]
    page = client.get(f"/accounts/organization/back/?error=access_denied&state={state}")
    assert page.status_code == 401 and "Try once more" in page.content.decode()


def test_a_provider_that_is_away_is_said_in_words(cast: Cast, provider: Provider, settings: Any) -> None:
    table = {"name": "Gone", "issuer": "http://127.0.0.1:9", "client_id": CLIENT}
    settings.SOCIALACCOUNT_PROVIDERS, settings.HOUSEWIDE_OIDC = oidc_settings(table, SECRET)
    page = Client().post(LEAVE)
    assert page.status_code == 502 and "does not answer" in page.content.decode()


def test_a_second_factor_used_there_counts_only_when_it_was_used(cast: Cast, provider: Provider, settings: Any) -> None:
    settings.HOUSEWIDE_SECOND_FACTOR = "required"
    weak = Client()
    walk(weak)
    assert weak.get("/account/")["Location"] == "/account/second-factor/"
    provider.person = Person(amr=["pwd", "otp", "mfa"])
    strong = Client()
    walk(strong)
    assert is_in(strong)
    settings.HOUSEWIDE_OIDC["second_factor"] = False
    neither = Client()
    walk(neither)
    assert not is_in(neither)


def test_who_comes_by_the_organization_is_not_asked_for_a_temporary_password(
    cast: Cast, provider: Provider, later: Callable[..., None]
) -> None:
    temporary = keys.reset_password(by=cast.ada, account=cast.alice, reason="Seen in person")
    client = Client()
    walk(client)
    assert is_in(client)
    asked = sign_in("alice", temporary)
    assert asked.get("/account/")["Location"] == "/account/password/", "the password itself must still be changed"
    later(days=2)
    late = Client()
    walk(late)
    assert is_in(late), "a temporary password that has run out is no matter of the provider's"
    assert not is_in(sign_in("alice", temporary))


def test_a_password_typed_here_owes_its_change_whoever_came_by_the_organization_before(
    cast: Cast, provider: Provider
) -> None:
    temporary = keys.reset_password(by=cast.ada, account=cast.alice, reason="Seen in person")
    client = Client()
    walk(client)
    client.post("/accounts/logout/")
    sign_in("alice", temporary, client=client)
    assert client.get("/account/")["Location"] == "/account/password/"


def test_a_click_is_needed_to_leave(cast: Cast, provider: Provider) -> None:
    assert Client().get(LEAVE).status_code == 405
    assert Client(enforce_csrf_checks=True).post(LEAVE).status_code == 403


def test_without_the_setting_there_is_no_such_door(cast: Cast) -> None:
    client = Client()
    assert client.post(LEAVE).status_code == 404
    assert client.get("/accounts/organization/back/?code=a&state=b").status_code == 404
    assert "organization/" not in client.get(LOGIN).content.decode()


def test_settings_that_lack_something_are_refused() -> None:
    for table in ({"name": "One"}, {"name": "One", "client_id": "a", "issuer": "http://plain.example"}):
        with pytest.raises(ValueError, match="oidc"):
            oidc_settings(table, "")
    providers, about = oidc_settings({"name": "One", "client_id": "a", "issuer": "https://one.example/realm"}, "")
    assert about["origins"] == ["https://one.example"] and providers
