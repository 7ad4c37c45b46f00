"""Who asks and for what: the token of a request, its scopes, how often it may ask, and one page of many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja.security import HttpBearer

from housewide.boards.api.problems import ApiProblem
from housewide.boards.api.shapes import Problem
from housewide.boards.api.tokens import token_for
from housewide.kit.actions import Refused
from housewide.org.models import Account

T = TypeVar("T")
PER_MINUTE = 1200  # of one token, in one process: a loop that went wrong is stopped, nobody else is
ALWAYS = (400, 401, 403, 404, 422, 429)


class Bearer(HttpBearer):
    """Asks for a token that holds and has the scope; counts how often it asks."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = token_for(token)
        if found is None:
            return None
        rates.count(found.pk)
        if self.scope and self.scope not in found.scopes:
            raise Refused(f"This token may not do that: it lacks “{self.scope}”. Make one that has it.")
        request.user = found.account
        return found


class Rates:
    """How many requests each token made in the minute under way."""

    def __init__(self, most: int = PER_MINUTE) -> None:
        self.most, self.minute = most, 0
        self.counts: dict[int, int] = {}
        self.lock = threading.Lock()

    def count(self, token: int) -> None:
        """Raises ApiProblem 429 beyond the rate."""
        with self.lock:
            minute = int(time.monotonic() // 60)
            if minute != self.minute:
                self.minute, self.counts = minute, {}
            self.counts[token] = self.counts.get(token, 0) + 1
            if self.counts[token] > self.most:
                raise ApiProblem(429, f"More than {self.most} requests in a minute. Wait a minute, then go on.")


rates = Rates()


def asker(request: HttpRequest) -> Account:
    """The account in whose name the program asks."""
    account = request.auth.account  # type: ignore[attr-defined]
    assert isinstance(account, Account)
    return account


def gives(shape: Any, status: int = 200, *more: int) -> dict[Any, Any]:
    """The answers of an operation: its own, and the problems that any may have."""
    return {status: shape} | dict.fromkeys(sorted({*ALWAYS, *more}), Problem)


def paged(items: Any, page: int, per_page: int, shape: Callable[[Any], T], count: int | None = None) -> dict[str, Any]:
    """One page of a sequence or queryset."""
    total = count if count is not None else len(items) if isinstance(items, Sequence) else items.count()
    first = (page - 1) * per_page
    shown = [shape(one) for one in items[first : first + per_page]]
    return {"count": total, "page": page, "next": page + 1 if first + per_page < total else None, "items": shown}
