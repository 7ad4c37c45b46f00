"""Security of my account: password, second factor, recovery codes, and where I am signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.forms import ChangePasswordForm
from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from housewide.access import policy, sessions
from housewide.access.gates import signed_in
from housewide.access.keys import end_own_session, end_own_sessions
from housewide.access.models import SignedIn, Standing
from housewide.kit.actions import NotSeen, Refused, act


class Page:
    """What every form about signing in has: a title, a sentence, a button, and 422 when something is wrong."""

    template_name = "ui/form.html"
    title = lead = ""
    submit = "Save"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        said = {"title": self.title, "lead": self.lead, "submit": self.submit}
        return {**super().get_context_data(**more), **said}  # type: ignore[misc]

    def form_invalid(self, form: Any) -> Any:
        response = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 422
        return response


def plain_fields(form: Any, **labels: str) -> None:
    """Labels in our words; no text in the field that vanishes when one types."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels.get(name, field.label)


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What protects the account of whoever asks, and where it is signed in."""
    account = signed_in(request)
    factors = list(Authenticator.objects.filter(user=account).order_by("created_at"))
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "title": "Security of my account",
        "app": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "keys": [(one, one.wrap().name) for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "required": policy.second_factor(account) == policy.REQUIRED,
        "has_password": account.has_usable_password(),
        "sign_ins": SignedIn.objects.filter(account=account),
        "this": request.session.session_key,
        "away": int(policy.longest_away(account).total_seconds() // 60),
        "longest": int(policy.longest_session().total_seconds() // 3600),
    }
    return render(request, "access/security/overview.html", context)


@require_GET
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Where somebody is led whose role needs a second factor and who has none."""
    context = {"title": "Set up your second factor", "account": signed_in(request)}
    return render(request, "access/security/needed.html", context)


@require_POST
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
def session_end(request: HttpRequest, session: str) -> HttpResponse:
    """End one of one's own sign-ins."""
    found = SignedIn.objects.filter(public_id=session, account=signed_in(request)).first()
    if found is None:
        raise NotSeen
    end_own_session(by=signed_in(request), signed_in=found)
    messages.success(request, "That sign-in was ended.")
    return redirect("mfa_index")


@require_POST
@reauthentication_required(app="allauth.account")  # type: ignore[untyped-decorator]
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End every other sign-in of one's own."""
    ended = end_own_sessions(by=signed_in(request), but=request.session.session_key or "")
    messages.success(request, f"Ended {ended} other sign-ins." if ended else "You are signed in nowhere else.")
    return redirect("mfa_index")


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_fields(self, oldpassword="Current password", password1="New password", password2="New password, again")
        self.fields["oldpassword"].help_text = ""
        self.fields[
            "password1"
        ].help_text = "At least 12 characters; several words are easier to remember than odd characters."

    def clean(self) -> Any:
        cleaned = super().clean()
        if cleaned and cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", "This is the password you have now. Choose another one.")
        return cleaned


class ChangePassword(Page, PasswordChangeView):  # type: ignore[misc]
    title, submit = "Change your password", "Change the password"
    lead = "Every other place where you are signed in is signed out."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not signed_in(request).has_usable_password():
            raise Refused("Your organization keeps your password. Change it there.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        return NewPasswordForm

    def form_valid(self, form: Any) -> Any:
        account = signed_in(self.request)
        with act("access.change_password", actor=account.username, subject=account.username):
            response = super().form_valid(form)
            Standing.objects.filter(account=account).update(must_change=False, temporary_until=None)
        self.request.session.pop(sessions.OWES_PASSWORD, None)
        sessions.end_all(account, but=self.request.session.session_key or "")
        sessions.note(self.request, account)
        return response


class Reauthenticate(Page, ReauthenticateView):  # type: ignore[misc]
    title, submit = "Is it you?", "Go on"
    lead = "You are about to change how you sign in. Type your password once more."

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        plain_fields(form, password="Password")  # noqa: S106 - a label
        return form

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


change_password = ChangePassword.as_view()
reauthenticate = Reauthenticate.as_view()
