"""Is this place unusual, or only small? Compares places with what all of them do, allowing for how little a small one
can show.

Funnel plot of Spiegelhalter 2005 (Statistics in Medicine 24:1185-1202, doi:10.1002/sim.1970): the limits lie around
the pooled value and narrow as the denominator grows. Limits for counts are exact with his interpolation (A.1.1: the
quantile whose tail holds the wanted share). Where places differ more than chance explains, limits are widened by an
additive between-place variance tau2 (his section 4.2, method of moments) from standardized values winsorized at the
top and bottom 10 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, inf, lgamma, log, log1p, sqrt
from typing import Literal

LEVELS = (0.95, 0.998)
"""About two and three standard deviations: his customary pair."""
Z = {0.95: 1.959963984540054, 0.998: 3.090232306167813}
WINSORIZED = 0.1
Model = Literal["share", "rate"]
Outlier = Literal["high", "low", ""]
EXACT_UP_TO = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The band at one level around the pooled value at one denominator."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Place:
    """One point: events over exposure, how far it lies from the pooled value in standard errors, and on which side of
    which band. ``outside`` is the widest level (0.95 or 0.998) that it lies beyond, None for none."""

    key: str
    num: int
    den: int
    value: float
    z: float
    outside: float | None
    side: Outlier


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel plot. ``phi`` is the mean squared winsorized z-value (1: chance alone), ``tau2`` the variance between
    places that the limits allow for (0: none is allowed for)."""

    model: Model
    pooled: float
    phi: float
    tau2: float
    places: tuple[Place, ...]

    @property
    def is_overdispersed(self) -> bool:
        return self.tau2 > 0

    def limits(self, den: float, level: float, *, allow: bool = True) -> Limits:
        """The band at a denominator; ``allow=False`` leaves the variance between places out."""
        tau2 = self.tau2 if allow else 0.0
        if tau2:
            width = Z[level] * sqrt(_variance(self.model, self.pooled, den) + tau2)
            return _kept(self.model, self.pooled - width, self.pooled + width)
        return chance_limits(self.model, self.pooled, den, level)


def funnel(counts: Sequence[tuple[str, int, int]], model: Model, *, allow_overdispersion: bool = True) -> Funnel:
    """A funnel over (key, events, exposure), places without exposure left out.

    ``share``: events are some of the exposure (binomial); ``rate``: events in an exposure such as days (Poisson).
    Raises ValueError for a share with more events than exposure or for negative counts.
    """
    kept = [(key, num, den) for key, num, den in counts if den > 0]
    if any(num < 0 or (model == "share" and num > den) for _, num, den in kept):
        raise ValueError("Events must be counts, and for a share at most as many as there were occasions.")
    exposure = sum(den for _, _, den in kept)
    pooled = sum(num for _, num, _ in kept) / exposure if exposure else 0.0
    z = [_z(model, pooled, num, den) for _, num, den in kept]
    phi = dispersion(z)
    tau2 = between_variance(phi, [_variance(model, pooled, den) for _, _, den in kept]) if allow_overdispersion else 0.0
    bare = Funnel(model, pooled, phi, tau2, ())
    places = tuple(_place(bare, key, num, den) for key, num, den in kept)
    return Funnel(model, pooled, phi, tau2, places)


def winsorized(values: Sequence[float], share: float = WINSORIZED) -> list[float]:
    """Values pulled in to the lowest and highest ones that remain when `share` of them is set aside at each end."""
    if not values:
        return []
    ordered = sorted(values)
    cut = floor(len(ordered) * share)
    low, high = ordered[cut], ordered[len(ordered) - 1 - cut]
    return [min(max(value, low), high) for value in values]


def dispersion(z: Sequence[float]) -> float:
    """phi: the mean of the squared winsorized z-values; 1 where chance alone makes places differ, 0 for none."""
    pulled = winsorized(z)
    return sum(value * value for value in pulled) / len(pulled) if pulled else 0.0


def between_variance(phi: float, variances: Sequence[float]) -> float:
    """tau2 by the method of moments (DerSimonian and Laird): 0 unless I phi exceeds I - 1."""
    weights = [1 / variance for variance in variances if variance > 0]
    count, total = len(weights), sum(weights)
    if count < 2 or count * phi <= count - 1:
        return 0.0
    return (count * phi - (count - 1)) / (total - sum(weight * weight for weight in weights) / total)


def chance_limits(model: Model, pooled: float, den: float, level: float) -> Limits:
    """Where so large a place lies by chance alone at this level; exact for counts, normal for very large ones."""
    tail = (1 - level) / 2
    if den * pooled > EXACT_UP_TO or den <= 0:
        width = Z[level] * sqrt(_variance(model, pooled, den)) if den > 0 else inf
        return _kept(model, pooled - width, pooled + width)
    low, high = (_quantile(model, pooled, den, share) / den for share in (tail, 1 - tail))
    return _kept(model, low, high)


def _quantile(model: Model, pooled: float, den: float, share: float) -> float:
    """The interpolated quantile r - alpha of A.1.1: r is the smallest count with P(R <= r) >= share."""
    before = total = 0.0
    r = -1
    last = floor(den) if model == "share" else ceil(den * pooled + 40 * sqrt(den * pooled) + 40)
    while total < share and r < last:
        r += 1
        before = total
        total += exp(_log_probability(model, pooled, den, r))
    if total <= before:
        return float(max(r, 0))
    alpha = (total - share) / (total - before)
    return max(r - alpha, 0.0)


def _log_probability(model: Model, pooled: float, den: float, r: int) -> float:
    if pooled <= 0:
        return 0.0 if r == 0 else -inf
    if model == "rate":
        mean = den * pooled
        return r * log(mean) - mean - lgamma(r + 1)
    if pooled >= 1:
        return 0.0 if r == den else -inf
    ways = lgamma(den + 1) - lgamma(r + 1) - lgamma(den - r + 1)
    return ways + r * log(pooled) + (den - r) * log1p(-pooled)


def _variance(model: Model, pooled: float, den: float) -> float:
    return pooled * (1 - pooled) / den if model == "share" else pooled / den


def _z(model: Model, pooled: float, num: int, den: int) -> float:
    variance = _variance(model, pooled, den)
    return (num / den - pooled) / sqrt(variance) if variance > 0 else 0.0


def _kept(model: Model, low: float, high: float) -> Limits:
    return Limits(max(low, 0.0), min(high, 1.0) if model == "share" else high)


def _place(bare: Funnel, key: str, num: int, den: int) -> Place:
    value = num / den
    spread = sqrt(_variance(bare.model, bare.pooled, den) + bare.tau2)
    z = (value - bare.pooled) / spread if spread else 0.0
    outside, side = None, ""
    for level in LEVELS:
        band = bare.limits(den, level)
        slack = 1e-12 * max(abs(value), 1.0)
        if value > band.high + slack or value < band.low - slack:
            outside = level
            side = "high" if value > band.high else "low"
    return Place(key, num, den, value, z, outside, side)  # type: ignore[arg-type]


def denominators(largest: int, count: int = 60) -> list[float]:
    """Denominators at which to draw the bands: dense where they bend, up to a little beyond the largest place."""
    top = max(largest, 1) * 1.08
    return [top * ((step + 1) / count) ** 2 for step in range(count)]
