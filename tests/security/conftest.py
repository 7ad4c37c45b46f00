"""What the tests of trust share: Alice's department, limits that begin anew, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from housewide.access.tests.cast import Cast, make_cast
from housewide.kit import clock

LOGIN = "/accounts/login/"
PASSWORD = "not-a-real-secret-1"


@pytest.fixture(autouse=True)
def limits_begin_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real ones take half a second


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``later(minutes=16)``: it is that much later now, for everything about signing in."""
    moved = timedelta()

    def shifted() -> datetime:
        return clock.now() + moved

    from housewide.access import accounts, glass, opened, sessions
    from housewide.access.views import glass as glass_views

    for module in (sessions, opened, glass, glass_views, accounts):
        monkeypatch.setattr(module, "now", shifted)

    def move(**by: float) -> None:
        nonlocal moved
        moved += timedelta(**by)

    return move


def sign_in(name: str, password: str = PASSWORD, client: Client | None = None, **more: Any) -> Client:
    """A client that has posted the sign-in form."""
    client = client or Client()
    client.post(LOGIN, {"login": f"{name}@example.org", "password": password}, **more)
    return client


def is_in(client: Client) -> bool:
    """Whether the client is signed in, as an address that everybody signed in may open says."""
    return client.get("/account/").status_code == 200
