"""The same numbers as a table, for people who read tables, use a screen reader or copy into a sheet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChartTable:
    """`rows` are already formatted text, one cell for each of `columns`; the first cell names the row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
