"""The measures of a review page: what changed and why, then missed targets, then the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms as django_forms

from housewide.org.models import Account
from housewide.reviews import frozen
from housewide.reviews.forms import CommentForm
from housewide.reviews.models import Figure, Review, ReviewComment
from housewide.reviews.offering import offered
from housewide.reviews.promises import (
    BROKEN,
    EARLY,
    KEPT,
    UNKNOWN,
    Earlier,
    ValueOf,
    Verdict,
    earlier_for,
    promise_in_words,
    said_since,
    values_now,
    values_of_figures,
)
from housewide.reviews.queries import SIGNALS, asked_for

VERDICTS = (BROKEN, KEPT, EARLY, UNKNOWN)
ORDER = {"worsening": 0, "changed": 1, "improving": 2}


@dataclass
class Card:
    """One measure: its reading (frozen, or as it is now), what it asks for, what was said now and before."""

    measure: str
    reading: dict[str, Any]
    figure: Figure | None
    asked: str
    comments: list[ReviewComment] = field(default_factory=list)
    earlier: Earlier | None = None
    form: django_forms.Form | None = None
    caveats: list[str] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        return bool(self.asked) and not self.comments

    @property
    def signals(self) -> bool:
        return self.reading["signal"]["word"] in SIGNALS

    @property
    def carried_since(self) -> str:
        """The month in which it was first said, when this review carries the earlier comment on; else ""."""
        was = self.earlier.comment.pk if self.earlier else None
        found = next((one for one in self.comments if was and one.carried_from_id == was), None)
        return said_since(found) if found else ""

    @property
    def promises(self) -> list[tuple[ReviewComment, str]]:
        """Comments of this review that promise something, with the promise in words."""
        return [(one, promise_in_words(one)) for one in self.comments if one.promise_value is not None]


@dataclass
class Cards:
    """The three groups, and what is true of more than one card and therefore said once."""

    changed: list[Card]
    missed: list[Card]
    rest: list[Card]
    caveats: list[str]
    earlier: dict[str, Earlier]

    @property
    def all(self) -> list[Card]:
        return [*self.changed, *self.missed, *self.rest]

    @property
    def missing(self) -> int:
        return sum(card.missing for card in self.all)

    @property
    def due_promises(self) -> list[tuple[str, Verdict]]:
        """Title and verdict of every earlier promise, those that were not kept first."""
        found = [
            (card.reading["title"], card.earlier.verdict)
            for card in self.all
            if card.earlier is not None and card.earlier.verdict is not None
        ]
        return sorted(found, key=lambda pair: VERDICTS.index(pair[1].word))


def cards_of(
    review: Review | None,
    place: str,
    period: str,
    *,
    bound: django_forms.Form | None = None,
    about: str = "",
    people: Sequence[Account] | None = None,
) -> Cards:
    """The cards of a place and month. ``people`` may be named in a form; without them no form is drawn. ``about`` is
    the measure whose form was asked for; ``bound`` the form that was refused."""
    figures = list(review.figures.all()) if review else []
    found: list[tuple[str, dict[str, Any], Figure | None]] = [(one.measure, one.reading, one) for one in figures]
    if not figures:
        wanted = offered(place)
        live = frozen.live_readings(wanted, place, period) if wanted else []
        found = [(measure, reading, None) for measure, reading in zip(wanted, live, strict=True)]
    said: dict[str, list[ReviewComment]] = {}
    if review:
        for comment in review.comments.select_related("by__person", "carried_from__review", "adopted_from__review"):
            said.setdefault(comment.measure, []).append(comment)
    value_of: ValueOf = values_of_figures(figures) if figures else values_now(place)
    earlier = earlier_for(place, period, value_of)
    often = [text for text, times in Counter(t for _, one, _ in found for t in one["caveats"]).items() if times > 1]
    cards = [
        Card(
            measure, reading, figure, asked_for(reading), said.get(measure, []), earlier.get(measure),
            caveats=[text for text in reading["caveats"] if text not in often],
        )
        for measure, reading, figure in found
    ]  # fmt: skip
    if review and people is not None:
        _add_forms(cards, review, people, bound, about)
    changed = sorted((card for card in cards if card.signals), key=lambda card: ORDER[card.reading["signal"]["word"]])
    missed = [card for card in cards if not card.signals and card.reading["missed_target"]]
    rest = [card for card in cards if not card.signals and not card.reading["missed_target"]]
    return Cards(changed, missed, rest, often, earlier)


def _add_forms(
    cards: list[Card], review: Review, people: Sequence[Account], bound: django_forms.Form | None, about: str
) -> None:
    """A form where a comment is missing or was asked for; every form costs a few milliseconds."""
    typed = bound if isinstance(bound, CommentForm) else None
    for at, card in enumerate(cards):
        if typed is not None and typed.data.get("measure") == card.measure:
            card.form = typed
        elif card.measure == about or (card.missing and not (card.earlier and card.earlier.can_stand)):
            card.form = CommentForm(
                initial={"measure": card.measure}, auto_id=f"comment_{at}_%s", people=people, period=review.period,
                unit=card.reading["unit"],
            )  # fmt: skip
