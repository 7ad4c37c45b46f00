"""Percentiles, medians and rounding are exact."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.methods.quantiles import mean, percentile, percentiles, share_at_most, weighted_median
from housewide.methods.ratios import ratio, rounded

histograms = st.dictionaries(st.integers(-5000, 5000), st.integers(0, 40), min_size=1, max_size=30).filter(
    lambda histogram: sum(histogram.values()) > 0
)


def test_the_ninetieth_percentile_interpolates_between_two_waits():
    assert percentile({10: 3, 20: 1, 40: 1}, "0.9") == 32


def test_a_float_share_means_what_people_wrote():
    assert percentile({0: 1, 10: 10}, 0.1) == 10
    assert percentile({0: 1, 1: 1}, 0.1) == Fraction(1, 10)


def test_nothing_counted_gives_nothing():
    assert percentile({}, 0.5) is None
    assert mean({5: 0}) is None
    assert weighted_median({}) is None
    assert share_at_most({}, 3) is None


def test_a_share_outside_zero_to_one_and_a_negative_count_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile({1: 1}, 90)
    with pytest.raises(ValueError, match="negative"):
        percentile({1: -1, 2: 4}, 0.5)


@given(histograms, st.integers(0, 100))
def test_percentiles_agree_with_numpy_on_the_expanded_values(histogram, hundredths):
    expanded = np.repeat(list(histogram), list(histogram.values()))
    exact = percentile(histogram, Fraction(hundredths, 100))
    assert float(exact) == pytest.approx(np.quantile(expanded, hundredths / 100), rel=1e-9, abs=1e-7)


@given(histograms)
def test_percentiles_rise_and_end_at_the_extremes(histogram):
    found = percentiles(histogram, ["0", "0.25", "0.5", "0.75", "1"])
    counted = [value for value, count in histogram.items() if count]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (min(counted), max(counted))


@given(histograms)
def test_the_weighted_median_has_at_most_half_the_weight_on_each_side(histogram):
    middle, total = weighted_median(histogram), sum(histogram.values())
    assert 2 * sum(weight for value, weight in histogram.items() if value < middle) <= total
    assert 2 * sum(weight for value, weight in histogram.items() if value > middle) <= total


def test_a_weighted_median_that_splits_evenly_lies_midway():
    assert weighted_median({10: 2, 20: 1, 30: 1}) == 15


def test_mean_and_share_are_exact_fractions():
    assert mean({1: 1, 2: 2}) == Fraction(5, 3)
    assert share_at_most({300: 7, 301: 2}, 300) == Fraction(7, 9)


def test_rounding_is_half_up_where_python_would_round_to_even():
    assert str(rounded(Fraction(125, 2))) == "63"
    assert str(rounded(Fraction(-125, 2))) == "-63"
    assert str(rounded(Fraction(1, 8), 2)) == "0.13"
    assert str(rounded(5, 1)) == "5.0"
    assert str(rounded(Fraction(-1, 1000), 1)) == "0.0"


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 6))
def test_rounding_moves_a_value_by_at_most_half_a_step(value, places):
    assert abs(Fraction(rounded(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_a_ratio_over_nothing_is_unknown_not_zero():
    assert ratio(0, 0, 100) is None
    assert rounded(ratio(294, 412, 100), 1) == Decimal("71.4")
