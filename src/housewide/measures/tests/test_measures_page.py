"""The list of measures: what changed first, everything with data, nothing for strangers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from housewide.kit import subjects
from housewide.kit.registry import Scope, registry
from housewide.measures import screens
from housewide.measures.reading_rows import reading_rows
from housewide.measures.tests.screen_world import CASES, DELAY, ON_TIME
from housewide.measures.tests.screen_world.house import House, address, counted_cases, house

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
__all__ = ["counted_cases", "house"]
CEILING = 22


def test_every_measure_with_data_stands_there_with_value_target_and_steward(client: Client, house: House) -> None:
    answer = house.page(client, house.director, "measures")
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in ("Starts on time (tests)", "Delay of starts (tests)", "Cases started (tests)", "81.8%", "80.0%"):
        assert text in page
    assert page.count("The tests") == 3
    assert page.count('class="chart spark"') == 3


def test_a_value_links_to_its_rows_only_for_those_who_may_see_rows(client: Client, house: House) -> None:
    rows = address("measure-rows", ON_TIME)
    assert rows in house.page(client, house.director, "measures").content.decode()
    assert rows not in house.page(client, house.reader, "measures").content.decode()


def test_what_changed_stands_before_what_did_not(house: House) -> None:
    rows = reading_rows([CASES, DELAY, ON_TIME], "MVH-OR", "2026-10", account=house.director)
    assert [row.has_changed for row in rows] == sorted((row.has_changed for row in rows), reverse=True)
    assert len(rows) == 3


def test_a_place_without_data_says_what_to_do(client: Client, house: House) -> None:
    client.force_login(house.stranger)
    page = client.get(address("measures", place="LKS")).content.decode()
    assert "No numbers here yet" in page
    assert "Import data" in page


def test_strangers_and_made_up_months_get_404(client: Client, house: House) -> None:
    assert house.page(client, house.stranger, "measures").status_code == 404
    client.force_login(house.director)
    for period in ("2026-13", "october", "2026"):
        assert client.get(reverse("measures", args=["MVH-OR", period])).status_code == 404
    assert client.get(address("measures", place="NOWHERE")).status_code == 404


def test_the_list_asks_few_questions(client: Client, house: House) -> None:
    assert house.own_queries(client, address("measures")) <= CEILING


def test_a_reading_is_a_subject_that_only_its_place_sees(house: House) -> None:
    screens.register()
    id = screens.subject_id(ON_TIME, "MVH-OR", "2026-10")
    found = subjects.find_visible(house.director, "reading", id)
    assert found is not None
    assert (found.title, found.url) == (
        "Starts on time (tests), Place MVH-OR, October 2026",
        address("measure", ON_TIME),
    )
    assert subjects.find_visible(house.stranger, "reading", id) is None


@pytest.mark.parametrize(
    "id", ["", "tests.on_time", "no.such|MVH-OR|2026-10", "tests.on_time|X|2026-10", "tests.on_time|MVH|Q1"]
)
def test_a_reading_that_cannot_be_is_no_subject(house: House, id: str) -> None:
    assert screens.reading_subject(id) is None


def test_the_jump_box_finds_measures_by_title_where_the_person_may_look(house: House) -> None:
    scope = Scope("MVH-OR", "2026-10")
    assert [hit.title for hit in screens.search(house.reader, "on TIME", scope)] == ["Starts on time (tests)"]
    assert list(screens.search(house.stranger, "on time", scope)) == []
    assert list(screens.search(house.stranger, "on time", Scope("", ""))) == []


def test_the_entry_in_the_navigation_is_for_those_who_see_measures(house: House) -> None:
    screens.register()
    entry = registry.screens["measures"]
    assert (entry.door, entry.order) == ("Quality", 20)
    assert entry.allowed(house.reader, Scope("MVH-OR", "2026-10"))
    assert not entry.allowed(house.stranger, Scope("MVH-OR", "2026-10"))
