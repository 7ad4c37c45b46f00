"""Tokens: a program asks in a person's name, for what the token says, until a day; never for more than the person may.

A token is shown once, when it is made. What is kept is its SHA-256: the secret has 256 random bits, so a slow hash
would protect nothing more.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from housewide.boards.models import ApiToken
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.clock import now, today
from housewide.org.models import Account

PREFIX = "hw_"
LONGEST = timedelta(days=365)
MOST = 20
USED_EVERY = timedelta(minutes=1)  # how exactly the page says when a token was last used
SCOPES = {
    "read:measures": "Read measures, readings and their history",
    "read:facts": "Read the rows behind a number (each look is recorded) and what became of imports",
    "read:work": "Read tasks and comments",
    "write:work": "Raise, finish and hand over tasks",
    "write:comments": "Comment",
    "read:reviews": "Read reviews and their figures",
    "write:imports": "Send files of a feed",
}


@dataclass(frozen=True)
class Made:
    """A fresh token and its secret, which nobody can find out again."""

    token: ApiToken
    secret: str


def _own(*, by: Account, **_: Any) -> dict[str, str]:
    if not by.is_active:
        raise NotSeen("There is nothing here that you can see.")
    return {}


def _may_revoke(*, by: Account, token: ApiToken, **_: Any) -> dict[str, str]:
    if token.account_id != by.pk:
        raise NotSeen("There is nothing here that you can see.")
    return {"subject": f"api_token:{token.public_id}"}


@action("api.make_token", gate=_own)
def make_token(*, by: Account, title: str, scopes: Iterable[str], valid_to: date) -> Made:
    """A token of one's own. Raises Refused without a title or scope, for an unknown scope, a day that is past or more
    than a year away, and for more than 20 tokens that hold."""
    chosen = sorted(set(scopes))
    if not title.strip():
        raise Refused("Say what the token is for, so that you know later which one to revoke.")
    if not chosen or not set(chosen) <= SCOPES.keys():
        raise Refused("Choose at least one thing that the token may do.")
    if not today() <= valid_to <= today() + LONGEST:
        raise Refused("Choose a last day from today on, at most a year away.")
    if len([one for one in tokens_of(by) if holds(one)]) >= MOST:
        raise Refused(f"You have {MOST} tokens. Revoke one that is no longer needed first.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        account=by, title=title.strip()[:80], sha256=_hash(secret), scopes=chosen, made_at=now(), valid_to=valid_to
    )
    return Made(token, secret)


@action("api.revoke_token", gate=_may_revoke)
def revoke_token(*, by: Account, token: ApiToken) -> ApiToken:
    """End a token of one's own at once."""
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
    return token


def tokens_of(account: Account) -> list[ApiToken]:
    """The tokens of an account, newest first; those that ended too."""
    return list(ApiToken.objects.filter(account=account))


def see_token(account: Account, public_id: str) -> ApiToken:
    """A token of one's own. Raises NotSeen."""
    found = ApiToken.objects.filter(account=account, public_id=public_id).first()
    if found is None:
        raise NotSeen("There is nothing here that you can see.")
    return found


def holds(token: ApiToken) -> bool:
    """Whether it may be used today: neither revoked nor past its last day."""
    return token.revoked_at is None and today() <= token.valid_to


def token_for(secret: str) -> ApiToken | None:
    """The token of a secret, when it holds and its owner may still sign in. Notes that it was used."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    token = ApiToken.objects.select_related("account__person").filter(sha256=_hash(secret)).first()
    if token is None or not holds(token) or not token.account.is_active:
        return None
    if token.last_used_at is None or token.last_used_at < now() - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now())
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
