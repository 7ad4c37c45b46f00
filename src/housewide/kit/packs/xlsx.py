"""A workbook with true numbers and live formulas; the same input gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["text", "number", "money", "percent", "duration", "date", "moment"]
SHAPES: dict[str, str] = {
    "text": "@",
    "number": "#,##0.##########",
    "money": "$#,##0.00;[Red]-$#,##0.00",
    "percent": "0.0%",
    "duration": "[h]:mm",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class Heading:
    """One column of a sheet. Money is in cents, duration in seconds, percent a share of 1; width in characters."""

    title: str
    kind: Kind = "text"
    width: float = 0


@dataclass(frozen=True)
class Formula:
    """A live formula, ``=SUM(B5:B16)``, with the value it has now: readers that do not calculate show that value.

    Formulas are written by programs only; text from people is never turned into one.
    """

    text: str
    value: float | str = 0


class Workbook:
    """A workbook being made: ``book = Workbook("Review", created=…); book.add_sheet(…); book.finished()`` -> bytes."""

    def __init__(self, title: str, *, created: datetime, author: str = "Housewide", comments: str = "") -> None:
        """``created`` is written as the creation time (made naive) so that nothing of the clock enters the file."""
        import xlsxwriter

        self._target = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._target,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._book.set_properties(
            {
                "title": title,
                "author": author,
                "company": "",
                "comments": comments,
                "created": created.replace(tzinfo=None),
            }
        )
        self._formats: dict[tuple[str, bool], Any] = {}
        self._names: set[str] = set()
        self._reserved: set[str] = set()

    def _format(self, kind: str, bold: bool = False) -> Any:
        if (kind, bold) not in self._formats:
            shape: dict[str, Any] = {"num_format": SHAPES[kind], "font_name": "Calibri", "valign": "top"}
            if bold:
                shape |= {"bold": True, "top": 1}
            self._formats[kind, bold] = self._book.add_format(shape)
        return self._formats[kind, bold]

    def _sheet_name(self, wanted: str) -> str:
        name = FORBIDDEN_IN_NAME.sub(" ", wanted).strip()[:31] or "Sheet"
        base, at = name, 2
        while name.casefold() in self._names:
            name = f"{base[:27]} {at}"
            at += 1
        self._names.add(name.casefold())
        return name

    def reserve(self, wanted: str) -> str:
        """The name that a sheet will have, so that a formula of an earlier sheet can point to it. For add_sheet."""
        name = self._sheet_name(wanted)
        self._reserved.add(name)
        return name

    def add_sheet(
        self,
        name: str,
        headings: Sequence[Heading],
        rows: Iterable[Sequence[Any]],
        *,
        intro: Sequence[str] = (),
        total: Sequence[Any] | Mapping[int, str] | None = None,
    ) -> str:
        """Add a sheet; gives back the name it got.

        ``intro``: lines above the table (place, source). ``total``: a row of values or Formulas, or a mapping of
        column number to an Excel function name (``{2: "SUM"}``) that becomes a live formula over the column.
        """
        sheet_name = name if name in self._reserved else self._sheet_name(name)
        self._reserved.discard(sheet_name)
        sheet = self._book.add_worksheet(sheet_name)
        bold = self._book.add_format({"bold": True, "font_size": 14})
        head = self._book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#EEF3F7"}
        )
        for line, words in enumerate(intro):
            sheet.write_string(line, 0, words, bold if line == 0 else None)
        top = len(intro) + 1 if intro else 0
        for at, heading in enumerate(headings):
            sheet.set_column(at, at, heading.width or max(11, min(38, len(heading.title) + 3)))
            sheet.write_string(top, at, heading.title, head)
        sheet.freeze_panes(top + 1, 0)
        last, sums = top, [Decimal(0)] * len(headings)
        for last, row in enumerate(rows, start=top + 1):
            for at, (heading, value) in enumerate(zip(headings, row, strict=True)):
                self._write(sheet, last, at, heading.kind, value)
                if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                    sums[at] += Decimal(str(value))
        self._write_total(sheet, headings, total, top + 1, last, sums)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        return sheet_name

    def _write_total(
        self,
        sheet: Any,
        headings: Sequence[Heading],
        total: Sequence[Any] | Mapping[int, str] | None,
        first: int,
        last: int,
        sums: Sequence[Decimal],
    ) -> None:
        if total is None or last < first:
            return
        if isinstance(total, Mapping):
            from xlsxwriter.utility import xl_range

            row: list[Any] = ["Total" if at == 0 else None for at in range(len(headings))]
            for at, function in total.items():
                shown = (
                    float(sums[at] / {"money": 100, "duration": 86400}.get(headings[at].kind, 1))
                    if function == "SUM"
                    else 0
                )
                row[at] = Formula(f"={function}({xl_range(first, at, last, at)})", shown)
        else:
            row = list(total)
        for at, (heading, value) in enumerate(zip(headings, row, strict=True)):
            self._write(sheet, last + 1, at, heading.kind, value, bold=True)

    def _write(self, sheet: Any, line: int, at: int, kind: Kind, value: Any, bold: bool = False) -> None:
        shape = self._format(kind, bold)
        if value is None or value == "":
            sheet.write_blank(line, at, None, shape)
        elif isinstance(value, Formula):
            sheet.write_formula(line, at, value.text, shape, value.value)
        elif isinstance(value, bool):
            sheet.write_string(line, at, "yes" if value else "no", shape)
        elif isinstance(value, int | float | Decimal) and kind == "money":
            sheet.write_number(line, at, float(Decimal(str(value)) / 100), shape)
        elif isinstance(value, int | float | Decimal) and kind == "duration":
            sheet.write_number(line, at, float(value) / 86400, shape)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(line, at, float(value), self._format("number", bold) if kind == "text" else shape)
        elif isinstance(value, datetime):
            sheet.write_datetime(line, at, value.replace(tzinfo=None), self._format("moment", bold))
        elif isinstance(value, date | time):
            sheet.write_datetime(line, at, value, self._format("date", bold))
        else:
            sheet.write_string(line, at, str(value)[:32767], self._format("text", bold))

    def finished(self) -> bytes:
        """The file. The workbook takes nothing more after that."""
        self._book.close()
        return self._target.getvalue()
