"""What every measure says of itself, as a page to read: made from the definitions, so it is never behind them."""

from __future__ import annotations

from collections.abc import Iterable

from housewide.measures.definitions import Definition

BETTER = {"higher": "higher is better", "lower": "lower is better", "none": "no direction is better"}


def reference_page(definitions: Iterable[Definition]) -> str:
    """The measures as Markdown, by id: an overview, then a section each."""
    chosen = sorted(definitions, key=lambda definition: definition.id)
    lines = ["# Measures", "", f"{len(chosen)} measures. The id says everything that changes the number.", ""]
    lines += ["| measure | title | kind | unit | better |", "|---|---|---|---|---|"]
    lines += [
        f"| [`{one.id}`](#{anchor(one.id)}) | {one.title} | {one.kind} | {one.unit} | {one.direction} |"
        for one in chosen
    ]
    for definition in chosen:
        lines += ["", *section(definition)]
    return "\n".join(lines) + "\n"


def anchor(heading: str) -> str:
    """How a heading is addressed on its page: small letters, without dots."""
    return heading.lower().replace(".", "")


def section(definition: Definition) -> list[str]:
    """One measure: what it counts, from which tables, how it is shown, and who answers for it."""
    lines = [f"## {definition.id}", "", f"**{definition.title}.** {definition.sentence}", ""]
    lines += [
        f"- Version {definition.version}, {definition.kind}, {BETTER[definition.direction]}. {_value(definition)}"
    ]
    lines += [f"- Reads: {_codes(definition.reads)}. Breakdowns: {_codes(definition.breakdowns) or 'none'}."]
    if definition.settings:
        said = ", ".join(f"`{name}` = {value}" for name, value in sorted(definition.settings.items()))
        lines += [f"- Settings of the definition: {said}."]
    if definition.lookback_days or definition.lookahead_days:
        lines += [f"- Looks back {definition.lookback_days} and ahead {definition.lookahead_days} days."]
    if definition.target:
        lines += [
            f"- Target that ships with it: {definition.target.value} {definition.unit}. {definition.target.source}."
        ]
    lines += [f"- Steward: {definition.steward}."]
    source = {key: text for key, text in definition.source.items() if key in ("specification", "version", "deviations")}
    if source:
        lines += ["- Source: " + "; ".join(text.rstrip(".") for text in source.values()) + "."]
    if definition.examples:
        lines += ["- Worked examples, which are run by the tests:"]
        lines += [f"  - {example.name}" for example in definition.examples]
    return lines


def _value(definition: Definition) -> str:
    if definition.kind in ("ratio", "rate"):
        once = " The denominator of a day counts once, however many places have it." if definition.den_rollup else ""
        return f"Value: `num × {definition.per} / den`.{once}"
    if definition.kind == "formula":
        said = ", ".join(f"`{one.name}` = {one.part} of `{one.measure}`" for one in definition.components)
        times = f" × {definition.per}" if definition.per > 1 else ""
        return f"Value: `{definition.formula}`{times}, where {said}."
    if definition.kind == "total":
        return f"Value: `num / {definition.scale}` in {definition.unit}."
    if definition.kind == "stock":
        return f"Value: `num / {definition.scale}` in {definition.unit}, on the last day of the month with rows."
    if definition.kind == "distinct":
        return "Value: how many different keys the rows have; never added up."
    shown = {"mean": "mean", "median": "median", "p90": "90th percentile"}[definition.stat]
    wide, tail = definition.bin / definition.scale, definition.tail / definition.scale
    return f"Value: the {shown} in {definition.unit}; bins of {wide:g}, tail beyond {tail:g} {definition.unit}."


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
