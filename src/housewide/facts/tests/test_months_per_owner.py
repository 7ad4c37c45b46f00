"""Each owner's feeds at a facility are closed by themselves; closing the facility closes them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from housewide.access.models import Grant
from housewide.facts import set_aside, states
from housewide.facts.models import Feed, PeriodState
from housewide.facts.tests.conftest import row
from housewide.facts.tests.test_loading import visits
from housewide.kit.actions import NotSeen, Refused, act
from housewide.kit.audit.models import Act
from housewide.kit.clock import now
from housewide.org.models import Account, Place

pytestmark = pytest.mark.django_db
OCTOBER = {"facility": "MVH", "period": "2026-10"}


@pytest.fixture
def people(places: dict[str, Place]) -> dict[str, Account]:
    made = {}
    for who, role, at in (
        ("hanna", "department_director", "MVH"), ("orla", "department_director", "MVH-OR"),
        ("wim", "department_director", "MVH-4W"), ("lou", "department_director", "LSR"), ("mia", "unit_manager", "MVH"),
    ):  # fmt: skip
        made[who] = Account.objects.create_user(who)
        Grant.objects.create(account=made[who], role=role, place=places[at], valid_from=date(2020, 1, 1))
    return made


@pytest.fixture
def rooms(places: dict[str, Place]) -> Feed:
    """Visits of the hospital that the operating rooms send."""
    return Feed.objects.create(
        code="rooms", title="Rooms", table="test_visit", scope=places["MVH"], owner=places["MVH-OR"]
    )


@pytest.fixture
def wards(places: dict[str, Place]) -> Feed:
    """Visits of the same hospital and table that a ward sends."""
    return Feed.objects.create(
        code="wards", title="Wards", table="test_visit", scope=places["MVH"], owner=places["MVH-4W"]
    )


def every_way(places: dict[str, Place]) -> Iterator[tuple[str, str]]:
    """Each pair of what was said of the facility and of the operating rooms, "" for nothing, entered."""
    for whole, own in product(["", *PeriodState.State.values], repeat=2):
        PeriodState.objects.all().delete()
        for owner, state in ((None, whole), (places["MVH-OR"], own)):
            if state:
                PeriodState.objects.create(
                    facility=places["MVH"], owner=owner, period="2026-10", state=state, changed_at=now(), changed_by="t"
                )
        yield whole, own


def test_a_month_is_shut_for_an_owner_exactly_when_the_facilitys_or_the_owners_is(places: dict[str, Place]) -> None:
    seen = 0
    for whole, own in every_way(places):
        shut = {owner for owner in ("", "MVH-OR", "MVH-4W") if states.closed_periods(["MVH"], owner)}
        assert ("" in shut) == ("MVH-4W" in shut) == (whole in states.SHUT), (whole, own)
        assert ("MVH-OR" in shut) == (whole in states.SHUT or own in states.SHUT), (whole, own)
        for owner in ("", "MVH-OR", "MVH-4W"):
            assert (states.state_of(**OCTOBER, owner=owner) in states.SHUT) == (owner in shut), (whole, own, owner)
        assert not states.closed_periods(["LSR"], "MVH-OR")
        assert states.state_of("MVH", "2026-09", "MVH-OR") == "open"
        seen += 1
    assert seen == 36


def test_there_is_one_state_for_a_facility_and_one_for_each_owner(places: dict[str, Place]) -> None:
    for owner in (None, places["MVH-OR"]):
        given = {"facility": places["MVH"], "owner": owner, "period": "2026-10", "changed_at": now(), "changed_by": "t"}
        PeriodState.objects.create(**given)
        with pytest.raises(IntegrityError), transaction.atomic():
            PeriodState.objects.create(**given)
    assert PeriodState.objects.count() == 2


def test_an_owner_closes_for_its_own_feeds_and_the_facility_for_all(
    people: dict[str, Account], rooms: Feed, wards: Feed
) -> None:
    states.close_period(by=people["orla"], **OCTOBER, owner="MVH-OR")
    assert states.state_of(**OCTOBER, owner="MVH-OR") == "closed"
    assert states.state_of(**OCTOBER, owner="MVH-4W") == states.state_of(**OCTOBER) == "open"
    assert Act.objects.get(name="facts.close_period").place == "MVH-OR"
    with pytest.raises(Refused, match="closed already"):
        states.close_period(by=people["hanna"], **OCTOBER, owner="MVH-OR")
    states.close_period(by=people["hanna"], **OCTOBER)
    assert states.state_of(**OCTOBER, owner="MVH-4W") == "closed"
    with pytest.raises(Refused, match="closed already"):
        states.close_period(by=people["wim"], **OCTOBER, owner="MVH-4W")


def test_nobody_closes_for_another_owner_nor_a_department_for_its_hospital(
    people: dict[str, Account], rooms: Feed, wards: Feed
) -> None:
    for who, owner in (("orla", "MVH-4W"), ("orla", ""), ("lou", "MVH-OR"), ("lou", ""), ("orla", "NOWHERE")):
        with pytest.raises(NotSeen):
            states.close_period(by=people[who], **OCTOBER, owner=owner)
    for owner in ("MVH-OR", ""):
        with pytest.raises(Refused, match="You may not close a month"):
            states.close_period(by=people["mia"], **OCTOBER, owner=owner)
    with pytest.raises(Refused, match="“LSR-OR” runs no feed of MVH"):
        states.close_period(by=people["hanna"], **OCTOBER, owner="LSR-OR")
    assert not PeriodState.objects.exists()


def test_a_late_row_of_one_owner_waits_while_the_others_month_is_open(
    people: dict[str, Account], rooms: Feed, wards: Feed, send
) -> None:
    send(rooms, [row(Visit="R1")])
    states.close_period(by=people["orla"], **OCTOBER, owner="MVH-OR")
    late, open_ = send(rooms, [row(Visit="R2")]), send(wards, [row(Visit="W1", Unit="MVH-4W")])
    (kept,) = set_aside.read(late)
    assert kept.reasons == ["period closed: 2026-10 is closed for MVH"]
    assert (late.rows_accepted, open_.rows_accepted, open_.rows_set_aside) == (0, 1, 0)
    assert list(visits()) == ["R1", "W1"]


def test_a_row_in_another_owners_closed_month_is_not_overwritten_nor_moved(
    people: dict[str, Account], rooms: Feed, wards: Feed, send
) -> None:
    send(rooms, [row(Visit="R1", Charge="1"), row(Visit="R2", Charge="2")])
    states.close_period(by=people["orla"], **OCTOBER, owner="MVH-OR")
    batch = send(wards, [
        row(Visit="R1", Charge="9"), row(Visit="R2", Charge="2", Date="11/02/2026"), row(Visit="W1", Charge="3"),
    ])  # fmt: skip
    assert [one.line for one in set_aside.read(batch)] == [2, 3]
    assert batch.reasons == {"period closed": 2}
    assert set_aside.lines_by_closed_month(batch) == {}  # restating the wards' month would not let them in
    assert visits() == {"R1": 100, "R2": 200, "W1": 300}
    harmless = send(wards, [row(Visit="R1", Charge="1"), row(Visit="W1", Charge="3")])
    assert harmless.rows_set_aside == 0


def test_a_month_closed_while_an_import_is_worked_out_is_noticed(
    rooms: Feed, wards: Feed, send, monkeypatch: pytest.MonkeyPatch
) -> None:
    from housewide.facts import loading

    plain, closed = loading.write_merge, []

    def close_meanwhile(*given):
        if not closed:
            closed.append(True)
            with act("test", actor="test"):
                states.set_state("MVH", "2026-10", "closed", "test", "MVH-OR")
        return plain(*given)

    monkeypatch.setattr(loading, "write_merge", close_meanwhile)
    batch = send(rooms, [row(Visit="R1")])
    assert (batch.rows_accepted, batch.reasons) == (0, {"period closed": 1})


def test_a_restatement_is_given_at_the_owner_or_at_the_facility_for_one_import(
    people: dict[str, Account], rooms: Feed, wards: Feed, send
) -> None:
    send(rooms, [row(Visit="R1", Charge="1")])
    states.close_period(by=people["orla"], **OCTOBER, owner="MVH-OR")
    asked = {**OCTOBER, "reason": "Late log from room 3", "owner": "MVH-OR"}
    with pytest.raises(NotSeen):
        states.restate_period(by=people["wim"], **asked)
    with pytest.raises(Refused, match="just import"):
        states.restate_period(by=people["wim"], **(asked | {"owner": "MVH-4W"}))
    for charge, who in (("2", "orla"), ("3", "hanna")):
        once = states.restate_period(by=people[who], **asked)
        send(rooms, [row(Visit="R1", Charge=charge)], restate=once)
        assert visits() == {"R1": int(charge) * 100}
    assert send(rooms, [row(Visit="R1", Charge="4")]).rows_set_aside == 1
    unused = states.restate_period(by=people["orla"], **asked)
    with pytest.raises(NotSeen):
        states.drop_restatement(by=people["wim"], restatement=unused)
    states.drop_restatement(by=people["orla"], restatement=unused)
