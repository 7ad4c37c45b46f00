"""What a person decides about their own morning."""

from __future__ import annotations

from typing import Any

from housewide.boards.models import DigestChoice
from housewide.kit.actions import Refused, action
from housewide.kit.clock import now
from housewide.org.models import Account


def _own(*, by: Any, **more: Any) -> dict[str, str]:
    if not isinstance(by, Account) or not by.is_active:
        raise Refused("Sign in first. Nothing was changed.")
    return {"subject": f"account:{by.public_id}"}


@action("choose_digest", gate=_own)
def choose_digest(*, by: Any, wanted: bool) -> DigestChoice:
    """Take or leave the morning e-mail; everybody decides for themselves. Saying the same again changes nothing."""
    choice, made = DigestChoice.objects.get_or_create(account=by, defaults={"wanted": wanted, "changed_at": now()})
    if not made and choice.wanted != wanted:
        choice.wanted, choice.changed_at = wanted, now()
        choice.save(update_fields=["wanted", "changed_at"])
    return choice


def wants_digest(account: Any) -> bool:
    """Whether the digest comes: yes, until the person has said no."""
    return not DigestChoice.objects.filter(account=account, wanted=False).exists()
