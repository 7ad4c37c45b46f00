"""Questions about signals: what holds here, who knows of it, whose task it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from housewide.access.gates import places_where
from housewide.kit.clock import today
from housewide.kit.ui.days import day_text
from housewide.measures.models import Noticed
from housewide.org.models import Account
from housewide.org.tree import tree_on
from housewide.work.models import Task
from housewide.work.noticing.models import SignalTask, Watch

SEES = "see.measures"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Known:
    """Somebody knows: who, why, until which day (that day included)."""

    measure: str
    place: str
    word: str
    until: date
    reason: str
    by: str
    on: date
    watch: str
    where: str = ""

    @property
    def text(self) -> str:
        """``known, watching until Dec 15, 2026``; ``where`` names the place below at which it was said."""
        at = f" at {self.where}" if self.where else ""
        return f"known{at}, watching until {day_text(self.until)}"


@dataclass(frozen=True)
class OpenSignal:
    """A signal that holds now or has ended, the answer that holds today, and the open task it is on."""

    signal: Noticed
    known: Known | None
    task: Task | None

    @property
    def state(self) -> str:
        """new, known or ended."""
        if self.signal.ended_at is not None:
            return "ended"
        return "known" if self.known else "new"


def known(measure: str, place: str, day: date) -> Known | None:
    """The newest answer that holds on a day, given here or at the place below whose signal is the very same; None when
    nobody has said so."""
    row = signal_at(measure, place)
    if row is None:
        return known_among([measure], [place], day).get((measure, place))
    return with_answers([row], day)[0].known


def known_among(measures: Iterable[str], places: Iterable[str], day: date) -> dict[Pair, Known]:
    """Answers that hold on a day, by measure and place: one query."""
    rows = Watch.objects.filter(
        measure__in=set(measures), place__code__in=set(places), until__gte=day, given_on__lte=day, withdrawn_at=None
    )
    found: dict[Pair, Known] = {}
    for row in rows.select_related("place", "by__person").order_by("at", "pk"):
        found[row.measure, row.place.code] = Known(
            row.measure, row.place.code, row.word, row.until, row.reason, str(row.by), row.given_on, row.public_id
        )
    return found


def open_signals(account: Account, places: Iterable[str]) -> list[OpenSignal]:
    """Signals that hold now at these places, as far as the account sees them, by measure and place."""
    codes = places_where(account, SEES) & frozenset(places)
    return with_answers(Noticed.objects.filter(ended_at=None, place__in=codes))


def ended_signals(account: Account, places: Iterable[str], since: str) -> list[OpenSignal]:
    """Signals that ended with this month or a later one, the newest first."""
    codes = places_where(account, SEES) & frozenset(places)
    rows = Noticed.objects.filter(place__in=codes, ended_period__gte=since).exclude(ended_at=None)
    return with_answers(rows.order_by("-ended_period", "measure", "place"))


def with_answers(signals: Iterable[Noticed], day: date | None = None) -> list[OpenSignal]:
    """Signals with the answers that hold on a day (today) and their open tasks: four queries. A department whose signal
    comes from the rows of one unit has the unit's answer too."""
    rows = list(signals)
    below = _same_below(rows)
    places = {row.place for row in rows} | {place for some in below.values() for place in some}
    answers = known_among({row.measure for row in rows}, places, day or today())
    tasks = tasks_of(rows)
    return [
        OpenSignal(row, _answer(answers, row, below.get(row.public_id, [])), tasks.get(row.public_id)) for row in rows
    ]


def _same_below(rows: Iterable[Noticed]) -> dict[str, list[str]]:
    """By signal the places below that show the very same: measure, direction, stretch and value."""
    held = [row for row in rows if row.ended_at is None]
    tree = tree_on(today())
    alike: dict[tuple[str, ...], list[str]] = {}
    for row in Noticed.objects.filter(measure__in={row.measure for row in held}, ended_at=None):
        alike.setdefault(_likeness(row), []).append(row.place)
    found = {}
    for row in held:
        others = [place for place in alike[_likeness(row)] if place != row.place and row.place in tree.above(place)]
        found[row.public_id] = sorted(others, key=lambda place: (len(tree.above(place)), place))
    return found


def _likeness(row: Noticed) -> tuple[str, ...]:
    return row.measure, row.word, row.since, row.period, row.value


def _answer(answers: Mapping[Pair, Known], row: Noticed, below: Iterable[str]) -> Known | None:
    """An answer holds for the signal it was given to: one that turned the other way is a new one."""
    for place in (row.place, *below):
        found = answers.get((row.measure, place))
        if found and found.word == row.word:
            return found if place == row.place else replace(found, where=tree_on(today()).places[place].name)
    return None


def tasks_of(signals: Iterable[Noticed]) -> dict[str, Task]:
    """The open task of each signal that is on one."""
    links = SignalTask.objects.filter(signal__in=[row.public_id for row in signals], task__state=Task.State.OPEN)
    return {link.signal: link.task for link in links.select_related("task__owner__person", "task__place")}


def signal_at(measure: str, place: str) -> Noticed | None:
    """The signal that holds now for a measure at a place."""
    return Noticed.objects.filter(measure=measure, place=place, ended_at=None).first()


def past_answers(measure: str, place: str) -> list[Any]:
    """Answers that were given before for a measure at a place, the newest first."""
    return list(Watch.objects.filter(measure=measure, place__code=place).select_related("by__person")[:5])
