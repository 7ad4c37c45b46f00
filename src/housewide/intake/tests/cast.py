"""The people of the tests: Alice directs the operating rooms, Bob is staff there, Charlie is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from housewide.access.models import Grant
from housewide.facts.models import Feed
from housewide.intake.profiles import store_feeds
from housewide.org.models import Account, Person, Place, Placement

SINCE = date(2015, 1, 1)
TREE = {
    "MVHS": ("Mercy Valley Health", "system", ""),
    "MVH": ("Mercy Valley Hospital", "facility", "MVHS"),
    "LKO": ("Lakeside Orthopaedics", "facility", "MVHS"),
    "MVH-PERIOP": ("Perioperative services", "department", "MVH"),
    "MVH-OR": ("Operating rooms", "unit", "MVH-PERIOP"),
    "LKO-CLINIC": ("Clinic", "unit", "LKO"),
}


@dataclass(frozen=True)
class Cast:
    """Accounts by first name: the director, staff, another facility's manager, a finance partner, an administrator."""

    alice: Account
    bob: Account
    charlie: Account
    fred: Account
    adam: Account


def make_places() -> None:
    for code, (name, kind, _) in TREE.items():
        Place.objects.create(code=code, name=name, kind=kind, active_from=SINCE)
    for code, (_, _, parent) in TREE.items():
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
        alice=make_account("Alice", "department_director", "MVH-PERIOP"),
        bob=make_account("Bob", "staff", "MVH-OR"),
        charlie=make_account("Charlie", "practice_manager", "LKO"),
        fred=make_account("Fred", "finance_partner", "MVH"),
        adam=make_account("Adam", "administrator", "MVHS"),
    )


def demo_feeds() -> dict[str, Feed]:
    """The demo's own feeds, stored."""
    text = (files("housewide.demo") / "feeds.toml").read_text(encoding="utf-8")
    return {feed.code: feed for feed in store_feeds(text, by="system:setup")}
