"""Today: the first page of the day, for one person at one of their places."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import sees_any, signed_in
from housewide.boards.digest_jobs import failures_owed
from housewide.boards.mornings import Morning, morning
from housewide.boards.owing import tasks_owed
from housewide.intake.queries import SEES as SEES_INTAKE
from housewide.kit.clock import today
from housewide.kit.registry import Scope, Screen, registry


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """GET /today/?at=<place>"""
    account = signed_in(request)
    found = morning(account, request.GET.get("at", ""))
    context = {
        "morning": found,
        "since_words": since_words(found),
        "huddle_url": huddle_url(account, found),
        "measures_url": reverse("measures", args=[found.place, found.month]) if found.place else "",
        "intake_url": reverse("intake") if sees_any(account, SEES_INTAKE) else "",
    }
    return render(request, "boards/today.html", context)


def since_words(found: Morning) -> str:
    """``yesterday``, or the weekday of the last workday when that is longer ago."""
    return "yesterday" if (today() - found.since).days == 1 else f"{found.since:%A}"


def huddle_url(account: object, found: Morning) -> str:
    """Where the huddles of the place are, when there are any that the person may open."""
    screen, scope = registry.screens.get("huddles"), Scope(found.place, found.month)
    return screen.url(scope) if screen and found.place and screen.allowed(account, scope) else ""


def register() -> None:
    registry.add_debt(tasks_owed)
    registry.add_debt(failures_owed)
    registry.add_screen(
        Screen("today", "Today", lambda scope: reverse("today"), lambda account, scope: True, icon="sun", order=1)
    )
