"""Shares and rates as people print them: exact integers divided once, then rounded half up.

Half up means away from zero, as on a school calculator: 62.5 % prints as 63, -62.5 as -63. Floats never take part.
"""

from decimal import Decimal
from fractions import Fraction


def ratio(numerator: int, denominator: int, per: int = 1) -> Fraction | None:
    """`numerator` over `denominator` times `per` (100 for per cent, 1000 for falls per 1,000 days); None over zero."""
    return Fraction(numerator * per, denominator) if denominator else None


def rounded(value: Fraction | int, places: int = 0) -> Decimal:
    """`value` rounded half up to `places` decimals, trailing zeros kept. Raises ValueError for negative places."""
    if places < 0:
        raise ValueError(f"Decimals are counted from zero up; {places} was asked for.")
    scaled = abs(Fraction(value)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-places) if whole else Decimal(0).scaleb(-places)
