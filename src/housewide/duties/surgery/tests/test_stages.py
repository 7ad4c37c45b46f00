from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from housewide.duties.surgery.calc.stages import minutes_per_case, room_grid, stage_shares, worst_cells

SECONDS = st.integers(-7200, 7200)
ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["OR 1", "OR 2"]), st.sampled_from(["1 A", "2 B"]), SECONDS)
)


def test_a_month_without_cases_has_no_mean() -> None:
    assert minutes_per_case(0, 0) is None


def test_a_stage_says_how_it_differs_from_what_is_usual() -> None:
    shares = stage_shares({"1 A": 1200, "2 B": -600}, 10, {"1 A": [600, 600], "2 B": [0, 0]}, 20)
    assert [(one.stage, one.per_case, one.usual, one.change) for one in shares] == [
        ("1 A", Fraction(2), Fraction(1), Fraction(1)),
        ("2 B", Fraction(-1), Fraction(0), Fraction(-1)),
    ]


@given(st.dictionaries(st.sampled_from(["1 A", "2 B", "3 C"]), SECONDS, min_size=1), st.integers(1, 400))
def test_the_stages_of_a_month_add_up_to_its_mean_delay(now: dict[str, int], cases: int) -> None:
    shares = stage_shares(now, cases, {}, 0)
    assert sum(one.per_case or Fraction(0) for one in shares) == Fraction(sum(now.values()), 60 * cases)


@given(ROWS)
def test_the_grid_loses_no_second(rows: list[tuple[str, str, str, int]]) -> None:
    grid = room_grid(rows)
    assert sum(cell.seconds for stages in grid.values() for cell in stages.values()) == sum(row[3] for row in rows)


@given(ROWS)
def test_the_worst_cells_come_first_and_repeat(rows: list[tuple[str, str, str, int]]) -> None:
    worst = worst_cells(room_grid(rows), 4)
    assert [cell.seconds for cell in worst] == sorted((cell.seconds for cell in worst), reverse=True)
    assert worst == worst_cells(room_grid(list(reversed(rows))), 4)
