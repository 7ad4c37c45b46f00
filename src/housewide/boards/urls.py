from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from housewide.boards import digest_choice, jumping, today, views
from housewide.boards.api import door, pages
from housewide.boards.signing import sign_in, sign_out


class Anything(StringConverter):
    """Also line breaks and nothing at all: below the interface even nonsense gets an answer of its shape."""

    regex = r"[\s\S]*"


register_converter(Anything, "anything")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("today/", today.show, name="today"),
    path("account/digest/", digest_choice.show, name="digest-choice"),
    path("jump/", jumping.jump, name="jump"),
    path("api/v1/<anything:rest>", door.ask, name="api"),
    path("api/", pages.reference, name="api-reference"),
    path("account/tokens/", pages.tokens, name="api-tokens"),
    path("account/tokens/<slug:public_id>/revoke/", pages.revoke, name="api-token-revoke"),
    path("health/", views.health, name="health"),
    path("accounts/login/", sign_in, name="account_login"),
    path("accounts/logout/", sign_out, name="account_logout"),
    path("favicon.ico", RedirectView.as_view(url="/static/ui/mark.svg", permanent=True), name="favicon"),
]
