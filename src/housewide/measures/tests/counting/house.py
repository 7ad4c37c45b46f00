"""The house of the tests of counting: its places, and only the measures of these tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from housewide.access.models import Grant
from housewide.facts.tables import register_folder as register_tables
from housewide.measures import definitions
from housewide.measures.tests import counting
from housewide.org.models import Account, Place

register_tables(counting.FOLDER / "tables")


@pytest.fixture
def counted(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places, and the measures of these tests in place of all others."""
    monkeypatch.setattr(definitions, "_folders", [counting.FOLDER / "measures"])
    monkeypatch.setattr(definitions, "_read", None)
    counting.make_places()


@pytest.fixture
def loads(counted: None, tmp_path: Path) -> Any:
    def go(stays: Any, facility: str = "MVH", **more: Any) -> Any:
        return counting.load_stays(tmp_path, stays, facility, **more)

    return go


def make_account(name: str, role: str, place: str) -> Account:
    account = Account.objects.create_user(f"{name}@example.org")
    Grant.objects.create(account=account, role=role, place=Place.objects.get(code=place), valid_from=counting.SINCE)
    return account
