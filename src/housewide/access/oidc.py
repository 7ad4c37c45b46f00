"""Signing in with the organization's own accounts (OpenID Connect): only people who have an account here come in.

allauth walks the code flow (state, PKCE). Added here, because it does not do it: the ID token's signature is always
checked, only asymmetric algorithms are taken, the nonce must be ours, the issuer exactly the configured one.
OpenID Connect Core 1.0, section 3.1.3.7.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from housewide.access.sessions import HAS_FACTOR
from housewide.kit.actions import act
from housewide.org.models import Account

ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY = 60  # seconds that the clocks of two machines may differ
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"})  # RFC 8176: more than a password
NOT_FINISHED = "The sign-in at your organization did not come to an end that this house trusts."
AGAIN = "Try once more from the sign-in page. If it happens again, tell whoever looks after this server."
NO_ACCOUNT = "Your organization knows you, but there is no account for you here."
ASK = "Ask an administrator of Housewide to make one for your work e-mail."
NOT_VERIFIED = "Your organization does not vouch for your e-mail address, so nobody here can tell who you are."


def not_signed_in(
    request: HttpRequest, why: str, reason: str, advice: str, *, who: str = "", status: int = 403
) -> HttpResponse:
    """The page for somebody who did not get in, and the entry in the audit trail; no account is named to a stranger."""
    with act("sign_in_failed", actor=who[:150] or "oidc", subject="oidc", reason=why[:200]):
        pass
    context = {"title": "You are not signed in", "reason": reason, "advice": advice}
    return render(request, "access/security/not_signed_in.html", context, status=status)


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The code flow with everything checked."""

    expected_nonce = ""

    @property
    def openid_config(self) -> Any:
        config = super().openid_config
        if config.get("issuer") != settings.HOUSEWIDE_OIDC["issuer"]:
            raise OAuth2Error("The provider calls itself by another name than the configured issuer.")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return str(request.build_absolute_uri(reverse("openid_connect_callback")))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        raw = more["response"].get("id_token")
        if not raw:
            raise OAuth2Error("There is no ID token.")
        claims = self._decode_id_token(app, raw)
        userinfo = self._fetch_user_info(token.token)
        if userinfo.get("sub") != claims["sub"]:
            raise OAuth2Error("The ID token and the user information are about two people.")
        request.session["housewide.oidc_strong"] = bool(STRONG & set(claims.get("amr") or ()))
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo, "id_token": claims})
        login.account.extra_data = {}  # who it was is enough; what the organization says of them is not kept
        login.claims = {**userinfo, **claims}
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        import jwt

        try:
            header = jwt.get_unverified_header(id_token)
            if header.get("alg") not in ALGORITHMS:
                raise OAuth2Error(f"The ID token is signed with {header.get('alg')}.")
            claims: dict[str, Any] = jwt.decode(
                id_token, key=self._key(header.get("kid")), algorithms=[header["alg"]], audience=app.client_id,
                issuer=settings.HOUSEWIDE_OIDC["issuer"], leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )  # fmt: skip
        except jwt.PyJWTError as problem:
            raise OAuth2Error(f"The ID token does not hold: {type(problem).__name__}.") from problem
        if not self.expected_nonce or not hmac.compare_digest(str(claims.get("nonce")), self.expected_nonce):
            raise OAuth2Error("The ID token was made for another sign-in.")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("The ID token was made for another application.")
        return claims

    def _key(self, kid: Any) -> Any:
        import jwt
        from allauth.socialaccount.adapter import get_adapter

        with get_adapter().get_requests_session() as web:
            answer = web.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        found = [one for one in keys if kid is None or one.key_id == kid]
        if len(found) != 1:
            raise OAuth2Error("The ID token names a key that the provider does not have.")
        return found[0].key


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """Asks for what the house needs and takes no parameter from the address."""

    oauth2_adapter_class = Adapter

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, Any]:
        return {}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def redirect(self, request: HttpRequest, process: Any, next_url: Any = None, data: Any = None, **more: Any) -> Any:
        nonce = secrets.token_urlsafe(24)
        more["auth_params"] = {**(more.get("auth_params") or {}), "nonce": nonce}
        return super().redirect(request, process, next_url=next_url, data=data, nonce=nonce, **more)

    def get_callback_url(self) -> str:
        return reverse("openid_connect_callback")


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who may come in from the organization's sign-in, and as whom."""

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Provider:
        return Provider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_requests_session(self) -> requests.Session:
        """Follows no redirect, and gives up after a few seconds."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Somebody linked before comes in by the subject; anybody else by a verified e-mail that has an account."""
        strong = request.session.pop("housewide.oidc_strong", False)
        if not sociallogin.is_existing:
            self._link(request, sociallogin, sociallogin.claims)
        if strong and settings.HOUSEWIDE_OIDC["second_factor"]:
            request.session[HAS_FACTOR] = True

    def _link(self, request: HttpRequest, sociallogin: Any, claims: dict[str, Any]) -> None:
        email = str(claims.get("email") or "").strip().lower()
        if not email or claims.get("email_verified") is not True:
            raise ImmediateHttpResponse(
                not_signed_in(
                    request,
                    "e-mail not verified",
                    NOT_VERIFIED,
                    "Ask whoever runs your organization's sign-in.",
                    who=email,
                )
            )
        account = Account.objects.filter(username=email, is_active=True).first()
        if account is None:
            raise ImmediateHttpResponse(not_signed_in(request, "no account", NO_ACCOUNT, ASK, who=email))
        with act("access.link_identity", actor=account.username, subject=account.username):
            sociallogin.user = sociallogin.account.user = account
            sociallogin.account.save()

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None,
                                extra_context: Any = None) -> None:  # fmt: skip
        why = str(exception) if isinstance(exception, OAuth2Error) else str(getattr(error, "value", error) or "unknown")
        raise ImmediateHttpResponse(not_signed_in(request, why, NOT_FINISHED, AGAIN, status=401))
