"""The second factor: an authenticator app, security keys and recovery codes, on top of allauth."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.base import views as base_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as key_views
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from housewide.access import policy, sessions
from housewide.access.gates import signed_in
from housewide.access.views.security import Page, plain_fields
from housewide.kit.actions import Refused, act


def _as_json(options: Any) -> str:
    return json.dumps(options)


class Recorded:
    """A valid form is an act in the audit trail, and what was owed is looked at anew."""

    act_name = ""

    def form_valid(self, form: Any) -> Any:
        request = self.request  # type: ignore[attr-defined]
        with act(self.act_name, actor=signed_in(request).username, subject=signed_in(request).username):
            response = super().form_valid(form)  # type: ignore[misc]
        request.session.pop(sessions.HAS_FACTOR, None)
        return response


class AddApp(Recorded, Page, app_views.ActivateTOTPView):  # type: ignore[misc]
    title, submit, act_name = "Set up an authenticator app", "Switch it on", "access.add_authenticator_app"
    lead = "An app on your phone shows a code that changes every 30 seconds. You type it after your password."
    template_name = "access/security/add_app.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        plain_fields(form, code="Code that the app shows")
        form.fields["code"].widget.attrs["inputmode"] = "numeric"
        return form


class RemoveApp(Recorded, Page, app_views.DeactivateTOTPView):  # type: ignore[misc]
    title, submit, act_name = "Remove the authenticator app?", "Remove it", "access.remove_authenticator_app"
    template_name = "access/security/remove.html"

    def form_valid(self, form: Any) -> Any:
        _keep_one(self.request, self.authenticator)
        return super().form_valid(form)


class AddKey(Recorded, Page, key_views.AddWebAuthnView):  # type: ignore[misc]
    title, submit, act_name = "Add a security key", "Add the key", "access.add_security_key"
    lead = "A key that you plug in or hold near, or the fingerprint, face or PIN of this device."
    template_name = "access/security/add_key.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        plain_fields(form, name="What you call it")
        return form

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        context.setdefault("form", more.get("form") or self.get_form())
        if "form" in more:
            context["form"] = more["form"]
        return {**context, "options": _as_json(context["js_data"]["creation_options"])}


class RemoveKey(Recorded, key_views.RemoveWebAuthnView):  # type: ignore[misc]
    act_name, template_name = "access.remove_security_key", "access/security/remove.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = f"Remove “{self.object.wrap().name}”?"
        return {**super().get_context_data(**more), "title": title, "submit": "Remove it"}

    def form_valid(self, form: Any) -> Any:
        _keep_one(self.request, self.object)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse("mfa_index")


def _keep_one(request: Any, going: Any) -> None:
    """Whoever needs a second factor adds the new one before the old one goes."""
    from allauth.mfa.models import Authenticator

    account = signed_in(request)
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    others = Authenticator.objects.filter(user=account, type__in=kinds).exclude(pk=going.pk)
    if policy.second_factor(account) == policy.REQUIRED and not others.exists():
        raise Refused("Your role needs a second factor. Add another one first; then this one can go.")


class ShowCodes(code_views.ViewRecoveryCodesView):  # type: ignore[misc]
    template_name = "access/security/codes.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return {**super().get_context_data(**more), "title": "Recovery codes"}


class MakeCodes(Recorded, Page, code_views.GenerateRecoveryCodesView):  # type: ignore[misc]
    title, submit, act_name = "Make new recovery codes?", "Make new codes", "access.make_recovery_codes"
    template_name = "access/security/remove.html"
    lead = "The codes that you have now no longer work then."


class TypeCode(base_views.AuthenticateView):  # type: ignore[misc]
    """The second step of signing in."""

    template_name = "access/security/second_step.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**more)
        plain_fields(context["form"], code="Code")
        options = context.get("js_data", {}).get("request_options")
        user = self.stage.login.user
        has_key = _has(user, "webauthn")
        context |= {
            "title": "Second step",
            "options": _as_json(options) if has_key else "",
            "has_app": _has(user, "totp"),
        }
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


def _has(user: Any, kind: str) -> bool:
    from allauth.mfa.models import Authenticator

    return bool(Authenticator.objects.filter(user_id=user.pk, type=kind).exists())


class ConfirmByCode(Page, base_views.ReauthenticateView):  # type: ignore[misc]
    title, submit = "Is it you?", "Go on"
    lead = "Type the code that your authenticator app shows, or a recovery code."

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        plain_fields(form, code="Code")
        return form

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


class ConfirmByKey(Page, key_views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    title, submit = "Is it you?", "Use the security key"
    lead = "You are about to change how you sign in."
    template_name = "access/security/use_key.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(**more)
        context["form"] = more.get("form") or self.get_form()
        return {**context, "options": _as_json(context["js_data"]["request_options"])}

    def form_invalid(self, form: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("mfa_reauthenticate_webauthn"))

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


add_app, remove_app = AddApp.as_view(), RemoveApp.as_view()
add_key, remove_key = AddKey.as_view(), RemoveKey.as_view()
show_codes, make_codes = ShowCodes.as_view(), MakeCodes.as_view()
type_code, confirm_by_code, confirm_by_key = TypeCode.as_view(), ConfirmByCode.as_view(), ConfirmByKey.as_view()
