"""The cast and the nights that the tests of Today share."""

from __future__ import annotations

from pathlib import Path

import pytest

from housewide.access.tests.cast import Cast, account, make_cast
from housewide.boards.tests.days_world import load_nights
from housewide.org.models import Account


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def nurse(cast: Cast, tmp_path: Path) -> Account:
    """The chief nurse of a hospital with a hundred counted nights."""
    load_nights(tmp_path)
    return account("nora", "cno", "ONE")
