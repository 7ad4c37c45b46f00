"""What stands in a cell of CMS's files: a number, a share, points out of ten, or words for a result not shown.

Numbers become whole numbers at a stated scale and never pass through a float.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

MILLIONTHS, BILLIONTHS = 6, 9
_NUMBER = re.compile(r"[-+]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d{1,2})?%?")
_POINTS = re.compile(r"(\d+(?:\.\d+)?) out of \d+", re.IGNORECASE)
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LARGEST = 9 * 10**18


@lru_cache(maxsize=1 << 16)
def scaled(cell: str, decimals: int) -> int | None:
    """``16.4`` -> 16400000 at six decimals; a percent keeps its points, ``8 out of 10`` is 8. None for anything else.

    Digits beyond the scale are rounded half to even.
    """
    said = cell.strip()
    points = _POINTS.fullmatch(said)
    said = points[1] if points else said
    if not any(character.isdigit() for character in said) or not _NUMBER.fullmatch(said):
        return None
    number = Decimal(said.replace(",", "").replace("$", "").rstrip("%")).scaleb(decimals)
    if abs(number) > _LARGEST:
        return None
    return int(number.to_integral_value(ROUND_HALF_EVEN))


@lru_cache(maxsize=1 << 14)
def counted(cell: str) -> int | None:
    """A count of patients or cases, ``1,204`` or ``1204``; None for words and for parts of one."""
    number = scaled(cell, MILLIONTHS)
    return None if number is None or number % 10**MILLIONTHS else number // 10**MILLIONTHS


@lru_cache(maxsize=4096)
def day_of(cell: str) -> date | None:
    """``07/01/2021`` or ``2021-07-01``; None for anything else."""
    said = cell.strip()
    found = _US_DATE.fullmatch(said)
    try:
        return date(int(found[3]), int(found[1]), int(found[2])) if found else date.fromisoformat(said[:10])
    except ValueError:
        return None


@lru_cache(maxsize=1 << 14)
def certification_number(cell: str) -> str:
    """The hospital's six characters, with the zeros that a spreadsheet takes away put back."""
    said = cell.strip().strip("'").upper()
    return said.zfill(6) if said.isascii() and said.isdigit() else said
