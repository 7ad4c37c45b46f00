"""Alice audits everything, Bob audits A-1, Dora audits nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from housewide.kit.actions import act
from housewide.kit.audit import record_look
from housewide.kit.audit.words import act_words, table_words
from housewide.kit.gates import Gate, current_gate, set_gate

# By name: the kit never imports what is built on it.
Account = apps.get_model("org", "Account")
Person = apps.get_model("org", "Person")

pytestmark = pytest.mark.django_db


def _places(account: Account, capability: str) -> frozenset[str]:
    found = {"alice": {"A-1", "B-1"}, "bob": {"A-1"}}.get(account.username, set())
    return frozenset(found if capability == "see.audit" else ())


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    kept = current_gate()
    everywhere = lambda account, capability: len(_places(account, capability)) == 2  # noqa: E731
    set_gate(Gate(places=_places, everywhere=everywhere, may=lambda *about: {}))
    for name in ("alice", "bob", "dora"):
        Account.objects.create_user(name)
    yield
    set_gate(kept)


@pytest.fixture
def acts() -> dict[str, int]:
    found = {}
    for place in ("A-1", "B-1"):
        with act("hire", actor="someone", place=place, reason=f"because {place}") as entry:
            person = Person.objects.create(code=place, name=f"Before {place}")
            Person.objects.filter(pk=person.pk).update(name=f"<After> {place}")
        found[place] = entry
        record_look(f"reader {place}", "or_case", ["a1"], f"purpose {place}", place)
    Person.objects.create(code="round", name="Round")
    return found


def _page(name: str, url_name: str, *args: object, status: int = 200, **query: str) -> str:
    client = Client()
    client.force_login(Account.objects.get(username=name))
    answer = client.get(reverse(url_name, args=args), query)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("url_name", ["audit-list", "audit-changes", "audit-looks"])
def test_who_audits_nothing_finds_nothing(acts: dict[str, int], url_name: str) -> None:
    _page("dora", url_name, status=404)
    _page("dora", "audit-act", acts["A-1"], status=404)


def test_an_auditor_sees_the_acts_and_looks_at_their_places(acts: dict[str, int]) -> None:
    for name, sees_b in (("alice", True), ("bob", False)):
        page = _page(name, "audit-list")
        assert "because A-1" in page and ("because B-1" in page) == sees_b
        page = _page(name, "audit-looks")
        assert "purpose A-1" in page and ("purpose B-1" in page) == sees_b
        page = _page(name, "audit-changes")
        assert f"act {acts['A-1']}" in page and (f"act {acts['B-1']}" in page) == sees_b
        assert ("outside any action</td>" in page) == sees_b
    _page("bob", "audit-act", acts["B-1"], status=404)
    _page("alice", "audit-act", 999_999, status=404)


def test_an_act_shows_what_was_and_what_is(acts: dict[str, int]) -> None:
    page = _page("bob", "audit-act", acts["A-1"])
    assert "Before A-1" in page and "&lt;After&gt; A-1" in page and "because A-1" in page and "style=" not in page


def test_changes_are_narrowed_to_those_outside_any_action(acts: dict[str, int]) -> None:
    page = _page("alice", "audit-changes", outside="1")
    assert "outside any action" in page and f"act {acts['A-1']}<" not in page


def test_a_list_is_exported(acts: dict[str, int]) -> None:
    client = Client()
    client.force_login(Account.objects.get(username="bob"))
    answer = client.get(reverse("audit-list"), {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "because A-1" in text and "because B-1" not in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("task.raise", "Raise task"),
        ("facts.close_period", "Close period"),
        ("cancel_job", "Cancel job"),
        ("job seal_audit", "Seal the audit trail (job)"),
        ("hear count_again", "Count again (after news)"),
        ("intake.import", "Import a file"),
        ("access.break_glass", "Break glass"),
    ],
)
def test_acts_are_named_in_words(name: str, words: str) -> None:
    assert act_words(name) == words


def test_records_are_named_in_words(acts: dict[str, int]) -> None:
    page = _page("alice", "audit-changes")
    assert ">Person<" in page and ">org_person<" not in page
    assert table_words("gone_table") == "gone_table"


def test_columns_under_a_veil_are_named_and_not_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from housewide.kit.audit import veils

    monkeypatch.setattr(veils, "_veils", {})
    veils.veil("org_person", "name", may_read=lambda account, place: account.username == "alice")
    with act("person.add", actor="dan@example.org", place="A-1") as entry:
        Person.objects.create(code="P9", name="Somebody Secret")
    for reader, reads in (("alice", True), ("bob", False)):
        client.force_login(Account.objects.get(username=reader))
        page = client.get(reverse("audit-act", args=[entry])).content.decode()
        assert ("Somebody Secret" in page, "not shown" in page) == (reads, not reads)
