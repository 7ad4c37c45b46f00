"""Charts worked by hand, one for each rule and option."""

import math

import numpy as np
import pytest

from housewide.methods.spc import (
    ANHOEJ,
    MDC_6_TREND,
    MDC_7,
    SHEWHART,
    Cause,
    Spread,
    control_chart,
    find_rule_set,
    xmr_batch,
)

FLAT = [10, 12, 11, 13, 12, 10, 11, 13, 12, 11]


def causes(values, **options):
    return [Cause(cause) for cause in control_chart("xmr", values, **options).causes.tolist()]


def test_xmr_limits_are_the_mean_and_2_66_average_moving_ranges():
    chart = control_chart("xmr", [10, 12, 11, 13, 9])
    assert chart.centre[0] == 11
    assert chart.upper[0] == pytest.approx(11 + 2.66 * 9 / 4)
    assert chart.lower_near[0] == pytest.approx(11 - 2.66 * 2 / 3 * 9 / 4)


def test_one_wild_moving_range_is_screened_out_once():
    values = [10, 11, 10, 11, 10, 11, 10, 11, 40, 11, 10, 11, 10, 11]
    screened = control_chart("xmr", values)
    unscreened = control_chart("xmr", values, spread=Spread(screen=False))
    assert screened.upper[0] == pytest.approx(np.mean(values) + 2.66)
    assert unscreened.upper[0] > screened.upper[0]
    assert Cause(screened.causes[8]) is Cause.ABOVE_UPPER


def test_seven_points_above_the_frozen_average_are_a_shift_and_six_are_not():
    assert causes([*FLAT, 12, 12, 13, 12, 13, 12, 12], freeze=10)[10:] == [Cause.SHIFT_ABOVE] * 7
    # The tenth point (11) is below 11.5, so the run starts after it.
    assert causes([*FLAT, 12, 12, 13, 12, 13, 12], freeze=10)[10:] == [Cause.COMMON] * 6


def test_a_missing_month_neither_breaks_nor_fills_a_shift():
    marked = causes([*FLAT, 12, 12, None, 13, 12, 13, 12, 12], freeze=10)
    assert marked[12] is Cause.COMMON
    assert [cause for at, cause in enumerate(marked[10:], 10) if at != 12] == [Cause.SHIFT_ABOVE] * 7


def test_a_missing_month_is_no_moving_range_and_no_zero():
    assert control_chart("xmr", [10, 12, None, 30, 32]).upper[0] == pytest.approx(21 + 2.66 * 2)


def test_a_trend_of_six_signals_only_under_the_six_point_rule_set():
    values = [50, 40, 60, 40, 60, 42, 45, 48, 51, 54, 57, 40, 60]
    assert Cause.TREND_UP not in causes(values, rules=MDC_7)
    assert causes(values, rules=MDC_6_TREND)[5:11] == [Cause.TREND_UP] * 6


def test_two_of_three_near_the_limit_marks_only_the_near_points():
    # Baseline 9..11: mean 10, limits 4.68 to 15.32, near from 13.55.
    values = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 14, 11, 14, 9]
    assert causes(values, freeze=10)[10:] == [Cause.NEAR_UPPER, Cause.COMMON, Cause.NEAR_UPPER, Cause.COMMON]


def test_two_near_points_across_the_average_are_not_two_of_three():
    values = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 14, 9, 14, 9]
    assert causes(values, freeze=10)[10:] == [Cause.COMMON] * 4


def test_an_excluded_point_sets_no_limit_and_signals_nothing():
    chart = control_chart("xmr", [*FLAT, 90, 11, 12], exclude=[10])
    without = control_chart("xmr", [*FLAT, 11, 12])
    assert chart.upper[0] == without.upper[0]
    assert chart.signals == ()
    assert bool(chart.outside[10])


def test_a_new_part_starts_new_limits_and_a_new_count():
    chart = control_chart("xmr", [*FLAT, *(value + 20 for value in FLAT)], parts=[10])
    assert (chart.centre[9], chart.centre[10]) == (11.5, 31.5)
    assert [(part.start, part.stop, part.base) for part in chart.parts] == [(0, 10, 10), (10, 20, 10)]
    assert chart.signals == ()


def test_mostly_zero_series_keep_their_spread_when_screening_would_remove_it():
    values = [0] * 20 + [3] + [0] * 15
    kept, lost = control_chart("xmr", values), control_chart("xmr", values, spread=Spread())
    assert np.flatnonzero(kept.outside).tolist() == [20]
    assert np.count_nonzero(lost.outside) == 36


def test_p_chart_limits_follow_each_month_and_stay_between_0_and_1():
    chart = control_chart("p", [9, 49, 10], [10, 50, 10])
    assert chart.centre[0] == pytest.approx(68 / 70)
    sigma = math.sqrt(68 / 70 * 2 / 70 / 50)
    assert chart.lower[1] == pytest.approx(68 / 70 - 3 * sigma)
    assert chart.upper.tolist() == [1, 1, 1]


def test_a_month_without_exposure_is_a_gap_in_a_rate_chart():
    chart = control_chart("u", [3, 0, 5], [1000, 0, 1000])
    assert math.isnan(chart.values[1]) and math.isnan(chart.upper[1])
    assert chart.centre[0] == pytest.approx(8 / 2000)


def test_a_long_run_on_a_run_chart_is_signalled_with_its_points():
    chart = control_chart("run", [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9])
    signal = next(signal for signal in chart.signals if signal.cause is Cause.LONG_RUN and signal.side > 0)
    assert signal.points == tuple(range(11, 22))
    assert signal.rule_set == ANHOEJ.key
    assert chart.parts[0].runs.longest_run_max == 7


def test_moving_ranges_get_no_run_tests():
    assert control_chart("mr", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 30, 0, 30, 0, 30, 0, 30, 0, 30]).signals == ()


def test_zero_time_between_events_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        control_chart("t", [3, 0, 2])


def test_wrong_questions_are_answered_in_words():
    with pytest.raises(ValueError, match="no chart called 'pie'"):
        control_chart("pie", [1])
    with pytest.raises(ValueError, match="denominators"):
        control_chart("p", [1, 2])
    with pytest.raises(ValueError, match="match one to one"):
        control_chart("p", [1, 2], [3])
    with pytest.raises(ValueError, match="series x points"):
        xmr_batch([1, 2, 3])
    with pytest.raises(ValueError, match="Known"):
        find_rule_set("house rules")


def test_rule_sets_are_found_again_by_their_stored_key():
    assert find_rule_set("making-data-count 2.0/7-point") is MDC_7
    assert causes([*FLAT, 30], rules=SHEWHART)[-1] is Cause.ABOVE_UPPER


def test_empty_and_single_point_series_give_a_chart_without_limits():
    empty, single = control_chart("xmr", []), control_chart("xmr", [4])
    assert empty.signals == () and empty.last is None
    assert single.centre[0] == 4 and math.isnan(single.upper[0])


def test_batch_icons_read_the_last_observed_point_and_the_last_limits():
    rising = [*FLAT, 12, 12, 13, 12, 13, 12, 12, None]
    batch = xmr_batch(np.array([rising, FLAT + [None] * 8, [None] * 18], np.float64), freeze=10)
    assert batch.variation(1).tolist() == [1, 0, 0]
    assert batch.variation([-1, 1, 1]).tolist() == [-1, 0, 0]
    assert batch.assurance(100, 1).tolist() == [3, 3, 0]
    assert batch.assurance([0, np.nan, 1], 1).tolist() == [1, 0, 0]
