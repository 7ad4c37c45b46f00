"""Turns counted integers into the value of a measure, and a value into words. Exact until the last step: half up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from housewide.kit.ui.numbers import MINUS, grouped_number
from housewide.measures.definitions import Component, Definition
from housewide.measures.formulas import Amounts, evaluated
from housewide.methods.quantiles import percentile
from housewide.methods.ratios import ratio, rounded

# Units that the title of the measure says already: 287, not 287 patients.
COUNTED = ("", "cases", "patients", "patient days", "appointments")
SHARES = {"median": Fraction(1, 2), "p90": Fraction(9, 10)}


def value_of(
    definition: Definition, num: int, den: int, count: int, exact: int, bins: Mapping[int, int] | None
) -> Fraction | None:
    """The exact value of counted integers in the measure's unit; None where nothing was counted.

    A total of nothing is 0 only where rows were counted or looked at: the caller knows whether there were any.
    """
    if definition.kind in ("ratio", "rate"):
        return ratio(num, den, definition.per)
    if definition.kind in ("total", "stock"):
        return Fraction(num, definition.scale)
    if definition.kind == "distinct":
        return Fraction(num, definition.scale) if count else None
    return statistic(definition, definition.stat, count, exact, bins)


def value_of_formula(definition: Definition, amounts: Amounts) -> Fraction | None:
    """The exact value of a formula whose components have these amounts, in the measure's unit."""
    found = evaluated(definition.formula, amounts)
    return None if found is None else found * definition.per / definition.scale


def statistic(
    definition: Definition, stat: str, count: int, exact: int, bins: Mapping[int, int] | None
) -> Fraction | None:
    """Mean (from the exact sum), median or 90th percentile (from the histogram) of a distribution."""
    if stat == "mean":
        return Fraction(exact, count * definition.scale) if count else None
    found = percentile(bins or {}, SHARES[stat])
    return None if found is None else found / definition.scale


def rounded_value(definition: Definition, value: Fraction | None) -> Decimal | None:
    """The value as it is shown and compared: half up to the measure's decimals."""
    return None if value is None else rounded(value, definition.decimals)


def show(definition: Definition, value: Fraction | Decimal | float | None) -> str:
    """A value in words: ``71.4%``, ``12.4 min``, ``412``, ``$1,204``; a dash for none."""
    if value is None:
        return "–"
    if isinstance(value, float):
        value = Decimal(repr(value))
    places = max(definition.decimals, 0)
    number = rounded(value, places) if isinstance(value, Fraction) else half_up(value, places)
    text = grouped_number(number, places)
    return _with_unit(definition.unit, text)


def amount_text(component: Component, amount: Fraction | None) -> str:
    """What a formula takes of a measure, in words: its value with the unit, or the integers as they are."""
    if component.part == "value":
        return show(component.behind, amount)
    return "–" if amount is None else grouped_number(int(amount))


def show_change(definition: Definition, change: Fraction | Decimal) -> str:
    """A change with its sign: ``+2.1 points``, ``−14.2 min``."""
    number = Fraction(change)
    text = show(definition, abs(number))
    if definition.unit == "%":
        text = text.removesuffix("%") + " points"
    return ("+" if number > 0 else MINUS if number < 0 else "") + text


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded half away from zero, trailing zeros kept."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _with_unit(unit: str, text: str) -> str:
    if unit == "%":
        return f"{text}%"
    if unit == "$":
        return f"{MINUS}${text.removeprefix(MINUS)}" if text.startswith(MINUS) else f"${text}"
    return text if unit in COUNTED else f"{text} {unit}"
