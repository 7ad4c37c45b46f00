"""Who can sign in to the demo home, with which role and where. Data only: the accounts are made by `housewide run`.

These passwords are published with the product and belong to a demo on one machine; a real home never loads this list.
"""

from __future__ import annotations

from dataclasses import dataclass

from housewide.demo.organisation import email_of

DEMO_PASSWORD = "Valley-Mercy-2026"  # noqa: S105 (published on purpose)

ROLE_KEYS = (
    "system_executive",
    "cno",
    "department_director",
    "unit_manager",
    "practice_manager",
    "finance_partner",
    "quality_officer",
    "physician_leader",
    "staff",
    "board_reader",
    "auditor",
    "administrator",
)


@dataclass(frozen=True)
class Persona:
    """One demo account: `username` is the e-mail address, `person` a code in people.csv, `place` one in places.csv."""

    username: str
    password: str
    person: str
    role: str
    place: str
    also: tuple[str, ...] = ()


def _persona(person: str, role: str, place: str, *also: str) -> Persona:
    """``also`` are further places at which the person has the role, for example while a post is vacant."""
    return Persona(email_of(person), DEMO_PASSWORD, person, role, place, also)


PERSONAS: tuple[Persona, ...] = (
    _persona("P001", "system_executive", "MVHS"),
    _persona("P002", "cno", "MVH"),
    _persona("P003", "department_director", "MVH-PERIOP", "MVH-CRIT"),
    _persona("P018", "unit_manager", "MVH-4W"),
    _persona("P005", "practice_manager", "LKO"),
    _persona("P006", "finance_partner", "MVH"),
    _persona("P007", "quality_officer", "MVH"),
    _persona("P008", "physician_leader", "MVH-PERIOP"),
    _persona("P012", "staff", "MVH-OR"),
    _persona("P009", "board_reader", "MVHS"),
    _persona("P010", "auditor", "MVHS"),
    _persona("P011", "administrator", "MVHS"),
)
