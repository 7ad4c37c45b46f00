"""``housewide user`` for somebody who cannot get in."""

from __future__ import annotations

from typing import Any

import pytest

from housewide.__main__ import parser
from housewide.access.models import SignedIn, Standing
from housewide.access.policy import has_second_factor
from housewide.access.tests.cast import Cast
from housewide.kit.audit.models import Act
from housewide.site.commands import user_command
from housewide.site.commands.errors import CommandFailed
from tests.security.conftest import is_in, sign_in
from tests.security.test_lockout import guess
from tests.security.test_second_factor import add_app


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_command, "ready", lambda: None)


def user(*words: str) -> int:
    return user_command.run(parser().parse_args(["user", *words]))


def test_a_lockout_is_lifted(cast: Cast, capsys: Any) -> None:
    guess("alice@example.org", 5)
    assert user("Alice@example.org", "--unlock") == 0
    assert "Lifted the lockout" in capsys.readouterr().out
    assert is_in(sign_in("alice"))
    assert Act.objects.filter(name="access.unlock", actor="system:setup").exists()


def test_a_second_factor_is_reset_with_a_reason(cast: Cast) -> None:
    add_app(sign_in("alice"))
    with pytest.raises(CommandFailed, match="made sure"):
        user("alice@example.org", "--reset-second-factor", " ")
    assert user("alice@example.org", "--reset-second-factor", "Lost phone, was at my desk") == 0
    assert not has_second_factor(cast.alice) and not SignedIn.objects.exists()


def test_sign_ins_are_ended(cast: Cast, capsys: Any) -> None:
    client = sign_in("alice")
    assert user("alice@example.org", "--end-sessions") == 0
    assert "Ended 1 sign-ins" in capsys.readouterr().out
    assert not is_in(client)


def test_a_password_may_be_temporary(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_command, "ask_password", lambda from_input: "three green boats at noon")
    assert user("alice@example.org", "--temporary") == 0
    assert Standing.objects.get(account=cast.alice).must_change
    led = sign_in("alice", "three green boats at noon")
    assert led.get("/account/")["Location"] == "/account/password/"


def test_nobody_is_made_by_mistake(cast: Cast) -> None:
    with pytest.raises(CommandFailed, match="no account"):
        user("nobody@example.org", "--unlock")
