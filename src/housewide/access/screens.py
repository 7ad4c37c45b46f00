"""Navigation of the organisation, access, jobs and audit screens, in the door of settings."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from housewide.access.gates import sees_any
from housewide.kit.registry import Scope, Screen, registry


def _anywhere(capability: str) -> Any:
    def check(account: Any, scope: Scope) -> bool:
        return sees_any(account, capability)

    return check


def _breaks_or_judges(account: Any, scope: Scope) -> bool:
    return sees_any(account, "glass.break") or sees_any(account, "glass.review")


def _address(name: str) -> Any:
    return lambda scope: reverse(name)


def register() -> None:
    for key, title, name, capability, order in (
        ("organization", "Organization", "places", "see.people", 10),
        ("access", "People & access", "grants", "see.access", 20),
        ("accounts", "Accounts & sign-in", "accounts", "see.access", 25),
        ("jobs", "Jobs", "job-list", "see.jobs", 40),
        ("audit", "Audit", "audit-list", "see.audit", 50),
    ):
        registry.add_screen(Screen(key, title, _address(name), _anywhere(capability), door="Settings", order=order))
    registry.add_screen(Screen("glass", "Break the glass", _address("glass"), _breaks_or_judges, "Settings", order=60))
