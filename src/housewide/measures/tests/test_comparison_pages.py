"""The funnel plot of a measure and the icons of a place: rendered, masked, behind the gate."""

from __future__ import annotations

import pytest
from django.test import Client

from housewide.measures.comparing import compared_labels, compared_places
from housewide.measures.readings import reading
from housewide.measures.tests.screen_world import CASES, DELAY, LAST, ON_TIME, SURGEONS
from housewide.measures.tests.screen_world.house import House, address, counted_cases, house

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
__all__ = ["counted_cases", "house"]


def test_the_funnel_compares_rooms_with_a_picture_a_table_and_sentences(client: Client, house: House) -> None:
    answer = house.page(client, house.director, "measure-funnel", ON_TIME, by="room")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="chart funnel"' in page and "<table" in page and "99.8% band" in page
    assert "All together:" in page and "OR 1" in page and "a question, not a verdict" in page


def test_the_counts_of_a_comparison_add_up_to_the_reading(house: House) -> None:
    whole = reading(ON_TIME, "MVH-OR", str(LAST))
    rooms = compared_labels(ON_TIME, "MVH-OR", LAST, 1, "room")
    assert (sum(one.num for one in rooms), sum(one.den for one in rooms)) == (whole.num, whole.den)
    [place] = compared_places(ON_TIME, "SYS", LAST, 1)
    assert (place.key, place.num, place.den) == ("MVH-OR", whole.num, whole.den)
    with pytest.raises(KeyError):
        compared_labels(ON_TIME, "MVH-OR", LAST, 1, "nothing")


def test_surgeons_have_no_names_for_those_who_may_not_read_them(client: Client, house: House) -> None:
    named = house.page(client, house.director, "measure-funnel", ON_TIME, by="surgeon").content.decode()
    masked = house.page(client, house.auditor, "measure-funnel", ON_TIME, by="surgeon").content.decode()
    assert SURGEONS[0] in named
    assert not any(name in masked for name in SURGEONS) and "Surgeon 0" in masked


def test_too_few_points_and_measures_that_are_no_share_say_why_there_is_none(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure-funnel", ON_TIME, by="places").content.decode()
    assert "A comparison needs 3 points" in page
    page = house.page(client, house.director, "measure-funnel", ON_TIME).content.decode()
    assert "OR 1" in page
    page = house.page(client, house.director, "measure-funnel", DELAY).content.decode()
    assert "compares shares and rates" in page


def test_bands_of_chance_alone_are_a_choice_in_the_address(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure-funnel", ON_TIME, by="room", between="0").content.decode()
    assert "Allow for differences between points" in page


def test_the_icons_stand_with_words_for_the_place_and_those_below(client: Client, house: House) -> None:
    answer = house.page(client, house.director, "icons")
    page = answer.content.decode()
    assert answer.status_code == 200 and 'class="chart emblem"' in page
    for measure in (ON_TIME, CASES):
        assert address("measure", measure) in page
    assert "No change" in page or "Worsening" in page or "Improving" in page
    assert "What the icons mean" in page


def test_icons_of_a_month_that_is_not_over_are_those_of_the_last_complete_one(client: Client, house: House) -> None:
    client.force_login(house.director)
    page = client.get(address("icons", period="2026-11")).content.decode()
    assert "not over" in page and "October 2026" in page


def test_strangers_and_made_up_months_get_404(client: Client, house: House) -> None:
    assert house.page(client, house.stranger, "icons").status_code == 404
    assert house.page(client, house.stranger, "measure-funnel", ON_TIME).status_code == 404
    client.force_login(house.director)
    assert client.get(address("icons", period="2026-00")).status_code == 404


def test_the_page_of_a_measure_says_which_chart_and_why(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure", CASES).content.decode()
    assert "XmR chart, because this is an amount each month" in page
    assert "How much it moves from month to month (MR chart)" in page
    page = house.page(client, house.director, "measure", ON_TIME).content.decode()
    assert "chart, because this is a share of things counted one by one" in page
    assert address("measure-funnel", ON_TIME) in page
