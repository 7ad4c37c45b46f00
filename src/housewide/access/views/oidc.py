"""To the organization's sign-in and back."""

from __future__ import annotations

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from housewide.access.identity_providers import PROVIDER
from housewide.access.oidc import AGAIN, NOT_FINISHED, Adapter, not_signed_in
from housewide.kit.actions import NotSeen


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """A click on the sign-in page: to the page where the organization asks who one is."""
    try:
        provider = get_adapter().get_provider(request, PROVIDER)
        found: HttpResponse = provider.redirect_from_request(request)
        return found
    except SocialApp.DoesNotExist as problem:
        raise NotSeen from problem
    except (requests.RequestException, OAuth2Error) as problem:
        why = f"{type(problem).__name__} before leaving"
        return not_signed_in(request, why, "Your organization's sign-in does not answer.", AGAIN, status=502)


class ComeBack(OAuth2CallbackView):  # type: ignore[misc]
    """Back with a code; the nonce that was sent is handed to whoever reads the ID token."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.expected_nonce = (state or {}).get("nonce", "")
        return state, response


@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """The organization has sent somebody back."""
    try:
        found: HttpResponse = ComeBack.adapter_view(Adapter(request, PROVIDER))(request)
        return found
    except SocialApp.DoesNotExist as problem:
        raise NotSeen from problem
    except (requests.RequestException, OAuth2Error, KeyError, ValueError) as problem:
        return not_signed_in(request, type(problem).__name__, NOT_FINISHED, AGAIN, status=401)
