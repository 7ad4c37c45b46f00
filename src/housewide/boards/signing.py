"""Signing in and out, on top of allauth: only the two pages that a local installation needs."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from housewide.kit.actions import act


class SignInForm(LoginForm):  # type: ignore[misc]
    """The two fields, in plain words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Work e-mail"
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


REASONS = {
    "away": "You were away for a while, so you were signed out. Sign in and you are back where you were.",
    "long": "A sign-in holds for a day's work, so you were signed out. Sign in and you are back where you were.",
}


class SignIn(LoginView):  # type: ignore[misc]
    form_class = SignInForm
    template_name = "boards/sign_in.html"

    def get_form_class(self) -> type[SignInForm]:
        return SignInForm

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        why = REASONS.get(self.request.GET.get("why", ""), "")
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        return {**super().get_context_data(**more), "why": why, "next": asked, "oidc": settings.HOUSEWIDE_OIDC}

    def form_invalid(self, form: SignInForm) -> Any:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class SignOut(LogoutView):  # type: ignore[misc]
    template_name = "boards/sign_out.html"

    def post(self, *args: Any, **kwargs: Any) -> Any:
        response = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


sign_in = SignIn.as_view()
sign_out = SignOut.as_view()


def _how(request: HttpRequest, user: Any) -> str:
    """What was shown: “password”, “password, totp”, “oidc”."""
    records = get_authentication_records(request, user) if hasattr(request, "session") else []
    return ", ".join(str(one.get("type") or one["method"]).replace("socialaccount", "oidc") for one in records)


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """A sign-in is an entry in the audit trail."""
    with act("sign_in", actor=user.username, subject=_how(request, user)):
        pass


@receiver(user_login_failed)
def note_failed_sign_in(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    """So is a failed one, with the name that was tried and never the password."""
    with act("sign_in_failed", actor=str(credentials.get("username") or credentials.get("login") or "")[:150]):
        pass
