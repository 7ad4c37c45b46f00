"""A role holds where it was granted and below, in its days and no longer; a delegation lends it for a while."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from housewide.access.actions import delegate, end_grant, grant_role, make_account, withdraw_delegation
from housewide.access.gates import acts_for, allowed, may, places_where, see
from housewide.access.models import Delegation, Grant
from housewide.access.roles import roles
from housewide.access.tests.cast import SINCE, Cast, account, make_cast
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act
from housewide.kit.clock import today
from housewide.org.models import Account

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def lend(cast: Cast, **changes: object) -> Delegation:
    given: dict[str, object] = {"by": cast.alice, "receiver": cast.bob, "place": "ONE-OR", "valid_from": today(),
                                "valid_to": today() + 3 * DAY, "reason": "leave"}  # fmt: skip
    return delegate(**{**given, **changes})  # type: ignore[arg-type]


def test_a_role_holds_at_its_place_and_below_it(cast: Cast) -> None:
    assert places_where(cast.alice, "review.sign") == {"ONE-OR", "ONE-OR1"}


def test_a_place_beside_or_above_is_not_seen(cast: Cast) -> None:
    for place in ("ONE", "ONE-ED", "TWO", "SYS", "NOWHERE"):
        with pytest.raises(NotSeen):
            see(cast.alice, "see.measures", place)


def test_seeing_is_not_doing(cast: Cast) -> None:
    with pytest.raises(Refused):
        may(cast.bob, "review.sign", "ONE-OR1", "sign")
    with pytest.raises(NotSeen):
        may(cast.charlie, "review.sign", "ONE-OR1", "sign")


def test_a_grant_ends_after_its_last_day(cast: Cast) -> None:
    last = account("lena", "department_director", "ONE", valid_to=today())
    over = account("otto", "department_director", "ONE", valid_to=today() - DAY)
    assert allowed(last, "see.measures", "ONE-OR1")
    assert not allowed(over, "see.measures", "ONE-OR1")


def test_an_account_that_is_switched_off_sees_nothing(cast: Cast) -> None:
    cast.alice.is_active = False
    assert places_where(cast.alice, "see.measures") == frozenset()


def test_a_delegate_may_what_the_giver_may_and_the_audit_names_both(cast: Cast) -> None:
    lend(cast)
    assert acts_for(cast.bob, "review.sign", "ONE-OR1") == cast.alice
    assert may(cast.bob, "review.sign", "ONE-OR1", "sign") == {"place": "ONE-OR1", "on_behalf_of": "alice@example.org"}


def test_nobody_lends_more_than_their_own_role_reaches(cast: Cast) -> None:
    lend(cast)
    assert not allowed(cast.bob, "review.sign", "ONE-ED")
    with pytest.raises(NotSeen):
        lend(cast, place="TWO")


@pytest.mark.parametrize(("start", "end"), [(1, 3), (-3, -1)])
def test_a_delegation_holds_only_in_its_days(cast: Cast, start: int, end: int) -> None:
    loan = lend(cast)
    Delegation.objects.filter(pk=loan.pk).update(valid_from=today() + start * DAY, valid_to=today() + end * DAY)
    assert not allowed(cast.bob, "review.sign", "ONE-OR1")


def test_a_withdrawn_delegation_is_over_at_once(cast: Cast) -> None:
    loan = lend(cast)
    with pytest.raises(NotSeen):
        withdraw_delegation(by=cast.charlie, delegation=loan)
    withdraw_delegation(by=cast.alice, delegation=loan)
    assert not allowed(cast.bob, "review.sign", "ONE-OR1")


@pytest.mark.parametrize("change", [{"valid_to": date(2020, 1, 1)}, {"valid_from": date(2030, 1, 1)}])
def test_a_delegation_with_impossible_days_is_refused_and_leaves_nothing(cast: Cast, change: dict[str, date]) -> None:
    before = Act.objects.count()
    with pytest.raises(Refused):
        lend(cast, **change)
    assert (Delegation.objects.count(), Act.objects.count()) == (0, before)


def test_only_an_administrator_grants_roles(cast: Cast) -> None:
    with pytest.raises(NotSeen):
        grant_role(by=cast.alice, account=cast.bob, role="auditor", place="ONE-OR", valid_from=SINCE)
    grant_role(by=cast.ada, account=cast.bob, role="auditor", place="TWO", valid_from=SINCE)
    assert allowed(cast.bob, "see.audit", "TWO")
    assert Act.objects.filter(name="access.grant_role", actor="ada@example.org").exists()


def test_an_administrator_cannot_end_the_role_that_lets_them_grant(cast: Cast) -> None:
    with pytest.raises(Refused, match="another administrator"):
        end_grant(by=cast.ada, grant=Grant.objects.get(account=cast.ada), last_day=today(), reason="bye")


def test_the_same_delegation_twice_or_for_a_year_is_refused(cast: Cast) -> None:
    lend(cast)
    with pytest.raises(Refused, match="already acts"):
        lend(cast, valid_to=today() + DAY)
    with pytest.raises(Refused, match="at most"):
        lend(cast, valid_from=today() + 10 * DAY, valid_to=today() + 375 * DAY)
    with pytest.raises(Refused, match="already past"):
        lend(cast, valid_from=today() - DAY)


def test_an_unknown_role_is_refused_with_the_ones_there_are(cast: Cast) -> None:
    with pytest.raises(Refused, match="department_director"):
        grant_role(by=cast.ada, account=cast.bob, role="boss", place="TWO", valid_from=SINCE)


def test_ending_a_grant_keeps_it_for_later_questions(cast: Cast) -> None:
    grant = Grant.objects.get(account=cast.bob)
    end_grant(by=cast.ada, grant=grant, last_day=today() - DAY, reason="left")
    assert Grant.objects.filter(pk=grant.pk).exists()
    assert not allowed(cast.bob, "see.measures", "ONE-OR1")


def test_a_name_is_given_to_one_account_only(cast: Cast) -> None:
    with pytest.raises(Refused):
        make_account(by=cast.ada, username="Alice@example.org", password="not-a-real-secret-2", place="SYS")
    assert Account.objects.filter(username="alice@example.org").count() == 1


def test_every_capability_that_code_asks_for_is_held_by_some_role() -> None:
    import re
    from pathlib import Path

    source = Path(__file__).parents[2]
    asked = re.compile(
        r"(?:see|may|allowed|places_where|sees_any|covers_every_place|acts_for)\([^()]*?\"([a-z]+\.[a-z_]+|delegate)\""
    )
    wanted = {
        name for path in source.rglob("*.py") if "tests" not in path.parts for name in asked.findall(path.read_text())
    }
    held = frozenset().union(*(role.can for role in roles().values()))
    assert len(wanted) > 10
    assert wanted - held == set()
