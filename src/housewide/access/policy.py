"""How strictly an account is kept: whether it needs a second factor, and how long it may stay away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from housewide.access.gates import grants_of
from housewide.access.roles import roles
from housewide.kit.clock import today
from housewide.org.models import Account

REQUIRED, OFFERED = "required", "offered"


def roles_held(account: Account) -> frozenset[str]:
    """Keys of the roles the account itself holds today, anywhere; what was lent to it is not among them."""
    return frozenset(role for role, _ in grants_of(account, today()) if role in roles())


def second_factor(account: Account) -> str:
    """“required” or “offered”: by the roles held, unless the setting ``second_factor`` says one for everybody."""
    said = str(settings.HOUSEWIDE_SECOND_FACTOR)
    if said in (REQUIRED, OFFERED):
        return said
    asked = any(roles()[role].second_factor == REQUIRED for role in roles_held(account))
    return REQUIRED if asked else OFFERED


def has_second_factor(account: Any) -> bool:
    """Whether an authenticator app or a security key is set up. Recovery codes alone are none."""
    from allauth.mfa.models import Authenticator

    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=account.pk, type__in=kinds).exists())


def longest_away(account: Account) -> timedelta:
    """How long nothing may be asked for before one must sign in again: shorter for who may open identities."""
    opens = any("phi.open" in roles()[role].can for role in roles_held(account))
    return timedelta(minutes=float(settings.HOUSEWIDE_IDLE_MINUTES_PHI if opens else settings.HOUSEWIDE_IDLE_MINUTES))


def longest_session() -> timedelta:
    """How long a sign-in lasts at most, however busy."""
    return timedelta(hours=float(settings.HOUSEWIDE_SESSION_HOURS))
