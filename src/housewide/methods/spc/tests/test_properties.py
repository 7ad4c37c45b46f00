"""What must hold for every series, whatever its numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.methods.spc import ANHOEJ, MDC_7, Cause, control_chart, point_types, xmr_batch
from housewide.methods.spc.limits import median_of
from housewide.methods.spc.runs import check_runs_batch, fewest_crossings, longest_run_allowed, runs_of

MIRROR = {
    Cause.ABOVE_UPPER: Cause.BELOW_LOWER,
    Cause.SHIFT_ABOVE: Cause.SHIFT_BELOW,
    Cause.TREND_UP: Cause.TREND_DOWN,
    Cause.NEAR_UPPER: Cause.NEAR_LOWER,
}
MIRROR |= {low: high for high, low in MIRROR.items()}

points = st.one_of(st.none(), st.integers(-40, 40))
# Shifted and drifting series, so that every rule fires often enough to be tested.
series = st.one_of(
    st.lists(points, min_size=1, max_size=40),
    st.tuples(st.lists(st.integers(-9, 9), min_size=8, max_size=20), st.integers(-30, 30), st.integers(-3, 3)).map(
        lambda made: [value + index * made[2] + (made[1] if index > 6 else 0) for index, value in enumerate(made[0])]
    ),
)
settings_of_charts = st.fixed_dictionaries(
    {
        "parts": st.lists(st.integers(0, 40), max_size=2),
        "freeze": st.none() | st.integers(1, 20),
        "exclude": st.lists(st.integers(0, 40), max_size=3),
    }
)


@given(series, settings_of_charts, st.integers(1, 20), st.integers(-1000, 1000))
def test_a_change_of_unit_changes_the_numbers_and_not_the_signals(values, options, scale, offset):
    plain = control_chart("xmr", values, **options)
    other = control_chart("xmr", [None if v is None else v * scale + offset for v in values], **options)
    assert np.array_equal(plain.causes, other.causes)
    assert np.allclose(plain.upper * scale + offset, other.upper, equal_nan=True, atol=1e-6)


@given(series, settings_of_charts)
def test_a_mirrored_series_has_mirrored_limits_and_causes(values, options):
    plain = control_chart("xmr", values, **options)
    mirrored = control_chart("xmr", [None if v is None else -v for v in values], **options)
    assert np.array_equal(plain.lower, -mirrored.upper, equal_nan=True)
    assert [MIRROR.get(Cause(cause), cause) for cause in plain.causes.tolist()] == mirrored.causes.tolist()


@given(series)
def test_reversing_the_direction_swaps_improvement_and_concern(values):
    causes = control_chart("xmr", values).causes
    assert np.array_equal(point_types(causes, 1), -point_types(causes, -1))
    assert np.array_equal(point_types(causes, 0) != 0, causes != Cause.COMMON)


@settings(max_examples=50)
@given(st.lists(series, min_size=1, max_size=6), settings_of_charts)
def test_a_batch_gives_each_series_what_its_own_chart_gives(many, options):
    width = max(len(values) for values in many)
    block = np.array([values + [None] * (width - len(values)) for values in many], np.float64)
    batch = xmr_batch(block, **options)
    for row, values in enumerate(block):
        chart = control_chart("xmr", values, **options)
        starts = [part.start for part in chart.parts]
        assert batch.starts == tuple(starts)
        assert np.array_equal(batch.causes[row], chart.causes)
        assert np.array_equal(batch.lower[row], chart.lower[starts], equal_nan=True)
        assert np.array_equal(batch.centre[row], chart.centre[starts], equal_nan=True)
        assert batch.last[row] == (-1 if chart.last is None else chart.last)


@given(series, st.integers(1, 3))
def test_missing_points_at_the_end_change_nothing(values, missing):
    plain, longer = control_chart("xmr", values), control_chart("xmr", values + [None] * missing)
    assert np.array_equal(plain.causes, longer.causes[: len(values)])
    assert not longer.causes[len(values) :].any()
    assert np.array_equal(plain.upper, longer.upper[: len(values)], equal_nan=True)


@given(st.floats(-1e6, 1e6), st.integers(1, 40), st.sampled_from(["xmr", "i", "run"]))
def test_a_constant_series_never_signals(value, count, kind):
    chart = control_chart(kind, [value] * count)
    assert not chart.causes.any()
    assert not chart.outside.any()


@given(series, settings_of_charts, st.sampled_from(["xmr", "i", "run", "mr"]), st.sampled_from([MDC_7, ANHOEJ]))
def test_every_signal_names_its_rule_set_and_points_that_exist_and_count(values, options, kind, rules):
    chart = control_chart(kind, values, rules=rules, **options)
    for signal in chart.signals:
        assert signal.rule_set == rules.key
        assert list(signal.points) == sorted(set(signal.points))
        assert all(chart.counted[at] and not np.isnan(chart.values[at]) for at in signal.points)
    marked = {at for signal in chart.signals for at in signal.points if signal.cause < Cause.LONG_RUN}
    assert marked == set(np.flatnonzero(chart.causes).tolist())


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=60))
def test_counted_runs_and_crossings_agree_with_the_runs_listed_one_by_one(side):
    array = np.array(side, np.int8)
    batch, listed = check_runs_batch(array[np.newaxis]), runs_of(array)
    assert batch.longest_run[0] == max((len(run) for run in listed), default=0)
    assert batch.crossings[0] == max(len(listed) - 1, 0)


@given(st.integers(1, 300))
def test_the_crossing_limit_is_the_binomial_quantile(useful):
    from math import comb

    trials, limit = useful - 1, fewest_crossings(useful)
    below = sum(comb(trials, q) for q in range(limit))
    assert below * 20 < 2**trials <= (below + comb(trials, limit)) * 20


@given(st.integers(1, 10**6))
def test_the_longest_run_allowed_grows_with_the_logarithm(useful):
    assert abs(longest_run_allowed(useful) - 3 - np.log2(useful)) <= 0.5


@given(st.lists(st.lists(st.integers(-9, 9) | st.just(None), min_size=5, max_size=5), min_size=1, max_size=5))
def test_medians_leave_gaps_out(rows):
    ours = median_of(np.array(rows, np.float64))[:, 0]
    for row, median in zip(rows, ours, strict=True):
        shown = [value for value in row if value is not None]
        assert np.isnan(median) if not shown else median == np.median(shown)
