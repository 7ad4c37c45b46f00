from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act
from housewide.measures.models import Target as Row
from housewide.measures.targets import BadTarget, set_target, target_for
from housewide.measures.tests.counting import ON_TIME, STAYS
from housewide.measures.tests.counting.house import make_account

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
JUNE, JULY, OCTOBER = date(2026, 6, 1), date(2026, 7, 1), date(2026, 10, 31)


@pytest.fixture
def director(counted: None) -> Any:
    return make_account("dana", "department_director", "MVH")


def say(by: Any, value: Any = "85%", place: str = "MVH", **more: Any) -> Row:
    about = {"measure": ON_TIME, "source": "Board", "valid_from": JUNE}
    return set_target(by=by, value=value, place=place, **(about | more))


def test_the_nearest_place_above_decides(director: Any) -> None:
    shipped = target_for(ON_TIME, "MVH-OR", OCTOBER)
    assert shipped is not None and (shipped.text, shipped.source) == ("80.0%", "board of the tests")
    say(director)
    say(director, 90, "MVH-OR")
    said = {place: target_for(ON_TIME, place, OCTOBER) for place in ("MVH-OR", "MVH-4W", "LSR")}
    assert {place: str(target.value) for place, target in said.items() if target} == {
        "MVH-OR": "90", "MVH-4W": "85", "LSR": "80"
    }  # fmt: skip
    assert target_for(STAYS, "MVH", OCTOBER) is None


def test_a_new_target_ends_the_one_before_and_history_stays(director: Any) -> None:
    say(director)
    say(director, "87.5", valid_from=JULY)
    before, after = target_for(ON_TIME, "MVH", date(2026, 6, 30)), target_for(ON_TIME, "MVH", JULY)
    assert before is not None and after is not None
    assert (before.value, after.value, after.since) == (Decimal(85), Decimal("87.5"), JULY)


def test_a_target_set_between_two_ends_where_the_later_one_begins(director: Any) -> None:
    say(director, valid_from=JULY)
    assert say(director, 70, valid_from=JUNE).valid_to == JULY


def test_the_same_day_again_replaces_it(director: Any) -> None:
    say(director)
    say(director, 86)
    assert [row.value for row in Row.objects.all()] == [86]


@pytest.mark.parametrize(
    "more", [{"value": "soon"}, {"value": "1e99"}, {"source": "  "}, {"measure": "counting.nothing"}]
)
def test_what_is_no_target_is_refused_in_words(director: Any, more: dict[str, Any]) -> None:
    with pytest.raises(BadTarget, match="Nothing was changed"):
        say(director, **more)
    assert not Row.objects.exists()


def test_only_those_who_may_set_targets_do_and_it_is_in_the_trail(director: Any) -> None:
    with pytest.raises(Refused):
        say(make_account("audrey", "auditor", "MVH"))
    with pytest.raises(NotSeen):
        say(make_account("charlie", "department_director", "LSR"))
    say(director)
    entry = Act.objects.get(name="set_target")
    assert (entry.actor, entry.place, entry.subject) == (director.username, "MVH", f"measure:{ON_TIME}")
