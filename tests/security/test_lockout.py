"""Guessing at passwords: stopped after five, said in words, the same for names that do not exist, lifted by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from housewide.access import keys
from housewide.access.counters import Counters
from housewide.access.tests.cast import Cast
from housewide.kit.audit.models import Act
from tests.security.conftest import LOGIN, is_in, sign_in


def without_tokens(page: Any) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "token", page.content.decode())


def guess(name: str, times: int, client: Client | None = None, **more: Any) -> list[Any]:
    client = client or Client()
    return [client.post(LOGIN, {"login": name, "password": f"guess {n}"}, **more) for n in range(times)]


def test_after_five_wrong_passwords_not_even_the_right_one_is_tried(cast: Cast) -> None:
    pages = guess("alice@example.org", 5)
    assert [page.status_code for page in pages] == [422, 422, 422, 422, 429]
    assert "For 15 minutes no password is tried" in pages[-1].content.decode()
    assert pages[-1]["Retry-After"] == "900"
    assert not is_in(sign_in("alice"))
    assert Act.objects.filter(name="locked_out", actor="alice@example.org").exists()


def test_a_name_that_does_not_exist_is_locked_out_in_the_same_words(cast: Cast) -> None:
    real, unreal = guess("alice@example.org", 6), guess("nobody@example.org", 6)
    assert [page.status_code for page in real] == [page.status_code for page in unreal]
    for one, other in zip(real, unreal, strict=True):
        assert without_tokens(one) == without_tokens(other).replace("nobody@", "alice@")


def test_capital_letters_do_not_begin_a_new_count(cast: Cast) -> None:
    guess("alice@example.org", 3)
    assert guess("Alice@Example.org ", 2)[-1].status_code == 429


def test_somebody_elses_address_is_not_locked_out(cast: Cast) -> None:
    guess("alice@example.org", 6, REMOTE_ADDR="203.0.113.9")
    assert is_in(sign_in("alice"))
    assert is_in(sign_in("bob", REMOTE_ADDR="203.0.113.9"))


def test_a_right_password_begins_the_count_anew(cast: Cast) -> None:
    guess("alice@example.org", 4)
    assert is_in(sign_in("alice"))
    assert guess("alice@example.org", 4)[-1].status_code == 422


def test_it_ends_by_itself(cast: Cast) -> None:
    from axes.models import AccessAttempt

    guess("alice@example.org", 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert is_in(sign_in("alice"))


def test_an_administrator_lifts_it_from_the_page_of_the_account(cast: Cast) -> None:
    guess("alice@example.org", 5)
    ada = sign_in("ada")
    assert "Locked out" in ada.get("/sign-in/accounts/").content.decode()
    page = f"/sign-in/accounts/{cast.alice.public_id}/"
    assert "Locked out" in ada.get(page).content.decode()
    ada.post(page + "change/", {"what": "unlock"})
    assert is_in(sign_in("alice"))
    assert Act.objects.get(name="access.unlock").subject == "alice@example.org"


def test_nobody_without_the_role_lifts_it(cast: Cast) -> None:
    guess("alice@example.org", 5)
    page = f"/sign-in/accounts/{cast.alice.public_id}/change/"
    assert sign_in("charlie").post(page, {"what": "unlock"}).status_code == 404
    assert not is_in(sign_in("alice"))


def test_trying_many_names_from_one_address_is_stopped_too(cast: Cast) -> None:
    pages = [guess(f"somebody{n}@example.org", 1)[0] for n in range(61)]
    assert "Too many attempts" in pages[-1].content.decode()


def test_the_trail_never_holds_the_password_that_was_tried(cast: Cast) -> None:
    from axes.models import AccessAttempt

    Client().post(LOGIN, {"login": "alice@example.org", "password": "secret-in-the-trail"})
    kept = [str(row) for row in Act.objects.values()] + [str(row) for row in AccessAttempt.objects.values()]
    assert kept and not any("secret-in-the-trail" in one for one in kept)


def test_keys_of_the_command_line_need_no_account(cast: Cast) -> None:
    guess("alice@example.org", 5)
    assert keys.unlock(by="system:setup", account=cast.alice) == 1
    assert is_in(sign_in("alice"))


def test_guesses_at_many_names_never_give_back_guesses_at_one(tmp_path: Path) -> None:
    counters = Counters(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 20}})
    counters.set("alice", [1, 2, 3], 900)
    for number in range(60):
        counters.set(f"gone-{number}", number, -1)
        counters.set(f"fresh-{number}", number, 900)
    assert counters.get("alice") == [1, 2, 3]
    assert [counters.get(f"fresh-{number}") for number in range(60)] == list(range(60))
    assert len(list(tmp_path.iterdir())) <= 62
