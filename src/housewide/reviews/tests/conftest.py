"""Every test here has the same cast; those that ask for it get measures whose readings the test decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from housewide.reviews import agenda, frozen, offering
from housewide.reviews.models import Figure
from housewide.reviews.tests.examples import a_reading
from housewide.work.tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: Any) -> Cast:
    return make_cast()


@dataclass
class Measured:
    """Stands in for the measures layer: readings by measure, and which data has moved on since a freeze."""

    readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    batch: int = 41

    def freeze(self, measure: str, place: str, period: str, as_of: int) -> frozen.Frozen:
        reading = self.readings[measure]
        counted = {"num": reading["num"], "den": reading["den"]}
        return frozen.Frozen([["facts/a.parquet", "ef" * 32]], "cd" * 32, "01" * 32, counted, reading)

    def live_readings(self, measures: list[str], place: str, period: str) -> list[dict[str, Any]]:
        return [{**self.readings[measure], "breakdowns": []} for measure in measures]

    def is_current(self, figure: Figure) -> bool:
        return figure.measure not in self.moved

    def newest_batch(self) -> int:
        return self.batch


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Measured]:
    """Two measures at the operating rooms and their hospital; the first one is worsening and missed its target."""
    stand_in = Measured({"or.late": a_reading(), "or.turnover": a_reading("Turnover", "no change", False)})
    for name in ("freeze", "live_readings", "is_current", "newest_batch"):
        monkeypatch.setattr(frozen, name, getattr(stand_in, name))
    monkeypatch.setattr(offering, "_places_counted", lambda: frozenset({"MVH-OR"}))
    monkeypatch.setattr(agenda, "_items", {})
    agenda.register("tests", lambda place: place in ("MVH-OR", "MVH"), ["or.late", "or.turnover"])
    yield stand_in
