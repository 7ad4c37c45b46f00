"""Proof that a frozen figure is what the data said: computed again, bit for bit, from what it was computed from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from housewide.facts.models import Part
from housewide.kit.periods import Month
from housewide.measures.definitions import Definition, recorded
from housewide.org.tree import tree_on
from housewide.reviews.models import Figure
from housewide.reviews.recounting import broken_parts, calendar_sha256, count_again, parts_behind, value_of_counts
from housewide.reviews.seals import figure_sha256


@dataclass(frozen=True)
class Reproduction:
    """What came of computing a figure again: ``differences`` in words, ``checked`` are the paths of the parts used."""

    equal: bool
    differences: list[str]
    checked: list[str]


def definition_behind(figure: Figure) -> Definition | None:
    """The definition that the figure cites, from the whole text kept with it, and those behind a formula."""
    return recorded(figure.definition_sha256, figure.components.get("definitions"))


def reproduce(figure: Figure) -> Reproduction:
    """Compute every month of a figure again from its parts, definition and places, and compare all integers and the
    rounded values. Reads files and the catalogue only; writes nothing."""
    definition = definition_behind(figure)
    parts, missing = _parts_of(figure)
    broken = missing + broken_parts(parts)
    wrong = list(broken)
    if figure.sha256 != figure_sha256(figure):
        wrong.append("The figure is not as it was frozen: its hash differs.")
    if definition is None:
        wrong.append("The definition it cites is not kept here.")
    elif definition.sha256 != figure.definition_sha256:
        wrong.append("The kept text of the definition does not match its hash.")
    month = Month.parse(figure.review.period)
    if tree_on(month.last_day()).sha256() != figure.tree_sha256:
        wrong.append("The tree of places of that month was changed since; the places of the freeze are used.")
    if calendar_sha256(figure.components["facilities"], _months(figure)) != figure.components["calendar"]:
        wrong.append("The calendar of those months was changed since.")
    if definition is not None and not broken:
        wrong += _compare(definition, figure, parts)
    return Reproduction(not wrong, wrong, [part.path for part in parts])


def _months(figure: Figure) -> list[Month]:
    return [Month.parse(period) for period in figure.components["months"]]


def _parts_of(figure: Figure) -> tuple[list[Part], list[str]]:
    known = {part.path: part for part in Part.objects.filter(path__in=[path for path, _ in figure.parts])}
    missing = [
        f"The part {path} is not in the catalogue as it was."
        for path, digest in figure.parts
        if path not in known or known[path].sha256 != digest
    ]
    return [known[path] for path, _ in figure.parts if path in known], missing


def _compare(definition: Definition, figure: Figure, parts: list[Part]) -> list[str]:
    about = figure.components
    again = count_again(definition, parts, about["places"], about["facilities"], _months(figure))
    said = {point["period"]: point["value"] for point in figure.reading["series"]}
    wrong = []
    for period, frozen in about["months"].items():
        counted = again.months[period]
        if counted != frozen:
            wrong.append(f"{period}: {in_words(definition, counted)} instead of {in_words(definition, frozen)}.")
        value = as_text(value_of_counts(definition, counted))
        if value != said[period]:
            wrong.append(f"{period}: the value is {value or 'none'} instead of {said[period] or 'none'}.")
    labels = [[by, label, counted] for (by, label), counted in sorted(again.labels.items())]
    if labels != about["labels"]:
        wrong.append("The breakdowns do not come out the same.")
    if again.left_out != about["left_out"]:
        wrong.append("The reasons for leaving out do not come out the same.")
    return wrong


def as_text(value: Decimal | None) -> str | None:
    """A rounded value as figures keep it."""
    return None if value is None else str(value)


def in_words(definition: Definition, counted: dict[str, Any]) -> str:
    """Integers as people say them: ``294 of 412``, ``1,204``, ``88 values``."""
    if definition.kind == "distribution":
        return f"{counted['count']:,} values"
    if definition.kind == "formula":
        return f"{counted['count']:,} rows of its components"
    return f"{counted['num']:,}" + (f" of {counted['den']:,}" if definition.kind in ("ratio", "rate") else "")


def month_now(figure: Figure) -> dict[str, Any]:
    """The integers and value of the figure's month as the current parts have them, with the definition and places that
    it cites. Raises LookupError when the definition is not kept here."""
    definition = definition_behind(figure)
    if definition is None:
        raise LookupError(f"the definition of figure {figure.public_id} is not kept here")
    month, about = Month.parse(figure.review.period), figure.components
    parts = parts_behind(definition, about["facilities"], [month])
    counted = count_again(definition, parts, about["places"], about["facilities"], [month]).months[str(month)]
    return {**counted, "value": as_text(value_of_counts(definition, counted)), "said": in_words(definition, counted)}


def differences_between(figure: Figure, counted: dict[str, Any]) -> list[str]:
    """What a recount of the figure's month says otherwise, in words; empty when nothing."""
    frozen = figure.components["months"][figure.review.period]
    before, unit = figure.reading["value"], figure.reading["unit"]
    found = []
    if counted["value"] != before:
        found.append(f"value {before or 'none'} {unit} → {counted['value'] or 'none'} {unit}")
    if any(counted[key] != frozen[key] for key in frozen):
        said = figure.components["said"]
        changed = counted["said"] != said
        found.append(f"counted {said} → {counted['said']}" if changed else f"{said}, but not the same ones")
    return found
