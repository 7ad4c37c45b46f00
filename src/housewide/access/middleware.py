"""Nobody gets past the door without signing in, and a refusal is a page in words."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from housewide.access.guards import sign_in_again
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.memory import remembering

logger = logging.getLogger("housewide.refused")
OPEN = ("/accounts/login/", "/accounts/logout/", "/accounts/code/", "/accounts/organization/", "/static/", "/health/",
        "/api/v1/")  # fmt: skip


class Remember:
    """What a page finds out once it need not ask again; nothing is remembered from one request to the next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering():
            return self.get_response(request)


class SignInRequired:
    """Sends strangers to the sign-in page; only the addresses in OPEN are theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or request.user.is_authenticated:
            return self.get_response(request)
        return sign_in_again(request)


class RefusalPages:
    """NotSeen becomes 404, Refused becomes 403 with its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotSeen | Refused):
            who = getattr(request.user, "public_id", "nobody")
            view = request.resolver_match.view_name if request.resolver_match else ""
            logger.warning("%s: %s %s by account %s", type(exception).__name__, request.method, view, who)
        if isinstance(exception, NotSeen):
            raise Http404 from exception
        if isinstance(exception, Refused):
            return render(request, "403.html", {"reason": str(exception)}, status=403)
        return None
