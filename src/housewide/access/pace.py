"""How much one sign-in may ask for in a minute: more than anybody clicks, less than a program that carries data off."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MINUTE = 60.0
MOST_REMEMBERED = 10_000  # sign-ins counted at once; beyond that the count begins anew


class Paces:
    """Refuses what comes too fast from one sign-in, with 429. Each process counts for itself, and in memory, so that a
    page costs nothing; programs with a token have a limit of their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._lock = Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and self._count(key) > int(settings.HOUSEWIDE_REQUESTS_PER_MINUTE):
            page = render(request, "429.html", status=429)
            page["Retry-After"] = str(int(MINUTE))
            return page
        return self.get_response(request)

    def _count(self, key: str) -> int:
        moment = monotonic()
        with self._lock:
            if len(self._counts) > MOST_REMEMBERED:
                self._counts.clear()
            since, count = self._counts.get(key, (moment, 0))
            if moment - since >= MINUTE:
                since, count = moment, 0
            self._counts[key] = (since, count + 1)
        return count + 1
