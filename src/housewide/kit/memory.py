"""What was found out once need not be asked again: while one page is made, and, as long as nothing it rests on has
changed, for the pages of other people too."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from housewide.kit.shelves import Group, Renew, Seen, Shelf, is_busy, shelf_for, version_of, versions_now

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

_SEEN = ("the versions of this request",)
_AHEAD = ("found anew beforehand",)
_NOT_FOR_ALL = ("what keeps a finding from being anybody else's",)


def kept(key: Hashable, find: Callable[[], T], *, on: tuple[Group, ...], renewed: bool = False) -> T:
    """What ``find`` gives, kept for everybody until one of the groups ``on`` changes.

    Whoever asks must not alter what is given. Anything else that the answer depends on (who asks, today) belongs into
    the key. The versions are read before the answer, once a request: what is kept may be newer than its version, never
    older. With ``renewed`` it is found anew after a worker's change, before it is asked for; then ``find`` may rest on
    nothing but the key. Outside a request, and inside a transaction, this is ``remembered``.
    """
    memory = _memory.get()
    if memory is None or is_busy():
        return remembered(key, find)
    if key in memory:
        return cast(T, memory[key])
    shelf, reasons = _shelf(memory, on), memory.setdefault(_NOT_FOR_ALL, set())
    value = memory[key] = shelf.give(key, find, again=find if renewed else None, may_keep=lambda: not reasons - {on})
    return cast(T, value)


def offer(key: Hashable, value: Any, *, on: tuple[Group, ...]) -> None:
    """Keep what was found along the way of something else, as if it had been asked for with ``kept``."""
    kept(key, lambda: value, on=on)


def not_for_all(why: str) -> None:
    """What this request finds from here on is not the whole truth (an engine was busy): nobody else is given it."""
    memory = _memory.get()
    if memory is not None:
        memory.setdefault(_NOT_FOR_ALL, set()).add(why)


def _shelf(memory: dict[Hashable, Any], on: tuple[Group, ...]) -> Shelf:
    """The shelf of these groups as this request found them; a request that began earlier goes on with its own.

    While it is the one before a change, nothing that this request finds goes onto other shelves: it may rest on it.
    """
    mine = memory.get(("shelf", on))
    if mine is None:
        if _SEEN not in memory:
            memory[_SEEN] = versions_now()
        seen: Seen = memory[_SEEN]
        mine = memory["shelf", on] = shelf_for(on, seen, None if _AHEAD in memory else _renewal(seen, on))
        if mine.version != version_of(on, seen.numbers):
            memory.setdefault(_NOT_FOR_ALL, set()).add(on)
    return cast(Shelf, mine)


def _renewal(seen: Seen, on: tuple[Group, ...]) -> Renew:
    """How the shelf after a change is filled: as by a request that came with the change."""

    def renew(fresh: Shelf, fill: Callable[[Callable[[], bool]], None]) -> None:
        from django.db import connections

        memory: dict[Hashable, Any] = {_SEEN: seen, _AHEAD: True, ("shelf", on): fresh}
        token = _memory.set(memory)
        try:
            fill(lambda: not memory.get(_NOT_FOR_ALL))
        finally:
            _memory.reset(token)
            connections.close_all()

    return renew
