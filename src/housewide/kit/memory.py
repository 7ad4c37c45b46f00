"""What was found out once need not be asked again: while one page is made, and, as long as nothing it rests on has
changed, for the pages of other people too."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event, Lock, get_ident
from typing import Any, TypeVar, cast

T = TypeVar("T")
_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("memory", default=None)
_steady: ContextVar[bool] = ContextVar("steady", default=False)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember until the block ends. Inside another such block the outer memory goes on."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(key: Hashable, find: Callable[[], T]) -> T:
    """What ``find`` gives, asked once for each key while remembering; outside, asked every time."""
    memory = _memory.get()
    if memory is None:
        return find()
    if key not in memory:
        memory[key] = find()
    return cast(T, memory[key])


def forget() -> None:
    """Something was changed: whatever was remembered may no longer be so."""
    memory = _memory.get()
    if memory is not None and not _steady.get():
        memory.clear()


@contextmanager
def steadily() -> Iterator[None]:
    """Remember through every act of the block: for one of many acts (a demo, a log taken over) that changes neither
    places nor grants nor anything else that is remembered."""
    with remembering():
        token = _steady.set(True)
        try:
            yield
        finally:
            _steady.reset(token)
            forget()


# --- kept from one request to the next ---------------------------------------------------------------------------

MOST_KEPT = 4096  # answers on one shelf; the ones longest unused go first
LONGEST_WAIT = 10.0  # seconds for somebody else's answer; then one finds it oneself


@dataclass
class _Answer:
    """An answer that somebody has found or is finding; ``failed`` until it is there."""

    found: Event = field(default_factory=Event)
    by: int = field(default_factory=get_ident)
    failed: bool = True
    value: Any = None


@dataclass
class _Shelf:
    """What was found out while everything stood at one version."""

    version: Hashable
    answers: OrderedDict[Hashable, _Answer] = field(default_factory=OrderedDict)

    def give(self, key: Hashable, find: Callable[[], Any]) -> Any:
        """The answer on the shelf; else the first who asks finds it while the others wait for them."""
        with _lock:
            answer = self.answers.get(key)
            mine = answer is None
            if answer is None:
                answer = self.answers[key] = _Answer()
                while len(self.answers) > MOST_KEPT:
                    self.answers.popitem(last=False)
            else:
                self.answers.move_to_end(key)
        if not mine:
            if answer.by != get_ident():  # nobody waits for themselves
                answer.found.wait(LONGEST_WAIT)
            return find() if answer.failed else answer.value
        try:
            answer.value = find()
            answer.failed = False
        finally:
            if answer.failed:
                with _lock:
                    self.answers.pop(key, None)
            answer.found.set()
        return answer.value


_versions: dict[str, Callable[[], Mapping[str, int]]] = {}
_busy: list[Callable[[], bool]] = []
_shelves: dict[tuple[str, ...], _Shelf] = {}
_lock = Lock()
_VERSIONS = ("the versions of this request",)


def watch(name: str, versions: Callable[[], Mapping[str, int]], *, busy: Callable[[], bool] | None = None) -> None:
    """Teach the memory what can change: ``versions()`` gives a number for each group of things, another one after
    every committed change of the group. While ``busy()`` (an open transaction) nothing is taken from or put on a
    shelf: what is not committed yet is nobody else's."""
    _versions[name] = versions
    if busy is not None and busy not in _busy:
        _busy.append(busy)


def kept(key: Hashable, find: Callable[[], T], *, on: tuple[str, ...]) -> T:
    """What ``find`` gives, kept for everybody until one of the groups ``on`` changes.

    Whoever asks must not alter what is given. Anything else that the answer depends on (who asks, today) belongs into
    the key. The versions are read before the answer, once a request: what is kept may be newer than its version, never
    older. Outside a request, and inside a transaction, this is ``remembered``.
    """
    memory = _memory.get()
    if memory is None or any(busy() for busy in _busy):
        return remembered(key, find)
    if key in memory:
        return cast(T, memory[key])
    shelf = _shelf(memory, on)
    value = memory[key] = shelf.give(key, find)
    return cast(T, value)


def offer(key: Hashable, value: Any, *, on: tuple[str, ...]) -> None:
    """Keep what was found along the way of something else, as if it had been asked for with ``kept``."""
    kept(key, lambda: value, on=on)


def _shelf(memory: dict[Hashable, Any], on: tuple[str, ...]) -> _Shelf:
    """The shelf of these groups as this request found them; a request that began earlier goes on with its own."""
    mine = memory.get(("shelf", on))
    if mine is None:
        if _VERSIONS not in memory:
            memory[_VERSIONS] = {group: number for find in _versions.values() for group, number in find().items()}
        version = tuple(memory[_VERSIONS].get(group, 0) for group in on)
        with _lock:
            mine = _shelves.get(on)
            if mine is None or mine.version != version:
                mine = _shelves[on] = _Shelf(version)
        memory["shelf", on] = mine
    return cast(_Shelf, mine)


def clear_shelves() -> None:
    """Throw away what is kept (tests; a home that was replaced)."""
    with _lock:
        _shelves.clear()
