"""The jump box: the best answer first, only what opens, and nothing of what a stranger sees."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from housewide.access.models import Grant
from housewide.boards.search import answers
from housewide.kit.registry import Hit, Scope
from housewide.org.models import Account, Person, Place, Position
from housewide.work.actions import finish_task, raise_task
from housewide.work.tests.cast import SINCE, Cast, make_cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
SCOPE = Scope("MVH-OR", "2026-10")
QUESTIONS = [*"abcdefghijklmnopqrstuvwxyz0123456789", "or", "first case", "review", "place", "call", "MVH-OR"]


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    Place.objects.filter(code="MVH-OR").update(name="Operating rooms", cost_centre="7020")
    Place.objects.filter(code="LKS").update(name="Lakeside")
    for person, code, title in ((made.alice.person, "MVH-OR", "Director"), (made.charlie.person, "LKS", "Director")):
        place = Place.objects.get(code=code)
        Position.objects.create(person=person, place=place, title=title, valid_from=SINCE)
    raise_task(by=made.alice, title="Call the vendor", place="MVH-OR", owner=made.bob, due=date(2026, 12, 1))
    raise_task(by=made.charlie, title="Call the secret supplier", place="LKS", owner=made.charlie)
    return made


def titles(account: Account, question: str, scope: Scope = SCOPE) -> list[str]:
    return [hit.title for hit in answers(account, question, scope)]


def test_a_code_a_beginning_a_word_and_a_slip_find_a_place(cast: Cast) -> None:
    for question in ("MVH-OR", "7020", "oper", "rooms", "opreating"):
        assert titles(cast.alice, question)[0] == "Operating rooms", question


def test_people_are_found_whatever_their_accents(cast: Cast) -> None:
    Person.objects.filter(pk=cast.alice.person_id).update(name="Alíce Müller")
    assert titles(cast.olga, "alice mul") == ["Alíce Müller"]


def test_measures_answer_by_title_id_and_a_word_of_their_sentence(cast: Cast) -> None:
    by_id = answers(cast.alice, "surgery.start_delay.first_cases", SCOPE)
    assert by_id[0].url == "/at/MVH-OR/2026-10/measures/surgery.start_delay.first_cases/"
    assert any(hit.detail == "Measure" for hit in answers(cast.alice, "turnover", SCOPE))


def test_an_open_task_stands_before_a_closed_one(cast: Cast) -> None:
    again = raise_task(by=cast.alice, title="Call the vendor", place="MVH-OR", owner=cast.alice)
    finish_task(by=cast.alice, task=again, outcome="Done")
    details = [hit.detail for hit in answers(cast.alice, "call the vendor", SCOPE)]
    assert details[:2] == ["Task of Bob, open", "Task of Alice, done"]


def test_pages_and_things_to_do_are_found_by_other_words(cast: Cast) -> None:
    assert "My work" in titles(cast.bob, "my wo")
    assert "Let someone act for me" in titles(cast.bob, "vacation")
    assert "Grant a role" not in titles(cast.bob, "grant")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "olga", "audrey"])
def test_whatever_is_found_opens(cast: Cast, client: Client, name: str) -> None:
    account = getattr(cast, name)
    client.force_login(account)
    found: dict[str, Hit] = {}
    for question in QUESTIONS:
        found |= {hit.url: hit for hit in answers(account, question, SCOPE, each=500, most=2000)}
    assert len(found) > 5
    wrong = {url: status for url in found if (status := client.get(url, follow=True).status_code) != 200}
    assert wrong == {}


def test_a_stranger_finds_nothing_of_another_house(cast: Cast) -> None:
    for question in (*QUESTIONS, "vendor", "operating rooms", "Alice", "Call the vendor"):
        said = " ".join(f"{hit.title} {hit.detail}" for hit in answers(cast.charlie, question, SCOPE, each=500))
        assert "vendor" not in said and "Operating rooms" not in said and "Alice" not in said


def test_somebody_without_a_role_finds_only_what_anybody_may_do(cast: Cast) -> None:
    Grant.objects.filter(account=cast.bob).update(valid_to=date(2026, 1, 1))
    found = {hit.title for question in QUESTIONS for hit in answers(cast.bob, question, SCOPE, each=500)}
    assert found <= {"Let someone act for me", "Read my notices", "Sign out", "API tokens", "API reference", "Today"}


def test_the_place_and_month_one_looks_at_come_along_unless_they_are_not_ones_own(cast: Cast, client: Client) -> None:
    client.force_login(cast.charlie)
    page = client.post("/jump/", {"q": "turnover", "at": "MVH-OR", "in": "2026-09"}).content.decode()
    assert "/at/LKS/2026-09/measures/" in page and "MVH-OR" not in page.split("<main")[1]


def test_typing_gets_the_answers_alone_and_sending_goes_there(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    part = client.post("/jump/", {"q": "oper"}, headers={"HX-Request": "true"}).content.decode()
    assert 'role="option"' in part and "<html" not in part
    assert client.post("/jump/", {"q": "MVH-OR"})["Location"] == "/organization/places/MVH-OR/"
    assert client.get("/jump/", {"q": "%_'\"\\ ' OR 1"}).status_code == 200


def test_what_is_typed_stands_in_no_address(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    page = client.get("/work/").content.decode()
    assert 'action="/jump/" method="post"' in page
