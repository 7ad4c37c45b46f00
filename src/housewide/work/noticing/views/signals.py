"""Signals of a place and all below it: new, known, ended; by measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import see, signed_in
from housewide.kit.lists import Column, Filter, RowSource, list_response
from housewide.kit.periods import Month
from housewide.kit.ui.days import day_text
from housewide.measures.definitions import all_definitions
from housewide.measures.views.scopes import SEES, month_of
from housewide.org.tree import Tree, tree_on
from housewide.work.noticing.questions import OpenSignal, ended_signals, open_signals

TABS = {"new": "New", "known": "Known", "ended": "Ended"}
MONTHS_BACK = 6
EMPTY = {
    "new": ("No new signal", "Every signal here is known and being watched, or there is none."),
    "known": ("Nothing is being watched", "Answer a signal on the page of its measure; it stands here until its day."),
    "ended": ("No signal has ended lately", "Signals that ended in the last six months stand here."),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    measure: str
    title: str
    place: str
    place_name: str
    found: OpenSignal
    url: str
    above: str = ""
    is_below: bool = False

    @property
    def word(self) -> tuple[str, str]:
        signal = self.found.signal
        return signal.word.capitalize(), f"{signal.tone} {signal.arrow}"

    @property
    def next_step(self) -> str:
        """Who has it: the answer, the task, a place below, or nobody yet."""
        if self.found.known:
            return f"{self.found.known.by}: {self.found.known.reason}"
        if self.found.task:
            due = f", due {day_text(self.found.task.due)}" if self.found.task.due else ""
            return f"{self.found.task.owner}{due}"
        return "looked at below" if self.is_below else ""


@require_GET
def show(request: HttpRequest, place: str, period: str) -> HttpResponseBase:
    """GET /at/<place>/<period>/signals/?show=new|known|ended&measure=&place=&word=&format="""
    where = see(request.user, SEES, place)
    month = month_of(period)
    account = signed_in(request)
    tree = tree_on(month.last_day())
    below = tree.below(place)
    held = open_signals(account, below)
    gone = ended_signals(account, below, str(month.shift(1 - MONTHS_BACK)))
    groups = {
        "new": [one for one in held if one.state == "new"],
        "known": [one for one in held if one.state == "known"],
        "ended": gone,
    }
    which = request.GET.get("show", "new")
    which = which if which in TABS else "new"
    covered = _shown_below(held, tree)
    rows = [_row(one, tree, above, covered) for one, above in _lowest(groups[which], tree)]
    rows.sort(key=lambda row: (row.title.casefold(), below.index(row.place)))
    return list_response(
        request,
        RowSource(rows, _columns(which), _filters(rows)),
        title="Signals",
        lead=f"{where.name} and below",
        noun="signals",
        empty=EMPTY[which],
        context={"tabs": _tabs(groups, which, tree)},
    )


def _tabs(groups: dict[str, list[OpenSignal]], which: str, tree: Tree) -> list[dict[str, Any]]:
    return [
        {"title": title, "url": f"?show={key}", "current": key == which, "count": len(_lowest(groups[key], tree)) or ""}
        for key, title in TABS.items()
    ]


def _lowest(found: list[OpenSignal], tree: Tree) -> list[tuple[OpenSignal, str]]:
    """Signals without those that a place above only repeats (same measure, word and value), each with how
    many places above show it too."""
    held = {(one.signal.place, *_said(one)): one for one in found}
    repeats: set[str] = set()
    lines = []
    for one in found:
        above = [code for code in tree.above(one.signal.place)[1:] if (code, *_said(one)) in held]
        repeats.update(held[code, *_said(one)].signal.public_id for code in above)
        names = f"and {tree.places[above[0]].name}" if len(above) == 1 else f"and {len(above)} places above it"
        lines.append((one, names if above else ""))
    return [(one, names) for one, names in lines if one.signal.public_id not in repeats]


def _said(one: OpenSignal) -> tuple[str, str, str, str]:
    signal = one.signal
    return signal.measure, signal.word, signal.value, signal.ended_period


def _shown_below(held: list[OpenSignal], tree: Tree) -> set[tuple[str, str, str]]:
    """(measure, word, place) of signals that a place below shows too, whatever their values."""
    return {(one.signal.measure, one.signal.word, code) for one in held for code in tree.above(one.signal.place)[1:]}


def _row(found: OpenSignal, tree: Tree, above: str, covered: set[tuple[str, str, str]]) -> Row:
    signal = found.signal
    definition = all_definitions().get(signal.measure)
    place = tree.places.get(signal.place)
    url = reverse("measure", args=[signal.place, signal.period, signal.measure]) + "#signal" if definition else ""
    return Row(
        signal.measure, definition.title if definition else signal.measure, signal.place,
        place.name if place else signal.place, found, url, above,
        (signal.measure, signal.word, signal.place) in covered,
    )  # fmt: skip


def _columns(which: str) -> list[Column]:
    columns = [
        Column("title", "Measure", link=lambda row: row.url, detail=lambda row: row.found.signal.rule),
        Column("place_name", "Place", detail=lambda row: row.above),
        Column("word", "Signal", "signal", sortable=False),
        Column("since", "Since", value=lambda row: _month(row.found.signal.since), order_by="found__signal__since"),
        Column("value", "Last value", value=lambda row: row.found.signal.value, sortable=False),
    ]
    if which == "ended":
        ended = Column(
            "ended", "Ended", value=lambda row: _month(row.found.signal.ended_period),
            order_by="found__signal__ended_period",
        )  # fmt: skip
        return [*columns, ended]
    if which == "known":
        until = Column("until", "Watching until", "date", value=lambda row: row.found.known.until)
        return [*columns, until, Column("next_step", "What is known", sortable=False)]
    noticed = Column("noticed", "Noticed", "date", value=lambda row: row.found.signal.first_noticed_at.date())
    task = Column("next_step", "Task", sortable=False, link=_task_url)
    return [*columns, noticed, task]


def _task_url(row: Row) -> str | None:
    return reverse("task", args=[row.found.task.public_id]) if row.found.task else None


def _month(text: str) -> str:
    return Month.parse(text).title if text else ""


def _filters(rows: list[Row]) -> list[Filter]:
    measures = sorted({(row.measure, row.title) for row in rows}, key=lambda pair: pair[1].casefold())
    places = sorted({(row.place, row.place_name) for row in rows}, key=lambda pair: pair[1].casefold())
    words = sorted({row.found.signal.word for row in rows})
    return [
        Filter("measure", "Measure", measures),
        Filter("place", "Place", places),
        Filter("word", "Signal", [(word, word.capitalize()) for word in words], _says),
    ]


def _says(row: Row, word: str) -> bool:
    return row.found.signal.word == word
