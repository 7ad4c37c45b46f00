"""Where the column names stand below the report's title, and names that are all there and all different."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

OWN_COLUMNS = ("_line", "_problem", "_extra")
_FEWEST_FILLED = 0.6
_LOOKED_AT = 60
_DATA = re.compile(
    r"[-+($€£]*\d[\d.,'\s]*%?\)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*([AaPp][Mm])?"
    r"|\d{1,2}:\d{2}(:\d{2})?\s*([AaPp][Mm])?|true|false"
)


def is_blank(cells: Sequence[str]) -> bool:
    """True when no cell holds text."""
    return not any(cell and not cell.isspace() for cell in cells)


def find_header(records: Sequence[Sequence[str]]) -> int:
    """Index of the record that holds the column names, after title lines, run dates and blank lines."""
    filled = [index for index, cells in enumerate(records) if not is_blank(cells)]
    if not filled:
        return 0
    width = _table_width([_filled_width(records[index]) for index in filled])
    wide = [index for index in filled if _filled_width(records[index]) >= _FEWEST_FILLED * width][:_LOOKED_AT]
    named = [index for index in wide if _reads_as_names(records[index], width)]
    if not named:
        return wide[0] if wide else filled[0]
    first = named[0]
    return _after_parameters(records, named, width) if width == 2 else first


def _filled_width(cells: Sequence[str]) -> int:
    """Number of cells up to the last that holds text."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return count


def _table_width(widths: Sequence[int]) -> int:
    """The commonest width; title lines must not win, so a width of one counts only when nothing else is there."""
    counts = Counter(width for width in widths if width > 1) or Counter(widths)
    return max(counts, key=lambda width: (counts[width], width))


def _reads_as_names(cells: Sequence[str], width: int) -> bool:
    told = [cell.strip() for cell in cells[: width + 1] if cell.strip()]
    if len(told) < max(1, _FEWEST_FILLED * width):
        return False
    data = sum(1 for cell in told if _DATA.fullmatch(cell))
    return data <= 0.2 * len(told) or (len(set(told)) == len(told) and _only_years(told))


def _only_years(cells: Sequence[str]) -> bool:
    """'Unit, 2024, 2025' is a header although most of it is numbers."""
    data = [cell for cell in cells if _DATA.fullmatch(cell)]
    return len(data) < len(cells) and all(re.fullmatch(r"(19|20)\d\d", cell) for cell in data)


def _after_parameters(records: Sequence[Sequence[str]], named: list[int], width: int) -> int:
    """For two columns: 'Facility,Mercy' above a blank line is a parameter of the report, not its header."""
    first = named[0]
    for index in named[1:]:
        above = records[first:index]
        if is_blank(above[-1]) and len(above) <= 8 and len(records) - index > len(above):
            return index
    return first


def name_columns(cells: Sequence[str]) -> tuple[list[str], dict[int, tuple[str, str]]]:
    """Unique names in order, and by position the (written, given) pairs of those that had to be changed.

    Names are compared without case, since the databases behind compare them so.
    """
    names: list[str] = []
    changed: dict[int, tuple[str, str]] = {}
    taken = set(OWN_COLUMNS)
    # Counting on from the last number keeps ten thousand columns of one name from taking quadratic time.
    counts: dict[str, int] = {}
    written = {" ".join(cell.split()).casefold() for cell in cells}
    for position, cell in enumerate(cells):
        plain = " ".join(cell.split()) or f"column_{position + 1}"
        name, count = plain, counts.get(plain.casefold(), 1)
        while name.casefold() in taken or (count > 1 and name != plain and name.casefold() in written):
            count += 1
            name = f"{plain}_{count}"
        counts[plain.casefold()] = count
        taken.add(name.casefold())
        names.append(name)
        if name != cell:
            changed[position] = (cell, name)
    return names, changed
