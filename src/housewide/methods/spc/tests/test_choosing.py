"""The chart that suits a series, and the reading of many at once."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from housewide.methods.spc import PointType, control_chart, read_chart
from housewide.methods.spc.choosing import (
    KINDS,
    choose_averages,
    choose_counted,
    excess_of,
    most_by_chance,
    spread_of_bins,
)
from housewide.methods.spc.many import read_many
from housewide.methods.spc.readings import VERDICTS


@pytest.fixture
def draw() -> np.random.Generator:
    """Each test draws its own numbers: the same ones whichever tests ran before it."""
    return np.random.default_rng(20263)


def kinds(num: object, den: object, *, share: bool) -> list[str]:
    chosen = choose_counted(np.atleast_2d(np.array(num, float)), np.atleast_2d(np.array(den, float)), share=share)
    return [KINDS[code] for code in chosen.kinds.tolist()]


def test_chance_alone_gives_plain_charts_nearly_always(draw: np.random.Generator) -> None:
    den = draw.integers(80, 300, (400, 24)).astype(float)
    num = draw.binomial(den.astype(int), 0.7).astype(float)
    assert kinds(num, den, share=True).count("p") >= 0.9 * 400
    assert kinds(draw.poisson(den * 0.05).astype(float), den, share=False).count("u") >= 0.9 * 400


def test_large_denominators_that_differ_more_than_chance_get_prime_charts(draw: np.random.Generator) -> None:
    den = np.full((200, 24), 20_000.0)
    share = np.clip(draw.normal(0.7, 0.02, den.shape), 0, 1)
    assert set(kinds(draw.binomial(den.astype(int), share), den, share=True)) == {"pp"}
    assert set(kinds(draw.poisson(den * draw.normal(0.05, 0.01, den.shape)), den, share=False)) == {"up"}


@pytest.mark.parametrize(
    ("num", "den", "share", "kind"),
    [
        ([0, 1, 0, 0, 1, 0, 0, 0], [900] * 8, False, "g events"),
        ([0, 1, 0, 0, 1, 0, 0, 0], [90] * 8, True, "g events"),
        ([90, 89, 90, 90, 89, 90, 90, 90], [90] * 8, True, "g misses"),
        ([0] * 8, [90] * 8, True, "xmr"),
        ([90] * 8, [90] * 8, True, "xmr"),
        ([np.nan] * 8, [np.nan] * 8, True, "xmr"),
    ],
)
def test_rare_events_and_series_without_any(num: list[float], den: list[float], share: bool, kind: str) -> None:
    assert kinds(num, den, share=share) == [kind]


def test_what_chance_allows_is_what_moving_ranges_of_noise_show(draw: np.random.Generator) -> None:
    """Cryer and Ryan's variance: one series in twenty of pure noise exceeds it."""
    for points in (12, 24, 36):
        z = draw.normal(0, 1, (4000, points))
        exceeded = float((excess_of(z) > most_by_chance(np.array([points]))[0]).mean())
        assert 0.02 <= exceeded <= 0.08


def test_means_get_xbar_only_where_their_values_explain_them(draw: np.random.Generator) -> None:
    size = np.full((1000, 24), 40.0)
    spread = np.full((1000, 24), 10.0)
    calm = draw.normal(30, 10 / 40**0.5, (1000, 24))
    wild = draw.normal(30, 10, (1000, 24))
    # One calm series in twenty exceeds what chance allows; 920 of 1,000 is four standard errors below 950.
    assert (choose_averages(calm, size, spread).kinds == KINDS.index("xbar")).sum() >= 920
    assert set(choose_averages(wild, size, spread).kinds.tolist()) == {KINDS.index("xmr")}
    size[0, 3] = 1
    assert choose_averages(calm, size, spread).kinds[0] == KINDS.index("xmr")


def test_the_spread_of_bins_is_that_of_the_values_at_their_middles() -> None:
    assert spread_of_bins({0: 1, 60: 2, 120: 1}, 60) == pytest.approx(np.std([30, 90, 90, 150], ddof=1))
    assert spread_of_bins({60: 1}, 60) is None


rows = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=14, max_size=14), min_size=1, max_size=3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(rows, st.sampled_from(["xmr", "p", "pp", "u", "up", "c"]), st.sampled_from(["higher", "lower", "none"]),
       st.one_of(st.none(), st.floats(0, 100)))  # fmt: skip
def test_many_read_as_one_by_one(
    lists: list[list[int | None]], kind: str, direction: str, target: float | None
) -> None:
    from housewide.methods.spc import MDC_7

    values = np.array([[np.nan if one is None else one for one in row] for row in lists], float)
    den = np.where(np.isnan(values), np.nan, 60.0 + np.arange(14) * 3)
    sign = {"higher": 1, "lower": -1, "none": 0}[direction]
    scale = 100.0 if kind in ("p", "pp", "u", "up") else 1.0
    said = read_many(kind, values, den, signs=sign, targets=np.nan if target is None else target, scale=scale, floors=0)
    for at, row in enumerate(values):
        chart = control_chart(kind, row, den[at] if scale == 100 else None, rules=MDC_7).scaled(scale)
        one = read_chart(chart, direction=direction, target=target, floor=0.0)
        assert PointType(int(said.types[at])) is one.point_type
        assert (int(said.causes[at]) or None) == (None if one.cause is None else int(one.cause))
        assert (int(said.began[at]) if said.began[at] >= 0 else None) == one.began
        assert int(said.base[at]) == one.base
        assert (None if np.isnan(said.low[at]) else said.low[at]) == pytest.approx(one.low)
        assert (None if np.isnan(said.high[at]) else said.high[at]) == pytest.approx(one.high)
        assert VERDICTS.get(int(said.verdicts[at])) == one.verdict


def test_run_tests_are_not_read_in_bulk() -> None:
    from housewide.methods.spc import ANHOEJ

    with pytest.raises(ValueError, match="chart by chart"):
        read_many("xmr", np.zeros((1, 5)), signs=1, rules=ANHOEJ)
