"""Questions about the operating rooms, answered from the cubes and, for crossings, from the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from housewide.duties.surgery.calc.stages import Cell, StageShare, room_grid, stage_shares, worst_cells
from housewide.kit.periods import Month
from housewide.measures.readings import Reading, Slice, breakdown, breakdown_series, reading, series
from housewide.measures.rows import rows_behind

STAGES = "surgery.first_case_stages"
DELAY = "surgery.start_delay.first_cases"
MONTHS_BEFORE = 12


@dataclass(frozen=True)
class Minutes:
    """Where the start delay of a month's first cases went."""

    delay: Reading
    stages: list[StageShare]
    rooms: dict[str, dict[str, Cell]]
    worst: list[Cell]
    reasons: list[Slice]
    cases: int
    cases_before: int

    @property
    def seconds(self) -> int:
        """All stages together; equals the start delay's exact sum."""
        return sum(share.seconds for share in self.stages)

    @property
    def biggest_change(self) -> StageShare | None:
        """The stage that moved most against what is usual."""
        moved = [share for share in self.stages if share.change]
        return max(moved, key=lambda share: abs(share.change or Fraction(0)), default=None)


def where_the_minutes_went(place: str, period: str, account: Any) -> Minutes:
    """Stages of a place and month beside the twelve months before, the rooms crossed with the stages, the reasons."""
    last = Month.parse(period)
    by_stage = breakdown_series(STAGES, place, last, MONTHS_BEFORE + 1, "stage")
    counts = [point.count for point in series(DELAY, place, last, MONTHS_BEFORE + 1)]
    now = {stage: slices[-1].num for stage, slices in by_stage.items() if slices[-1]}
    before = {stage: [one.num for one in slices[:-1] if one] for stage, slices in by_stage.items()}
    behind = rows_behind(STAGES, place, period, account=account, purpose="where the minutes went")
    grid = room_grid((row.row_id, row.labels["room"], row.labels["stage"], row.num or 0) for row in behind.rows)
    reasons = [one for one in breakdown(DELAY, place, period, "late_reason") if one.count]
    return Minutes(
        delay=reading(DELAY, place, period),
        stages=stage_shares(now, counts[-1], before, sum(counts[:-1])),
        rooms=dict(sorted(grid.items(), key=lambda pair: _room_order(pair[0]))),
        worst=worst_cells(grid),
        reasons=sorted(reasons, key=lambda one: -(one.value or Decimal(0)) * one.count),
        cases=counts[-1],
        cases_before=sum(counts[:-1]),
    )


def _room_order(room: str) -> tuple[str, int]:
    digits = "".join(letter for letter in room if letter.isdigit())
    return room.rstrip("0123456789"), int(digits or 0)
