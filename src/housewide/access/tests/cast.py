"""Alice directs the operating rooms, Bob stands in for her, Charlie is at the other hospital, Ada administers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from housewide.access.models import Grant
from housewide.org.models import Account, Calendar, Person, Place, Placement

SINCE = date(2020, 1, 1)
TREE = {"SYS": ("system", ""), "ONE": ("facility", "SYS"), "TWO": ("facility", "SYS"),
        "ONE-OR": ("department", "ONE"), "ONE-OR1": ("unit", "ONE-OR"), "ONE-ED": ("department", "ONE")}  # fmt: skip


@dataclass(frozen=True)
class Cast:
    alice: Account
    bob: Account
    charlie: Account
    ada: Account


def account(name: str, role: str, place: str, valid_to: date | None = None) -> Account:
    person = Person.objects.create(code=name, name=name.capitalize())
    made = Account.objects.create_user(f"{name}@example.org", "not-a-real-secret-1", person=person)
    at = Place.objects.get(code=place)
    Grant.objects.create(account=made, role=role, place=at, valid_from=SINCE, valid_to=valid_to)
    return made


def make_cast() -> Cast:
    for code, (kind, parent) in TREE.items():
        place = Place.objects.create(code=code, name=f"Place {code}", kind=kind, active_from=SINCE)
        if parent:
            Placement.objects.create(place=place, parent=Place.objects.get(code=parent), valid_from=SINCE)
        if kind == "facility":
            Calendar.objects.create(facility=place, pay_period_anchor=date(2024, 1, 7))
    return Cast(
        account("alice", "department_director", "ONE-OR"),
        account("bob", "staff", "ONE-OR1"),
        account("charlie", "department_director", "TWO"),
        account("ada", "administrator", "SYS"),
    )
