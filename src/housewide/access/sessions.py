"""Where an account is signed in: begun at sign-in, seen at most once a minute, ended by hand, by time or by force."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest

from housewide.access.models import SignedIn, Standing
from housewide.access.policy import longest_away, longest_session
from housewide.access.visitors import address_of, browser_of
from housewide.kit.clock import now
from housewide.org.models import Account

TIMES, OWES_PASSWORD, HAS_FACTOR = "housewide.times", "housewide.owes_password", "housewide.has_factor"
WRITE_EVERY = 60.0  # seconds: a page more often than that costs no write
AWAY, LONG = "away", "long"
RENEWS = "Renews-Itself"  # header of every request that a page makes by the clock and not because of a click


@receiver(user_logged_in, dispatch_uid="where an account is signed in")
def begin(sender: Any, request: HttpRequest, user: Account, **_: Any) -> None:
    """Note a sign-in, and forget those of the account that have run out."""
    if not hasattr(request, "session"):
        return
    SignedIn.objects.filter(account=user, began_at__lt=now() - longest_session()).delete()
    request.session[TIMES] = [now().timestamp()] * 2
    if not by_the_organization(request, user) and Standing.objects.filter(account=user, must_change=True).exists():
        request.session[OWES_PASSWORD] = True
    note(request, user)


def by_the_organization(request: HttpRequest, account: Account) -> bool:
    """Whether the account is signed in, or about to be, by the organization's own sign-in and not by a password here.
    A second step taken afterwards does not count."""
    records = get_authentication_records(request, account)
    first_steps = [record["method"] for record in records if record["method"] != "mfa"]
    return first_steps[-1:] == ["socialaccount"]


def note(request: HttpRequest, account: Account) -> None:
    """Write down the browser of this request as one in which the account is signed in."""
    if request.session.session_key:
        SignedIn.objects.update_or_create(
            session_key=request.session.session_key,
            defaults={
                "account": account, "began_at": _began(request), "seen_at": now(),
                "address": address_of(request), "browser": browser_of(request)[:200],
            },
        )  # fmt: skip


def _began(request: HttpRequest) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(request.session[TIMES][0], UTC)


@receiver(user_logged_out, dispatch_uid="no longer signed in")
def forget(sender: Any, request: HttpRequest, **_: Any) -> None:
    """A sign-out by hand."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    if key:
        SignedIn.objects.filter(session_key=key).delete()


def ran_out(request: HttpRequest) -> str:
    """Why the sign-in of this request has ended by time (“away”, “long”), or "". Moves the time last seen on, unless
    the page asked by itself: a screen that renews itself says nothing about anybody being there."""
    moment = now().timestamp()
    began, seen = request.session.get(TIMES) or (moment, 0.0)
    account = request.user
    if not isinstance(account, Account):
        return ""
    if moment - began > longest_session().total_seconds():
        return LONG
    if seen and moment - seen > longest_away(account).total_seconds():
        return AWAY
    if not request.headers.get(RENEWS):
        is_here(request)
    return ""


def is_here(request: HttpRequest) -> None:
    """Move the time last seen on; at most once a minute is it written down."""
    account, moment = request.user, now().timestamp()
    began, seen = request.session.get(TIMES) or (moment, 0.0)
    if isinstance(account, Account) and moment - seen > WRITE_EVERY:
        request.session[TIMES] = [began, moment]
        if not SignedIn.objects.filter(session_key=request.session.session_key or "").update(seen_at=now()):
            note(request, account)


def end_all(account: Account, but: str = "") -> int:
    """End every sign-in of an account, except the session with the key ``but``. Returns how many were ended."""
    ended = SignedIn.objects.filter(account=account).exclude(session_key=but)
    keys = list(ended.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended.delete()
    return len(keys)


def end_one(signed_in: SignedIn) -> None:
    """End one sign-in: its cookie opens nothing any more."""
    Session.objects.filter(session_key=signed_in.session_key).delete()
    signed_in.delete()
