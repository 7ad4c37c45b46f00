"""The jump box over the whole demo: whatever a persona finds opens, and nobody finds what is not theirs."""

from __future__ import annotations

import string

import pytest
from django.test import Client

from housewide.access.gates import places_where
from housewide.boards.frame import default_scope
from housewide.boards.search import answers
from housewide.kit.memory import remembering
from housewide.kit.registry import Hit
from housewide.org.models import Account
from tests.permissions.world import World, build_world

QUESTIONS = [*string.ascii_lowercase, *string.digits, "or", "first case", "review oct", "hand-off", "lakeside"]


def found_by(account: Account, questions: list[str]) -> dict[str, Hit]:
    """Everything that any of the questions finds for the account, by address."""
    found: dict[str, Hit] = {}
    with remembering():
        scope = default_scope(account)
    for question in questions:
        with remembering():
            found |= {hit.url: hit for hit in answers(account, question, scope, each=500, most=5000)}
    return found


def case_number(world: World) -> str:
    """The number of the case that the world's task is about, as the file of the operating rooms has it."""
    from housewide.facts.rows import find

    row = find("or_case", world.ids["row"])
    assert row is not None
    return str(row["case_id"])


@pytest.mark.slow
@pytest.mark.django_db(databases=["default", "cubes"], transaction=True)
def test_whatever_is_found_opens_and_nothing_else_is_found() -> None:
    world = build_world()
    number = case_number(world)
    for role, account in world.accounts.items():
        found = found_by(account, [*QUESTIONS, number])
        client = Client()
        client.force_login(account)
        closed = {url: status for url in found if (status := client.get(url, follow=True).status_code) != 200}
        assert closed == {}, role
        case = [hit for hit in found.values() if hit.title == f"Case {number}"]
        assert bool(case) == ("MVH-OR" in places_where(account, "see.rows")), role
        assert number not in "".join(found), "the number of a case stands in no address"
    stranger = Account.objects.create_user("nobody@example.org")
    said = {hit.title for hit in found_by(stranger, [*QUESTIONS, number]).values()}
    assert not {title for title in said if any(place in title for place in ("Mercy", "Lakeside", "Operating", "Case"))}
