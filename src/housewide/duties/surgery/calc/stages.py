"""Which stage cost the minutes, and where that differs from what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class StageShare:
    """One stage: seconds that it added to the start delays of the month, and minutes per first case now and usually."""

    stage: str
    seconds: int
    per_case: Fraction | None
    usual: Fraction | None

    @property
    def change(self) -> Fraction | None:
        """Minutes per case more (positive) or fewer than usual; None when either is unknown."""
        return None if self.per_case is None or self.usual is None else self.per_case - self.usual


def minutes_per_case(seconds: int, cases: int) -> Fraction | None:
    """Exact mean in minutes; None without cases."""
    return Fraction(seconds, 60 * cases) if cases else None


def stage_shares(
    now: Mapping[str, int], now_cases: int, before: Mapping[str, Iterable[int]], before_cases: int
) -> list[StageShare]:
    """Shares by stage, in the order of the stage names (they begin with their number).

    ``now``: seconds by stage this month. ``before``: seconds of each earlier month by stage. The seconds add up to the
    start delay of the month, so the per-case minutes add up to its mean.
    """
    return [
        StageShare(
            stage,
            now.get(stage, 0),
            minutes_per_case(now.get(stage, 0), now_cases),
            minutes_per_case(sum(before.get(stage, ())), before_cases),
        )
        for stage in sorted({*now, *before})
    ]


@dataclass(frozen=True)
class Cell:
    """One room and stage: seconds of the month and minutes per first case of that room."""

    room: str
    stage: str
    seconds: int
    per_case: Fraction | None


def room_grid(rows: Iterable[tuple[str, str, str, int]]) -> dict[str, dict[str, Cell]]:
    """Cells by room and stage from (case, room, stage, seconds) rows."""
    seconds: dict[tuple[str, str], int] = {}
    cases: dict[str, set[str]] = {}
    for case, room, stage, amount in rows:
        seconds[room, stage] = seconds.get((room, stage), 0) + amount
        cases.setdefault(room, set()).add(case)
    grid: dict[str, dict[str, Cell]] = {}
    for (room, stage), amount in seconds.items():
        grid.setdefault(room, {})[stage] = Cell(room, stage, amount, minutes_per_case(amount, len(cases[room])))
    return grid


def worst_cells(grid: Mapping[str, Mapping[str, Cell]], count: int = 3) -> list[Cell]:
    """The cells with the most seconds, largest first; ties by room and stage so that the order repeats."""
    cells = [cell for stages in grid.values() for cell in stages.values() if cell.seconds > 0]
    return sorted(cells, key=lambda cell: (-cell.seconds, cell.room, cell.stage))[:count]
