"""Breaking the glass: it opens what was asked for and no more, for as long as was asked for, and somebody judges it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from housewide.access import glass
from housewide.access.gates import allowed, places_where
from housewide.access.models import BrokenGlass
from housewide.access.tests.cast import Cast, account
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act, Look
from housewide.kit.events.models import Event
from housewide.kit.memory import remembering
from housewide.kit.registry import registry
from housewide.org.models import Account

WHY = "Their director is not reachable and the unit overflows"


def break_it(by: Account, place: str = "TWO", hours: int = 4, identities: bool = False) -> BrokenGlass:
    return glass.break_glass(by=by, place=place, reason=WHY, hours=hours, identities=identities)


def test_it_opens_the_place_for_looking_and_for_nothing_else(cast: Cast) -> None:
    assert not allowed(cast.alice, "see.measures", "TWO")
    break_it(cast.alice)
    for capability in ("see.measures", "see.rows", "see.reviews"):
        assert allowed(cast.alice, capability, "TWO")
        assert not allowed(cast.alice, capability, "ONE-ED"), "another place stays closed"
    for capability in (
        "phi.open",
        "review.sign",
        "review.close",
        "target.set",
        "task.raise",
        "access.grant",
        "glass.break",
    ):
        assert not allowed(cast.alice, capability, "TWO"), capability


def test_identities_open_only_when_asked_for(cast: Cast) -> None:
    break_it(cast.alice, identities=True)
    assert allowed(cast.alice, "phi.open", "TWO")
    assert not allowed(cast.alice, "phi.open", "ONE-OR")


def test_what_is_below_the_place_opens_with_it(cast: Cast) -> None:
    break_it(cast.charlie, place="ONE-OR")
    assert allowed(cast.charlie, "see.rows", "ONE-OR1") and not allowed(cast.charlie, "see.rows", "ONE")


def test_it_closes_by_itself_and_by_hand(cast: Cast, later: Callable[..., None]) -> None:
    break_it(cast.alice, hours=2)
    later(hours=1, minutes=59)
    assert allowed(cast.alice, "see.rows", "TWO")
    later(minutes=2)
    assert not allowed(cast.alice, "see.rows", "TWO")
    second = break_it(cast.alice)
    assert allowed(cast.alice, "see.rows", "TWO")
    with pytest.raises(NotSeen):
        glass.end_glass(by=cast.charlie, glass=second)
    glass.end_glass(by=cast.alice, glass=second)
    assert not allowed(cast.alice, "see.rows", "TWO")


def test_it_closes_when_the_role_ends(cast: Cast) -> None:
    break_it(cast.alice)
    cast.alice.grants.update(valid_to=date(2026, 11, 1))
    assert places_where(cast.alice, "see.rows") == frozenset()


def test_it_takes_the_capability_a_reason_and_something_to_open(cast: Cast) -> None:
    with pytest.raises(NotSeen):
        break_it(cast.bob)
    with pytest.raises(Refused, match="Say why"):
        glass.break_glass(by=cast.alice, place="TWO", reason="urgent        ", hours=4, identities=False)
    with pytest.raises(Refused, match="1 to 12 hours"):
        break_it(cast.alice, hours=13)
    with pytest.raises(Refused, match="no such place"):
        break_it(cast.alice, place="NOWHERE")
    with pytest.raises(Refused, match="already"):
        break_it(cast.alice, place="ONE-OR")
    assert not BrokenGlass.objects.exists()


def test_it_is_in_the_trail_with_its_reason_and_tells_those_who_judge(cast: Cast) -> None:
    opened = break_it(cast.alice)
    entry = Act.objects.get(name="access.break_glass")
    assert (entry.actor, entry.place, entry.reason) == ("alice@example.org", "TWO", WHY)
    assert Event.objects.get(name="access.glass_broken").payload == {"glass": opened.public_id, "place": "TWO"}


def test_those_who_judge_find_a_notice(cast: Cast) -> None:
    from housewide.kit.events import deliver
    from housewide.work.models import Notice

    chief, quinn = account("chief", "system_executive", "SYS"), account("quinn", "quality_officer", "ONE")
    break_it(cast.alice)
    deliver()
    assert [notice.to for notice in Notice.objects.all()] == [chief], quinn


def test_every_page_seen_meanwhile_is_recorded_under_a_banner(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    client.get("/delegations/")
    assert not Look.objects.exists()
    opened = break_it(cast.alice)
    assert "You broke the glass at Place TWO" in client.get("/delegations/").content.decode()
    look = Look.objects.get()
    assert look.purpose == f"broke the glass {opened.public_id}: delegations" and look.actor == "alice@example.org"
    client.post(f"/glass/{opened.public_id}/end/")
    assert "You broke the glass" not in client.get("/delegations/").content.decode()
    assert Look.objects.count() == 1


def test_somebody_else_judges_it_once(cast: Cast) -> None:
    opened = break_it(cast.alice)
    chief = account("chief", "system_executive", "SYS")
    quinn = account("quinn", "quality_officer", "ONE")
    assert glass.reviewers("TWO") == [chief]
    with pytest.raises(NotSeen):
        glass.review_glass(by=quinn, glass=opened, outcome="justified", finding="Looks right")
    with pytest.raises(Refused, match="Somebody else"):
        glass.review_glass(by=cast.alice, glass=opened, outcome="justified", finding="I was right")
    with pytest.raises(Refused):
        glass.review_glass(by=chief, glass=opened, outcome="justified", finding=" ")
    glass.review_glass(by=chief, glass=opened, outcome="not_justified", finding="Nobody asked her to")
    assert not allowed(cast.alice, "see.rows", "TWO"), "what was not right is closed at once"
    with pytest.raises(Refused, match="already"):
        glass.review_glass(by=chief, glass=opened, outcome="justified", finding="On second thought")


def test_a_judgement_is_owed_by_a_workday(cast: Cast) -> None:
    chief = account("chief", "system_executive", "SYS")
    opened = break_it(cast.alice)
    owed = [one for source in registry.debts if source is glass.owed for one in source(chief)]
    assert [(one.due, one.waiting) for one in owed] == [(opened.review_due, True)]
    assert opened.review_due == date(2026, 11, 26), "Monday the 23rd and three workdays"
    assert list(glass.owed(cast.alice)) == []
    glass.review_glass(by=chief, glass=opened, outcome="justified", finding="The director confirmed it")
    assert list(glass.owed(chief)) == []


def test_nobody_else_sees_that_it_was_broken(cast: Cast) -> None:
    opened = break_it(cast.alice)
    for person, status in ((cast.alice, 200), (cast.charlie, 404), (cast.bob, 404), (cast.ada, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(f"/glass/{opened.public_id}/").status_code == status, person.username


def test_the_pages_break_judge_and_show_the_looks(cast: Cast) -> None:
    alice, chief = Client(), Client()
    alice.force_login(cast.alice)
    chief.force_login(account("chief", "system_executive", "SYS"))
    assert alice.post("/glass/", {"place": "TWO", "reason": "too short", "hours": 4}).status_code == 422
    led = alice.post("/glass/", {"place": "TWO", "reason": WHY, "hours": 4})
    assert led.status_code == 302
    alice.get("/delegations/")
    page = chief.get(led["Location"]).content.decode()
    assert WHY in page and ": delegations" in page and "Was it right?" in page
    chief.post(led["Location"], {"outcome": "justified", "finding": "The director confirmed it"})
    assert "The director confirmed it" in alice.get(led["Location"]).content.decode()


def test_the_gates_ask_nothing_more_of_those_who_cannot_break_it(cast: Cast) -> None:
    def asked(person: Account) -> int:
        with remembering(), CaptureQueriesContext(connection) as queries:
            for capability in ("see.measures", "see.rows", "see.reviews", "phi.open", "task.raise"):
                places_where(person, capability)
        return len(queries)

    without = asked(cast.bob)
    assert asked(cast.alice) == without + 1


def test_two_who_judge_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    opened = break_it(cast.alice)
    chief = account("chief", "system_executive", "SYS")
    first, second = (BrokenGlass.objects.get(pk=opened.pk) for _ in range(2))
    glass.review_glass(by=chief, glass=first, outcome="not_justified", finding="Nobody asked her to")
    with pytest.raises(Refused, match="already"):
        glass.review_glass(by=chief, glass=second, outcome="justified", finding="Looks right")
    assert not allowed(cast.alice, "see.rows", "TWO")
