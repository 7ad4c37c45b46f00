"""Numbers in stretches: which entries of the trail a seal covers, and which were still missing when it was made.

A stretch is (first, last), both included; lists of them are in order and never touch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Stretch = tuple[int, int]
LOWEST = -(2**62)


@dataclass(frozen=True)
class Missing:
    """What a seal left to later ones: stretches by name, and the moment at which they were missing."""

    stretches: Mapping[str, list[Stretch]] = field(default_factory=dict)
    moment: tuple[str, str] = ("", "")

    def of(self, name: str) -> list[Stretch]:
        return list(self.stretches.get(name, []))

    def text(self) -> str:
        """As a seal keeps it; empty when nothing is missing."""
        left = {name: stretches for name, stretches in sorted(self.stretches.items()) if stretches}
        return json.dumps({**left, "moment": list(self.moment)}, separators=(",", ":")) if left else ""

    @staticmethod
    def read(text: str) -> Missing:
        """Raises ValueError for a text that no seal wrote."""
        if not text:
            return Missing()
        found = json.loads(text)
        try:
            number, at = found.pop("moment")
            left = {str(name): [(int(first), int(last)) for first, last in some] for name, some in found.items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a list of stretches") from error
        return Missing(left, (str(number), str(at)))


def join(*lists: Iterable[Stretch]) -> list[Stretch]:
    """Everything that is in any of the lists."""
    found: list[Stretch] = []
    for first, last in sorted(stretch for one in lists for stretch in one if stretch[0] <= stretch[1]):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(some: Iterable[Stretch], gone: Iterable[Stretch]) -> list[Stretch]:
    """What is in ``some`` and not in ``gone``."""
    taken = join(gone)
    found: list[Stretch] = []
    for first, last in join(some):
        for away_first, away_last in taken:
            if away_last < first or away_first > last:
                continue
            if away_first > first:
                found.append((first, away_first - 1))
            first = away_last + 1
        if first <= last:
            found.append((first, last))
    return found
