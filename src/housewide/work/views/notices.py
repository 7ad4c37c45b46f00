"""Notices: what is new for me, newest first; opening one puts it away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from housewide.access.gates import signed_in
from housewide.work import notices


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """GET /notices/"""
    found = notices.notices_of(signed_in(request))
    lead = f"{len(found.unread)} unread" if found.unread else "Nothing new"
    return render(request, "work/notices.html", {"title": "Notices", "lead": lead, "notices": found})


@require_POST
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST puts one away; with ``open`` it leads to what the notice is about."""
    shown = notices.see_notice(signed_in(request), public_id)
    notices.read_notice(by=signed_in(request), notice=shown.notice)
    return redirect(shown.subject.url if "open" in request.POST else "notices")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """POST puts all of them away."""
    count = notices.read_all_notices(by=signed_in(request))
    messages.success(request, f"{count} notice{'' if count == 1 else 's'} put away as read.")
    return redirect("notices")
