"""Every test here has the same cast."""

from __future__ import annotations

from typing import Any

import pytest

from housewide.work.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: Any) -> Cast:
    return make_cast()
