"""What a pack prints, worked out once from frozen figures so that PDF and workbook cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from housewide.kit.periods import Month
from housewide.org.models import Place
from housewide.reviews.models import Figure, Review, ReviewComment, Signature
from housewide.reviews.promises import Earlier, earlier_for, promise_in_words, said_since, values_of_figures
from housewide.reviews.suppression import Cell, suppress


@dataclass(frozen=True)
class Row:
    """One row of a breakdown as it may be printed; a hidden one has no numbers."""

    label: str
    num: int | None
    den: int | None
    count: int | None
    value: str | None
    shown: str
    hidden: bool


@dataclass(frozen=True)
class Table:
    """One breakdown of a figure."""

    by: str
    title: str
    rows: list[Row]
    counts_rows: bool

    @property
    def hides(self) -> bool:
        return any(row.hidden for row in self.rows)


@dataclass(frozen=True)
class Printed:
    """One figure with everything that is said about it."""

    public_id: str
    measure: str
    reading: dict[str, Any]
    sha256: str
    definition_sha256: str
    parts: list[list[str]]
    comments: list[str]
    tables: list[Table]
    chart: str = ""
    restated: list[str] = field(default_factory=list)
    earlier: str = ""
    verdict: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Content:
    """A whole pack."""

    title: str
    place: str
    month: str
    period: str
    state: str
    on: datetime
    audit_head: str
    names_shown: bool
    signatures: list[dict[str, str]]
    comments: list[str]
    figures: list[Printed]
    decisions: list[str] = field(default_factory=list)
    below: list[tuple[str, str]] = field(default_factory=list)


def content_of(review: Review, names_shown: bool) -> Content:
    """Everything that the packs of a frozen or signed review print; the same review gives the same content."""
    figures = list(review.figures.order_by("order", "id"))
    signatures = list(review.signatures.select_related("by__person", "on_behalf_of__person").order_by("at", "id"))
    said: dict[str, list[str]] = {}
    for comment in review.comments.select_related("by__person", "carried_from__review").order_by("at", "id"):
        said.setdefault(comment.measure, []).append(comment_in_words(comment))
    earlier = earlier_for(review.place.code, review.period, values_of_figures(figures))
    decisions = review.decisions.select_related("owner__person").order_by("at", "id")
    return Content(
        title="Monthly review",
        place=review.place.name,
        month=Month.parse(review.period).title,
        period=review.period,
        state=review.get_state_display(),
        on=signatures[-1].at if signatures else (review.frozen_at or review.opened_at),
        audit_head=signatures[-1].audit_head if signatures else review.frozen_head,
        names_shown=names_shown,
        signatures=[_signed(one) for one in signatures],
        comments=said.get("", []),
        figures=[
            _printed(figure, said.get(figure.measure, []), names_shown, earlier.get(figure.measure))
            for figure in figures
        ],
        decisions=[f"{one.text} ({one.owner} answers for it, {_day(one.at)})" for one in decisions],
        below=[(name, state) for name, state in _below(signatures)],
    )  # fmt: skip


def _signed(one: Signature) -> dict[str, str]:
    without = f"; signed before those below: {one.without}" if one.without else ""
    return {
        "name": str(one.by),
        "role": f"for {one.on_behalf_of}" if one.on_behalf_of else "",
        "signed": f"Signed {_moment(one.at)}, hash {one.sha256[:16]}{without}",
    }


def _below(signatures: Sequence[Signature]) -> list[tuple[str, str]]:
    """The reviews below as they stood at the signature; a pack of an unsigned review says nothing of them."""
    if not signatures:
        return []
    names = dict(Place.objects.values_list("code", "name"))
    words = {"none": "Not begun", **dict(Review.State.choices)}
    return [(names.get(code, code), str(words[state])) for code, state, _ in signatures[-1].below]


def comment_in_words(comment: ReviewComment, named: bool = True) -> str:
    """A comment as it is printed: cause, whether it continues, action, promise, who and when."""
    parts = [comment.text.rstrip()]
    if comment.continues:
        parts.append(f"{comment.get_continues_display()}.")
    if comment.action:
        parts.append(f"Action: {comment.action.rstrip()}")
    promise = promise_in_words(comment)
    if promise:
        parts.append(f"Promise: {promise}.")
    if comment.carried_from:
        parts.append(f"Still true since {said_since(comment)}.")
    return " ".join(parts) + (f" ({comment.by}, {_day(comment.at)})" if named else "")


def _printed(figure: Figure, comments: list[str], names_shown: bool, earlier: Earlier | None) -> Printed:
    verdict = earlier.verdict if earlier else None
    return Printed(
        public_id=figure.public_id,
        measure=figure.measure,
        reading=figure.reading,
        sha256=figure.sha256,
        definition_sha256=figure.definition_sha256,
        parts=figure.parts,
        comments=comments,
        tables=[_table(table, names_shown) for table in figure.reading["breakdowns"]],
        chart=figure.reading.get("chart", ""),
        restated=list(figure.restated_differences) if figure.restated_at else [],
        earlier=f"Said in {earlier.month}: {earlier.comment.text}" if earlier else "",
        verdict=(verdict.sentence, verdict.word) if verdict else ("", ""),
    )


def masked_rows(table: dict[str, Any], names_shown: bool) -> list[dict[str, Any]]:
    """Rows of a frozen breakdown, surgeons under the label of the day of the freeze unless names may be shown.

    Masked rows are sorted anew, as the old order could tell who is who.
    """
    if names_shown or all(row["mask"] == row["label"] for row in table["rows"]):
        return list(table["rows"])
    return sorted(({**row, "label": row["mask"]} for row in table["rows"]), key=lambda row: row["label"])


def _table(table: dict[str, Any], names_shown: bool) -> Table:
    rows = masked_rows(table, names_shown)
    hidden = [one.hidden for one in suppress([_cell(row) for row in rows])] if table["people"] else [False] * len(rows)
    lines = [_row(row, hides) for row, hides in zip(rows, hidden, strict=True)]
    return Table(table["by"], table["title"], lines, counts_rows(table["rows"]))


def counts_rows(rows: list[dict[str, Any]]) -> bool:
    """Whether the integers of a breakdown count rows. Seconds over seconds tell a reader nothing: the rows do."""
    return all(row["count"] == (row["num"] if row["den"] is None else row["den"]) for row in rows)


def _cell(row: dict[str, Any]) -> Cell:
    """How many people a row gives away. Minutes over minutes count nobody; there the rows behind them do."""
    counts_people = row["den"] is not None and row["den"] == row["count"]
    return Cell(row["label"], row["num"], row["den"]) if counts_people else Cell(row["label"], row["count"])


def _row(row: dict[str, Any], hidden: bool) -> Row:
    label = row["label"] or "not recorded"
    if hidden:
        return Row(label, None, None, None, None, "", True)
    return Row(label, row["num"], row["den"], row["count"], row["value"], row["shown"], False)


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%b} {local.day}, {local.year}"


def _moment(at: datetime) -> str:
    return f"{_day(at)} {timezone.localtime(at):%H:%M %Z}"
