"""Works out the formulas of a workbook as a spreadsheet would: enough of the language for the packs, exactly."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

REFERENCE = re.compile(r"(?:'(?P<sheet>[^']+)'!)?(?P<first>[A-Z]{1,2}[0-9]+)(?::(?P<last>[A-Z]{1,2}[0-9]+))?")


def evaluated(book: Any, sheet: str, cell: str) -> Any:
    """The value of a cell, every formula it rests on worked out anew: numbers as Fraction, text as it is."""
    held = book[sheet][cell].value
    if not isinstance(held, str) or not held.startswith("="):
        return Fraction(str(held)) if isinstance(held, int | float) else held

    def value_at(found: re.Match[str]) -> str:
        where = found["sheet"] or sheet
        if found["last"] is None:
            return f"cell({where!r}, {found['first']!r})"
        return f"cells({where!r}, {found['first']!r}, {found['last']!r})"

    def cell_of(where: str, at: str) -> Any:
        given = evaluated(book, where, at)
        return Fraction(0) if given is None else given

    def cells(where: str, first: str, last: str) -> list[Any]:
        return [cell_of(where, one.coordinate) for row in book[where][first:last] for one in row]

    text = REFERENCE.sub(value_at, held[1:])
    text = re.sub(r"IF\((.+?)=0,\"\",", r"if_zero(\1, ", text)
    names = {
        "cell": cell_of,
        "cells": cells,
        "if_zero": lambda den, otherwise: "" if den == 0 else otherwise,
        "ROUND": _rounded,
        "SUM": lambda given: sum(one for one in given if isinstance(one, Fraction)),
        "Fraction": Fraction,
    }
    return eval(re.sub(r"(?<![\w'])([0-9]+)(?![\w'])", r"Fraction(\1)", text), {"__builtins__": {}}, names)


def _rounded(value: Fraction, places: Fraction) -> Fraction:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(exact.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))
