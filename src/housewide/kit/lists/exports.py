"""A list as a file: CSV that no spreadsheet takes for a formula, and Excel with true numbers, dates and amounts."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from housewide.kit.lists.columns import Column

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
EXCEL_ROWS = 1_048_576


def guarded_text(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text


def heading(column: Column) -> str:
    """The title, with the unit where the file holds a bare number."""
    return f"{column.title} (seconds)" if column.kind == "duration" else column.title


def csv_value(column: Column, row: Any) -> str:
    """One cell of the CSV: dollars with two decimals, seconds, ISO dates; text guarded."""
    value = column.raw(row)
    if value is None:
        return ""
    if column.kind == "signal" and isinstance(value, tuple):
        value = value[0]
    if column.kind == "money" and isinstance(value, int):
        return f"{Decimal(value) / 100:.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return guarded_text(str(value))


class _Line:
    """A writer that hands back each line, so that nothing is gathered in memory."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    """The file line by line, with a byte-order mark so that Excel reads it as UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + str(writer.writerow([guarded_text(heading(column)) for column in columns]))
    for row in rows:
        yield str(writer.writerow([csv_value(column, row) for column in columns]))


def write_xlsx(columns: Sequence[Column], rows: Iterable[Any], title: str, created: datetime) -> IO[bytes]:
    """The list as an Excel file, written row by row to a temporary file that goes away when closed.

    Raises ValueError when there are more rows than a sheet holds (1,048,576).
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it
    try:
        _write_book(target, columns, rows, title, created)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


def _write_book(
    target: IO[bytes], columns: Sequence[Column], rows: Iterable[Any], title: str, created: datetime
) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
    sheet = book.add_worksheet("".join(letter for letter in title if letter not in "[]:*?/\\'")[:31].strip() or "List")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        kind: book.add_format({"num_format": shape})
        for kind, shape in {
            "money": "#,##0.00",
            "duration": "[h]:mm",
            "date": "yyyy-mm-dd",
            "moment": "yyyy-mm-dd hh:mm",
        }.items()
    }
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, 14 if column.kind != "text" else 24)
        sheet.write_string(0, at, column.title, head)
    last = 0
    for last, row in enumerate(rows, start=1):
        if last >= EXCEL_ROWS:
            book.close()
            raise ValueError("more rows than an Excel sheet holds; take the CSV")
        for at, column in enumerate(columns):
            _write_cell(sheet, last, at, column, column.raw(row), formats)
    sheet.autofilter(0, 0, last, max(0, len(columns) - 1))
    book.close()


def _write_cell(sheet: Any, line: int, at: int, column: Column, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if column.kind == "signal" and isinstance(value, tuple):
        value = value[0]
    if column.kind == "money" and isinstance(value, int):
        sheet.write_number(line, at, value / 100, formats["money"])
    elif column.kind == "duration" and isinstance(value, int):
        sheet.write_number(line, at, value / 86400, formats["duration"])
    elif isinstance(value, bool):
        sheet.write_string(line, at, "yes" if value else "no")
    elif isinstance(value, int | float | Decimal) and abs(float(value)) < 1e15:
        sheet.write_number(line, at, float(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(line, at, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(line, at, value, formats["date"])
    else:
        sheet.write_string(line, at, str(value)[:32767])
