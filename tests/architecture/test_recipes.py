"""The recipes of CONTRIBUTING.md are run as they stand, so that they cannot go stale."""

from __future__ import annotations

import importlib
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import AppConfig
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]


def recipe(kind: str) -> str:
    """The one fenced block of this kind, such as ``toml measure``."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert len(found) == 1, f"CONTRIBUTING.md has {len(found)} blocks ```{kind}"
    return str(found[0])


def folder_with(path: Path, name: str, text: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def registries() -> Iterator[None]:
    """What a recipe registers is gone afterwards."""
    from housewide.facts.tables import reading as tables
    from housewide.measures import definitions

    before = [(module, list(module._folders), module._read) for module in (tables, definitions)]
    yield
    for module, folders, read in before:
        module._folders[:] = folders  # type: ignore[attr-defined]
        module._read = read  # type: ignore[attr-defined]


def test_the_measure_loads_lints_and_its_examples_pass(tmp_path: Path) -> None:
    from housewide.measures import examples
    from housewide.measures.definitions import all_definitions, read_definition
    from housewide.measures.linter import lint

    definition = read_definition(folder_with(tmp_path, "recipe.toml", recipe("toml measure")) / "recipe.toml")
    assert lint(definition) == []
    assert definition.examples, "a measure without an example is not a recipe"
    assert [examples.run(definition, example) for example in definition.examples] == [[]] * len(definition.examples)
    assert definition.id not in all_definitions()


def test_a_wrong_example_of_the_measure_would_be_noticed(tmp_path: Path) -> None:
    from housewide.measures import examples
    from housewide.measures.definitions import definition_from

    text = recipe("toml measure")
    wrong = definition_from(text.replace("num = 1, den = 2", "num = 2, den = 2"))
    assert wrong.examples[0].expect != definition_from(text).examples[0].expect
    assert examples.run(wrong, wrong.examples[0]) != []


def test_the_table_reads_and_its_rules_are_sound(tmp_path: Path) -> None:
    from housewide.facts.tables import read_table
    from housewide.facts.tables.rules import rule_problems
    from housewide.facts.tables.texts import csv_template, reference_page

    table = read_table(folder_with(tmp_path, "recipe.toml", recipe("toml table")) / "recipe.toml")
    assert rule_problems(table) == []
    assert csv_template(table).count(",") == len(table.columns) - 1
    assert all(f"`{column.name}`" in reference_page(table) for column in table.columns)


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("charlie", 404)])
def test_the_screen_answers_a_director_and_is_404_for_a_stranger(
    who: str, status: int, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from django.urls import path

    from housewide.site import urls
    from housewide.work.tests.cast import make_cast

    screen = types.ModuleType("recipe_screen")
    exec(recipe("python screen"), vars(screen))
    address = path("at/<slug:place>/<str:period>/instrument-sets/", screen.instrument_sets, name="instrument-sets")
    monkeypatch.setattr(screen, "urlpatterns", [address, *urls.urlpatterns], raising=False)
    monkeypatch.setitem(sys.modules, "recipe_screen", screen)
    settings.ROOT_URLCONF = "recipe_screen"
    client = Client()
    client.force_login(getattr(make_cast(), who))
    response = client.get("/at/MVH-OR/2026-10/instrument-sets/")
    assert response.status_code == status
    assert ("Instrument sets" in response.content.decode()) == (status == 200)


def test_the_duty_registers_its_table_and_its_measure(
    tmp_path: Path, registries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from housewide.facts.tables import tables
    from housewide.measures.definitions import all_definitions

    source = recipe("python duty").replace("housewide.duties.sterile_processing", "sterile_processing")
    package = folder_with(tmp_path / "sterile_processing", "apps.py", source)
    (package / "__init__.py").write_text('"""Sterile processing."""\n')
    folder_with(package / "tables", "or_instrument_set.toml", recipe("toml table"))
    folder_with(package / "measures", "urgent_cases.toml", recipe("toml measure"))
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("sterile_processing.apps")
    try:
        config = duty_in(module)
        config(config.name, importlib.import_module("sterile_processing")).ready()
        assert "or_instrument_set" in tables()
        assert "surgery.urgent_cases" in all_definitions()
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "sterile_processing"]:
            del sys.modules[name]


def duty_in(module: types.ModuleType) -> type[AppConfig]:
    found = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, AppConfig) and thing is not AppConfig
    ]
    assert len(found) == 1
    return found[0]


def test_after_the_recipes_nothing_of_them_is_left() -> None:
    from housewide.facts.tables import tables
    from housewide.measures.definitions import all_definitions

    assert "or_instrument_set" not in tables()
    assert "surgery.urgent_cases" not in all_definitions()
