"""The doors of the house: whether this account may see or do this here, today.

Every view and every action goes through one of these; a test holds every address against them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from housewide.access.models import Delegation, Grant
from housewide.access.opened import opens_at_all, tops_opened
from housewide.access.roles import roles_that_can
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.kit.memory import kept, remembered
from housewide.org.models import Account, Place
from housewide.org.tree import codes_below, tree_on

GRANTED = ("access", "org")  # what a grant or a delegation rests on


def _own_tops(account: Account, capability: str, day: date) -> set[str]:
    able = roles_that_can(capability)
    return {place for role, place in grants_of(account, day) if role in able}


def grants_of(account: Account, day: date) -> list[tuple[str, str]]:
    """(role, place code) of what the account itself was granted and holds on the day; loans are not among them."""
    return kept(("grants", account.pk, day), lambda: _find_grants(account, day), on=GRANTED)


def _find_grants(account: Account, day: date) -> list[tuple[str, str]]:
    grants = Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), account=account, valid_from__lte=day)
    return list(grants.values_list("role", "place__code"))


def _lent(account: Account, day: date) -> list[Delegation]:
    return kept(("lent", account.pk, day), lambda: _find_lent(account, day), on=GRANTED)


def _find_lent(account: Account, day: date) -> list[Delegation]:
    rows = Delegation.objects.filter(receiver=account, valid_from__lte=day, valid_to__gte=day, withdrawn_at=None)
    return list(rows.filter(giver__is_active=True).select_related("giver", "place"))


def places_where(account: Any, capability: str) -> frozenset[str]:
    """Codes of all places at which the account has the capability today, by grant or by delegation."""
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return frozenset()
    return remembered(("places where", account.pk, capability), lambda: _find_places(account, capability))


def _find_places(account: Account, capability: str) -> frozenset[str]:
    day = today()
    tree = tree_on(day)
    allowed = codes_below(_own_tops(account, capability, day), tree)
    for loan in _lent(account, day):
        givers = codes_below(_own_tops(loan.giver, capability, day), tree)
        allowed |= givers & frozenset(tree.below(loan.place.code))
    if opens_at_all(capability) and _own_tops(account, "glass.break", day):
        allowed |= codes_below(tops_opened(account, capability), tree)
    return allowed


def allowed(account: Any, capability: str, place: str) -> bool:
    """Whether the account has the capability at the place (its code)."""
    return place in places_where(account, capability)


def acts_for(account: Account, capability: str, place: str) -> Account | None:
    """Whom the account stands in for, when only a delegation lets it do this; None when it may by itself."""
    day = today()
    tree = tree_on(day)
    if place in codes_below(_own_tops(account, capability, day), tree):
        return None
    for loan in _lent(account, day):
        if place in tree.below(loan.place.code) and place in codes_below(_own_tops(loan.giver, capability, day), tree):
            return loan.giver
    return None


def see(account: Any, capability: str, code: str) -> Place:
    """The place, when the account may see it with this capability; else NotSeen (404), missing or forbidden alike."""
    tree = tree_on(today())
    if code not in tree.places or not allowed(account, capability, code):
        raise NotSeen("There is nothing here that you can see.")
    return tree.places[code]


def may(account: Any, capability: str, place: str, doing: str, sees: str = "see.measures") -> dict[str, str]:
    """Gate of an action. ``doing`` completes “You may not …”. Returns what the audit entry wants to know.

    Raises NotSeen when the account does not even see the place, else Refused when it may not do this there.
    """
    if allowed(account, capability, place):
        giver = acts_for(account, capability, place)
        return {"place": place, **({"on_behalf_of": giver.username} if giver else {})}
    if allowed(account, sees, place):
        raise Refused(f"You may not {doing} here. Ask an administrator which role you need.")
    raise NotSeen("There is nothing here that you can see.")


def signed_in(request: HttpRequest) -> Account:
    """The account of a request behind the door, as the type it is. Raises NotSeen for a stranger."""
    if not isinstance(request.user, Account):
        raise NotSeen("There is nothing here that you can see.")
    return request.user


def sees_any(account: Any, capability: str) -> bool:
    """Whether the account has the capability anywhere; opens house-wide lists that then show only its places."""
    return bool(places_where(account, capability))


def covers_every_place(account: Any, capability: str) -> bool:
    """Whether the account has the capability at every place there is; opens what belongs to no single place."""
    tree = tree_on(today())
    return bool(tree.places) and places_where(account, capability) >= tree.places.keys()
