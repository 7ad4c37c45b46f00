"""Worksheets of an Excel workbook as text, in the words a person sees in the cell wherever that is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from housewide.intake.sheets.errors import NotATable, SheetError
from housewide.intake.sheets.formula_errors import error_cells

_MOST_SHEETS_COMPARED = 12


def open_workbook(path: Path) -> Any:
    """The workbook at `path`. Raises SheetError when it is damaged or locked."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with path.open("rb") as stream:
            # From memory, because the library chooses the format by the file's ending when it is given a path.
            return CalamineWorkbook.from_filelike(stream)
    except PasswordError as problem:
        raise NotATable(
            "an Excel workbook locked with a password", "Remove the password, save it again and send that file."
        ) from problem
    except (CalamineError, OSError, ValueError) as problem:
        raise _damaged() from problem
    except BaseException as problem:
        if type(problem).__name__ == "PanicException":
            raise _damaged() from problem
        raise


def _damaged() -> SheetError:
    return SheetError(
        "This workbook is damaged and cannot be opened. Nothing was read. Open it in Excel, save it again as XLSX or "
        "CSV and send that file."
    )


def sheet_names(path: Path) -> list[str]:
    """Names of the workbook's worksheets, in the order of its tabs."""
    return list(open_workbook(path).sheet_names)


def choose_sheet(path: Path) -> str:
    """The name of the visible sheet with the most cells: covers and notes come first, the table is the largest."""
    workbook = open_workbook(path)
    visible = [sheet.name for sheet in workbook.sheets_metadata if str(sheet.visible).endswith("Visible")]
    best, most = "", 0
    for name in (visible or list(workbook.sheet_names))[:_MOST_SHEETS_COMPARED]:
        sheet = _load(workbook, name)
        if sheet is not None and sheet.height * sheet.width > most:
            best, most = name, sheet.height * sheet.width
    if not most:
        raise NotATable("an empty workbook", "Check that the export finished, then send it again.")
    return best


def _load(workbook: Any, name: str) -> Any:
    from python_calamine import CalamineError

    try:
        return workbook.get_sheet_by_name(name)
    except CalamineError:
        return None
    except BaseException as problem:
        if type(problem).__name__ == "PanicException":
            raise _damaged() from problem
        raise


def read_sheet(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """Every row of a worksheet as (row number in Excel, cells as text), blank rows included."""
    workbook = open_workbook(path)
    if name not in workbook.sheet_names:
        raise SheetError(
            f"The workbook has no sheet named '{name}'. Nothing was read. Its sheets are: "
            f"{', '.join(workbook.sheet_names)}. Choose one of them."
        )
    sheet = _load(workbook, name)
    if sheet is None:
        raise _damaged()
    if not sheet.height:
        return
    errors = error_cells(path, name)
    first_column = sheet.start[1] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [cell if type(cell) is str and "\r" not in cell else cell_text(cell) for cell in row]
        for column, shown in errors.get(number, {}).items():
            at = column - first_column
            if 0 <= at < len(cells) and not cells[at]:
                cells[at] = shown
        yield number, cells


def cell_text(value: object) -> str:
    """A cell's value as text: whole numbers without '.0', dates as ISO text, durations as hours:minutes:seconds.

    Percentages stay the number Excel holds (25 % is '0.25'), since the format is how a cell looks, not what it says.
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_text(float(value)) if isinstance(value, float) else str(value)
    if isinstance(value, dt.datetime):
        return _to_second(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return _to_second(dt.datetime.combine(dt.date(2000, 1, 1), value)).strftime("%H:%M:%S")
    if isinstance(value, dt.timedelta):
        return _duration_text(value)
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    text = format(value, ".15g")
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text


def _to_second(value: dt.datetime) -> dt.datetime:
    """Excel keeps times as fractions of a day, so 07:30:00 may come back as 07:29:59.999997."""
    if value.microsecond >= 500_000 and value.year < 9999:
        value += dt.timedelta(seconds=1)
    return value.replace(microsecond=0)


def _duration_text(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
