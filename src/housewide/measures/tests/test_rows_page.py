"""The rows behind a number: they add up to it, they can be narrowed and taken away as a file."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from housewide.kit.audit.models import Look
from housewide.measures import row_links
from housewide.measures.readings import reading
from housewide.measures.tests.screen_world import CASES, DELAY, ON_TIME, SURGEONS
from housewide.measures.tests.screen_world.house import House, address, counted_cases, house

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
__all__ = ["counted_cases", "house"]
CEILING = 24


def said(page: str) -> str:
    found = re.search(r'id="adds-up"[^>]*>([^<]*)<', page)
    assert found
    return found[1]


def test_the_rows_of_a_share_add_up_to_its_reading(client: Client, house: House) -> None:
    page = house.page(client, house.director, "measure-rows", ON_TIME).content.decode()
    now = reading(ON_TIME, "MVH-OR", "2026-10")
    assert said(page) == f"These {now.count} rows add up to {now.text}: {now.num} of {now.den}."
    totals = re.findall(r'class="num">([^<]*)</td>', page.split("<tfoot")[1])
    assert totals == [str(now.num), str(now.den)]


@pytest.mark.parametrize("measure", [DELAY, CASES])
def test_the_rows_of_any_kind_say_the_value_of_the_reading(client: Client, house: House, measure: str) -> None:
    page = house.page(client, house.director, "measure-rows", measure).content.decode()
    now = reading(measure, "MVH-OR", "2026-10")
    assert now.text in said(page)
    assert f"These {now.count} rows" in said(page)


def test_narrowing_to_one_room_says_what_that_room_makes(client: Client, house: House) -> None:
    whole = house.page(client, house.director, "measure-rows", ON_TIME)
    parts = [house.page(client, house.director, "measure-rows", ON_TIME, room=f"OR {at}") for at in (1, 2, 3)]
    counts = [int(re.search(r"(\d+) of (\d+)\.", said(one.content.decode()))[2]) for one in (whole, *parts)]  # type: ignore[index]
    assert counts[0] == sum(counts[1:])
    assert all(counts)


def test_the_part_that_htmx_swaps_brings_its_sentence(client: Client, house: House) -> None:
    client.force_login(house.director)
    to = f"{address('measure-rows', ON_TIME)}?room=OR+1"
    part = client.get(to, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="true"' in part
    assert said(part) == said(client.get(to).content.decode())


def test_what_was_left_out_has_a_list_of_its_own_by_reason(client: Client, house: House) -> None:
    now = reading(ON_TIME, "MVH-OR", "2026-10")
    page = house.page(client, house.director, "measure-rows", ON_TIME, left_out="1").content.decode()
    assert page.count("<tr data-row") == sum(now.left_out.values())
    page = house.page(client, house.director, "measure-rows", ON_TIME, left_out="1", reason="no time").content.decode()
    assert page.count("<tr data-row") == now.left_out["no time"]


def test_rows_take_a_capability_of_their_own(client: Client, house: House) -> None:
    assert house.page(client, house.reader, "measure-rows", ON_TIME).status_code == 403
    assert house.page(client, house.stranger, "measure-rows", ON_TIME).status_code == 404
    assert house.page(client, house.director, "measure-rows", "no.such").status_code == 404
    assert client.get(address("measure-rows", ON_TIME, period="x")).status_code == 404


def test_surgeons_have_no_names_on_the_page_nor_in_the_file(client: Client, house: House) -> None:
    page = house.page(client, house.auditor, "measure-rows", ON_TIME).content.decode()
    file = b"".join(house.page(client, house.auditor, "measure-rows", ON_TIME, format="csv").streaming_content).decode()
    for text in (page, file):
        assert not [name for name in SURGEONS if name in text]
        assert "Surgeon 01" in text


def test_a_name_in_the_address_tells_nothing_to_those_who_may_not_read_names(client: Client, house: House) -> None:
    whole = house.page(client, house.auditor, "measure-rows", ON_TIME).content.decode()
    asked = house.page(client, house.auditor, "measure-rows", ON_TIME, surgeon=SURGEONS[0]).content.decode()
    assert said(asked) == said(whole)
    masked = house.page(client, house.auditor, "measure-rows", ON_TIME, surgeon="Surgeon 01").content.decode()
    assert said(masked) != said(whole)


def test_the_files_hold_every_row(client: Client, house: House) -> None:
    from python_calamine import CalamineWorkbook

    now = reading(ON_TIME, "MVH-OR", "2026-10")
    answer = house.page(client, house.director, "measure-rows", ON_TIME, format="csv")
    lines = b"".join(answer.streaming_content).decode().strip().splitlines()
    assert len(lines) == now.count + 1
    answer = house.page(client, house.director, "measure-rows", ON_TIME, format="xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    assert sum(SURGEONS[0] in row for row in book.get_sheet_by_index(0).to_python()) > 0


def test_each_row_links_to_its_record(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(row_links._addresses, "test_start", lambda row_id: f"/records/{row_id}/")
    page = house.page(client, house.director, "measure-rows", ON_TIME).content.decode()
    assert len(set(re.findall(r"/records/[0-9a-f]{16}/", page))) == page.count("<tr data-row")


def test_looking_at_rows_is_written_down(client: Client, house: House) -> None:
    house.page(client, house.director, "measure-rows", ON_TIME)
    look = Look.objects.get()
    assert (look.actor, look.table, look.place) == (house.director.username, "test_start", "MVH-OR")
    assert look.count == reading(ON_TIME, "MVH-OR", "2026-10").count


def test_a_month_without_rows_says_so(client: Client, house: House) -> None:
    client.force_login(house.director)
    page = client.get(reverse("measure-rows", args=["MVH-OR", "2019-01", ON_TIME])).content.decode()
    assert "No rows" in page
    assert said(page) == ""


def test_the_rows_ask_few_questions(client: Client, house: House) -> None:
    assert house.own_queries(client, address("measure-rows", ON_TIME)) <= CEILING
