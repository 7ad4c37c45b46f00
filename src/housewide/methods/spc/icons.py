"""The two icons of a scoreboard: is it getting better, and can it reach its target as it runs today?

Variation is the type of the last point; assurance compares the target with the last limits (NHS England Making Data
Count). All functions take arrays of any matching shape.
"""

from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from housewide.methods.spc.rulesets import CAUSE_SIDE

Direction = Literal["higher", "lower", "none"]
DIRECTION_SIGN: dict[str, int] = {"higher": 1, "lower": -1, "none": 0}


CAUSE_SIDES = np.array([CAUSE_SIDE[cause] for cause in sorted(CAUSE_SIDE)], np.int8)


class PointType(IntEnum):
    """What a point means for a measure of a given direction. Swapping the direction changes the sign."""

    COMMON = 0
    IMPROVEMENT = 1
    CONCERN = -1
    NEUTRAL_HIGH = 2
    NEUTRAL_LOW = -2


class Assurance(IntEnum):
    """Whether the process, as it runs now, meets the target: always, sometimes or never. UNKNOWN: no target, limits
    or direction."""

    UNKNOWN = 0
    CONSISTENTLY_HITS = 1
    HIT_OR_MISS = 2
    CONSISTENTLY_MISSES = 3


def direction_sign(direction: str) -> int:
    """1 when higher is better, -1 when lower is, 0 for none. Raises ValueError for another word."""
    try:
        return DIRECTION_SIGN[direction]
    except KeyError:
        raise ValueError(f"{direction!r} is no direction. Use higher, lower or none.") from None


def point_types(causes: NDArray[np.int8], direction: ArrayLike) -> NDArray[np.int8]:
    """`PointType` of each point from its cause and the direction sign(s), broadcast together.

    The cause decides, not the side: a rising trend that is still below the average already moves the right way.
    """
    side = CAUSE_SIDES[causes]
    sign = np.asarray(direction)
    return np.where(sign == 0, 2 * side, side * sign).astype(np.int8)


def assurances(
    lower: ArrayLike, upper: ArrayLike, target: ArrayLike, direction: ArrayLike, *, tie_hits: bool = True
) -> NDArray[np.int8]:
    """`Assurance` for limits, targets (NaN: none) and direction signs, broadcast together.

    A target is something to reach, so a limit equal to it hits: a process at a constant 100 % meets a target of 100 %.
    `tie_hits=False` is the strict comparison of NHSRplotthedots, which calls that inconsistent.
    """
    low, high, goal, sign = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in (lower, upper, target, direction)))
    worst, best, aim = np.where(sign > 0, low, -high), np.where(sign > 0, high, -low), np.where(sign > 0, goal, -goal)
    with np.errstate(invalid="ignore"):
        slack = 1e-12 * np.maximum(np.abs(aim), np.abs(worst))
        hits = worst >= aim - slack if tie_hits else worst > aim + slack
        misses = best < aim - slack
    unknown = np.isnan(goal) | (sign == 0) | (tie_hits & (np.isnan(low) | np.isnan(high)))
    verdict = np.where(hits, Assurance.CONSISTENTLY_HITS, Assurance.HIT_OR_MISS)
    verdict = np.where(misses, Assurance.CONSISTENTLY_MISSES, verdict)
    return np.where(unknown, Assurance.UNKNOWN, verdict).astype(np.int8)
