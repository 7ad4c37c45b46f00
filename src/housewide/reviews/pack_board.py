"""The pack for the board: a facility's or the system's headline measures, one page a topic, in plain words.

Nobody is named: no breakdown by person, no author, no owner; surgeons' names inside comments become their labels.
Counts of 1 to 10 people are not shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from housewide.kit.packs.pptx import Deck
from housewide.kit.periods import Month
from housewide.reviews.boards import headlines
from housewide.reviews.models import Figure, Review
from housewide.reviews.printing import comment_in_words
from housewide.reviews.promises import earlier_for, values_of_figures
from housewide.reviews.suppression import HIDDEN, Cell, suppress

PLAIN = {
    "worsening": "Getting worse, more than chance explains",
    "improving": "Getting better, more than chance explains",
    "changed": "Changed, more than chance explains",
    "no change": "As usual",
    "not enough data": "Too early to tell",
}
REMARK = "Counts of 1 to 10 people are not shown. Nobody is named."


@dataclass(frozen=True)
class Headline:
    """One measure as the board reads it."""

    title: str
    shown: str
    target: str
    means: str
    sentence: str
    says: list[str]


@dataclass(frozen=True)
class BoardContent:
    """A whole board pack."""

    title: str
    scope: str
    on: datetime
    audit_head: str
    topics: list[tuple[str, list[Headline]]]
    decisions: list[str]
    about: list[str]


def board_content(review: Review) -> BoardContent:
    """What the board is shown of a frozen review; the same review gives the same content."""
    figures = {figure.measure: figure for figure in review.figures.order_by("order", "id")}
    masks = _masks(figures.values())
    earlier = earlier_for(review.place.code, review.period, values_of_figures(figures.values()))
    said: dict[str, list[str]] = {}
    for comment in review.comments.select_related("by", "carried_from__review").order_by("at", "id"):
        said.setdefault(comment.measure, []).append(without_names(comment_in_words(comment, named=False), masks))
    verdicts = {measure: f"{one.verdict.sentence}." for measure, one in earlier.items() if one.verdict}
    topics = [
        (title, [
            _headline(figures[one], [*said.get(one, []), *([verdicts[one]] if one in verdicts else [])])
            for one in measures if one in figures
        ])
        for title, measures in headlines(review.place.code)
    ]  # fmt: skip
    last = review.signatures.order_by("at", "id").last()
    month = Month.parse(review.period).title
    return BoardContent(
        title=f"For the board: {review.place.name}",
        scope=f"{month} · {review.get_state_display()}",
        on=last.at if last else (review.frozen_at or review.opened_at),
        audit_head=last.audit_head if last else review.frozen_head,
        topics=[(title, found) for title, found in topics if found],
        decisions=[without_names(one.text, masks) for one in review.decisions.order_by("at", "id")],
        about=said.get("", []),
    )


def _headline(figure: Figure, says: list[str]) -> Headline:
    reading = figure.reading
    means = PLAIN.get(reading["signal"]["word"], reading["signal"]["word"].capitalize())
    if reading["missed_target"]:
        means += "; target missed"
    shown = HIDDEN if is_small(reading) else reading["shown"]
    return Headline(reading["title"], shown, reading["target_shown"] or "none", means, reading["sentence"], says)


def is_small(reading: dict[str, Any]) -> bool:
    """Whether a headline counts 1 to 10 people: in, out or altogether."""
    people = any(table["people"] for table in reading["breakdowns"])
    counts = reading["num"] is not None and (reading["den"] is None or " of " in reading["counts"])
    if not people or not counts:
        return False
    return suppress([Cell("", reading["num"], reading["den"])])[0].hidden


def _masks(figures: Any) -> dict[str, str]:
    """Every name that a breakdown of the figures holds, with the label under which others see it."""
    return {
        row["label"]: row["mask"]
        for figure in figures for table in figure.reading["breakdowns"] for row in table["rows"]
        if row["label"] and row["mask"] != row["label"]
    }  # fmt: skip


def without_names(text: str, masks: dict[str, str]) -> str:
    """A text in which every known name, whole or by its last word, is its label instead."""
    for name in sorted(masks, key=len, reverse=True):
        last = re.split(r"[,\s]+", name.split(",")[0].strip())[-1]
        for said in (name, last):
            if len(said) > 3:
                text = re.sub(rf"(?:Dr\.?\s+)?\b{re.escape(said)}\b", masks[name], text, flags=re.IGNORECASE)
    return text


def draw_pdf(content: BoardContent) -> bytes:
    """One page a topic; the same content gives the same bytes."""
    from housewide.kit.packs import pdf

    columns: list[dict[str, Any]] = [
        {"key": "title", "title": "Measure"}, {"key": "shown", "title": "Value", "numeric": True},
        {"key": "target", "title": "Target", "numeric": True}, {"key": "means", "title": "What it means"},
    ]  # fmt: skip
    sections: list[dict[str, Any]] = []
    for at, (title, found) in enumerate(content.topics):
        rows = [{"title": one.title, "shown": one.shown, "target": one.target, "means": one.means} for one in found]
        blocks: list[dict[str, Any]] = [{"kind": "table", "columns": columns, "rows": rows}]
        for one in found:
            blocks.append({"kind": "text", "text": f"{one.title}. {one.sentence}"})
            blocks += [{"kind": "note", "text": text} for text in one.says]
        more = at + 1 < len(content.topics) or content.decisions or content.about
        sections.append({"title": title, "blocks": [*blocks, *([{"kind": "page_break"}] if more else [])]})
    closing = [*content.about, *content.decisions]
    if closing:
        notes = [{"kind": "note", "text": text} for text in closing]
        sections.append({"title": "What was decided", "blocks": notes})
    data = {
        "title": content.title, "scope": content.scope, "made": f"From figures as frozen. {REMARK}",
        "head_hash": content.audit_head or None, "confidential": None, "sections": sections,
    }  # fmt: skip
    return pdf.render("sections.typ", data, on=content.on)


def draw_pptx(content: BoardContent) -> bytes:
    """One slide a topic; the same content gives the same bytes."""
    foot = f"{content.scope} · {REMARK} · audit head {content.audit_head or 'none'}"
    deck = Deck(content.title, created=content.on, foot=foot)
    deck.add_cover(content.title, [content.scope])
    for title, found in content.topics:
        rows = [[one.title, one.shown, one.target, one.means] for one in found]
        note = " ".join(f"{one.title}: {one.sentence} {' '.join(one.says)}" for one in found)
        deck.add_table(title, ["Measure", "Value", "Target", "What it means"], rows, note=note)
    deck.add_text("What was decided", [*content.about, *content.decisions] or ["No decision was written down."])
    return deck.finished()
