"""Local accounts: an administrator makes them, nobody signs themselves up. How allauth is to treat them here."""

from __future__ import annotations

import base64
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from housewide.access.sessions import by_the_organization
from housewide.access.visitors import address_of
from housewide.kit.clock import now
from housewide.kit.home import key
from housewide.org.models import Account

JUST_SIGNED_IN = 300.0  # seconds after which somebody who changes how they sign in must prove again who they are
NONCE_BYTES = 12


class LocalAccounts(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "The e-mail or the password is not right.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, then try again.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
    }

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Not within five minutes of signing in: whoever is led to set up a second factor has just typed a password."""
        request = context.request
        records = get_authentication_records(request, request.user)
        return not any(time.time() - record["at"] < JUST_SIGNED_IN for record in records)

    def pre_login(self, request: HttpRequest, user: Account, **more: Any) -> HttpResponse | None:
        """Nobody comes in with a closed account or with a temporary password that has run out."""
        if not user.is_active:
            return self.respond_user_inactive(request, user)
        if self._temporary_ran_out(user) and not by_the_organization(request, user):
            messages.error(request, "This temporary password has run out. Ask an administrator for a new one.")
            return HttpResponseRedirect(reverse("account_login"))
        response: HttpResponse | None = super().pre_login(request, user, **more)
        return response

    @staticmethod
    def _temporary_ran_out(user: Account) -> bool:
        standing = getattr(user, "standing", None)
        return bool(standing and standing.must_change and standing.temporary_until and standing.temporary_until < now())

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, "This account is closed. Ask an administrator if you still work here.")
        return HttpResponseRedirect(reverse("account_login"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed under a key of the home folder."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or it was used already. Wait for the next one and type that.",
    }

    def encrypt(self, text: str) -> str:
        import os

        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(key("factors")).encrypt(nonce, text.encode(), b"factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        sealed = base64.b64decode(encrypted_text)
        return AESGCM(key("factors")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"factor").decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        from allauth.mfa.models import Authenticator

        return f"Key {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The audit trail says it; mail is sent by the digest alone."""
