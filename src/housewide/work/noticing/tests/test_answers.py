"""Known, watching until: who may say it, what it needs, that it is in the trail, that it is seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act
from housewide.kit.events.models import Event
from housewide.org.models import Place
from housewide.work import noticing
from housewide.work.noticing.actions import LONGEST, watch_signal, withdraw_watch
from housewide.work.noticing.models import Watch
from housewide.work.noticing.questions import with_answers
from housewide.work.noticing.tests.conftest import Signals
from housewide.work.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
TODAY = date(2026, 11, 23)


def answer(by: Any, row: Any, until: date = date(2026, 12, 15), reason: str = "New rota from December") -> Watch:
    return watch_signal(by=by, measure=row.measure, place=row.place, until=until, reason=reason)


def test_an_answer_holds_until_its_day_and_says_so(cast: Cast, signal: Signals) -> None:
    row = signal()
    answer(cast.alice, row)
    found = noticing.known(row.measure, row.place, date(2026, 12, 15))
    assert found is not None
    assert (found.by, found.reason, found.text) == (
        "Alice",
        "New rota from December",
        "known, watching until Dec 15, 2026",
    )
    assert noticing.known(row.measure, row.place, date(2026, 12, 16)) is None
    assert noticing.known(row.measure, row.place, TODAY - timedelta(days=1)) is None
    assert noticing.known(row.measure, "MVH", TODAY) is None


def test_the_answer_is_in_the_trail_and_told(cast: Cast, signal: Signals) -> None:
    row = signal()
    answer(cast.alice, row)
    entry = Act.objects.get(name="signal.watch")
    assert (entry.actor, entry.place, entry.reason) == (cast.alice.username, "MVH-OR", "New rota from December")
    assert Event.objects.filter(name="work.signal_known").count() == 1


def test_only_those_who_answer_for_a_place_answer_its_signals(cast: Cast, signal: Signals) -> None:
    row = signal()
    with pytest.raises(Refused):
        answer(cast.bob, row)
    with pytest.raises(Refused):
        answer(cast.audrey, row)
    with pytest.raises(NotSeen):
        answer(cast.charlie, row)
    assert not Watch.objects.exists()


@pytest.mark.parametrize("until", [TODAY, TODAY - timedelta(days=1), TODAY + LONGEST + timedelta(days=1)])
def test_a_day_that_is_not_ahead_or_too_far_is_refused(cast: Cast, signal: Signals, until: date) -> None:
    row = signal()
    with pytest.raises(Refused):
        answer(cast.alice, row, until)
    assert not Watch.objects.exists()


def test_an_answer_needs_a_reason_and_a_signal(cast: Cast, signal: Signals) -> None:
    row = signal()
    with pytest.raises(Refused, match="Say in a few words"):
        answer(cast.alice, row, reason="  ")
    row.ended_at = row.first_noticed_at
    row.save()
    with pytest.raises(Refused, match="no signal"):
        answer(cast.alice, row)


def test_a_failure_after_the_answer_takes_it_back(cast: Cast, signal: Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    from housewide.work.noticing import actions

    def broken(*args: Any, **more: Any) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr(actions, "emit", broken)
    row = signal()
    with pytest.raises(RuntimeError), transaction.atomic():
        answer(cast.alice, row)
    assert not Watch.objects.exists() and not Act.objects.filter(name="signal.watch").exists()


def test_a_second_answer_replaces_the_first_and_can_be_taken_back(cast: Cast, signal: Signals) -> None:
    row = signal()
    answer(cast.alice, row)
    answer(cast.olga, row, date(2026, 12, 20), "Other reason")
    found = noticing.known(row.measure, row.place, TODAY)
    assert found is not None and found.by == "Olga"
    withdraw_watch(by=cast.alice, measure=row.measure, place=row.place, reason="No longer true")
    assert noticing.known(row.measure, row.place, TODAY) is None
    with pytest.raises(Refused):
        withdraw_watch(by=cast.alice, measure=row.measure, place=row.place)


def test_a_signal_that_turned_the_other_way_is_new(cast: Cast, signal: Signals) -> None:
    row = signal()
    answer(cast.alice, row)
    row.ended_at = row.first_noticed_at
    row.save()
    signal(0, word="improving")
    [found] = noticing.open_signals(cast.alice, ["MVH-OR"])
    assert (found.signal.word, found.state) == ("improving", "new")


def test_open_signals_are_those_the_account_sees(cast: Cast, signal: Signals) -> None:
    signal(0), signal(1, "MVH"), signal(0, "LKS")
    places = ["MVH", "MVH-OR", "LKS", "SYS"]
    assert {one.signal.place for one in noticing.open_signals(cast.alice, places)} == {"MVH", "MVH-OR"}
    assert {one.signal.place for one in noticing.open_signals(cast.charlie, places)} == {"LKS"}
    assert len(noticing.open_signals(cast.olga, places)) == 3


def test_what_a_unit_has_answered_is_known_at_its_department_where_the_rows_are_the_same(
    cast: Cast, signal: Signals
) -> None:
    unit, whole, other = signal(), signal(place="MVH"), signal(1, place="MVH")
    signal(1, value="61.0%")  # the unit is a part of what the department shows there
    answer(cast.alice, unit)
    at_whole, elsewhere = with_answers([whole, other])
    assert at_whole.state == "known" and at_whole.known is not None
    assert at_whole.known.text == f"known at {Place.objects.get(code='MVH-OR').name}, watching until Dec 15, 2026"
    assert elsewhere.state == "new"


def test_what_a_department_has_answered_is_not_known_at_the_unit(cast: Cast, signal: Signals) -> None:
    unit, whole = signal(), signal(place="MVH")
    unit_before, whole_before = with_answers([unit, whole])
    assert (unit_before.state, whole_before.state) == ("new", "new")
    Watch.objects.create(
        signal=whole.public_id, measure=whole.measure, place=Place.objects.get(code="MVH"), word=whole.word,
        given_on=TODAY,
        until=date(2026, 12, 15), reason="Known", by=cast.alice, at=whole.first_noticed_at,
    )  # fmt: skip
    assert [one.state for one in with_answers([unit, whole])] == ["new", "known"]


def test_an_answer_does_not_hold_for_the_signal_that_goes_the_other_way(cast: Cast, signal: Signals) -> None:
    better = signal(word="improving")
    answer(cast.alice, better)
    better.ended_at = better.first_noticed_at
    better.save()
    worse = signal(word="worsening")
    assert noticing.known(worse.measure, worse.place, TODAY) is None
    answer(cast.alice, worse)
    assert noticing.known(worse.measure, worse.place, TODAY) is not None
