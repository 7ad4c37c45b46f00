"""Too many wrong passwords: for a while no password is tried for this name from this address, right or wrong."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from housewide.kit.actions import act
from housewide.kit.clock import now


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name as accounts are called, so that capital letters do not begin a new count."""
    said = credentials or {}
    form = request.POST if request is not None else {}
    return str(said.get("username") or said.get("login") or form.get("login") or "").strip().lower()[:150]


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """The page for somebody who is locked out. It is the same whether or not there is such an account."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    page = render(
        request, "access/security/locked_out.html", {"title": "Too many attempts", "minutes": minutes}, status=429
    )
    page["Retry-After"] = str(minutes * 60)
    return page


@receiver(user_locked_out, dispatch_uid="a lockout is in the audit trail")
def note_lockout(sender: Any, request: HttpRequest, username: str, ip_address: str, **_: Any) -> None:
    """A lockout is an entry in the audit trail, with the name and the address."""
    with act("locked_out", actor=str(username or "")[:150], subject=f"from {ip_address}"):
        pass


def locked_names() -> dict[str, int]:
    """Wrong passwords by name, of those names that are locked out somewhere now."""
    since = now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(
        attempt_time__gte=since, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    ).values_list("username", "failures_since_start")
    return {str(name): failures for name, failures in rows}


def lift(username: str) -> int:
    """Forget the wrong passwords of a name. Returns how many addresses were locked out."""
    count, _ = AccessAttempt.objects.filter(username=username.lower()).delete()
    return int(count)
