"""The pack as slides: cover, summary, one slide a signal with its control chart, missed targets, decisions.

Charts are PowerPoint's own: their numbers can be edited, and every one is described in words.
"""

from __future__ import annotations

from typing import Any

from housewide.kit.packs.pptx import Deck, Line
from housewide.kit.periods import Month
from housewide.reviews.printing import Content, Printed
from housewide.reviews.queries import SIGNALS

TONES = {"kept": "good", "not kept": "bad"}


def draw_pptx(content: Content) -> bytes:
    """The pack as a presentation; the same content gives the same bytes."""
    foot = f"{content.place} · {content.month} · {content.state} · audit head {content.audit_head or 'none'}"
    deck = Deck(f"{content.title}: {content.place}, {content.month}", created=content.on, foot=foot)
    secret = ["Confidential: this pack names surgeons."] if content.names_shown else []
    signed = [f"{one['name']} {one['role']}".strip() + f": {one['signed']}" for one in content.signatures]
    deck.add_cover(f"{content.title}: {content.place}", [f"{content.month}, {content.state.lower()}", *secret, *signed])
    rows = [
        [one.reading["title"], one.reading["shown"], one.reading["target_shown"] or "none",
         one.reading["signal"]["word"].capitalize()]
        for one in content.figures
    ]  # fmt: skip
    deck.add_table("Summary", ["Measure", content.month, "Target", "Signal"], rows)
    for one in content.figures:
        if one.reading["signal"]["word"] in SIGNALS:
            add_chart(deck, one)
    missed = [one for one in content.figures if one.reading["missed_target"]]
    if missed:
        deck.add_table("Missed targets", ["Measure", content.month, "Target", "What is said"], [
            [one.reading["title"], one.reading["shown"], one.reading["target_shown"], _short(" ".join(one.comments))]
            for one in missed
        ])  # fmt: skip
    promised = [
        (f"{one.reading['title']}. {one.verdict[0]}.", TONES.get(one.verdict[1], ""))
        for one in content.figures if one.verdict[0]
    ]  # fmt: skip
    if promised:
        deck.add_text("What was promised", promised)
    decided = [*content.comments, *content.decisions] or ["No decision was written down."]
    deck.add_text("Decisions", decided)
    if content.below:
        deck.add_table("Reviews below", ["Place", "State"], [list(row) for row in content.below])
    return deck.finished()


def add_chart(deck: Deck, one: Printed) -> None:
    """A slide with the control chart of a figure as a line chart: values, average, limits, target."""
    reading = one.reading
    labels = [Month.parse(point["period"]).short for point in reading["series"]]
    says: list[str | tuple[str, str]] = [
        (f"{reading['shown']}: {reading['signal']['word']}", reading["signal"]["tone"]),
        *(f"{line}." for line in reading.get("why", ())),
        f"{reading['reach'][:1].upper()}{reading['reach'][1:]}.",
        *(_short(text, 320) for text in one.comments),
    ]
    if one.verdict[0]:
        says.append((f"{one.verdict[0]}.", TONES.get(one.verdict[1], "")))
    note = f"{reading['sentence']} Source: {reading['source']}. {reading['as_of']}. Figure {one.public_id}."
    deck.add_lines(
        reading["title"], labels, lines_of(reading), says=says, unit=reading["unit"] or "count",
        describe=described(reading, labels), note=note,
    )  # fmt: skip


def lines_of(reading: dict[str, Any]) -> list[Line]:
    """The series of a control chart, in the order in which they are drawn."""
    limits = {row["period"]: row for row in reading.get("limits", ())}
    periods = [point["period"] for point in reading["series"]]

    def line(key: str) -> list[float | None]:
        return [_number(limits.get(period, {}).get(key)) for period in periods]

    lines = [Line("Value", [_number(point["value"]) for point in reading["series"]])]
    for name, key, kind in (("Average", "centre", "middle"), ("Lower limit", "lower", "limit"),
                            ("Upper limit", "upper", "limit")):  # fmt: skip
        values = line(key)
        if any(value is not None for value in values):
            lines.append(Line(name, values, kind))
    if reading["target"] is not None:
        lines.append(Line("Target", [float(reading["target"])] * len(periods), "target"))
    return lines


def described(reading: dict[str, Any], labels: list[str]) -> str:
    """The chart in words, for those who hear the slide."""
    target = f" The target is {reading['target_shown']}." if reading["target_shown"] else ""
    return (
        f"Line chart of {reading['title']}, {labels[0]} to {labels[-1]}. The last month is {reading['shown']},"
        f" {reading['signal']['word']}. {reading['reach'][:1].upper()}{reading['reach'][1:]}.{target}"
    )


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _short(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
