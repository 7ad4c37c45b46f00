"""Signals of whole months that were noticed since the last look, as lines of Today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from housewide.kit.clock import today
from housewide.kit.periods import Month, months_back
from housewide.measures.contributions import in_words, largest_part
from housewide.measures.day_parts import largest_place
from housewide.measures.definitions import Definition, all_definitions
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.models import Noticed
from housewide.measures.rollups import scope_of
from housewide.org.calendars import hold_calendars
from housewide.org.tree import tree_on

MOST = 5
ORDER = {"worsening": 0, "improving": 1, "changed": 2}
RECENT = 2  # a signal of an older month that a restatement brings to light is for the review, not for this morning


@dataclass(frozen=True)
class Noticing:
    """A measure of a month that has really changed, since when, and the largest part of it in words."""

    measure: str
    title: str
    place: str
    place_name: str
    month: str
    value: str
    word: str
    tone: str
    arrow: str
    why: str
    part: str
    url: str


def noticings(place: str, measures: tuple[str, ...], since: datetime) -> tuple[list[Noticing], int]:
    """Signals of these measures at a place and below it, noticed since a moment and still open: the first few and how
    many more. A measure that shows at a place is not repeated for the places below it."""
    tree = tree_on(today())
    oldest = str(Month.of(today()).shift(-RECENT))
    found = Noticed.objects.filter(
        place__in=tree.below(place), measure__in=measures, ended_at=None, first_noticed_at__gte=since,
        first_period__gte=oldest,
    )  # fmt: skip
    rows = sorted(found, key=lambda one: (ORDER.get(one.word, 3), len(tree.above(one.place)), one.measure, one.place))
    shown = {(one.measure, one.place) for one in rows}
    top = [one for one in rows if not any((one.measure, up) in shown for up in tree.above(one.place)[1:])]
    return [_line(one, tree.places[one.place].name) for one in top[:MOST]], max(0, len(top) - MOST)


def _line(one: Noticed, place_name: str) -> Noticing:
    definition = all_definitions()[one.measure]
    month, since = Month.parse(one.period), Month.parse(one.since or one.period)
    rule = f"{one.rule[:1].upper()}{one.rule[1:]}" if one.rule else ""
    stretch = f"in {month.title}" if since == month else f"since {since.title}"
    return Noticing(
        one.measure, definition.title, one.place, place_name, month.title, one.value, one.word, one.tone, one.arrow,
        f"{rule}, {stretch}" if rule else "", part_since(definition, one.place, month, since),
        reverse("measure", args=[one.place, str(month), one.measure]),
    )  # fmt: skip


@kept_until_counted_again("month")
def part_since(definition: Definition, place: str, month: Month, since: Month) -> str:
    """The largest part of the change, in words: by the place below where there are several, else by the breakdowns.
    Empty where nothing explains it."""
    with hold_calendars():
        scope = scope_of(place, months_back(month, 1))
        part = largest_place(definition, scope, since) or largest_part(definition, scope, since)
    return in_words(definition, part, since) if part else ""
