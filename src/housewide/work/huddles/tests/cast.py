"""The line of the tests: Una runs a unit, Dora directs it, Cleo is chief of the hospital, Olga of the system; Sam is
staff of the unit, Pat runs a practice, Strange is somewhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from housewide.access.models import Grant
from housewide.org.models import Account, Calendar, Person, Place, Placement, Position

SINCE = date(2020, 1, 1)
TREE = {
    "SYS": ("system", None),
    "MVH": ("facility", "SYS"),
    "LKO": ("facility", "SYS"),
    "MVH-MS": ("department", "MVH"),
    "MVH-4W": ("unit", "MVH-MS"),
    "MVH-5E": ("unit", "MVH-MS"),
    "MVH-EMERG": ("department", "MVH"),
    "MVH-ED": ("unit", "MVH-EMERG"),
    "MVH-LAB": ("department", "MVH"),
    "LKO-CLINIC": ("unit", "LKO"),
    "LKO-XRAY": ("unit", "LKO"),
}
ROLES = {
    "una": ("unit_manager", "MVH-4W", "Nurse manager"),
    "sam": ("staff", "MVH-4W", "Registered nurse"),
    "dora": ("department_director", "MVH-MS", "Director of nursing"),
    "cleo": ("cno", "MVH", "Chief nursing officer"),
    "olga": ("system_executive", "SYS", "Chief operating officer"),
    "pat": ("practice_manager", "LKO", "Practice manager"),
    "strange": ("unit_manager", "MVH-ED", "Nurse manager"),
}


@dataclass(frozen=True)
class Cast:
    """Accounts by first name."""

    una: Account
    sam: Account
    dora: Account
    cleo: Account
    olga: Account
    pat: Account
    strange: Account


def make_cast() -> Cast:
    for code, (kind, _) in TREE.items():
        place = Place.objects.create(code=code, name=f"Place {code}", kind=kind, active_from=SINCE)
        if kind == "facility":
            Calendar.objects.create(facility=place, pay_period_anchor=date(2024, 1, 7), time_zone="America/Chicago")
    for code, (_, parent) in TREE.items():
        if parent:
            child, up = Place.objects.get(code=code), Place.objects.get(code=parent)
            Placement.objects.create(place=child, parent=up, valid_from=SINCE)
    return Cast(**{name: _account(name, *about) for name, about in ROLES.items()})


def _account(name: str, role: str, code: str, title: str) -> Account:
    place = Place.objects.get(code=code)
    person = Person.objects.create(code=name, name=name.capitalize(), title=title)
    Position.objects.create(person=person, place=place, title=title, valid_from=SINCE)
    account = Account.objects.create_user(f"{name}@example.org", person=person)
    Grant.objects.create(account=account, role=role, place=place, valid_from=SINCE)
    return account
