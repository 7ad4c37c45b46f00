"""The sentence under the rows says what the rows make, by the arithmetic of the readings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.measures.definitions import Definition
from housewide.measures.views.adding_up import adds_up, bin_of
from housewide.measures.views.breakdowns import bar_length
from housewide.measures.views.histograms import MOST_BINS, bins_of


def measure(**more: Any) -> Definition:
    said: dict[str, Any] = {
        "id": "a.b", "version": 1, "kind": "ratio", "unit": "%", "title": "A", "sentence": "B", "direction": "higher",
        "steward": "", "sql": "", "reads": (), "breakdowns": (), "per": 100,
    }  # fmt: skip
    return Definition(**(said | more))


def test_a_share_names_its_two_integers() -> None:
    rows = [{"num": 1, "den": 1}] * 151 + [{"num": 0, "den": 1}] * 61
    assert adds_up(measure(), rows) == "These 212 rows add up to 71.2%: 151 of 212."


def test_a_total_is_added_in_seconds_and_divided_once() -> None:
    minutes = measure(kind="total", unit="min", scale=60, per=1, decimals=0)
    assert adds_up(minutes, [{"num": 20}, {"num": 20}, {"num": 20}]) == "These 3 rows add up to 1 min."


def test_a_distribution_gives_its_statistic() -> None:
    median = measure(kind="distribution", unit="min", scale=60, per=1, stat="median", bin=60, tail=600)
    assert adds_up(median, [{"value": 60}, {"value": 125}, {"value": 9000}]) == "These 3 rows have a median of 2.0 min."
    mean = measure(kind="distribution", unit="min", scale=60, per=1, stat="mean", bin=60, tail=600)
    assert adds_up(mean, [{"value": 60}, {"value": 180}]) == "These 2 rows have a mean of 2.0 min."


def test_no_rows_say_nothing_and_a_share_of_nothing_is_no_share() -> None:
    assert adds_up(measure(), []) == ""
    assert adds_up(measure(), [{"num": 5, "den": 0}]) == "This row makes 5 of 0."


@pytest.mark.parametrize(("value", "edge"), [(0, 0), (59, 0), (60, 60), (-1, -60), (601, 600), (-9000, -600)])
def test_a_value_falls_in_the_bin_whose_lower_edge_it_passed(value: int, edge: int) -> None:
    assert bin_of(value, measure(bin=60, tail=600)) == edge


@given(st.dictionaries(st.integers(-500, 500).map(lambda at: at * 60), st.integers(1, 9), min_size=1))
def test_joining_bins_for_the_picture_loses_nothing(histogram: dict[int, int]) -> None:
    edges, counts = bins_of(histogram, 60, 60)
    assert sum(counts) == sum(histogram.values())
    assert len(counts) <= MOST_BINS + 1
    assert edges[0] <= min(histogram) / 60
    assert edges[-1] > max(histogram) / 60


def test_the_largest_share_fills_its_bar_and_no_share_has_none() -> None:
    assert [bar_length(Decimal(share), Decimal(36)) for share in (36, 18, 0)] == [90, 45, 0]
    assert bar_length(None, Decimal(36)) is None
    assert bar_length(Decimal(0), Decimal(0)) is None
