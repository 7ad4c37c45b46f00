"""How people get in, looked after by an administrator: lockouts lifted, factors reset, sign-ins and accounts closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from housewide.access import lockouts, sessions
from housewide.access.gates import places_where
from housewide.access.models import Delegation, Grant, SignedIn, Standing
from housewide.access.passwords import temporary_password
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.clock import now, today
from housewide.org.models import Account

TEMPORARY_FOR = timedelta(hours=24)
SETUP = "system:setup"


def may_look_after(by: Any, account: Account) -> bool:
    """Whether the person grants roles at every place where the account holds one, or will, or has one on loan: nobody
    resets the key to a larger house than their own."""
    granted = places_where(by, "access.grant")
    held = Grant.objects.filter(account=account).exclude(valid_to__lt=today())
    lent = Delegation.objects.filter(receiver=account, valid_to__gte=today(), withdrawn_at=None)
    places = {*held.values_list("place__code", flat=True), *lent.values_list("place__code", flat=True)}
    return bool(granted) and places <= granted


def _looks_after(*, by: Any, account: Account, **_: Any) -> dict[str, str]:
    about = {"subject": account.username}
    if by == SETUP or may_look_after(by, account):
        return about
    if places_where(by, "see.access"):
        raise Refused("This account has a role at a place that you do not administer. Ask an administrator there.")
    raise NotSeen("There is nothing here that you can see.")


@action("access.unlock", gate=_looks_after)
def unlock(*, by: Any, account: Account) -> int:
    """Lift a lockout: the wrong passwords are forgotten. Returns at how many addresses the name was locked out."""
    return lockouts.lift(account.username)


@action("access.reset_second_factor", gate=_looks_after)
def reset_second_factor(*, by: Any, account: Account, reason: str) -> int:
    """Remove every second factor and recovery code and end every sign-in. Returns how many factors there were."""
    from allauth.mfa.models import Authenticator

    if not reason.strip():
        raise Refused("Say how you made sure who asked for this.")
    count, _ = Authenticator.objects.filter(user=account).delete()
    sessions.end_all(account)
    return int(count)


@action("access.end_sessions", gate=_looks_after)
def end_sessions(*, by: Any, account: Account) -> int:
    """End every sign-in of an account at once. Returns how many there were."""
    return sessions.end_all(account)


@action("access.reset_password", gate=_looks_after)
def reset_password(*, by: Any, account: Account, reason: str) -> str:
    """Give the account a random password that holds a day and must be changed. Returns it; it is kept nowhere else.

    The second factor stays asked for, and every sign-in ends.
    """
    if not reason.strip():
        raise Refused("Say how you made sure who asked for this.")
    fresh = temporary_password()
    account.set_password(fresh)
    account.save(update_fields=["password"])
    owe_password(account)
    sessions.end_all(account)
    lockouts.lift(account.username)
    return fresh


def owe_password(account: Account) -> None:
    """Somebody else knows the password: it holds a day, and opens nothing but the page where it is changed."""
    owed = {"must_change": True, "temporary_until": now() + TEMPORARY_FOR}
    Standing.objects.update_or_create(account=account, defaults=owed)


@action("access.close_account", gate=_looks_after)
def close_account(*, by: Any, account: Account, reason: str) -> None:
    """Nobody signs in with this account any more, and whoever is signed in is out. What it did stays."""
    if account == by:
        raise Refused("You cannot close your own account. Ask another administrator.")
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all(account)


@action("access.reopen_account", gate=_looks_after)
def reopen_account(*, by: Any, account: Account, reason: str) -> None:
    """A closed account may sign in again, with the roles that still hold."""
    account.is_active = True
    account.save(update_fields=["is_active"])


def _own(*, by: Account, signed_in: SignedIn, **_: Any) -> dict[str, str]:
    if signed_in.account_id != by.pk:
        raise NotSeen("There is nothing here that you can see.")
    return {"subject": by.username}


@action("access.end_own_session", gate=_own)
def end_own_session(*, by: Account, signed_in: SignedIn) -> None:
    """End one of one's own sign-ins, for example on a machine that somebody else uses now."""
    sessions.end_one(signed_in)


@action("access.end_own_sessions", gate=lambda *, by, **_: {"subject": by.username})
def end_own_sessions(*, by: Account, but: str) -> int:
    """End every other sign-in of one's own. Returns how many."""
    return sessions.end_all(by, but=but)
