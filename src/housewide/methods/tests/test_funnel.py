"""Funnel plots: the Bristol inquiry's centers, Spiegelhalter's formulas by hand, and what must always hold."""

from math import comb, exp, factorial, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.methods.funnel import (
    Funnel,
    between_variance,
    chance_limits,
    denominators,
    dispersion,
    funnel,
    winsorized,
)

# Children under one year, open heart surgery, 1991-1995: operations and deaths within 30 days in the twelve English
# centers of the Bristol Royal Infirmary inquiry. Source: D. Spiegelhalter, The Art of Statistics (2019), figure 2.5,
# github.com/dspiegel29/ArtofStatistics, 02-5-child-heart-surgery-1991-x.csv.
CENTERS = [
    ("Bristol", 41, 143), ("Leicester", 25, 187), ("Leeds", 24, 323), ("Oxford", 23, 122), ("Guys", 25, 164),
    ("Liverpool", 42, 405), ("Southampton", 24, 239), ("Great Ormond St", 53, 482), ("Newcastle", 26, 195),
    ("Harefield", 25, 177), ("Birmingham", 58, 581), ("Brompton", 31, 301),
]  # fmt: skip


def of(found: Funnel, key: str) -> Any:
    return next(place for place in found.places if place.key == key)


def test_bristol_lies_far_above_the_outer_band() -> None:
    """The inquiry's conclusion: Bristol's 28.7% against 12.0% overall is no chance; no other center is beyond 99.8%."""
    found = funnel(CENTERS, "share", allow_overdispersion=False)
    assert found.pooled == pytest.approx(397 / 3319)
    assert [place.key for place in found.places if place.outside == 0.998] == ["Bristol"]
    assert of(found, "Bristol").side == "high"
    assert of(found, "Bristol").z == pytest.approx(6.158, abs=1e-3)
    assert {place.key for place in found.places if place.outside == 0.95} == {"Leeds", "Oxford"}


def test_bristol_still_stands_out_when_differences_between_centers_are_allowed_for() -> None:
    """phi and tau2 worked by hand from the z-values of the twelve, the largest and the smallest pulled in."""
    found = funnel(CENTERS, "share")
    p = 397 / 3319
    variances = [p * (1 - p) / n for _, _, n in CENTERS]
    z = sorted((d / n - p) / sqrt(v) for (_, d, n), v in zip(CENTERS, variances, strict=True))
    pulled = [z[1], *z[1:-1], z[-2]]
    phi = sum(value**2 for value in pulled) / 12
    assert found.phi == pytest.approx(phi) == pytest.approx(1.7928, abs=1e-4)
    weights = [1 / v for v in variances]
    tau2 = (12 * phi - 11) / (sum(weights) - sum(w * w for w in weights) / sum(weights))
    assert found.tau2 == pytest.approx(tau2) == pytest.approx(0.0003726, abs=1e-7)
    assert of(found, "Bristol").outside == 0.998
    assert of(found, "Bristol").z == pytest.approx(5.02, abs=0.01)
    assert of(found, "Leeds").outside is None


@pytest.mark.parametrize("den", [10, 47, 200])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_exact_limits_are_the_interpolated_quantiles_of_the_binomial_and_the_poisson(den: int, level: float) -> None:
    """A.1.1 of the paper, worked with exact probabilities."""
    p = 0.12
    binomial = [comb(den, r) * p**r * (1 - p) ** (den - r) for r in range(den + 1)]
    poisson = [exp(-den * p) * (den * p) ** r / factorial(r) for r in range(120)]
    for model, chances in (("share", binomial), ("rate", poisson)):
        band = chance_limits(model, p, den, level)  # type: ignore[arg-type]
        for edge, share in ((band.low, (1 - level) / 2), (band.high, (1 + level) / 2)):
            r, total = 0, chances[0]
            while total < share:
                r += 1
                total += chances[r]
            alpha = (total - share) / chances[r]
            assert edge == pytest.approx(max(r - alpha, 0) / den, abs=1e-9)


def test_large_places_have_the_limits_of_the_normal_curve() -> None:
    band = chance_limits("share", 0.12, 1_000_000, 0.95)
    width = 1.959964 * sqrt(0.12 * 0.88 / 1_000_000)
    assert (band.low, band.high) == pytest.approx((0.12 - width, 0.12 + width), rel=1e-6)


def test_without_more_than_chance_nothing_is_allowed_for() -> None:
    even = funnel([(str(at), 12, 100) for at in range(10)], "share")
    assert (even.phi, even.tau2) == (0, 0) and not even.is_overdispersed
    assert all(place.outside is None for place in even.places)


def test_a_share_with_more_events_than_occasions_is_refused() -> None:
    with pytest.raises(ValueError, match="at most as many"):
        funnel([("a", 5, 4)], "share")
    assert funnel([("a", 5, 4)], "rate").places[0].value == 1.25


def test_winsorizing_pulls_in_the_ends_only() -> None:
    values = [float(at) for at in range(20)]
    assert winsorized(values) == [2.0, 2.0, *values[2:18], 17.0, 17.0]
    assert dispersion([]) == 0 and between_variance(0.5, [1.0, 2.0]) == 0


counts = st.lists(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2,
                  max_size=25)  # fmt: skip


@settings(max_examples=40)
@given(counts)
def test_whatever_the_counts_bands_hold_the_pooled_value_and_allowing_only_widens(rows: list[tuple[int, int]]) -> None:
    given_rows = [(str(at), num, den) for at, (num, den) in enumerate(rows)]
    found = funnel(given_rows, "share")
    strict = funnel(given_rows, "share", allow_overdispersion=False)
    assert found.pooled == sum(num for num, _ in rows) / sum(den for _, den in rows)
    for level in (0.95, 0.998):
        for den in denominators(max(den for _, den in rows), 6):
            band = found.limits(den, level)
            assert band.low - 1e-9 <= found.pooled <= band.high + 1 / den
    wide = {place.key for place in found.places if place.outside == 0.998}
    large = {place.key for place in strict.places if place.outside == 0.998 and place.den * found.pooled > 50}
    assert found.is_overdispersed or wide == {place.key for place in strict.places if place.outside == 0.998}
    assert not found.is_overdispersed or len(wide) <= max(len(large), len(rows))


@settings(max_examples=30)
@given(counts, st.randoms(use_true_random=False))
def test_the_order_of_places_changes_nothing(rows: list[tuple[int, int]], random: Any) -> None:
    given_rows = [(str(at), num, den) for at, (num, den) in enumerate(rows)]
    mixed = list(given_rows)
    random.shuffle(mixed)
    one, other = funnel(given_rows, "share"), funnel(mixed, "share")
    assert one.tau2 == pytest.approx(other.tau2)
    assert {(p.key, p.outside) for p in one.places} == {(p.key, p.outside) for p in other.places}
