"""What the signals tell the house at start-up: their place in the navigation, their card on the page of a measure."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.kit.registry import Scope, Screen, registry
from housewide.measures import panels
from housewide.work.noticing import jobs  # noqa: F401 - registers the listener and the job
from housewide.work.noticing.panels import panel_for
from housewide.work.noticing.questions import SEES


def _allowed(account: Any, scope: Scope) -> bool:
    return bool(scope.place) and allowed(account, SEES, scope.place)


def register() -> None:
    """Called once when the app is ready; again is harmless."""
    registry.add_screen(
        Screen(
            "signals", "Signals", lambda scope: reverse("signals", args=[scope.place, scope.period]),
            _allowed, door="Quality", order=10,
        )
    )  # fmt: skip
    panels.register(panel_for)
