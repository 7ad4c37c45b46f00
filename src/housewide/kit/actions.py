"""Every change a person makes goes through an action: one gate, one transaction, one entry in the audit trail."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import DataError, OperationalError, transaction

from housewide.kit.clock import now
from housewide.kit.locks import hold
from housewide.kit.memory import forget

P = ParamSpec("P")
R = TypeVar("R")


class Refused(Exception):
    """The action was refused; the message says why, in words a person can act on. Nothing was changed."""


class NotSeen(Exception):
    """The person may not see the thing at all: shown as 404, so that it looks like a thing that is not there."""


_OTHERS_FIRST = ("40P01", "55P03")  # PostgreSQL: a deadlock was broken; waited too long for a lock
_current: ContextVar[int | None] = ContextVar("current_act", default=None)
registered: dict[str, Callable[..., Any]] = {}


def current_act() -> int | None:
    """The id of the act under way, if any."""
    return _current.get()


@contextmanager
def act(
    name: str,
    *,
    actor: str,
    place: str = "",
    subject: str = "",
    reason: str = "",
    on_behalf_of: str = "",
    in_turn: bool = False,
) -> Iterator[int]:
    """Open a transaction in which every row changed is put down to ``actor``.

    An act inside an act joins the outer one: one click is one entry. System writers (jobs, imports, sign-in) use
    this directly with an actor such as ``system:jobs``. ``in_turn``: two acts about one subject wait for each other.
    """
    outer = _current.get()
    if outer is not None:
        try:
            with transaction.atomic():
                yield outer
        finally:
            forget()
        return
    from housewide.kit.audit.context import name_act
    from housewide.kit.audit.models import Act

    try:
        with transaction.atomic():
            if in_turn and subject:
                hold(f"subject {subject}")
            entry = Act.objects.create(
                at=now(), name=name, actor=actor, on_behalf_of=on_behalf_of, place=place, subject=subject, reason=reason
            )
            name_act(entry.pk)
            token = _current.set(entry.pk)
            try:
                yield entry.pk
            finally:
                _current.reset(token)
            name_act(None)  # on an exception the rollback clears it
    finally:
        forget()  # what was found inside holds no more: it was changed, or the change was taken back


def action(name: str, *, gate: Callable[..., Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action. It takes keyword arguments only, among them ``by`` (the account).

    ``gate(**kwargs)`` runs first and raises Refused or NotSeen; it may return a dict with ``place``, ``subject``
    and ``on_behalf_of`` for the audit entry. ``reason=`` among the arguments goes into the entry too.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{name} takes keyword arguments only")
            about = gate(**kwargs) or {}
            by = kwargs["by"]
            reason = kwargs.get("reason") or ""
            try:
                with act(name, actor=str(getattr(by, "username", by)), reason=str(reason), in_turn=True, **about):
                    return function(**kwargs)  # type: ignore[call-arg]
            except DataError as error:
                raise Refused(
                    "Something you entered is longer or larger than there is room for. Nothing was changed. "
                    "Make it shorter and try again."
                ) from error
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in _OTHERS_FIRST:
                    raise
                raise Refused(
                    "Somebody else is changing the same thing just now. Nothing was changed. Try again."
                ) from error

        registered[name] = run
        return run

    return wrap
