"""Whoever looks after two departments opens on the one where they work, not on the one whose code comes first."""

from __future__ import annotations

import pytest

from housewide.boards.frame import widest_first
from housewide.kit.clock import today
from housewide.org.models import Place, Placement, Position
from housewide.org.tree import tree_on
from housewide.work.tests.cast import SINCE, make_cast

pytestmark = pytest.mark.django_db


def test_of_places_as_wide_the_own_one_comes_first_and_a_wider_one_before_it() -> None:
    alice = make_cast().alice
    other = Place.objects.create(code="MVH-ICU", name="Intensive care", kind="department", active_from=SINCE)
    Placement.objects.create(place=other, parent=Place.objects.get(code="MVH"), valid_from=SINCE)
    tree = tree_on(today())
    assert widest_first(alice, ["MVH-OR", "MVH-ICU"], tree) == ["MVH-ICU", "MVH-OR"]
    Position.objects.create(
        person=alice.person, place=Place.objects.get(code="MVH-OR"), title="Director", valid_from=SINCE
    )
    assert widest_first(alice, ["MVH-ICU", "MVH-OR"], tree) == ["MVH-OR", "MVH-ICU"]
    assert widest_first(alice, ["MVH-OR", "MVH-ICU", "MVH"], tree) == ["MVH", "MVH-OR", "MVH-ICU"]
