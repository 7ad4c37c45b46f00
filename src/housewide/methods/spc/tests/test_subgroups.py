"""Xbar and S charts: factors and the worked example of Montgomery, and what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.methods.spc import control_chart
from housewide.methods.spc.subgroups import unbiasing


# Montgomery, Introduction to Statistical Quality Control, Appendix VI: c4, A3, B3, B4.
@pytest.mark.parametrize(
    ("size", "c4", "a3", "b3", "b4"),
    [
        (2, 0.7979, 2.659, 0, 3.267),
        (3, 0.8862, 1.954, 0, 2.568),
        (5, 0.9400, 1.427, 0, 2.089),
        (10, 0.9727, 0.975, 0.284, 1.716),
        (25, 0.9896, 0.606, 0.565, 1.435),
    ],
)
def test_the_factors_are_those_of_the_tables(size: int, c4: float, a3: float, b3: float, b4: float) -> None:
    found = float(unbiasing(np.array([float(size)]))[0])
    assert found == pytest.approx(c4, abs=5e-5)
    assert 3 / (found * size**0.5) == pytest.approx(a3, abs=1e-3)
    width = 3 * (1 - found**2) ** 0.5 / found
    assert max(1 - width, 0) == pytest.approx(b3, abs=1e-3)
    assert 1 + width == pytest.approx(b4, abs=1e-3)


def test_limits_follow_the_size_of_each_subgroup_as_in_montgomerys_table_6_5() -> None:
    """Piston rings, samples of 5, 3 and 4: grand mean 74.001, S 0.0103; limits 73.986-74.016, 73.981-74.021,
    73.984-74.018; B4 S 0.022, 0.026, 0.023."""
    sizes, spread = [5, 3, 4], [0.0103] * 3
    chart = control_chart("xbar", [74.001] * 3, sizes, deviations=spread)
    assert chart.upper == pytest.approx([74.016, 74.021, 74.018], abs=6e-4)
    assert chart.lower == pytest.approx([73.986, 73.981, 73.984], abs=6e-4)
    beside = control_chart("s", [74.001] * 3, sizes, deviations=spread)
    assert beside.upper == pytest.approx([0.022, 0.026, 0.023], abs=6e-4)
    assert list(beside.lower) == [0, 0, 0]


def test_a_subgroup_of_one_has_no_limits_and_missing_ones_no_point() -> None:
    chart = control_chart("xbar", [5.0, None, 7.0], [10, None, 1], deviations=[1.0, None, None])
    assert np.isnan(chart.upper).tolist() == [False, True, True]
    assert np.isnan(chart.values).tolist() == [False, True, False]


def test_averages_without_sizes_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="size and the standard deviation"):
        control_chart("xbar", [1.0, 2.0])


groups = st.lists(
    st.tuples(st.floats(-100, 100), st.integers(2, 500), st.floats(0.1, 50)), min_size=3, max_size=30
)  # fmt: skip


@given(groups, st.floats(0.01, 1000))
def test_a_change_of_unit_changes_nothing_but_the_unit(rows: list[tuple[float, int, float]], factor: float) -> None:
    means, sizes, spreads = ([row[at] for row in rows] for at in range(3))
    one = control_chart("xbar", means, sizes, deviations=spreads)
    other = control_chart("xbar", [m * factor for m in means], sizes, deviations=[s * factor for s in spreads])
    for name in ("values", "centre", "upper", "lower"):
        assert getattr(other, name) == pytest.approx(getattr(one.scaled(factor), name), rel=1e-9, abs=1e-9)


@given(groups)
def test_larger_subgroups_have_narrower_limits(rows: list[tuple[float, int, float]]) -> None:
    means, sizes, spreads = ([row[at] for row in rows] for at in range(3))
    chart = control_chart("xbar", means, sizes, deviations=spreads)
    widths = (chart.upper - chart.lower)[np.argsort(sizes)]
    assert np.all(np.diff(widths) <= 1e-9 * np.abs(widths[:-1]) + 1e-12)
