"""The start page and the sign that the server lives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from housewide.boards.frame import default_scope
from housewide.kit.registry import registry


def start(request: HttpRequest) -> HttpResponse:
    """Today, for whoever may open anything at all."""
    scope = default_scope(request.user)
    if any(screen.allowed(request.user, scope) for screen in registry.screens.values() if screen.key != "today"):
        return redirect("today")
    return render(request, "boards/nothing_yet.html", {"title": "Welcome"})


def health(request: HttpRequest) -> JsonResponse:
    """Says that the server answers; nothing else, to nobody in particular."""
    return JsonResponse({"status": "ok"})
