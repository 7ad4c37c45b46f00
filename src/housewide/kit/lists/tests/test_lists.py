"""A list filters, sorts, pages and exports the same rows, adds them up, and hands no formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.http import FileResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.lists import (
    BulkAction,
    Column,
    FetchedSource,
    Filter,
    Page,
    QuerySetSource,
    RowSource,
    Sort,
    list_response,
)
from housewide.kit.lists.exports import STARTS_A_FORMULA, guarded_text

ROWS = [
    {
        "case": f"C{at}",
        "service": ("ENT", "Spine")[at % 2],
        "day": date(2026, 10, 1 + at % 28),
        "delay": at * 60,
        "cost": at * 101,
        "state": ("Late", "bad") if at % 3 else ("On time", "good"),
        "who": "=cmd()|x" if at == 1 else "O'Hara",
    }
    for at in range(120)
]
COLUMNS = [
    Column("case", "Case", "link", link=lambda row: f"/cases/{row['case']}/"),
    Column("service", "Service"),
    Column("day", "Day", "date"),
    Column("delay", "Delay", "duration"),
    Column("cost", "Cost", "money"),
    Column("state", "Signal", "signal", sortable=False),
    Column("who", "Surgeon"),
]


def source(**changes: Any) -> RowSource:
    filters = [Filter("service", "Service", [("ENT", "ENT"), ("Spine", "Spine")]), Filter("who", "Surgeon")]
    return RowSource(ROWS, COLUMNS, filters, **{"default_sort": "-cost", "total": ("delay", "cost"), **changes})


def ask(rf: RequestFactory, query: str = "", **changes: Any) -> str:
    return list_response(rf.get(f"/cases/{query}"), source(), title="Cases", **changes).content.decode()  # type: ignore[attr-defined]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_list_shows_one_page_in_its_order_and_counts_all(rf: RequestFactory) -> None:
    page = ask(rf)
    assert page.count("<tr data-row") == 50
    assert "<b>120</b>" in page
    assert page.index("C119") < page.index("C118")
    assert 'aria-sort="descending"' in page


def test_filters_and_order_sit_in_the_address(rf: RequestFactory) -> None:
    page = ask(rf, "?service=ENT&sort=case&place=MVH")
    assert "<b>60</b>" in page
    assert 'aria-sort="ascending"' in page
    assert "?service=ENT&amp;place=MVH&amp;sort=case&amp;page=2" in page
    assert '<input type="hidden" name="place" value="MVH">' in page


@pytest.mark.parametrize(
    "query", ["?service=Nowhere", "?sort=-nothing", "?sort=state", "?page=abc", "?page=-1", "?who=%00"]
)
def test_what_the_address_may_not_ask_is_ignored(rf: RequestFactory, query: str) -> None:
    assert "<b>120</b>" in ask(rf, query)


def test_a_page_beyond_the_end_is_the_last_one(rf: RequestFactory) -> None:
    assert "101 to 120 of" in ask(rf, "?page=99")


def test_totals_are_over_every_row_that_passes_not_over_the_page(rf: RequestFactory) -> None:
    expected = sum(row["cost"] for row in ROWS if row["service"] == "ENT")
    assert f"${expected / 100:,.2f}" in ask(rf, "?service=ENT")


def test_htmx_gets_only_the_table(rf: RequestFactory) -> None:
    answer = list_response(
        rf.get("/cases/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}), source(), title="Cases"
    )
    assert b"<html" not in answer.content  # type: ignore[attr-defined]
    assert "HX-Request" in answer.headers["Vary"]
    whole = list_response(
        rf.get("/cases/", headers={"HX-Request": "true", "HX-Request-Type": "full"}), source(), title="Cases"
    )
    assert b"<html" in whole.content  # type: ignore[attr-defined]


def test_an_empty_list_says_what_to_do_and_a_narrow_one_how_to_widen_it(rf: RequestFactory) -> None:
    bare = RowSource([], COLUMNS)
    answer = list_response(
        rf.get("/"), bare, title="Cases", empty=("No cases yet", "Import the log.", "/intake/", "Import")
    )
    assert b"Import the log." in answer.content  # type: ignore[attr-defined]
    assert "Nothing matches these filters" in ask(rf, "?who=nobody")


def test_rows_can_be_ticked_for_an_action(rf: RequestFactory) -> None:
    page = ask(rf, row_key=lambda row: row["case"], bulk=[BulkAction("close", "Close")], bulk_url="/close/")
    assert 'name="row" value="C119"' in page
    assert 'name="action" value="close"' in page
    assert 'action="/close/"' in page


def test_the_csv_holds_every_row_and_no_formula(rf: RequestFactory) -> None:
    answer = list_response(rf.get("/?format=csv&service=Spine&sort=case"), source(), title="Late cases")
    lines = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert len(lines) == 61
    assert lines[0][3] == "Delay (seconds)"
    assert lines[1] == ["C1", "Spine", "2026-10-02", "60", "1.01", "Late", "'=cmd()|x"]
    assert 'filename="late-cases.csv"' in answer.headers["Content-Disposition"]


def test_the_workbook_holds_numbers_dates_and_words(rf: RequestFactory) -> None:
    from openpyxl import load_workbook

    answer = list_response(rf.get("/?format=xlsx&sort=case&service=Spine"), source(), title="Late cases: [all]")
    assert isinstance(answer, FileResponse)
    with answer.file_to_stream:  # as the server does when the answer is sent
        sheet = load_workbook(io.BytesIO(body(answer))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][4:] == [1.01, "Late", "=cmd()|x"]
    assert sheet["G2"].data_type == "s"
    assert sheet.max_row == 61


@given(st.text(max_size=20))
def test_no_exported_text_starts_a_formula(text: str) -> None:
    guarded = guarded_text(text)
    assert not guarded.lstrip(" ").startswith(STARTS_A_FORMULA)
    assert guarded in (text, f"'{text}")


@given(st.integers(0, 500), st.integers(1, 60))
def test_pages_cover_every_row_once(count: int, size: int) -> None:
    pages = [Page(number, size, count, str) for number in range(1, max(1, -(-count // size)) + 1)]
    assert sum(max(0, page.end - page.offset) for page in pages) == count
    assert [link.title for link in pages[-1].links if link.current] == [str(pages[-1].number)]


def test_a_query_that_pages_itself_fetches_only_the_page(rf: RequestFactory) -> None:
    asked: list[tuple[int, int]] = []

    def fetch(chosen: Any, sort: Sort | None, offset: int, limit: int) -> list[Any]:
        asked.append((offset, limit))
        return ROWS[offset : offset + limit]

    fetched = FetchedSource(COLUMNS, fetch, lambda chosen: len(ROWS), total=lambda chosen: {"cost": 5})
    assert b"$0.05" in list_response(rf.get("/?page=2"), fetched, title="Cases", size=50).content  # type: ignore[attr-defined]
    assert asked == [(50, 50)]
    answer = list_response(rf.get("/?format=csv"), fetched, title="Cases")
    assert len(body(answer).decode().splitlines()) == 121


@pytest.mark.django_db
def test_records_are_filtered_sorted_and_counted_by_the_database(rf: RequestFactory) -> None:
    from django.contrib.contenttypes.models import ContentType

    columns = [Column("model", "Model"), Column("app_label", "App")]
    records = QuerySetSource(ContentType.objects.all(), columns, [Filter("model", "Model")], default_sort="model")
    chosen = {"model": "content"}
    assert records.count(chosen) == ContentType.objects.filter(model__icontains="content").count() > 0
    names = [row.model for row in records.page({}, Sort("model", down=True), 0, 5)]
    assert names == sorted(names, reverse=True)
    assert len(list(records.export({}, None))) == ContentType.objects.count()


@dataclass
class Holder:
    inner: Any = None


def test_a_missing_step_on_the_way_to_a_value_is_shown_as_a_dash(rf: RequestFactory) -> None:
    one = RowSource([Holder()], [Column("inner__name", "Name")])
    assert "–" in list_response(rf.get("/"), one, title="x").content.decode()  # type: ignore[attr-defined]


def test_rows_without_a_value_come_last_in_either_order() -> None:
    rows = RowSource([{"a": None}, {"a": 2}, {"a": 1}], [Column("a", "A", "number")])
    assert [row["a"] for row in rows.page({}, Sort("a"), 0, 9)] == [1, 2, None]
    assert [row["a"] for row in rows.page({}, Sort("a", down=True), 0, 9)] == [2, 1, None]


@pytest.mark.django_db
def test_what_is_empty_comes_last_in_either_direction_on_every_database() -> None:
    from django.utils.timezone import now

    account = apps.get_model("org", "Account")
    for name, at in (("never", None), ("once", now())):
        account.objects.create(username=name, last_login=at)
    columns = [Column("username", "Name"), Column("last_login", "Seen")]
    source = QuerySetSource(account.objects.all(), columns, [], default_sort="username")
    for down in (False, True):
        found = source.page({}, Sort("last_login", down), 0, 10)
        assert [one.username for one in found] == ["once", "never"]
