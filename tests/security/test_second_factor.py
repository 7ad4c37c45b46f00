"""More than a password: the app, the codes, who needs one, and what somebody without it can open."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from housewide.access import keys, policy
from housewide.access.roles import roles
from housewide.access.tests.cast import Cast
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act
from tests.security.conftest import LOGIN, PASSWORD, is_in, sign_in


def code_now(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_app(client: Client) -> tuple[str, list[str]]:
    """Set up an authenticator app as a person does; its secret and the recovery codes."""
    page = client.get("/account/app/").content.decode()
    found = re.search(r"Key: <code>(\w+)</code>", page)
    assert found, page
    answer = client.post("/account/app/", {"code": code_now(found[1])})
    assert answer["Location"] == "/account/codes/", answer.content.decode()
    return found[1], re.findall(r"<code>(\d+)</code>", client.get("/account/codes/").content.decode())


def step_two(client: Client, code: str) -> Any:
    return client.post("/accounts/code/", {"code": code})


def test_a_password_alone_no_longer_opens_an_account_that_has_an_app(cast: Cast) -> None:
    secret, codes = add_app(sign_in("alice"))
    assert len(codes) == 10
    half = Client()
    assert half.post(LOGIN, {"login": "alice@example.org", "password": PASSWORD})["Location"] == "/accounts/code/"
    assert not is_in(half)
    assert step_two(half, "000000").status_code == 422
    assert not is_in(half)
    assert step_two(half, code_now(secret)).status_code == 302
    assert is_in(half)
    assert Act.objects.filter(name="access.add_authenticator_app", actor="alice@example.org").exists()


def test_a_code_works_once(cast: Cast) -> None:
    secret, _ = add_app(sign_in("alice"))
    code = code_now(secret)
    first, second = sign_in("alice"), sign_in("alice")
    assert step_two(first, code).status_code == 302
    assert step_two(second, code).status_code == 422
    assert not is_in(second)


def test_a_code_of_another_half_minute_does_not_work(cast: Cast) -> None:
    secret, _ = add_app(sign_in("alice"))
    client = sign_in("alice")
    for steps in (-20, -2, 2, 20):
        assert step_two(client, code_now(secret, steps)).status_code == 422
    assert not is_in(client)


def test_guessing_codes_is_stopped(cast: Cast) -> None:
    add_app(sign_in("alice"))
    client = sign_in("alice")
    pages = [step_two(client, f"{number:06d}").content.decode() for number in range(32)]
    assert "Too many attempts" in pages[-1]
    assert "Too many attempts" not in pages[0]


def test_a_recovery_code_takes_the_place_of_the_app_once(cast: Cast) -> None:
    _, codes = add_app(sign_in("alice"))
    assert step_two(sign_in("alice"), codes[0]).status_code == 302
    assert step_two(sign_in("alice"), codes[0]).status_code == 422
    assert step_two(sign_in("alice"), codes[1]).status_code == 302


def test_recovery_codes_are_shown_once_and_are_random_enough(cast: Cast) -> None:
    client = sign_in("alice")
    _, codes = add_app(client)
    assert not re.findall(r"<code>(\d+)</code>", client.get("/account/codes/").content.decode())
    assert all(len(code) == 10 for code in codes) and len(set(codes)) == 10  # 33 bits each


def test_secrets_are_sealed_in_the_database_and_absent_from_the_trail(cast: Cast) -> None:
    from housewide.kit.audit.models import Change

    secret, codes = add_app(sign_in("alice"))
    kept = " ".join(str(one.data) for one in Authenticator.objects.all())
    assert secret not in kept and codes[0] not in kept
    rows = Change.objects.filter(table="mfa_authenticator")
    assert rows.count() >= 2 and not any("data" in str(row.after or "") for row in rows)


def test_roles_that_administer_or_open_identities_need_one() -> None:
    for role in roles().values():
        if role.can & {"phi.open", "access.grant"}:
            assert role.second_factor == policy.REQUIRED, role.key


def test_whoever_needs_one_is_led_to_it_and_reaches_nothing_else(cast: Cast, settings: Any) -> None:
    settings.HOUSEWIDE_SECOND_FACTOR = "roles"
    client = sign_in("ada")
    for path in ("/", "/access/", "/sign-in/accounts/", "/audit/", "/organization/", "/account/", "/jump/?q=a"):
        assert client.get(path)["Location"] == "/account/second-factor/", path
    assert client.post("/access/", {})["Location"] == "/account/second-factor/"
    assert client.get("/access/", headers={"HX-Request": "true"}).status_code == 403
    assert client.get("/account/second-factor/").status_code == 200
    add_app(client)
    assert client.get("/access/").status_code == 200
    assert sign_in("alice").get("/account/").status_code == 200, "her role is offered one, not asked"


def test_the_setting_can_ask_it_of_everybody(cast: Cast, settings: Any) -> None:
    settings.HOUSEWIDE_SECOND_FACTOR = "required"
    assert sign_in("bob").get("/account/")["Location"] == "/account/second-factor/"


def test_the_last_factor_of_a_role_that_needs_one_stays(cast: Cast, settings: Any) -> None:
    settings.HOUSEWIDE_SECOND_FACTOR = "roles"
    client = sign_in("ada")
    add_app(client)
    assert client.post("/account/app/remove/").status_code == 403
    assert policy.has_second_factor(cast.ada)


def test_somebody_who_signed_in_a_while_ago_proves_again_who_they_are(cast: Cast, monkeypatch: Any) -> None:
    client = sign_in("alice")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 1000)
    assert client.get("/account/app/")["Location"].startswith("/accounts/confirm/")
    assert client.post("/accounts/confirm/?next=/account/app/", {"password": "guess"}).status_code == 422
    assert client.post("/accounts/confirm/?next=/account/app/", {"password": PASSWORD})["Location"] == "/account/app/"
    assert client.get("/account/app/").status_code == 200


def test_an_administrator_resets_a_lost_factor_with_a_reason(cast: Cast) -> None:
    client = sign_in("alice")
    add_app(client)
    with pytest.raises(Refused):
        keys.reset_second_factor(by=cast.ada, account=cast.alice, reason=" ")
    assert keys.reset_second_factor(by=cast.ada, account=cast.alice, reason="Came to my desk with her badge") == 2
    assert not is_in(client), "whoever was signed in is out"
    assert is_in(sign_in("alice"))
    assert "badge" in Act.objects.get(name="access.reset_second_factor").reason
    with pytest.raises(NotSeen):
        keys.reset_second_factor(by=cast.charlie, account=cast.alice, reason="because I want to")


def test_an_administrator_of_one_hospital_does_not_hold_the_keys_of_another(cast: Cast) -> None:
    from housewide.access.tests.cast import account

    local = account("local", "administrator", "TWO")
    assert keys.may_look_after(local, cast.charlie)
    assert not keys.may_look_after(local, cast.alice) and not keys.may_look_after(local, cast.ada)
    with pytest.raises(Refused):
        keys.reset_password(by=local, account=cast.ada, reason="I would like to be her")


def test_a_sealed_secret_that_was_altered_does_not_open(cast: Cast) -> None:
    import base64

    from cryptography.exceptions import InvalidTag

    from housewide.access.accounts import SecondFactors

    sealed = SecondFactors().encrypt("a secret")
    assert SecondFactors().decrypt(sealed) == "a secret" and sealed != SecondFactors().encrypt("a secret")
    raw = bytearray(base64.b64decode(sealed))
    raw[-1] ^= 1
    with pytest.raises(InvalidTag):
        SecondFactors().decrypt(base64.b64encode(bytes(raw)).decode())


def test_whoever_acts_for_somebody_of_a_larger_house_is_out_of_reach_of_a_local_administrator(cast: Cast) -> None:
    from datetime import timedelta

    from housewide.access.actions import delegate, grant_role
    from housewide.access.tests.cast import account
    from housewide.kit.clock import today

    local = account("local", "administrator", "ONE")
    chief = account("chief", "system_executive", "SYS")
    assert keys.may_look_after(local, cast.alice)
    loan = delegate(
        by=chief, receiver=cast.alice, place="SYS", valid_from=today() + timedelta(days=2),
        valid_to=today() + timedelta(days=3), reason="leave",
    )  # fmt: skip
    assert not keys.may_look_after(local, cast.alice)
    loan.delete()
    soon = today() + timedelta(days=5)
    grant_role(by="system:setup", account=cast.alice, role="department_director", place="TWO", valid_from=soon)
    assert not keys.may_look_after(local, cast.alice)
