"""Figures of stocks, distinct counts, formulas and denominators that count once come out of their files again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from housewide.facts.tables import register_folder
from housewide.kit.actions import act
from housewide.measures import cubes, definitions
from housewide.measures.readings import reading
from housewide.measures.tests import counting
from housewide.measures.tests.counting import Stay
from housewide.org.models import Place
from housewide.reviews.figures import definition_behind, reproduce
from housewide.reviews.frozen import freeze, keep_definition, newest_batch
from housewide.reviews.models import Figure, Review
from housewide.reviews.seals import figure_sha256

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
COUNTED = ("kinds.waits", "kinds.counted", "kinds.rooms", "kinds.waiting", "kinds.late_a_day")
KINDS = ("kinds.rooms", "kinds.waiting", "kinds.late_a_day", "kinds.wait_per_stay", "kinds.excess_per_room")
register_folder(counting.FOLDER / "tables")


@pytest.fixture
def stays(db: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(definitions, "_folders", [counting.FOLDER / "kinds"])
    monkeypatch.setattr(definitions, "_read", None)
    counting.make_places()

    def go(extra: int = 0) -> None:
        days = [date(2026, month, day) for month in (9, 10) for day in (1, 15, 30)]
        rows = [
            Stay(day, place, room, 60 * at + extra, late=at % 2 == 0, void=at == 4)
            for day in days
            for at, (place, room) in enumerate([("MVH-OR", "A"), ("MVH-4W", "A"), ("MVH-4W", "B"), ("MVH", "C")], 1)
        ]
        counting.load_stays(tmp_path, rows)
        cubes.refresh(COUNTED, "MVH", ["2026-09", "2026-10"])

    go()
    return go


def figure_of(measure: str) -> Figure:
    """A figure as a freeze makes it, with its components as the database gives them back."""
    found = freeze(measure, "MVH", "2026-10", newest_batch())
    with act("tests", actor="system:tests"):
        keep_definition(measure)
    figure = Figure(
        review=Review(place=Place.objects.get(code="MVH"), period="2026-10"), measure=measure, order=0,
        as_of_batch=newest_batch(), parts=found.parts, definition_sha256=found.definition_sha256,
        tree_sha256=found.tree_sha256, components=json.loads(json.dumps(found.components)), reading=found.reading,
    )  # fmt: skip
    figure.sha256 = figure_sha256(figure)
    return figure


@pytest.mark.parametrize("measure", KINDS)
def test_a_figure_of_each_kind_comes_out_the_same_also_after_later_imports(stays: Any, measure: str) -> None:
    figure = figure_of(measure)
    assert figure.reading["value"] == str(reading(measure, "MVH", "2026-10").value)
    stays(extra=7)
    again = reproduce(figure)
    assert (again.equal, again.differences) == (True, [])


@pytest.mark.parametrize("measure", KINDS)
def test_altered_integers_of_each_kind_show(stays: Any, measure: str) -> None:
    figure = figure_of(measure)
    month = figure.components["months"]["2026-10"]
    month["count"] += 1
    assert not reproduce(figure).equal


def test_a_frozen_formula_keeps_the_components_of_its_day(stays: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = figure_of("kinds.excess_per_room")
    monkeypatch.setattr(definitions, "_folders", [])
    monkeypatch.setattr(definitions, "_read", None)
    behind = definition_behind(figure)
    assert behind is not None and behind.sha256 == figure.definition_sha256
    assert reproduce(figure).equal
    figure.components["definitions"] = {}
    assert definition_behind(figure) is None
