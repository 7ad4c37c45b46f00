"""Stocks, distinct counts, formulas and days that count once on the pages: the number, its rows, what it means."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from housewide.measures import cubes, definitions
from housewide.measures.readings import reading
from housewide.measures.tests import screen_world
from housewide.measures.tests.screen_world.house import House, address, counted_cases, house

__all__ = ["counted_cases", "house"]
pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
SURGEONS, LAST_DAY, A_DAY, FORMULA = "tests.surgeons", "tests.last_day", "tests.a_day", "tests.per_surgeon"


@pytest.fixture
def kinds(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    folders = [screen_world.FOLDER / "measures", screen_world.FOLDER / "kinds"]
    monkeypatch.setattr(definitions, "_folders", folders)
    monkeypatch.setattr(definitions, "_read", None)
    cubes.refresh([SURGEONS, LAST_DAY, A_DAY], "MVH", ["2026-09", "2026-10"])
    return house


@pytest.mark.parametrize("measure", [SURGEONS, LAST_DAY, A_DAY, FORMULA])
def test_every_kind_has_a_page_and_a_definition(client: Client, kinds: House, measure: str) -> None:
    page = kinds.page(client, kinds.director, "measure", measure)
    assert page.status_code == 200
    assert reading(measure, "MVH-OR", "2026-10").text in page.content.decode()
    assert client.get(reverse("definition", args=[measure])).status_code == 200


@pytest.mark.parametrize("measure", [SURGEONS, LAST_DAY, A_DAY])
def test_the_sentence_over_the_rows_says_the_reading(client: Client, kinds: House, measure: str) -> None:
    page = kinds.page(client, kinds.director, "measure-rows", measure).content.decode()
    found = re.search(r'id="adds-up"[^>]*>([^<]*)<', page)
    assert found is not None
    assert reading(measure, "MVH-OR", "2026-10").text in found[1]


def test_the_key_of_a_row_is_not_on_the_page_nor_in_the_file(client: Client, kinds: House) -> None:
    page = kinds.page(client, kinds.director, "measure-rows", SURGEONS).content.decode()
    sheet = kinds.page(client, kinds.director, "measure-rows", SURGEONS, format="csv")
    text = b"".join(sheet) if sheet.streaming else sheet.content
    for name in screen_world.SURGEONS:
        assert name not in page and name.encode() not in text


def test_the_rows_of_a_formula_lead_to_those_of_its_components(client: Client, kinds: House) -> None:
    page = kinds.page(client, kinds.director, "measure-rows", FORMULA, room="OR 1").content.decode()
    assert "cases / surgeons" in page
    assert f"{address('measure-rows', SURGEONS)}?room=OR+1" in page
    assert reading(FORMULA, "MVH-OR", "2026-10").text in page


def test_the_components_take_the_capability_of_rows(client: Client, kinds: House) -> None:
    assert kinds.page(client, kinds.director, "measure-rows", FORMULA).status_code == 200
    assert kinds.page(client, kinds.reader, "measure-rows", FORMULA).status_code != 200
    assert kinds.page(client, kinds.stranger, "measure-rows", FORMULA).status_code == 404


def test_the_definition_of_a_formula_names_its_components(client: Client, kinds: House) -> None:
    page: Any = kinds.page(client, kinds.director, "measure", FORMULA)
    assert page.status_code == 200
    said = client.get(reverse("definition", args=[FORMULA])).content.decode()
    assert "cases / surgeons" in said and reverse("definition", args=[SURGEONS]) in said
    assert "The query" not in said
