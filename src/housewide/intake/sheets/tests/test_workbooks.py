"""Cells of a workbook become the text a person sees in them."""

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from housewide.intake.sheets import Layout, SheetError, detect_layout, preview, read_records, to_plain
from housewide.intake.sheets.workbooks import cell_text, sheet_names


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("00001", "00001"),
        (7.0, "7"),
        (-3, "-3"),
        (0.1 + 0.2, "0.3"),
        (1250.5, "1250.5"),
        (1e-7, "0.0000001"),
        (123456789012345.0, "123456789012345"),
        (True, "true"),
        (dt.datetime(2026, 10, 1, 7, 29, 59, 999_997), "2026-10-01 07:30:00"),
        (dt.date(2026, 10, 1), "2026-10-01"),
        (dt.time(7, 30), "07:30:00"),
        (dt.timedelta(hours=36, minutes=5), "36:05:00"),
        (dt.timedelta(minutes=-5), "-00:05:00"),
        (None, ""),
        ("a\r\nb", "a\nb"),
    ],
)
def test_values_read_as_people_see_them(value: object, text: str) -> None:
    assert cell_text(value) == text


def workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    book.add_worksheet("Notes").write(0, 0, "How to read this report")
    sheet = book.add_worksheet("Cases")
    sheet.write(0, 0, "Surgical case log")
    for column, name in enumerate(["Case", "Start", "Minutes", "Share", "Add-on"]):
        sheet.write(2, column, name)
    for row in range(3, 13):
        sheet.write_string(row, 0, f"{row:05d}")
        sheet.write_datetime(row, 1, dt.datetime(2026, 10, 1, 7, row), moment)
        sheet.write_number(row, 2, row * 10)
        sheet.write_number(row, 3, 0.25, book.add_format({"num_format": "0%"}))
        sheet.write_boolean(row, 4, row % 2 == 0)
    sheet.write(14, 0, "Total")
    sheet.write(14, 7, "checked by A. Smith")
    book.add_worksheet("Secret").hide()
    book.close()
    return path


def test_the_table_is_found_behind_the_cover_and_under_the_title(tmp_path: Path) -> None:
    path = workbook(tmp_path / "report.csv")
    layout = detect_layout(path)
    assert (layout.kind, layout.sheet, layout.header_row) == ("xlsx", "Cases", 2)
    assert sheet_names(path) == ["Notes", "Cases", "Secret"]
    seen = preview(path, layout, 1)
    assert seen.header == ["Case", "Start", "Minutes", "Share", "Add-on"]
    assert (seen.rows[0].line, seen.rows[0].cells) == (4, ["00003", "2026-10-01 07:03:00", "30", "0.25", "false"])


def test_text_beyond_the_last_named_column_is_told(tmp_path: Path) -> None:
    path, target = workbook(tmp_path / "report.xlsx"), tmp_path / "plain.csv"
    plain = to_plain(path, detect_layout(path), target)
    assert (plain.rows_read, plain.blank_skipped, plain.problems) == (11, 1, {"too many cells": 1})


def test_a_missing_sheet_is_told_with_those_there_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "report.xlsx")
    with pytest.raises(SheetError, match=r"no sheet named 'Fälle'.*Notes, Cases"):
        list(read_records(path, Layout(kind="xlsx", sheet="Fälle")))


def test_a_workbook_cut_short_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "report.xlsx")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(SheetError, match="damaged"):
        detect_layout(path)


def test_errors_shown_in_cells_are_kept_as_shown(tmp_path: Path) -> None:
    path = tmp_path / "errors.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("Other")
    sheet = book.add_worksheet("A & B")
    for row in range(2, 6):
        sheet.write_row(row, 1, ["id", "rate", "unit"] if row == 2 else [f"{row:03d}", row, "4W"])
    sheet.write_formula(4, 2, "=1/0", book.add_format({"bold": True}), "#DIV/0!")
    sheet.write_formula(5, 3, "=NA()", None, "#N/A")
    book.close()
    layout = detect_layout(path)
    assert [row.cells for row in read_records(path, layout)] == [
        ["003", "3", "4W"],
        ["004", "#DIV/0!", "4W"],
        ["005", "5", "#N/A"],
    ]
