"""The words under which the values of a breakdown appear to one person at one place: names, or “Surgeon 07”."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from housewide.access.gates import allowed
from housewide.kit.home import key
from housewide.measures.masking import NAMED_BREAKDOWNS, masked, names_people, surgeon_masks
from housewide.measures.models import BreakdownCell
from housewide.org.tree import Tree

READS_NAMES = "surgeon.names"
NO_LABEL = "none"


@dataclass(frozen=True)
class Labels:
    """``names`` is whether this person reads names; ``masks`` maps each name to its label when not."""

    names: bool
    masks: Mapping[str, str] = field(default_factory=dict)
    services: frozenset[str] = frozenset()

    def shown(self, breakdown: str, label: Any) -> str:
        """The value as this person may read it; empty text for none."""
        text = "" if label is None else str(label)
        return text if self.names else masked(breakdown, text, self.masks, self.services)

    def hides(self, breakdown: str) -> bool:
        """Whether this breakdown is masked for this person."""
        return not self.names and names_people(breakdown)


def labels_for(account: Any, place: str, tree: Tree | None = None) -> Labels:
    """How to show breakdown values to the account at the place (its code).

    One surgeon has one number on every page and in every month, because the numbers run over every name that any
    published cube holds. One query when names are masked, none otherwise besides the gate's own.
    """
    if allowed(account, READS_NAMES, place):
        return Labels(names=True)
    wanted = (*NAMED_BREAKDOWNS, "service")
    held = BreakdownCell.objects.filter(by__in=wanted, version__current=True).values_list("by", "label").distinct()
    pairs = set(held)
    services = frozenset({NO_LABEL, *(label for by, label in pairs if by == "service")})
    names = (label for by, label in pairs if by in NAMED_BREAKDOWNS)
    return Labels(False, surgeon_masks(names, key("surgeon-labels"), services), services)
