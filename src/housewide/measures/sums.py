"""How counted integers join into those of a larger place or a longer time, by what a measure counts: most add; things
told apart by a key are united, never added; a denominator may count once; a formula is worked out anew."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from housewide.measures.amounts import value_of, value_of_formula
from housewide.measures.definitions import Component, Definition
from housewide.measures.formulas import quotient, side

ADD, UNITE, ONCE = "add", "unite", "once"


@dataclass
class Total:
    """The integers of a place and month, and which published versions they come from.

    ``rolls`` says how cells join: they add; things told apart by a key (``bins``: key -> rows) are united; a
    denominator that counts once (``bins``: day -> denominator) is that of the place that has the most of a day.
    Of a formula, ``components`` holds the totals it is worked out from, by their names.
    """

    num: int = 0
    den: int = 0
    count: int = 0
    exact: int = 0
    bins: dict[int, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    as_of_batch: int = 0
    definition_sha256: str = ""
    rolls: str = "add"
    components: dict[str, Total] = field(default_factory=dict)

    def value(self, definition: Definition) -> Fraction | None:
        """The exact value; None where nothing was counted (a total of left-out rows alone is 0, and so is a stock of
        a place that has had rows in the month)."""
        if definition.kind == "formula":
            return value_of_formula(definition, self.amounts(definition)) if self.components else None
        if definition.kind == "total" and not self.count and not self.left_out:
            return None
        if definition.kind == "stock" and not self.count and not self.as_of_batch:
            return None
        return value_of(definition, self.num, self.den, self.count, self.exact, self.bins)

    def amounts(self, definition: Definition) -> dict[str, Fraction | None]:
        """What each component of a formula amounts to."""
        return {one.name: part_of(one, self.components[one.name]) for one in definition.components}

    def add(self, cell: dict[str, Any]) -> None:
        """Add a cell as the database gives it."""
        bins = {int(edge): times for edge, times in (_loaded(cell.get("bins")) or {}).items()}
        self.join(Total(cell["num"], cell["den"], cell["count"], cell["exact"], bins))
        for reason, times in (_loaded(cell.get("left_out")) or {}).items():
            self.left_out[reason] = self.left_out.get(reason, 0) + times
        self.as_of_batch = max(self.as_of_batch, cell["version__as_of_batch"])
        self.definition_sha256 = cell["version__definition_sha256"]

    def join(self, other: Total) -> None:
        """Take in the integers of another place or day."""
        self.num += other.num
        self.den += other.den
        self.count += other.count
        self.exact += other.exact
        once = self.rolls == ONCE
        for edge, times in other.bins.items():
            held = self.bins.get(edge, 0)
            self.bins[edge] = max(held, times) if once else held + times
        if once:
            self.den = sum(self.bins.values())
        elif self.rolls == UNITE:
            self.num = len(self.bins)


def part_of(component: Component, total: Total) -> Fraction | None:
    """What a formula takes of the measure behind one of its names."""
    if component.part == "value":
        return total.value(component.behind)
    return Fraction(getattr(total, component.part))


def rolls_of(definition: Definition) -> str:
    """How the cells of a measure join over places."""
    if definition.den_rollup == ONCE:
        return ONCE
    return UNITE if definition.kind == "distinct" else ADD


def total_of_formula(definition: Definition, behind: Mapping[str, Total]) -> Total:
    """The total of a formula out of those of the measures it rests on, by measure id; nothing counted for the rest."""
    parts = {}
    for one in definition.components:
        of = one.behind
        parts[one.name] = total_of_formula(of, behind) if of.kind == "formula" else behind.get(of.id, Total())
    found = Total(components=parts)
    known = [(one, parts[one.name]) for one in definition.components if parts[one.name].as_of_batch]
    if not known:
        return Total()
    sides = quotient(definition)
    if sides is not None:
        amounts = found.amounts(definition)
        found.num, found.den = (_whole(part, amounts) for part in sides)
    stale = [total.definition_sha256 for one, total in known if total.definition_sha256 != one.behind.sha256]
    found.count = sum(total.count for total in parts.values())
    found.as_of_batch = max(total.as_of_batch for _, total in known)
    found.definition_sha256 = stale[0] if stale else definition.sha256
    return found


def _whole(part: ast.expr | None, amounts: Mapping[str, Fraction | None]) -> int:
    """One side of a quotient where it is a whole number, else 0: it is for showing, the value is exact without it."""
    amount = side(part, amounts) if part is not None else None
    return int(amount) if amount is not None and amount.denominator == 1 else 0


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def has_bins(definition: Definition) -> bool:
    """Whether the cells of a measure hold bins: values, keys, or the days of a denominator that counts once."""
    return definition.kind in ("distribution", "distinct") or definition.den_rollup == ONCE
