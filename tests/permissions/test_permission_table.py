"""Every address x every persona, held against a table that a person has read: an address without a row fails.

``HOUSEWIDE_RENEW_PERMISSIONS=1`` writes what the house does now; read the difference before committing it.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.world import PERSONAS, World, build_world

TABLE = Path(__file__).parent / "table.csv"
PLACES = ("MVH-PERIOP", "MVH-OR", "MVH-4W", "LKO", "NOWHERE")
STRANGER = "anonymous"


class Undo(Exception):
    """Raised to roll a request back, so that no cell depends on another."""


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """(name, arguments) of every address; allauth's own are not among them, the house has its two."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{prefix}{pattern.pattern} has no name"
            yield pattern.name, list(pattern.pattern.converters)


def rows(world: World) -> Iterator[tuple[str, str, str, str]]:
    """(name, method, variant, path): scoped addresses once for each place, others once."""
    for name, arguments in addresses():
        methods = ("GET", "POST")
        for method in methods:
            if "place" in arguments:
                for place in PLACES:
                    yield name, method, place, reverse(name, kwargs={**world.given(name, arguments), "place": place})
            else:
                yield name, method, "", reverse(name, kwargs=world.given(name, arguments))


def status(world: World, persona: str, method: str, path: str) -> str:
    client = Client(raise_request_exception=False)
    if persona != STRANGER:
        client.force_login(world.accounts[persona])
    try:
        with transaction.atomic():
            response = client.get(path) if method == "GET" else client.post(path, {})
            if hasattr(response, "streaming_content"):
                b"".join(response.streaming_content)
            raise Undo
    except Undo:
        pass
    if persona == STRANGER and response.status_code == 302:
        return "sign in" if response["Location"].startswith("/accounts/login") else "302"
    return str(response.status_code)


@pytest.mark.django_db(databases=["default", "cubes"], transaction=True)
@pytest.mark.slow
def test_every_address_answers_every_persona_as_the_table_says() -> None:
    world = build_world()
    personas = [STRANGER, *PERSONAS]
    found = {
        (name, method, variant): [status(world, persona, method, path) for persona in personas]
        for name, method, variant, path in rows(world)
    }
    if os.environ.get("HOUSEWIDE_RENEW_PERMISSIONS"):
        with TABLE.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["address", "method", "place", *personas])
            writer.writerows([*key, *cells] for key, cells in sorted(found.items()))
    with TABLE.open(newline="") as file:
        head, *lines = list(csv.reader(file))
    assert head[3:] == personas
    table = {tuple(line[:3]): line[3:] for line in lines}
    assert sorted(set(found) - set(table)) == [], "addresses without a row in the table"
    assert sorted(set(table) - set(found)) == [], "rows without an address"
    wrong = [
        f"{' '.join(key)} as {persona}: {now}, the table says {said}"
        for key, cells in found.items()
        for persona, now, said in zip(personas, cells, table[key], strict=True)
        if now != said
    ]
    assert wrong == []
    assert not [key for key, cells in found.items() if "500" in cells], "a page broke"
