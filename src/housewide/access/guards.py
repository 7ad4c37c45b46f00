"""What every request passes: how long somebody was away, what they still owe, and what the answer tells the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import ResolverMatch, reverse

from housewide.access import policy, sessions
from housewide.access.gates import places_where
from housewide.access.opened import open_now
from housewide.kit.actions import act
from housewide.kit.audit import record_look
from housewide.org.models import Account

BREAK, PURPOSE = "glass.break", "broke the glass"
UNWATCHED = frozenset({"health", "favicon"})
Answer = Callable[[HttpRequest], HttpResponse]
PASSWORD_PAGES = frozenset({"account_change_password", "account_reauthenticate", "account_logout", "health"})
FACTOR_PAGES = PASSWORD_PAGES | {
    "second-factor-needed", "mfa_activate_totp", "mfa_add_webauthn", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}  # fmt: skip
FEATURES = ("accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "hid",
            "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking")  # fmt: skip
PERMISSIONS = ", ".join([*(f"{name}=()" for name in FEATURES), "fullscreen=(self)",
                         "publickey-credentials-create=(self)", "publickey-credentials-get=(self)"])  # fmt: skip


class Headers:
    """Says to the browser what it may not do with an answer; a page of somebody signed in is kept nowhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class SmallEnough:
    """Refuses a body larger than the house takes, before reading it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        most = int(settings.HOUSEWIDE_LARGEST_UPLOAD_MB)
        if said.isdigit() and int(said) > most * 1024 * 1024:
            return render(request, "413.html", {"most": most}, status=413)
        return self.get_response(request)


class TimesOut:
    """Ends a sign-in by time, on the server; after signing in again one is back where one was."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            why = sessions.ran_out(request)
            if why:
                with act("sign_in_ran_out", actor=str(request.user.get_username()), subject=why):
                    logout(request)
                response = sign_in_again(request, why)
                response["Clear-Site-Data"] = '"cache", "storage"'
                return response
        return self.get_response(request)


def sign_in_again(request: HttpRequest, why: str = "") -> HttpResponse:
    """To the sign-in page, and from there back to the page that was asked for or that a form stood on."""
    if request.headers.get("HX-Request"):
        back = _local(request, request.headers.get("HX-Current-URL", ""))
    else:
        back = (
            request.get_full_path() if request.method == "GET" else _local(request, request.headers.get("Referer", ""))
        )
    asked = {"next": back, **({"why": why} if why else {})}
    target = f"{reverse('account_login')}?{urlencode(asked, safe='/')}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _local(request: HttpRequest, url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc and parts.netloc != request.get_host():
        return "/"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Watches:
    """While somebody has the glass broken, every page they see is recorded."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        found = request.resolver_match
        if found is not None and request.method == "GET" and response.status_code == 200:
            self._record(request.user, found)
        return response

    @staticmethod
    def _record(account: Any, found: ResolverMatch) -> None:
        if found.view_name in UNWATCHED or not places_where(account, BREAK):
            return
        for glass, _, _ in open_now(account):
            rows = [value for name, value in found.kwargs.items() if name not in ("place", "period")]
            place = str(found.kwargs.get("place", ""))
            record_look(account, "page", rows, f"{PURPOSE} {glass}: {found.view_name}", place)


class SetsUp:
    """Leads whoever owes a password or a second factor there, and nowhere else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not isinstance(request.user, Account) or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if request.session.get(sessions.OWES_PASSWORD):
            return None if name in PASSWORD_PAGES else self._lead(request, "account_change_password")
        if name in FACTOR_PAGES or request.session.get(sessions.HAS_FACTOR):
            return None
        if policy.second_factor(request.user) != policy.REQUIRED:
            return None
        if policy.has_second_factor(request.user):
            request.session[sessions.HAS_FACTOR] = True
            return None
        return self._lead(request, "second-factor-needed")

    @staticmethod
    def _lead(request: HttpRequest, name: str) -> HttpResponse:
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=403)
            response["HX-Redirect"] = reverse(name)
            return response
        return HttpResponseRedirect(reverse(name))
