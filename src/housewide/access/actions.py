"""Who may do what: an administrator grants and ends roles, anyone may lend their own for a while."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from housewide.access.gates import allowed, may
from housewide.access.models import Delegation, Grant
from housewide.access.roles import roles
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.clock import now, today
from housewide.org.models import Account, Person, Place

LONGEST = timedelta(days=92)


def may_change_org(by: Any, place: str) -> dict[str, str]:
    """Gate of the organisation's actions. The command line acts as ``system:setup``."""
    if by == "system:setup":
        return {"place": place}
    return may(by, "org.change", place, "change the organization", sees="see.people")


def _may_grant(*, by: Any, place: str = "", grant: Grant | None = None, **_: Any) -> dict[str, str]:
    if by == "system:setup":
        return {"place": place}
    return may(by, "access.grant", grant.place.code if grant else place, "grant roles", sees="see.access")


@action("access.make_account", gate=_may_grant)
def make_account(
    *, by: Any, username: str, password: str | None, person: Person | None = None, place: str = ""
) -> Account:
    """An account that may sign in (without a password only once it has one); it sees nothing until a role is granted.
    Raises Refused when the name is taken."""
    if Account.objects.filter(username=username.lower()).exists():
        raise Refused(f"There is already an account {username}.")
    return Account.objects.create_user(username, password, person=person)


@action("access.grant_role", gate=_may_grant)
def grant_role(
    *, by: Any, account: Account, role: str, place: str, valid_from: date, valid_to: date | None = None
) -> Grant:
    """Grant a role at a place and everything below it. Raises Refused for an unknown role or dates that cross."""
    if role not in roles():
        raise Refused(f"There is no role “{role}”. Roles are {', '.join(sorted(roles()))}.")
    if valid_to and valid_to < valid_from:
        raise Refused("The last day is before the first day.")
    return Grant.objects.create(
        account=account, role=role, place=Place.objects.get(code=place), valid_from=valid_from, valid_to=valid_to
    )


@action("access.end_grant", gate=_may_grant)
def end_grant(*, by: Any, grant: Grant, last_day: date, reason: str) -> Grant:
    """Let a grant end on a day. It is kept, so that one can say later who could see what."""
    if grant.account == by and "access.grant" in roles()[grant.role].can:
        raise Refused("You cannot end the role that lets you grant roles. Ask another administrator.")
    grant.valid_to = last_day
    grant.save()
    return grant


def _may_lend(*, by: Any, place: str, **_: Any) -> dict[str, str]:
    return may(by, "delegate", place, "let someone act for you")


@action("access.delegate", gate=_may_lend)
def delegate(
    *, by: Account, receiver: Account, place: str, valid_from: date, valid_to: date, reason: str
) -> Delegation:
    """Let someone act for you at a place between two days. Raises Refused when the dates cross, begin in the past or
    lie too far apart, when it is so already, or when the receiver is you."""
    if receiver == by:
        raise Refused("You cannot delegate to yourself.")
    if valid_to < valid_from:
        raise Refused("The last day is before the first day.")
    if valid_from < today():
        raise Refused("The first day is already past. What was done before today stays done in their own name.")
    if valid_to > valid_from + LONGEST:
        raise Refused(
            f"A delegation lasts at most {LONGEST.days} days. For longer, ask an administrator to grant a role."
        )
    same = Delegation.objects.filter(giver=by, receiver=receiver, place__code=place, withdrawn_at=None)
    if same.filter(valid_from__lte=valid_to, valid_to__gte=valid_from).exists():
        raise Refused(f"{receiver} already acts for you there in these days.")
    return Delegation.objects.create(
        giver=by, receiver=receiver, place=Place.objects.get(code=place),
        valid_from=valid_from, valid_to=valid_to, reason=reason,
    )  # fmt: skip


def _may_withdraw(*, by: Any, delegation: Delegation, **_: Any) -> dict[str, str]:
    place = delegation.place.code
    if delegation.giver == by:
        return {"place": place}
    if allowed(by, "access.grant", place):
        return {"place": place, "on_behalf_of": delegation.giver.username}
    raise NotSeen("There is nothing here that you can see.")


@action("access.withdraw_delegation", gate=_may_withdraw)
def withdraw_delegation(*, by: Account, delegation: Delegation) -> Delegation:
    """Take a delegation back at once."""
    delegation.withdrawn_at = now()
    delegation.save()
    return delegation
