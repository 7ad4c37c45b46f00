"""Surgeons appear as “Surgeon 07” to people who may not read their names.

Pure: takes names and a secret, gives labels. The same names and secret give the same labels on every page.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

NAMED_BREAKDOWNS = frozenset({"surgeon", "owner", "provider"})


def names_people(breakdown: str) -> bool:
    """Whether the values of a breakdown may be names of surgeons."""
    return breakdown in NAMED_BREAKDOWNS


def surgeon_masks(names: Iterable[str], secret: bytes, spared: Iterable[str] = ()) -> dict[str, str]:
    """A label for every name: ``{"Dr. Chen": "Surgeon 02"}``; as many digits as the count needs, at least two.

    The order is that of a keyed hash, so that neither the alphabet nor a size gives a name away. ``spared`` are values
    that only look like names, such as a service that owns a block: they keep their own words and get no label.
    """
    kept = set(spared)
    known = {name for name in names if name and name not in kept}
    ordered = sorted(known, key=lambda name: hmac.new(secret, name.encode(), hashlib.sha256).digest())
    digits = max(2, len(str(len(ordered))))
    return {name: f"Surgeon {number:0{digits}d}" for number, name in enumerate(ordered, start=1)}


def masked(breakdown: str, label: str, masks: Mapping[str, str], spared: Iterable[str] = ()) -> str:
    """What to show for a value of a breakdown. A name that has no label yet is a “Surgeon” without a number, never
    the name itself."""
    if not names_people(breakdown) or not label or label in set(spared):
        return label
    return masks.get(label, "Surgeon")
