"""What a list shows and what it can be narrowed by: columns, filters and the order of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from housewide.kit.ui.days import moment_text
from housewide.kit.ui.numbers import NOTHING, duration_text, grouped_number, money_text

Kind = Literal["text", "number", "date", "money", "duration", "link", "signal"]
NUMERIC = ("number", "money", "duration")


def look_up(row: Any, path: str) -> Any:
    """``row["key"]`` or ``row.key``; a double underscore goes on to a related record. None where a step is missing."""
    for step in path.split("__"):
        row = row.get(step) if isinstance(row, Mapping) else getattr(row, step, None)
        if row is None:
            return None
    return row() if callable(row) else row


@dataclass(frozen=True)
class Cell:
    """One cell as the page draws it."""

    text: str
    kind: str
    url: str = ""
    detail: str = ""
    tag: str = "td"
    html: str = ""
    label: str = ""

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def style(self) -> str:
        """The class of the cell: numbers to the right; codes, dates and short names unbroken."""
        return "num" if self.numeric else "nowrap" if len(self.text) <= 16 else ""


@dataclass(frozen=True)
class Column:
    """One column. ``value`` takes the row (default: the attribute or key called ``key``).

    Units of the value: money in integer cents, duration in integer seconds, signal as (word, direction).
    ``order_by`` names what to sort by when it is not ``key``; ``places`` fixes the decimals of a
    number, or of money (0 or 2).
    """

    key: str
    title: str
    kind: Kind = "text"
    sortable: bool = True
    value: Callable[[Any], Any] | None = None
    link: Callable[[Any], str | None] | None = None
    detail: Callable[[Any], str] | None = None
    order_by: str = ""
    places: int | None = None

    @property
    def numeric(self) -> bool:
        return self.kind in NUMERIC

    def raw(self, row: Any) -> Any:
        """The value itself, for sorting and export."""
        return self.value(row) if self.value else look_up(row, self.key)

    def shown(self, value: Any) -> str:
        """The value as text for a page."""
        if value is None or value == "":
            return NOTHING
        if self.kind == "money":
            return money_text(value, 2 if self.places is None else self.places)
        if self.kind == "duration":
            return duration_text(value)
        if self.kind == "number":
            return grouped_number(value, self.places)
        if self.kind == "signal" and isinstance(value, tuple):
            return str(value[0])
        if isinstance(value, date):
            return moment_text(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(value)


Choices = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list: a choice among ``choices`` (or a callable giving them); free text when there are none.

    ``apply`` narrows: for records ``apply(queryset, value) -> queryset``, for rows ``apply(row, value) -> bool``.
    Without it a choice must equal and a text must be contained in ``key``.
    """

    key: str
    label: str
    choices: Choices | Callable[[], Choices] | None = None
    apply: Callable[[Any, str], Any] | None = None

    def offered(self) -> list[tuple[str, str]] | None:
        """The choices this person may pick, or None for free text."""
        if self.choices is None:
            return None
        return [(str(value), str(text)) for value, text in (self.choices() if callable(self.choices) else self.choices)]


@dataclass(frozen=True)
class Sort:
    """Which column orders the list; ``-key`` in the address is downwards."""

    key: str
    down: bool = False

    @classmethod
    def parse(cls, text: str, columns: Iterable[Column]) -> Sort | None:
        """Reads ``key`` or ``-key``; None for a column that cannot be sorted."""
        key = text.removeprefix("-")
        known = any(column.key == key and column.sortable for column in columns)
        return cls(key, text.startswith("-")) if known else None

    def __str__(self) -> str:
        return f"-{self.key}" if self.down else self.key
