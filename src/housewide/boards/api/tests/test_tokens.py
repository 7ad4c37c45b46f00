"""Tokens: shown once, kept as a hash, ended by a day, by their owner or with their owner; never more than the owner."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from housewide.boards.api.tokens import Made, make_token, revoke_token, token_for
from housewide.boards.models import ApiToken
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act
from housewide.kit.clock import today
from housewide.work.tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
SOON = date(2026, 12, 31)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def made(account: Any, *scopes: str) -> Made:
    return make_token(by=account, title="Warehouse", scopes=scopes or ["read:work"], valid_to=SOON)


def test_only_the_hash_is_kept_and_the_secret_is_shown_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    form = {"title": "Warehouse", "scopes": ["read:work", "read:measures"], "valid_to": "2026-12-31"}
    page = client.post("/account/tokens/", form)
    secret = page.context["made"].secret
    assert secret in page.content.decode() and page["Cache-Control"].startswith("max-age=0")
    assert secret not in client.get("/account/tokens/").content.decode()
    assert secret not in str(ApiToken.objects.values())
    assert secret not in str(list(Act.objects.values()))
    found = token_for(secret)
    assert found is not None and found.account == cast.alice


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"scopes": []},
        {"scopes": ["read:everything"]},
        {"valid_to": date(2026, 11, 22)},
        {"valid_to": date(2027, 11, 25)},
    ],
)
def test_a_token_needs_a_title_known_scopes_and_a_day_within_a_year(cast: Cast, wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {"title": "x", "scopes": ["read:work"], "valid_to": SOON}
    with pytest.raises(Refused):
        make_token(by=cast.alice, **(good | wrong))


def test_twenty_tokens_are_enough(cast: Cast) -> None:
    for _ in range(20):
        made(cast.alice)
    with pytest.raises(Refused, match="Revoke one"):
        made(cast.alice)


def test_a_token_ends_with_its_day_its_revocation_and_its_owner(cast: Cast) -> None:
    ended, revoked, gone, good = (made(who) for who in (cast.alice, cast.alice, cast.bob, cast.alice))
    ApiToken.objects.filter(pk=ended.token.pk).update(valid_to=today() - timedelta(days=1))
    revoke_token(by=cast.alice, token=revoked.token)
    cast.bob.is_active = False
    cast.bob.save()
    assert [token_for(one.secret) is not None for one in (ended, revoked, gone, good)] == [False, False, False, True]
    assert token_for("hw_" + "x" * 43) is None and token_for("") is None and token_for("hw_\ud800") is None


def test_nobody_ends_the_token_of_another(cast: Cast, client: Client) -> None:
    mine = made(cast.alice)
    client.force_login(cast.bob)
    assert client.post(f"/account/tokens/{mine.token.public_id}/revoke/").status_code == 404
    with pytest.raises(NotSeen):
        revoke_token(by=cast.bob, token=mine.token)
    client.force_login(cast.alice)
    page = client.post(f"/account/tokens/{mine.token.public_id}/revoke/", follow=True).content.decode()
    assert "is revoked" in page and token_for(mine.secret) is None


def test_the_page_says_when_a_token_was_last_used(cast: Cast, client: Client) -> None:
    mine = made(cast.alice)
    client.force_login(cast.alice)
    assert "never" in client.get("/account/tokens/").content.decode()
    token_for(mine.secret)
    assert ">never<" not in client.get("/account/tokens/").content.decode()
