"""A workbook keeps numbers as numbers, formulas live and people's words as words."""

from __future__ import annotations

import io
from datetime import date, datetime

from openpyxl import load_workbook

from housewide.kit.packs.xlsx import Formula, Heading, Workbook

CREATED = datetime(2026, 11, 2, 9, 0)
HEADINGS = [Heading("Unit"), Heading("Cost", "money"), Heading("Share", "percent"), Heading("Day", "date")]
ROWS = [["4 West", 3820015, 0.714, date(2026, 10, 14)], ['=HYPERLINK("http://x")', -500, None, None]]


def made() -> bytes:
    book = Workbook("Review", created=CREATED)
    book.add_sheet("Cost/Unit", HEADINGS, ROWS, intro=("Costs", "October 2026"), total={1: "SUM"})
    return book.finished()


def test_the_same_workbook_twice_is_the_same_file() -> None:
    assert made() == made()


def test_numbers_dates_and_words_keep_their_kind() -> None:
    sheet = load_workbook(io.BytesIO(made()))["Cost Unit"]
    assert [cell.value for cell in sheet[5]] == ["4 West", 38200.15, 0.714, datetime(2026, 10, 14)]
    assert sheet["A6"].data_type == "s"
    assert sheet["A6"].value.startswith("=HYPERLINK")


def test_the_total_is_a_live_formula_that_already_holds_its_value() -> None:
    assert load_workbook(io.BytesIO(made()))["Cost Unit"]["B7"].value == "=SUM(B5:B6)"
    assert load_workbook(io.BytesIO(made()), data_only=True)["Cost Unit"]["B7"].value == 38195.15


def test_two_sheets_of_one_name_are_told_apart() -> None:
    book = Workbook("R", created=CREATED)
    names = [book.add_sheet("Same", [Heading("A")], [[Formula("=1+1", 2)]]) for _ in range(2)]
    assert names == ["Same", "Same 2"]
    assert book.finished()
