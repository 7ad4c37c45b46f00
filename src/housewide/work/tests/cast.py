"""The people and places of the tests: Alice directs the operating rooms, Bob works there, Charlie is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from housewide.access.models import Grant
from housewide.org.models import Account, Person, Place, Placement

SINCE = date(2020, 1, 1)
TREE = {
    "SYS": ("system", None),
    "MVH": ("facility", "SYS"),
    "LKS": ("facility", "SYS"),
    "MVH-OR": ("department", "MVH"),
}


@dataclass(frozen=True)
class Cast:
    """Accounts by first name: a director, staff, a director of another hospital, a COO, an auditor."""

    alice: Account
    bob: Account
    charlie: Account
    olga: Account
    audrey: Account


def make_places() -> None:
    for code, (kind, _) in TREE.items():
        Place.objects.create(code=code, name=f"Place {code}", kind=kind, active_from=SINCE)
    for code, (_, parent) in TREE.items():
        if parent:
            child, up = Place.objects.get(code=code), Place.objects.get(code=parent)
            Placement.objects.create(place=child, parent=up, valid_from=SINCE)


def make_account(name: str, role: str, place: str) -> Account:
    person = Person.objects.create(code=name.lower(), name=name)
    account = Account.objects.create_user(f"{name.lower()}@example.org", person=person)
    Grant.objects.create(account=account, role=role, place=Place.objects.get(code=place), valid_from=SINCE)
    return account


def make_cast() -> Cast:
    make_places()
    return Cast(
        alice=make_account("Alice", "department_director", "MVH"),
        bob=make_account("Bob", "staff", "MVH-OR"),
        charlie=make_account("Charlie", "department_director", "LKS"),
        olga=make_account("Olga", "system_executive", "SYS"),
        audrey=make_account("Audrey", "auditor", "MVH"),
    )
