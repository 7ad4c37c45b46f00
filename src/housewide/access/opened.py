"""What is open to somebody because they broke the glass: read by the gates, so it asks little."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from housewide.access.models import BrokenGlass
from housewide.kit.clock import now
from housewide.kit.memory import kept
from housewide.org.models import Account


@dataclass(frozen=True)
class Terms:
    """The rules of ``data/glass.toml``."""

    hours: int
    most_hours: int
    review_workdays: int
    shortest_reason: int
    opens: frozenset[str]
    identities_open: frozenset[str]


@cache
def terms() -> Terms:
    """The rules under which the glass may be broken."""
    said = tomllib.loads((files("housewide.access") / "data" / "glass.toml").read_text())
    opens, identities_open = frozenset(said.pop("opens")), frozenset(said.pop("identities_open"))
    return Terms(**said, opens=opens, identities_open=identities_open)


def opens_at_all(capability: str) -> bool:
    """Whether broken glass can give this capability to anybody."""
    return capability in terms().opens or capability in terms().identities_open


def _find(account: Account) -> list[tuple[str, str, datetime, bool]]:
    rows = BrokenGlass.objects.filter(account=account, ended_at=None, until__gt=now())
    return list(rows.values_list("public_id", "place__code", "until", "identities"))


def open_now(account: Account) -> list[tuple[str, str, bool]]:
    """(id, place code, identities too) of what the account has open at this moment."""
    found = kept(("glass", account.pk), lambda: _find(account), on=("access",))
    moment = now()
    return [(glass, place, identities) for glass, place, until, identities in found if until > moment]


def tops_opened(account: Account, capability: str) -> set[str]:
    """Codes of the places at and below which broken glass gives the account this capability now."""
    wide = capability in terms().opens
    return {place for _, place, identities in open_now(account) if wide or identities}
