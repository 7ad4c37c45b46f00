"""What was promised in an earlier review, and whether it came true: computed from readings, never typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.amounts import show
from housewide.measures.definitions import Definition
from housewide.reviews.models import Figure, Review, ReviewComment

KEPT, BROKEN, EARLY, UNKNOWN = "kept", "not kept", "too early", "cannot be told"
SHAPES = {KEPT: "good check", BROKEN: "bad", EARLY: "neutral clock", UNKNOWN: "warn"}
ValueOf = Callable[[str, str], Decimal | None]


@dataclass(frozen=True)
class Verdict:
    """Whether a promise came true. ``came_out`` is the value as shown, empty while it is too early."""

    word: str
    promised: str
    by: str
    came_out: str = ""

    @property
    def shape(self) -> str:
        return SHAPES[self.word]

    @property
    def sentence(self) -> str:
        """``Promised 70.0 % by October 2026: not kept (66.0 %)``."""
        came_out = f" ({self.came_out})" if self.came_out else ""
        return f"Promised {self.promised} by {self.by}: {self.word}{came_out}"


def is_kept(direction: str, value: Decimal, promised: Decimal) -> bool:
    """Whether a value is at least as good as the promised one; without a direction, whether it is the same."""
    if direction == "higher":
        return value >= promised
    return value <= promised if direction == "lower" else value == promised


def verdict_on(comment: ReviewComment, now: str, value_of: ValueOf) -> Verdict | None:
    """The verdict on a comment's promise as seen from the review of month ``now``; None when it promises nothing.

    ``value_of(measure, month)`` gives the rounded value that the pages show, None where nothing was counted.
    """
    definition = definitions.all_definitions().get(comment.promise_measure)
    if comment.promise_value is None or definition is None:
        return None
    promised = promised_text(definition, comment.promise_value)
    by = Month.parse(comment.promise_by)
    if by > Month.parse(now):
        return Verdict(EARLY, promised, by.title)
    value = value_of(definition.id, str(by))
    if value is None:
        return Verdict(UNKNOWN, promised, by.title)
    word = KEPT if is_kept(definition.direction, value, comment.promise_value) else BROKEN
    return Verdict(word, promised, by.title, show(definition, value))


def promised_text(definition: Definition, value: Decimal) -> str:
    """A promised value as the pages write values."""
    return show(definition, value.quantize(Decimal(1).scaleb(-definition.decimals)))


def promise_in_words(comment: ReviewComment) -> str:
    """``70.0 % by December 2026``; empty without a promise."""
    definition = definitions.all_definitions().get(comment.promise_measure)
    if comment.promise_value is None or definition is None:
        return ""
    return f"{promised_text(definition, comment.promise_value)} by {Month.parse(comment.promise_by).title}"


def values_of_figures(figures: Iterable[Figure]) -> ValueOf:
    """Values out of the frozen figures of one review: the same review gives the same verdicts for ever."""
    known = {
        (figure.measure, point["period"]): point["value"] for figure in figures for point in figure.reading["series"]
    }

    def value_of(measure: str, period: str) -> Decimal | None:
        text = known.get((measure, period))
        return None if text is None else Decimal(text)

    return value_of


def values_now(place: str) -> ValueOf:
    """Values as the pages show them now; a month that is not complete has none yet."""

    def value_of(measure: str, period: str) -> Decimal | None:
        from housewide.measures.readings import readings

        (reading,) = readings([measure], place, period)
        return None if reading.partial else reading.value

    return value_of


@dataclass(frozen=True)
class Earlier:
    """The last thing said about a measure before this review, and what became of its promise."""

    comment: ReviewComment
    month: str
    verdict: Verdict | None
    since: str

    @property
    def can_stand(self) -> bool:
        """Whether it may be carried on with one click: not once its promise was broken."""
        return self.verdict is None or self.verdict.word != BROKEN


def comments_before(place: str, period: str) -> dict[str, list[ReviewComment]]:
    """Comments of the newest earlier review that said something about each measure, by measure: one query."""
    found: dict[str, list[ReviewComment]] = {}
    rows = ReviewComment.objects.filter(review__place__code=place, review__period__lt=period).exclude(measure="")
    rows = rows.select_related("review", "by__person", "carried_from__review").order_by("-review__period", "-at", "-id")
    for comment in rows:
        held = found.setdefault(comment.measure, [])
        if not held or held[0].review_id == comment.review_id:
            held.append(comment)
    return found


def earlier_for(place: str, period: str, value_of: ValueOf, measures: Sequence[str] = ()) -> dict[str, Earlier]:
    """What was last said about each measure, the newest comment of that review, with its verdict."""
    found = {}
    for measure, comments in comments_before(place, period).items():
        if measures and measure not in measures:
            continue
        comment = next((one for one in comments if one.promise_value is not None), comments[0])
        found[measure] = Earlier(
            comment, Month.parse(comment.review.period).title, verdict_on(comment, period, value_of),
            said_since(comment),
        )  # fmt: skip
    return found


def said_since(comment: ReviewComment) -> str:
    """The month in which it was first said, through every time it was carried on."""
    first: Any = comment
    while first.carried_from_id:
        first = first.carried_from
    return Month.parse(first.review.period).title


def broken_and_kept(earlier: Iterable[Earlier]) -> tuple[int, int]:
    """How many promises were not kept, and how many were."""
    words = [one.verdict.word for one in earlier if one.verdict]
    return words.count(BROKEN), words.count(KEPT)


def earlier_of(review: Review) -> dict[str, Earlier]:
    """What was said before a review, judged by its frozen figures once there are some, else by the pages."""
    figures = list(review.figures.all())
    value_of = values_of_figures(figures) if figures else values_now(review.place.code)
    return earlier_for(review.place.code, review.period, value_of)
