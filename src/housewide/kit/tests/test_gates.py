"""Until somebody says whom to ask, nobody may do anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.apps import apps

from housewide.kit import gates
from housewide.kit.actions import NotSeen, Refused

# By name: the kit never imports what is built on it.
Account = apps.get_model("org", "Account")
Grant = apps.get_model("access", "Grant")
Place = apps.get_model("org", "Place")
Placement = apps.get_model("org", "Placement")

DAY = date(2026, 1, 1)


@pytest.fixture
def _no_gate() -> Iterator[None]:
    kept = gates.current_gate()
    gates.set_gate(None)
    yield
    gates.set_gate(kept)


@pytest.mark.usefixtures("_no_gate")
def test_without_a_gate_nothing_is_allowed() -> None:
    assert gates.places(object(), "see.audit") == frozenset()
    assert not gates.allowed(object(), "see.audit", "A") and not gates.allowed(object(), "see.audit", "")
    with pytest.raises(NotSeen):
        gates.may(object(), "job.control", "A", "control jobs")


@pytest.mark.django_db
def test_the_layer_that_grants_roles_is_asked_and_the_top_covers_what_has_no_place() -> None:
    top = Place.objects.create(code="SYS", name="System", kind="system", active_from=DAY)
    unit = Place.objects.create(code="A-1", name="Unit", kind="unit", active_from=DAY)
    Placement.objects.create(place=unit, parent=top, valid_from=DAY)
    chief, local, stranger = (Account.objects.create_user(name) for name in ("chief", "local", "stranger"))
    Grant.objects.create(account=chief, role="administrator", place=top, valid_from=DAY)
    Grant.objects.create(account=local, role="administrator", place=unit, valid_from=DAY)
    assert gates.places(local, "see.jobs") == {"A-1"} and gates.anywhere(local, "see.jobs")
    assert [gates.allowed(who, "see.jobs", "") for who in (chief, local, stranger)] == [True, False, False]
    assert gates.may(local, "job.control", "A-1", "control jobs") == {"place": "A-1"}
    assert gates.may(chief, "job.control", "", "control jobs") == {}
    with pytest.raises(Refused):
        gates.may(local, "job.control", "", "control jobs")
    with pytest.raises(NotSeen):
        gates.may(stranger, "job.control", "A-1", "control jobs")
