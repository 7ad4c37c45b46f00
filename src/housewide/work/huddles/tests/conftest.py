"""Every test here has the same line of people, at 07:05 on Monday, November 23, 2026."""

from __future__ import annotations

from typing import Any

import pytest

from housewide.work.huddles.tests.cast import Cast, make_cast


@pytest.fixture(autouse=True)
def early(settings: Any) -> None:
    settings.HOUSEWIDE_TODAY, settings.HOUSEWIDE_TIME = "2026-11-23", "07:05"


@pytest.fixture
def cast(db: Any) -> Cast:
    return make_cast()
