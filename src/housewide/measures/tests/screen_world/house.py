"""The house of the tests of the screens: its fixture, and the people who come to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from housewide.facts.tables import register_folder as register_tables
from housewide.measures import definitions
from housewide.measures.tests import screen_world
from housewide.org.models import Account

register_tables(screen_world.FOLDER / "tables")


@dataclass(frozen=True)
class House:
    """``director`` sees all; ``auditor`` sees rows without surgeons' names; ``reader`` sees no rows; ``stranger``
    works elsewhere."""

    director: Account
    auditor: Account
    reader: Account
    stranger: Account

    def page(self, client: Client, account: Account, name: str, *args: str, **query: str) -> Any:
        """What the account gets at an address; ``args`` follow the place and the month."""
        client.force_login(account)
        return client.get(address(name, *args), query)

    def own_queries(self, client: Client, url: str) -> int:
        """Queries of a page in both databases beyond those of the plainest page: the frame around it is others'."""
        client.force_login(self.director)
        plain = reverse("definition", args=[screen_world.CASES])
        return _queries(client, url) - _queries(client, plain)


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connections["default"]) as one, CaptureQueriesContext(connections["cubes"]) as other:
        assert client.get(url).status_code == 200
    return len(one) + len(other)


def address(name: str, *args: str, place: str = "MVH-OR", period: str = "2026-10") -> str:
    return reverse(name, args=[place, period, *args])


@pytest.fixture
def house(counted_cases: None) -> House:
    return House(
        screen_world.make_account("Dana", "department_director", "MVH"),
        screen_world.make_account("Audrey", "auditor", "MVH"),
        screen_world.make_account("Rita", "board_reader", "MVH"),
        screen_world.make_account("Charlie", "department_director", "LKS"),
    )


@pytest.fixture
def counted_cases(db: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Places, fourteen months of cases, and only the measures of these tests."""
    monkeypatch.setattr(definitions, "_folders", [screen_world.FOLDER / "measures"])
    monkeypatch.setattr(definitions, "_read", None)
    screen_world.make_places()
    screen_world.load_cases(tmp_path)
    yield
