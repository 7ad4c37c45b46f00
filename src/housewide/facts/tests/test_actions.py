"""Closing and restating months, explaining codes, opening identities: who may, and what comes of it."""

from __future__ import annotations

from datetime import date

import pytest

from housewide.access.models import Grant
from housewide.facts import crosswalks, identities, set_aside, states
from housewide.facts.models import Crosswalk, Identity
from housewide.facts.tests.conftest import row
from housewide.facts.tests.test_loading import told, visits
from housewide.kit.actions import NotSeen, Refused, act
from housewide.kit.audit.models import Act, Look
from housewide.org.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(places):
    made = {}
    for who, role, at in (
        ("dora", "department_director", "MVH"),
        ("quinn", "quality_officer", "MVH"),
        ("stan", "staff", "MVH"),
        ("lee", "quality_officer", "LSR"),
        ("fin", "finance_partner", "MVH"),
    ):
        made[who] = Account.objects.create_user(who)
        Grant.objects.create(account=made[who], role=role, place=places[at], valid_from=date(2020, 1, 1))
    return made


def test_a_month_is_open_until_somebody_says_otherwise(places, people):
    assert states.state_of("MVH", "2026-10") == "open"
    states.close_period(by=people["dora"], facility="MVH", period="2026-10")
    assert states.state_of("MVH", "2026-10") == "closed" and states.state_of("LSR", "2026-10") == "open"
    assert Act.objects.get(name="facts.close_period").place == "MVH"


def test_closing_is_refused_in_words(places, people):
    with pytest.raises(Refused, match="You may not close a month"):
        states.close_period(by=people["fin"], facility="MVH", period="2026-10")
    with pytest.raises(NotSeen):
        states.close_period(by=people["lee"], facility="MVH", period="2026-10")
    with pytest.raises(Refused, match="is not over yet"):
        states.close_period(by=people["dora"], facility="MVH", period="2026-11")
    with pytest.raises(Refused, match="is not a month"):
        states.close_period(by=people["dora"], facility="MVH", period="2026-1")
    states.close_period(by=people["dora"], facility="MVH", period="2026-10")
    with pytest.raises(Refused, match="closed already"):
        states.close_period(by=people["dora"], facility="MVH", period="2026-10")


def test_a_closed_month_does_not_open_again(places):
    with act("test", actor="test"):
        states.set_state("MVH", "2026-10", "settling", "test")
        states.set_state("MVH", "2026-10", "signed", "test")
        with pytest.raises(Refused, match="is signed for Place MVH and cannot become open"):
            states.set_state("MVH", "2026-10", "open", "test")


def test_late_rows_of_a_closed_month_wait(feed, send, people):
    send(feed, [row(Visit="A"), row(Visit="B", Date="09/15/2026")])
    states.close_period(by=people["dora"], facility="MVH", period="2026-10")
    batch = send(feed, [row(Visit="L"), row(Visit="A"), row(Visit="N", Date="08/01/2026")])
    assert [(one.line, one.reasons) for one in set_aside.read(batch)] == [
        (2, ["period closed: 2026-10 is closed for MVH"])
    ]
    assert batch.rows_accepted == 2 and list(visits()) == ["A", "B", "N"]


def test_a_row_cannot_move_out_of_a_closed_month(feed, send, people):
    send(feed, [row(Visit="A", Date="09/15/2026")])
    states.close_period(by=people["dora"], facility="MVH", period="2026-09")
    batch = send(feed, [row(Visit="A", Date="10/15/2026")])
    (kept,) = set_aside.read(batch)
    assert kept.reasons == ["period closed: the row stands in 2026-09, which is closed for MVH"]
    assert visits(column="CAST(day AS VARCHAR)") == {"A": "2026-09-15"}


def test_a_closed_month_is_never_replaced_by_leaving_rows_out(feed, send, people):
    send(feed, [row(Visit="A"), row(Visit="B")])
    states.close_period(by=people["dora"], facility="MVH", period="2026-10")
    send(feed, [row(Visit="A")])
    assert list(visits()) == ["A", "B"] and len(told()) == 1


def test_a_restatement_opens_a_month_for_one_import(feed, send, people):
    send(feed, [row(Visit="A")])
    states.close_period(by=people["dora"], facility="MVH", period="2026-10")
    with pytest.raises(Refused, match="Say why"):
        states.restate_period(by=people["dora"], facility="MVH", period="2026-10", reason=" ")
    once = states.restate_period(by=people["dora"], facility="MVH", period="2026-10", reason="Late log from room 3")
    batch = send(feed, [row(Visit="A", Charge="1")], restate=once)
    once.refresh_from_db()
    assert once.batch == batch and visits() == {"A": 100} and states.state_of("MVH", "2026-10") == "closed"
    assert send(feed, [row(Visit="A", Charge="2")]).rows_set_aside == 1


def test_only_a_closed_month_is_restated(places, people):
    with pytest.raises(Refused, match="just import"):
        states.restate_period(by=people["dora"], facility="MVH", period="2026-10", reason="because")


def test_unknown_codes_wait_with_their_counts_until_explained(feed, send, people):
    batch = send(feed, [row(Payer="ZZ"), row(Visit="V2", Payer="ZZ"), row(Visit="V3", Unit="X9")])
    waiting = crosswalks.waiting_codes(["MVH"])
    assert [(one.kind, one.code, one.rows) for one in waiting] == [("payer", "ZZ", 2), ("place", "X9", 1)]
    crosswalks.map_code(by=people["dora"], kind="payer", scope="MVH", source_code="ZZ", target="ZEBRA")
    assert [one.code for one in crosswalks.waiting_codes()] == ["X9"]
    assert send(feed, [row(Payer="ZZ")]).rows_accepted == 1 and batch.set_aside_open == 3


def test_a_code_gets_one_meaning_a_day(places, people):
    def explain(target: str, start: date | None = None, end: date | None = None) -> None:
        crosswalks.map_code(
            by=people["dora"], kind="payer", scope="MVH", source_code="Q", target=target, valid_from=start, valid_to=end
        )

    explain("ONE")
    explain("TWO", date(2026, 7, 1))
    with pytest.raises(Refused, match="already means"):
        explain("THREE", date(2026, 6, 1), date(2026, 8, 1))
    with pytest.raises(Refused, match="last day lies before"):
        explain("THREE", date(2027, 6, 1), date(2027, 6, 1))
    days = [date(2026, 6, 30), date(2026, 7, 1)]
    assert [crosswalks.meaning("payer", "MVH", "Q", day) for day in days] == ["ONE", "TWO"]
    assert crosswalks.meaning("payer", "MVH", "R", days[0]) is None


def test_a_code_is_explained_only_by_those_who_may_and_with_what_exists(places, people):
    with pytest.raises(Refused, match="no place “NOPE”"):
        crosswalks.map_code(by=people["dora"], kind="place", scope="MVH", source_code="OR1", target="NOPE")
    with pytest.raises(Refused, match="You may not say what a code means"):
        crosswalks.map_code(by=people["fin"], kind="place", scope="MVH", source_code="OR1", target="MVH-OR")
    assert not Crosswalk.objects.filter(source_code="OR1").exists()


def test_the_engine_and_python_make_the_same_surrogates_and_row_ids():
    import duckdb

    connection = duckdb.connect()
    identities.teach(connection)
    said = ["00123456", "Ä é", "x" * 500]
    made = connection.execute("SELECT surrogate_of(v), row_id_of(v) FROM (SELECT unnest(?::VARCHAR[]) v)", [said])
    found = made.fetchall()
    assert [one for one, _ in found] == [identities.surrogate(v) for v in said]
    joined = [f"t\x1fMVH\x1f{v}" for v in said]
    made = connection.execute("SELECT row_id_of(v) FROM (SELECT unnest(?::VARCHAR[]) v)", [joined])
    assert [one for (one,) in made.fetchall()] == [identities.row_id("t", "MVH", [v]) for v in said]


def test_opening_an_identity_needs_a_role_a_purpose_and_leaves_a_look(feed, send, people):
    send(feed, [row(MRN=" 00123456 ")])
    stands_for = Identity.objects.get().surrogate
    asked = {"surrogate": stands_for, "purpose": "Chart review of a late start", "place": "MVH"}
    assert identities.open_identity(by=people["quinn"], **asked) == "00123456"
    look = Look.objects.get()
    assert (look.actor, look.purpose, look.place) == ("quinn", asked["purpose"], "MVH")
    assert stands_for in look.rows and "00123456" not in look.rows
    with pytest.raises(Refused, match="for what purpose"):
        identities.open_identity(by=people["quinn"], **(asked | {"purpose": " "}))
    with pytest.raises(Refused, match="You may not see who a patient is"):
        identities.open_identity(by=people["dora"], **asked)
    assert Look.objects.count() == 1


def test_a_grant_at_one_hospital_opens_no_patient_of_another(feed, send, people):
    send(feed, [row()])
    asked = {"surrogate": Identity.objects.get().surrogate, "purpose": "Just looking", "place": "LSR"}
    with pytest.raises(NotSeen):
        identities.open_identity(by=people["lee"], **asked)
    with pytest.raises(NotSeen):
        identities.open_identity(by=people["lee"], **(asked | {"place": "MVH"}))
    assert not Look.objects.exists()


def test_a_patient_is_sealed_once_however_often_seen(feed, send):
    send(feed, [row(), row(Visit="V2"), row(Visit="V3", MRN="7"), row(Visit="V4", MRN="8", In="?")])
    send(feed, [row(Visit="V5")])
    assert Identity.objects.count() == 2
