"""The chart follows from the measure, says why, and rare events are read from the gaps between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from housewide.measures.charting import choice_of, companion_of
from housewide.measures.definitions import Definition
from housewide.measures.rare import between
from housewide.measures.series import Point, charted
from housewide.measures.signals import arrow_of, rare_reach, rare_signal
from housewide.methods.spc import PointType

SHARE = Definition(
    id="t", version=1, kind="ratio", unit="%", title="T", sentence="T.", direction="higher", steward="", sql="",
    reads=(), breakdowns=(), per=100,
)  # fmt: skip
RATE = replace(SHARE, kind="rate", unit="falls", direction="lower", per=1000)
MEAN = replace(SHARE, kind="distribution", unit="min", direction="lower", per=1, bin=60, scale=60)
TOTAL = replace(SHARE, kind="total", unit="cases", per=1)


def month(at: int) -> str:
    return f"{2024 + (at + 10) // 12}-{(at + 10) % 12 + 1:02d}"


def points(
    cells: list[tuple[int, int, int]], definition: Definition = SHARE, spread: float | None = None
) -> list[Point]:
    """Months from (num, den, count)."""
    found = []
    for at, (num, den, count) in enumerate(cells):
        exact = Fraction(num * definition.per, den) if den else Fraction(num)
        found.append(Point(month(at), None, "", num, den, count, False, exact, spread))
    return found


def spread_like_chance(den: int, share: float = 0.7) -> list[tuple[int, int, int]]:
    step = (den * share * (1 - share)) ** 0.5
    return [(round(den * share + step * (at * 7 % 5 - 2) / 2), den, den) for at in range(24)]


@pytest.mark.parametrize(
    ("definition", "cells", "kind", "says"),
    [
        (SHARE, spread_like_chance(200), "p", "P chart, because this is a share of things counted one by one"),
        (SHARE, [(7000 + 900 * (at % 2), 10000, 10000) for at in range(24)], "pp", "times as much as chance explains"),
        (SHARE, [(7000 + at % 3, 10000, 40) for at in range(24)], "xmr", "divides amounts such as time"),
        (RATE, [(4 + at % 3, 900, 904) for at in range(24)], "u", "events counted over an exposure"),
        (RATE, [(400 + 300 * (at % 2), 90000, 95000) for at in range(24)], "up", "U′ chart"),
        (RATE, [(at % 4 == 0, 900, 901) for at in range(24)], "g events", "less than one a month"),
        (TOTAL, [(100 + at % 5, 0, 100) for at in range(24)], "xmr", "an amount each month"),
        (replace(TOTAL, chart="c"), [(100 + at % 5, 0, 100) for at in range(24)], "c", "the definition of this"),
        (replace(TOTAL, chart="p"), [(100 + at % 5, 0, 100) for at in range(24)], "xmr", "an amount each month"),
    ],
)  # fmt: skip
def test_the_kind_and_the_counts_choose_the_chart(
    definition: Definition, cells: list[tuple[int, int, int]], kind: str, says: str
) -> None:
    found = choice_of(definition, points(cells, definition))
    assert found.kind == kind and says in found.why


def test_means_get_xbar_with_s_beside_it_and_xmr_gets_mr() -> None:
    calm = points([(60 * (30 + at % 3), 0, 50) for at in range(24)], MEAN, spread=12.0)
    calm = [replace(point, exact=Fraction(30 + at % 3)) for at, point in enumerate(calm)]
    choice = choice_of(MEAN, calm)
    assert choice.kind == "xbar"
    beside = companion_of(MEAN, calm, choice)
    assert beside is not None and beside.kind == "s"
    wild = [replace(point, exact=Fraction(30 + 9 * (at % 2)), spread=1.0) for at, point in enumerate(calm)]
    assert choice_of(MEAN, wild).kind == "xmr"
    moving = companion_of(MEAN, wild, choice_of(MEAN, wild))
    assert moving is not None and moving.kind == "mr"


def test_limits_are_in_the_unit_of_the_measure_and_follow_each_month() -> None:
    cells = [(70, 100, 100)] * 12 + [(700, 1000, 1000)] * 12
    chart, said = charted(SHARE, points(cells), None)
    assert chart.values[0] == pytest.approx(70) and chart.centre[0] == pytest.approx(70)
    assert chart.upper[0] == pytest.approx(70 + 300 * (0.7 * 0.3 / 100) ** 0.5)
    assert chart.upper[-1] == pytest.approx(70 + 300 * (0.7 * 0.3 / 1000) ** 0.5)
    assert said.high == pytest.approx(chart.upper[-1])


def days_with(events: list[int], length: int) -> list[Point]:
    first = date(2026, 1, 1)
    return [
        Point((first + timedelta(days=at)).isoformat(), None, "", events.count(at), 10, 10 + events.count(at), False)
        for at in range(length)
    ]


def test_days_between_rare_events_get_a_t_chart_and_whole_days_a_g_chart() -> None:
    every = list(range(5, 300, 17))
    found = between(RATE, "g events", days_with(every, 300))
    assert found is not None
    assert (found.chart.kind, found.unit, found.direction) == ("t", "days", "higher")
    assert set(found.chart.values) == {17.0} and len(found.days) == len(every) - 1
    twice = between(RATE, "g events", days_with([*every, 22], 300))
    assert twice is not None and twice.chart.kind == "g" and 0.0 in twice.chart.values


def test_cases_between_misses_of_a_share_are_counted_over_the_days() -> None:
    days = [replace(day, num=day.den - day.num) for day in days_with([20, 40, 70], 100)]
    found = between(SHARE, "g misses", days)
    assert found is not None
    assert (found.chart.kind, found.unit, found.direction) == ("g", "cases", "higher")
    assert list(found.chart.values) == [200.0, 300.0]
    assert found.show(1) == "1 case" and found.show(200) == "200 cases"


def test_events_that_come_faster_are_worse_and_say_since_when() -> None:
    slow, fast = list(range(0, 1200, 60)), list(range(1200, 1240, 2))
    gaps = between(RATE, "g events", days_with([*slow, *fast], 1244))
    signal = rare_signal(points([(0, 900, 900)] * 24, RATE), gaps)
    assert (signal.word, signal.tone, signal.arrow) == ("worsening", "bad", "down")
    assert signal.since is not None and "between events" in signal.why[0]
    assert rare_reach(gaps).sentence.endswith("days between events")


def test_few_events_claim_nothing() -> None:
    gaps = between(RATE, "g events", days_with([10, 40], 60))
    assert rare_signal(points([(0, 900, 900)] * 24, RATE), gaps).word == "not enough data"
    assert between(RATE, "g events", days_with([10], 60)) is None
    assert rare_reach(None).sentence == "too few events yet to say what is usual"
    assert rare_signal(points([(0, 900, 900)] * 24, RATE), None).why == [
        "0 events are too few to tell a change from chance."
    ]


def test_the_why_names_the_chart() -> None:
    assert choice_of(SHARE, points(spread_like_chance(200))).name == "P chart"
    nothing: list[Any] = points([(0, 100, 100)] * 24)
    assert choice_of(SHARE, nothing).kind == "xmr"


def test_events_that_came_fast_and_then_stopped_are_no_longer_getting_worse() -> None:
    slow, fast = list(range(0, 1200, 60)), list(range(1200, 1240, 2))
    gaps = between(RATE, "g events", days_with([*slow, *fast], 1700))
    signal = rare_signal(points([(0, 900, 900)] * 24, RATE), gaps)
    assert signal.word == "no change"
    assert "462 days without one" in signal.why[0] or "461 days without one" in signal.why[0]


@pytest.mark.parametrize(
    ("direction", "better", "worse"), [("higher", "up", "down"), ("lower", "down", "up"), ("none", "up", "down")]
)
def test_an_arrow_says_which_way_a_signal_goes(direction: str, better: str, worse: str) -> None:
    kind = PointType.NEUTRAL_HIGH if direction == "none" else PointType.IMPROVEMENT
    assert (arrow_of(direction, kind), arrow_of(direction, -kind)) == (better, worse)
