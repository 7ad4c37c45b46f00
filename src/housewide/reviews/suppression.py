"""Hides the small cells of a table about people, and enough others that nobody can work the small ones out.

Source: the CMS cell size suppression policy (no cell of 1 to 10 people; zero may be shown; complementary cells are
hidden where a total would give a small one away).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

THRESHOLD = 11
HIDDEN = "not shown"
REASON = "Rows with 1 to 10 people, and rows from which those could be worked out, are not shown."


@dataclass(frozen=True)
class Cell:
    """One row of a breakdown: how many counted of how many. A plain count has ``den`` None."""

    label: str
    num: int
    den: int | None = None

    def counts(self) -> tuple[int, ...]:
        """Every count of people that the row gives away: those in, those out, all of them."""
        if self.den is None:
            return (self.num,)
        return (self.num, self.den - self.num, self.den)

    @property
    def size(self) -> int:
        return self.num if self.den is None else self.den


@dataclass(frozen=True)
class Shown:
    """A row as it may be printed: a hidden one has no numbers, and does not say why it of all rows was hidden."""

    label: str
    num: int | None
    den: int | None
    hidden: bool


def suppress(cells: Sequence[Cell], threshold: int = THRESHOLD) -> list[Shown]:
    """The rows in the given order, with small and complementary cells hidden. Assumes that totals are published.

    Afterwards no shown count is in 1 … threshold-1, and the hidden rows, which a reader can add up by subtracting from
    the totals, are at least two and add up to nothing or to at least ``threshold`` people in every column.
    """
    hidden = {index for index, cell in enumerate(cells) if any(0 < count < threshold for count in cell.counts())}
    spare = sorted(
        (index for index in range(len(cells)) if index not in hidden),
        key=lambda index: (cells[index].size == 0, cells[index].size, cells[index].label),
    )
    while hidden and spare and not _safe([cells[index] for index in hidden], threshold):
        hidden.add(spare.pop(0))
    return [
        Shown(cell.label, None, None, True) if index in hidden else Shown(cell.label, cell.num, cell.den, False)
        for index, cell in enumerate(cells)
    ]


def _safe(hidden: Sequence[Cell], threshold: int) -> bool:
    if len(hidden) < 2:
        return False
    columns = [sum(column) for column in zip(*(cell.counts() for cell in hidden), strict=True)]
    return all(total == 0 or total >= threshold for total in columns)
