"""Charts of averages: do months of many cases differ more than the cases within them explain?

Xbar (the means) and S (the standard deviations) for subgroups of unequal size. Formulas: Montgomery, Introduction to
Statistical Quality Control, 6.30 to 6.32 (variable sample size): the pooled standard deviation weighs each subgroup by
its size less one, and the factors A3, B3 and B4 follow each subgroup's own size.
"""

from collections.abc import Callable

import numpy as np

from housewide.methods.spc.limits import Floats, Lines, Mask


def unbiasing(sizes: Floats) -> Floats:
    """c4 of each subgroup size: what a sample's standard deviation is on average, over the true one. NaN below 2."""
    from math import exp, lgamma, log

    def one(size: float) -> float:
        if not size >= 2:
            return float("nan")
        return exp(0.5 * log(2 / (size - 1)) + lgamma(size / 2) - lgamma((size - 1) / 2))

    known = {size: one(size) for size in np.unique(sizes).tolist()}
    flat = [known.get(size, float("nan")) for size in sizes.ravel().tolist()]
    return np.array(flat, np.float64).reshape(sizes.shape)


def pooled_deviation(sizes: Floats, deviations: Floats, base: Mask) -> Floats:
    """Standard deviation within subgroups (series, 1), each weighed by its size less one; NaN without any of two."""
    counts = base & ~np.isnan(deviations) & (sizes >= 2)
    free = np.where(counts, sizes - 1, 0.0)
    squares = np.where(counts, free * np.where(counts, deviations, 0.0) ** 2, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled: Floats = np.sqrt(squares.sum(axis=1, keepdims=True) / free.sum(axis=1, keepdims=True))
    return pooled


def grand_mean(y: Floats, n: Floats, base: Mask) -> Floats:
    """The mean of everything in the base (series, 1): means weighed by their sizes."""
    counts = base & ~np.isnan(y) & (n > 0)
    weights = np.where(counts, n, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = (weights * np.where(counts, y, 0.0)).sum(axis=1, keepdims=True) / weights.sum(
            axis=1, keepdims=True
        )
    return mean


def xbar_lines(y: Floats, n: Floats, s: Floats, base: Mask) -> Lines:
    """Means (series, points) of `n` values each with standard deviations `s`: limits of 3 standard errors."""
    centre = grand_mean(y, n, base)
    with np.errstate(invalid="ignore", divide="ignore"):
        width = 3 * pooled_deviation(n, s, base) / (unbiasing(n) * np.sqrt(n))
    near = width * 2 / 3
    return Lines(y, centre, centre - width, centre + width, centre - near, centre + near)


def s_lines(y: Floats, n: Floats, s: Floats, base: Mask) -> Lines:
    """Standard deviations `s` of subgroups of `n` values; the means `y` say only where there is a point."""
    centre = pooled_deviation(n, s, base)
    factor = unbiasing(n)
    with np.errstate(invalid="ignore"):
        width = 3 * np.sqrt(np.maximum(1 - factor**2, 0)) / factor * centre
    near = width * 2 / 3
    values = np.where(np.isnan(y), np.nan, s)
    return Lines(
        values, centre, np.maximum(centre - width, 0), centre + width, np.maximum(centre - near, 0), centre + near
    )


SUBGROUP_LINES: dict[str, Callable[[Floats, Floats, Floats, Mask], Lines]] = {"xbar": xbar_lines, "s": s_lines}
