"""One number: its chart, its reasons, its parts, where it comes from, and its target."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from housewide.measures import citations
from housewide.measures.models import Target
from housewide.measures.readings import reading
from housewide.measures.tests.screen_world import CASES, DELAY, MONTHS, ON_TIME, SURGEONS
from housewide.measures.tests.screen_world.house import House, address, counted_cases, house

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
__all__ = ["counted_cases", "house"]
CEILING = 38


def test_the_page_says_the_number_and_what_it_rests_on(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure", ON_TIME).content.decode()
    for text in ("October 2026", "81.8%", "27 of 33 rows", "The numbers as a table"):
        assert text in page
    assert "board of the tests" in page
    assert "higher is better" in page


@pytest.mark.parametrize("measure", [ON_TIME, DELAY, CASES])
def test_every_kind_of_measure_has_a_page(client: Client, house: House, measure: str) -> None:
    answer = house.page(client, house.director, "measure", measure)
    assert answer.status_code == 200
    assert ("How it spreads" in answer.content.decode()) is (measure == DELAY)


def test_the_months_shown_are_a_choice_in_the_address(client: Client, house: House) -> None:
    def months(asked: str) -> int:
        page = house.page(client, house.director, "measure", ON_TIME, months=asked).content.decode()
        return page.split("The numbers as a table")[1].split("</table>")[0].count('<th scope="row">')

    assert (months("12"), months("36"), months("nonsense")) == (12, MONTHS, MONTHS)


def test_a_month_that_is_not_over_gets_no_verdict(client: Client, house: House) -> None:
    client.force_login(house.director)
    page = client.get(address("measure", ON_TIME, period="2026-11")).content.decode()
    assert "Month not over" in page
    assert "Hit or miss" not in page


def test_each_part_links_to_its_rows(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure", ON_TIME).content.decode()
    assert f"{address('measure-rows', ON_TIME)}?room=OR+1" in page
    page = house.page(client, house.director, "measure", ON_TIME, by="surgeon").content.decode()
    assert f"?surgeon={quote_plus(SURGEONS[0])}" in page


def test_what_was_left_out_is_counted_by_reason(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure", ON_TIME).content.decode()
    assert "left_out=1&amp;reason=cancelled" in page
    assert "left_out=1&amp;reason=no+time" in page


def test_surgeons_have_no_names_for_those_who_may_not_read_them(client: Client, house: House) -> None:
    page = house.page(client, house.auditor, "measure", ON_TIME, by="surgeon").content.decode()
    assert not [name for name in SURGEONS if name in page]
    assert {f"Surgeon 0{number}" for number in (1, 2, 3)} <= {page[at : at + 10] for at in range(len(page))}
    page = house.page(client, house.director, "measure", ON_TIME, by="surgeon").content.decode()
    assert SURGEONS[0] in page


def test_buttons_follow_what_the_person_may_do(client: Client, house: House) -> None:
    task = reverse("task-new")
    page = house.page(client, house.director, "measure", ON_TIME).content.decode()
    assert "Set the target" in page
    assert f"{task}?subject_kind=reading&amp;subject_id={quote_plus(f'{ON_TIME}|MVH-OR|2026-10')}" in page
    page = house.page(client, house.reader, "measure", ON_TIME).content.decode()
    assert "Set the target" not in page
    assert task not in page
    assert address("measure-rows", ON_TIME) not in page


def test_strangers_unknown_measures_and_made_up_months_get_404(client: Client, house: House) -> None:
    assert house.page(client, house.stranger, "measure", ON_TIME).status_code == 404
    assert house.page(client, house.director, "measure", "no.such").status_code == 404
    assert client.get(address("measure", ON_TIME, period="2026-00")).status_code == 404


def test_a_month_before_any_data_says_what_to_do(client: Client, house: House) -> None:
    client.force_login(house.director)
    answer = client.get(address("measure", ON_TIME, period="2019-01"))
    assert answer.status_code == 200
    assert "No data up to this month" in answer.content.decode()


def test_a_target_is_set_from_a_day_on_with_its_source(client: Client, house: House) -> None:
    given = {"value": "85", "source": "Board, 12 October", "valid_from": "2026-10-01"}
    client.force_login(house.director)
    answer = client.post(address("measure-target", ON_TIME), given)
    assert (answer.status_code, answer["Location"]) == (302, address("measure", ON_TIME))
    row = Target.objects.get()
    assert (row.value, row.place.code, str(row.valid_from), row.set_by) == (85, "MVH-OR", "2026-10-01", house.director)
    page = client.get(answer["Location"]).content.decode()
    assert "Board, 12 October" in page
    assert "since Oct 1, 2026" in page


def test_a_target_that_is_no_number_comes_back_with_what_was_typed(client: Client, house: House) -> None:
    client.force_login(house.director)
    answer = client.post(address("measure-target", ON_TIME), {"value": "eighty", "source": "Board"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "eighty" in page
    assert "Write the target as a number" in page
    assert not Target.objects.exists()


def test_only_those_who_set_targets_set_targets(client: Client, house: House) -> None:
    given = {"value": "85", "source": "Me", "valid_from": "2026-10-01"}
    to = address("measure-target", ON_TIME)
    client.force_login(house.auditor)
    assert client.post(to, given).status_code == 403
    client.force_login(house.stranger)
    assert client.post(to, given).status_code == 404
    client.force_login(house.director)
    assert client.get(to).status_code == 405
    assert not Target.objects.exists()


def test_the_page_asks_few_questions(client: Client, house: House) -> None:
    assert house.own_queries(client, address("measure", ON_TIME)) <= CEILING


def test_the_definition_shows_query_source_versions_and_who_cites_it(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(citations, "_citers", [])
    citations.register(lambda account, measure, place: [citations.Citation(f"Review with {measure}", "/r/", "signed")])
    client.force_login(house.reader)
    answer = client.get(reverse("definition", args=[ON_TIME]))
    page = answer.content.decode()
    assert answer.status_code == 200
    for text in ("FROM test_start", "Made up", "Everything", "one of two", "Must give den</dt><dd>2", "in use"):
        assert text in page
    assert f"Review with {ON_TIME}" in page
    assert client.get(reverse("definition", args=["no.such"])).status_code == 404


def test_the_tag_draws_a_reading_with_value_signal_and_reach(house: House) -> None:
    found = reading(ON_TIME, "MVH-OR", "2026-10")
    drawn = Template("{% load readings %}{% reading r %}").render(Context({"r": found}))
    assert found.text in drawn
    assert 'class="signal' in drawn
    assert found.reach.sentence in drawn
    assert address("measure-rows", ON_TIME) in drawn
    drawn = Template("{% load readings %}{% reading r %}").render(Context({"r": found, "can_rows": False}))
    assert address("measure-rows", ON_TIME) not in drawn


def test_the_row_that_other_homes_include_takes_a_bare_reading(house: House) -> None:
    found = reading(DELAY, "MVH-OR", "2026-10")
    drawn = Template('{% include "measures/reading_row.html" with reading=r %}').render(Context({"r": found}))
    assert drawn.count("<td") == 5
    assert "Place MVH-OR" in drawn
    assert 'class="chart spark"' in drawn
