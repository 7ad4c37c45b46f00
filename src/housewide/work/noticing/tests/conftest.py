"""The cast of work, and signals made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from housewide.kit.clock import now
from housewide.measures.definitions import all_definitions
from housewide.measures.models import Noticed
from housewide.work.tests.cast import Cast, make_cast

Signals = Callable[..., Noticed]


@pytest.fixture
def cast(db: Any) -> Cast:
    return make_cast()


@pytest.fixture
def signal(cast: Cast) -> Signals:
    """Make a signal; measures are real ones, by number."""
    measures = sorted(key for key, one in all_definitions().items() if one.kind == "ratio")

    def make(number: int = 0, place: str = "MVH-OR", word: str = "worsening", **more: Any) -> Noticed:
        values = {
            "tone": "bad", "arrow": "down", "rule": "7 or more points in a row below the average", "since": "2026-05",
            "first_period": "2026-09", "period": "2026-10", "value": "62.1%", "first_noticed_at": now(), **more,
        }  # fmt: skip
        return Noticed.objects.create(measure=measures[number], place=place, word=word, **values)

    return make
