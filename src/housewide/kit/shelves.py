"""Answers kept from one request to the next, each on the shelf of what it rests on.

A shelf stands at one version of its groups. When an import or a count has changed something, what was asked for lately
is found anew beside the old shelf, which serves until the new one is filled, ``LAG`` seconds at most: nobody waits for
work that everybody will need. What a person changed on a page (a target, a place, a grant) is seen by the next request.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock, Thread, get_ident, main_thread
from time import monotonic
from typing import Any

logger = logging.getLogger(__name__)
MOST_KEPT = 4096  # answers on one shelf; the ones longest unused go first
MOST_SHELVES = 128  # groups of things that answers rest on: a few, for each month that people look at
LONGEST_WAIT = 10.0  # seconds for somebody else's answer; then one finds it oneself
LAG = 3.0  # seconds that a page may be behind a commit, counted from when the shelf was last known to be current
LATELY = 900.0  # seconds: what nobody has asked for since then is not found anew beforehand


@dataclass(frozen=True)
class Through:
    """The changes of a group in one month (``2026-10``) and the months before it: an import of November changes
    nothing of October."""

    group: str
    month: str


Group = str | Through
Version = tuple[int, ...]
Renew = Callable[["Shelf", Callable[[Callable[[], bool]], None]], None]


@dataclass
class _Answer:
    """An answer that somebody has found or is finding; ``failed`` until it is there. ``again`` finds it anew."""

    again: Callable[[], Any] | None
    found: Event = field(default_factory=Event)
    by: int = field(default_factory=get_ident)
    failed: bool = True
    value: Any = None
    asked_at: float = field(default_factory=monotonic)


@dataclass
class Shelf:
    """What was found out while everything stood at one version. ``current_at``: when the versions were last read and
    found to be these."""

    version: Version
    current_at: float
    answers: OrderedDict[Hashable, _Answer] = field(default_factory=OrderedDict)
    next: Shelf | None = None
    filled: bool = False

    def give(
        self,
        key: Hashable,
        find: Callable[[], Any],
        *,
        again: Callable[[], Any] | None = None,
        may_keep: Callable[[], bool] = lambda: True,
    ) -> Any:
        """The answer on the shelf; else the first who asks finds it while the others wait for them. With ``again``
        it is found anew by that, without being asked for, when a worker has changed something. ``may_keep()`` says,
        once it is found, whether it is anybody else's."""
        with _lock:
            answer = self.answers.get(key)
            mine = answer is None
            if answer is None:
                answer = self.answers[key] = _Answer(again)
                while len(self.answers) > MOST_KEPT:
                    self.answers.popitem(last=False)
            else:
                self.answers.move_to_end(key)
                answer.asked_at = monotonic()
                answer.again = answer.again or again
        if not mine:
            if answer.by != get_ident():  # nobody waits for themselves
                answer.found.wait(LONGEST_WAIT)
            return find() if answer.failed else answer.value
        try:
            found = answer.value = find()
            answer.failed = not may_keep()
        finally:
            if answer.failed:
                with _lock:
                    self.answers.pop(key, None)
            answer.found.set()
        return found

    def asked_lately(self) -> list[tuple[Hashable, Callable[[], Any]]]:
        """What was asked for lately and how to find it anew, the last asked first."""
        since = monotonic() - LATELY
        with _lock:
            every = [(key, one) for key, one in self.answers.items() if one.again and one.asked_at > since]
        return [(key, one.again) for key, one in reversed(every) if one.again]

    def fill(self, earlier: Shelf, is_wanted: Callable[[], bool], may_keep: Callable[[], bool]) -> None:
        """Find anew what was asked of the shelf before this one, until something has changed again."""
        for key, again in earlier.asked_lately():
            if not is_wanted():
                return
            try:
                self.give(key, again, again=again, may_keep=may_keep)
            except Exception:  # whoever asks for it will be told
                logger.info("An answer could not be found anew", exc_info=True)
            with _lock:
                mine, theirs = self.answers.get(key), earlier.answers.get(key)
                if mine and theirs:
                    mine.asked_at = theirs.asked_at


_versions: dict[str, Callable[[], Mapping[str, int]]] = {}
_busy: list[Callable[[], bool]] = []
_patient: set[str] = set()
_shelves: OrderedDict[tuple[Group, ...], Shelf] = OrderedDict()
_lock = Lock()
_one_renewal = Lock()  # one at a time: renewing takes turns with the pages, and two would take two turns


def watch(
    name: str,
    versions: Callable[[], Mapping[str, int]],
    *,
    busy: Callable[[], bool] | None = None,
    patient: tuple[str, ...] = (),
) -> None:
    """Teach the memory what can change: ``versions()`` gives a number for each group of things, another one after
    every committed change of the group; ``group@2026-10`` numbers the changes of one month, ``group@`` those of no
    known month. While ``busy()`` (an open transaction) nothing is taken from or put on a shelf: what is not committed
    yet is nobody else's. ``patient`` groups are changed by workers only: pages may be ``LAG`` seconds behind them.
    """
    _versions[name] = versions
    _patient.update(patient)
    if busy is not None and busy not in _busy:
        _busy.append(busy)


def is_busy() -> bool:
    """Whether what this thread sees may be nobody else's yet."""
    return any(busy() for busy in _busy)


@dataclass(frozen=True)
class Seen:
    """The number of each group, and a moment before which they were read."""

    numbers: Mapping[str, int]
    at: float


def versions_now() -> Seen:
    """The number of each group as of now."""
    at = monotonic()
    return Seen({group: number for find in _versions.values() for group, number in find().items()}, at)


def version_of(on: tuple[Group, ...], numbers: Mapping[str, int]) -> Version:
    """The numbers of these groups."""
    return tuple(_through(one, numbers) if isinstance(one, Through) else numbers.get(one, 0) for one in on)


def _through(one: Through, numbers: Mapping[str, int]) -> int:
    start = f"{one.group}@"
    return sum(
        number for group, number in numbers.items() if group.startswith(start) and group[len(start) :] <= one.month
    )


def shelf_for(on: tuple[Group, ...], seen: Seen, renew: Renew | None) -> Shelf:
    """The shelf of these groups as they stood when ``seen`` was read; for a moment after a worker's change the one
    before it, while ``renew`` fills the new one in a thread of its own. That thread has no ``renew`` and sees nothing
    before."""
    version, at = version_of(on, seen.numbers), seen.at
    with _lock:
        held = _shelves.get(on)
        if held is None:
            return _put(on, Shelf(version, at))
        _shelves.move_to_end(on)
        if held.version == version:
            if held.next and at >= held.next.current_at:
                held.next = None
            held.current_at = max(held.current_at, at)
            return held
        if at < held.current_at:  # somebody slow: things have moved on since they looked
            return Shelf(version, at)
        following = held.next if held.next and held.next.version == version else None
        if renew is None:
            return following or Shelf(version, at)
        if not _may_wait(on, held, version, at) or (following and following.filled):
            return _put(on, following or Shelf(version, at))
        if following is None:
            held.next = Shelf(version, at)
            Thread(target=_renewing, args=(on, held, held.next, renew), name="renewal").start()
        return held


def _put(on: tuple[Group, ...], shelf: Shelf) -> Shelf:
    _shelves[on] = shelf
    while len(_shelves) > MOST_SHELVES:
        _shelves.popitem(last=False)
    return shelf


def _may_wait(on: tuple[Group, ...], held: Shelf, version: Version, at: float) -> bool:
    """Whether only workers' changes lie between, and the shelf was current a moment ago."""
    changed = [one for one, old, new in zip(on, held.version, version, strict=True) if old != new]
    groups = {one.group if isinstance(one, Through) else one for one in changed}
    return groups <= _patient and at - held.current_at <= LAG and bool(held.answers)


def _renewing(on: tuple[Group, ...], old: Shelf, fresh: Shelf, renew: Renew) -> None:
    """No daemon: Python ends a process under a daemon thread's feet, and DuckDB aborts. It stops with the process."""

    def is_wanted() -> bool:
        with _lock:
            held = _shelves.get(on)
            return main_thread().is_alive() and (held is fresh or (held is old and old.next is fresh))

    try:
        with _one_renewal:
            renew(fresh, lambda may_keep: fresh.fill(old, is_wanted, may_keep))
    finally:
        fresh.filled = True


def clear_shelves() -> None:
    """Throw away what is kept (tests; a home that was replaced)."""
    with _lock:
        _shelves.clear()
