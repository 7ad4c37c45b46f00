"""Passwords: which are refused, how they are changed, and the ones that somebody else chose."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from housewide.access import keys
from housewide.access.passwords import stands_in, temporary_password
from housewide.access.tests.cast import Cast
from housewide.kit.actions import Refused
from housewide.kit.audit.models import Act, Change
from tests.security.conftest import LOGIN, PASSWORD, is_in, sign_in

FRESH = "three green boats at noon"


@pytest.mark.parametrize(
    "password",
    [
        "short-one", "housewide2026", "Hospital2026!", "mercyhospital2026", "1234567890123", "qwertyuiop12",
        "Summer2026Summer2026", "alice@example.org",
    ],
)  # fmt: skip
def test_what_anybody_would_try_is_refused(cast: Cast, password: str, settings: Any) -> None:
    settings.HOUSEWIDE_ORGANISATION = "Mercy Valley Health"
    with pytest.raises(ValidationError):
        validate_password(password, cast.alice)


@pytest.mark.parametrize(
    "password",
    [
        FRESH, "nur Kleinbuchstaben und Leerzeichen", "長い長い秘密の言葉を選びました", "lkjhxcvbzz" * 12,
        "correct hospital staple battery",
    ],
)  # fmt: skip
def test_any_characters_and_any_length_do(cast: Cast, password: str) -> None:
    validate_password(password, cast.alice)
    cast.alice.set_password(password)
    cast.alice.save()
    assert is_in(sign_in("alice", password))
    assert not is_in(sign_in("alice", password[:-1])), "the last character counts"
    assert password == password.swapcase() or not is_in(sign_in("alice", password.swapcase()))


def test_a_stolen_password_is_refused_when_the_installation_keeps_the_list(tmp_path: Path, settings: Any) -> None:
    stolen = sorted(
        hashlib.sha1(word.encode()).hexdigest().upper() for word in ("correct horse battery", "tr0ub4dor and 3 more")
    )
    path = tmp_path / "stolen.txt"
    path.write_text("".join(f"{one}:17\n" for one in stolen))
    settings.HOUSEWIDE_BREACHED_PASSWORDS = str(path)
    with pytest.raises(ValidationError, match="known from a theft"):
        validate_password("correct horse battery")
    validate_password("incorrect horse battery")


@given(st.lists(st.text(alphabet="0123456789ABCDEF", min_size=40, max_size=40), max_size=40, unique=True), st.data())
def test_the_search_by_halving_finds_what_is_there_and_nothing_else(
    tmp_path_factory: Any, lines: list[str], data: Any
) -> None:
    path = tmp_path_factory.mktemp("list") / "hashes"
    path.write_text("".join(f"{one}:{n}\n" for n, one in enumerate(sorted(lines))))
    assert all(stands_in(path, one) for one in lines)
    other = data.draw(st.text(alphabet="0123456789ABCDEF", min_size=40, max_size=40))
    assert stands_in(path, other) == (other in lines)


def test_changing_a_password_takes_the_old_one(cast: Cast) -> None:
    client = sign_in("alice")
    wrong = {"oldpassword": "guess", "password1": FRESH, "password2": FRESH}
    page = client.post("/account/password/", wrong)
    assert page.status_code == 422 and "This is not your current password." in page.content.decode()
    weak = {"oldpassword": PASSWORD, "password1": "hospital2026", "password2": "hospital2026"}
    assert client.post("/account/password/", weak).status_code == 422
    same = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/password/", same).status_code == 422
    right = {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}
    assert client.post("/account/password/", right)["Location"] == "/account/"
    assert is_in(sign_in("alice", FRESH)) and not is_in(sign_in("alice"))
    act = Act.objects.get(name="access.change_password")
    assert act.actor == "alice@example.org"
    assert Change.objects.filter(table="org_account", act=act.pk).exists()


def test_the_fields_hide_what_is_typed_and_let_a_password_manager_help(cast: Cast) -> None:
    page = sign_in("alice").get("/account/password/").content.decode()
    assert page.count('type="password"') == 3
    assert 'autocomplete="current-password"' in page and 'autocomplete="new-password"' in page
    door = Client().get(LOGIN).content.decode()
    assert 'type="password"' in door and 'autocomplete="current-password"' in door and "onpaste" not in door


def test_a_temporary_password_opens_only_the_page_where_it_is_changed(cast: Cast) -> None:
    client = sign_in("alice")
    fresh = keys.reset_password(by=cast.ada, account=cast.alice, reason="Called back on her office number")
    assert not is_in(client) and not is_in(sign_in("alice"))
    led = sign_in("alice", fresh)
    for path in ("/", "/account/", "/work/", "/glass/", "/account/app/"):
        assert led.get(path)["Location"] == "/account/password/", path
    form = {"oldpassword": fresh, "password1": FRESH, "password2": FRESH}
    assert led.post("/account/password/", form).status_code == 302
    assert is_in(led) and is_in(sign_in("alice", FRESH))


def test_a_temporary_password_holds_a_day(cast: Cast, later: Callable[..., None]) -> None:
    fresh = keys.reset_password(by=cast.ada, account=cast.alice, reason="Called back on her office number")
    later(hours=25)
    client = sign_in("alice", fresh)
    assert not is_in(client)
    assert "has run out" in client.get(LOGIN).content.decode()


def test_a_temporary_password_is_random_and_kept_nowhere(cast: Cast) -> None:
    assert len({temporary_password() for _ in range(500)}) == 500
    ada = sign_in("ada")
    page = f"/sign-in/accounts/{cast.alice.public_id}/change/"
    assert ada.post(page, {"what": "password", "reason": ""}).status_code == 422
    shown = ada.post(page, {"what": "password", "reason": "At my desk with her badge"}).content.decode()
    fresh = shown.split("<p><code>")[1].split("</code>")[0]
    validate_password(fresh)
    assert fresh not in " ".join(str(row) for row in [*Act.objects.values(), *Change.objects.values()])
    assert fresh not in ada.get(f"/sign-in/accounts/{cast.alice.public_id}/").content.decode()


def test_the_first_password_of_an_account_is_temporary_too(cast: Cast) -> None:
    form = {"what": "account", "username": "new@example.org", "password": "first words to begin"}
    assert sign_in("ada").post("/access/", form).status_code == 302
    client = sign_in("new", "first words to begin")
    assert client.get("/account/")["Location"] == "/account/password/"


def test_resetting_a_password_does_not_get_round_the_second_factor(cast: Cast) -> None:
    from tests.security.test_second_factor import add_app

    add_app(sign_in("alice"))
    fresh = keys.reset_password(by=cast.ada, account=cast.alice, reason="Called back on her office number")
    half = Client()
    assert half.post(LOGIN, {"login": "alice@example.org", "password": fresh})["Location"] == "/accounts/code/"


def test_nobody_closes_their_own_account(cast: Cast) -> None:
    with pytest.raises(Refused):
        keys.close_account(by=cast.ada, account=cast.ada, reason="I am tired of this")


def test_real_hashes_are_slow_and_salted(settings: Any) -> None:
    from django.conf import global_settings
    from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher, make_password

    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    assert global_settings.PASSWORD_HASHERS[0].endswith("PBKDF2PasswordHasher")
    assert PBKDF2PasswordHasher.iterations >= 600_000
    assert make_password("one", hasher="pbkdf2_sha256") != make_password("one", hasher="pbkdf2_sha256")
    assert identify_hasher(make_password("one", hasher="pbkdf2_sha256")).algorithm == "pbkdf2_sha256"


def test_a_fresh_installation_has_no_account(db: None) -> None:
    from housewide.org.models import Account

    assert not Account.objects.exists()
