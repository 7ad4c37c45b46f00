"""Carries news from the layer where something happened to the layers that must react, exactly once each.

``emit`` writes the event in the caller's transaction: no change, no news. ``deliver`` runs each listener in a
transaction of its own that also moves the listener's cursor, so its effect on the database and the fact that it has
heard commit together or not at all. A listener hears its events in order; one that fails is tried again later, and
holds up nobody but itself.

The order is given once an event can be seen by everybody (``number``): writers that work side by side commit in another
order than they began, and none of their events may be passed over. What happened after something else had committed is
told after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from housewide.kit.clock import now
from housewide.kit.failures import safe_words
from housewide.kit.locks import hold

logger = logging.getLogger(__name__)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Happened:
    """An event as a listener gets it."""

    id: int
    name: str
    payload: dict[str, Any]
    at: datetime


Listener = Callable[[Happened], None]


@dataclass(frozen=True)
class _Registered:
    key: str
    names: tuple[str, ...]
    function: Listener


listeners: dict[str, _Registered] = {}


class _NothingToHear(Exception):
    """Another worker was faster."""


def emit(name: str, payload: dict[str, Any]) -> None:
    """Something happened. Call it inside the transaction of the change; the payload is JSON and never holds PHI."""
    from housewide.kit.events.models import Event

    Event.objects.create(name=name, payload=payload, at=now())


def listen(*names: str) -> Callable[[Listener], Listener]:
    """Register a listener for events of these names. Its module and name are its identity: renaming it makes it
    hear everything again. It may write to the application database; other effects belong in a job it enqueues."""

    def register(function: Listener) -> Listener:
        key = f"{function.__module__}.{function.__qualname__}"[-120:]
        listeners[key] = _Registered(key, names, function)
        return function

    return register


def deliver(limit: int = 1000) -> int:
    """Tell every listener what it has not heard yet; returns how many tellings took effect."""
    told = 0
    number_events()
    for listener in list(listeners.values()):
        while told < limit and _tell_next(listener):
            told += 1
            number_events()  # a listener may have said something new
    return told


def number_events() -> int:
    """Give the events that have appeared since their place in the order; returns how many."""
    from housewide.kit.events.models import Event

    if not Event.objects.filter(number=None).exists():
        return 0
    with transaction.atomic():
        hold("event numbers")
        fresh = list(Event.objects.filter(number=None).only("pk").order_by("pk"))
        last = Event.objects.aggregate(last=Max("number"))["last"] or 0
        for number, event in enumerate(fresh, last + 1):
            event.number = number
        Event.objects.bulk_update(fresh, ["number"], batch_size=500)
    return len(fresh)


def pending() -> int:
    """How many tellings wait, those held back after a failure included."""
    number_events()
    return sum(_unheard(listener).count() for listener in listeners.values())


def _unheard(listener: _Registered, after: int | None = None) -> Any:
    from housewide.kit.events.models import Cursor, Event

    if after is None:
        after = Cursor.objects.filter(listener=listener.key).values_list("last_event", flat=True).first() or 0
    return Event.objects.filter(name__in=listener.names, number__gt=after).order_by("number")


def _tell_next(listener: _Registered) -> bool:
    from housewide.kit.events.models import Cursor

    cursor = Cursor.objects.filter(listener=listener.key).first()
    if cursor and cursor.retry_at and cursor.retry_at > now():
        return False
    if not _unheard(listener, cursor.last_event if cursor else 0).exists():
        return False
    try:
        _tell(listener)
    except _NothingToHear:
        return False
    except Exception as error:
        _note_failure(listener, error)
        return False
    return True


def _tell(listener: _Registered) -> None:
    from housewide.kit.actions import act
    from housewide.kit.events.models import Cursor

    name = f"hear {listener.key.rsplit('.', 1)[-1]}"[:80]
    with act(name, actor="system:events"):
        Cursor.objects.get_or_create(listener=listener.key)
        cursor = Cursor.objects.select_for_update().get(listener=listener.key)
        event = _unheard(listener, cursor.last_event).first()
        if event is None:
            raise _NothingToHear
        listener.function(Happened(event.pk, event.name, event.payload, event.at))
        cursor.last_event, cursor.failures, cursor.last_error, cursor.retry_at = event.number, 0, "", None
        cursor.save()


def _note_failure(listener: _Registered, error: Exception) -> None:
    from housewide.kit.events.models import Cursor

    cursor, _ = Cursor.objects.get_or_create(listener=listener.key)
    cursor.failures += 1
    cursor.last_error = safe_words(error)
    cursor.retry_at = now() + min(timedelta(seconds=5 * 2 ** min(cursor.failures, 12)), LONGEST_WAIT)
    cursor.save()
    logger.error("listener %s failed (%s times): %s", listener.key, cursor.failures, cursor.last_error)
