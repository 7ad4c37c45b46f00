"""No small cell of people reaches a pack, neither printed nor by subtraction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from housewide.reviews.suppression import THRESHOLD, Cell, suppress


@st.composite
def tables(draw: st.DrawFn, ratio: bool) -> list[Cell]:
    dens = draw(st.lists(st.integers(0, 60), min_size=1, max_size=9))
    return [
        Cell(f"row {index}", draw(st.integers(0, den)) if ratio else den, den if ratio else None)
        for index, den in enumerate(dens)
    ]


ANY = st.one_of(tables(ratio=True), tables(ratio=False))


def small(count: int) -> bool:
    return 0 < count < THRESHOLD


def test_a_small_count_is_hidden_and_so_is_the_next_smallest() -> None:
    shown = suppress([Cell("a", 4), Cell("b", 30), Cell("c", 20), Cell("d", 50)])
    assert [row.num for row in shown] == [None, 30, None, 50]


def test_a_table_without_small_cells_is_shown_whole() -> None:
    cells = [Cell("a", 11, 30), Cell("b", 0, 20), Cell("c", 40, 40)]
    assert [(row.num, row.den) for row in suppress(cells)] == [(11, 30), (0, 20), (40, 40)]


def test_few_people_left_out_of_a_share_are_small_too() -> None:
    shown = suppress([Cell("a", 48, 50), Cell("b", 30, 60), Cell("c", 30, 90)])
    assert [row.hidden for row in shown] == [True, True, False]


def test_two_tiny_rows_that_add_up_to_a_small_total_take_a_third_with_them() -> None:
    shown = suppress([Cell("a", 1), Cell("b", 1), Cell("c", 40), Cell("d", 90)])
    assert [row.hidden for row in shown] == [True, True, True, False]


@given(ANY)
def test_nothing_small_is_ever_shown(cells: list[Cell]) -> None:
    for row in suppress(cells):
        if not row.hidden:
            assert row.num is not None
            assert not any(small(count) for count in Cell(row.label, row.num, row.den).counts())


@given(ANY)
def test_what_subtraction_gives_is_never_one_small_cell(cells: list[Cell]) -> None:
    hidden = [cell for cell, row in zip(cells, suppress(cells), strict=True) if row.hidden]
    if not hidden or len(hidden) == len(cells):
        return  # with every row hidden the total alone is known, which the headline prints anyway
    assert len(hidden) >= 2
    assert not small(sum(cell.num for cell in hidden))
    if hidden[0].den is not None:
        assert not small(sum(cell.den or 0 for cell in hidden))
        assert not small(sum((cell.den or 0) - cell.num for cell in hidden))


@given(ANY)
def test_shown_rows_are_unchanged_and_nothing_is_hidden_without_need(cells: list[Cell]) -> None:
    shown = suppress(cells)
    assert [row.label for row in shown] == [cell.label for cell in cells]
    for cell, row in zip(cells, shown, strict=True):
        assert row.hidden or (row.num, row.den) == (cell.num, cell.den)
    if not any(small(count) for cell in cells for count in cell.counts()):
        assert not any(row.hidden for row in shown)
