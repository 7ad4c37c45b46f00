"""The list of signals and the card on the page of a measure: seen by those who see the place, answered by leaders."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from housewide.kit.clock import now
from housewide.work.noticing.actions import watch_signal
from housewide.work.noticing.models import Watch
from housewide.work.noticing.tests.conftest import Signals
from housewide.work.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])


def signals(client: Client, account: object, place: str = "MVH", **query: str) -> object:
    client.force_login(account)  # type: ignore[arg-type]
    return client.get(reverse("signals", args=[place, "2026-10"]), query)


def test_the_list_tells_new_known_and_ended_apart(client: Client, cast: Cast, signal: Signals) -> None:
    new, known = signal(0), signal(1)
    signal(2, ended_at=now(), ended_period="2026-10")
    watch_signal(by=cast.alice, measure=known.measure, place=known.place, until=date(2026, 12, 15), reason="New rota")
    page = signals(client, cast.bob, "MVH-OR").content.decode()  # type: ignore[attr-defined]
    assert reverse("measure", args=["MVH-OR", "2026-10", new.measure]) in page
    assert reverse("measure", args=["MVH-OR", "2026-10", known.measure]) not in page
    page = signals(client, cast.bob, "MVH-OR", show="known").content.decode()  # type: ignore[attr-defined]
    assert "Dec 15, 2026" in page and "Alice: New rota" in page
    page = signals(client, cast.bob, "MVH-OR", show="ended").content.decode()  # type: ignore[attr-defined]
    assert "October 2026" in page and "Ended" in page


def test_the_list_is_exported_and_filtered(client: Client, cast: Cast, signal: Signals) -> None:
    one, other = signal(0), signal(1, "MVH")
    answer = signals(client, cast.alice, format="csv", measure=other.measure)
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.count("\n") == 2 and "Worsening" in text
    assert one.measure != other.measure


def test_places_that_one_does_not_see_are_not_there(client: Client, cast: Cast, signal: Signals) -> None:
    signal(0)
    assert signals(client, cast.charlie).status_code == 404  # type: ignore[attr-defined]
    assert "Place MVH-OR" not in signals(client, cast.charlie, "LKS").content.decode()  # type: ignore[attr-defined]


def test_an_empty_list_says_so(client: Client, cast: Cast) -> None:
    assert "No new signal" in signals(client, cast.alice).content.decode()  # type: ignore[attr-defined]


def test_the_page_of_the_measure_offers_the_answer_and_then_shows_it(
    client: Client, cast: Cast, signal: Signals
) -> None:
    row = signal(0)
    where = [row.place, "2026-10", row.measure]
    client.force_login(cast.alice)
    page = client.get(reverse("measure", args=where)).content.decode()
    assert "A signal that nobody has answered" in page and reverse("signal-answer", args=where) in page
    given = {"until": "Dec 15", "reason": "New rota from December"}
    answer = client.post(reverse("signal-answer", args=where), given)
    assert answer.status_code == 302
    page = client.get(reverse("measure", args=where)).content.decode()
    assert "Known, watching until Dec 15, 2026" in page and "New rota from December" in page
    assert client.post(reverse("signal-ask-again", args=where)).status_code == 302
    assert "A signal that nobody has answered" in client.get(reverse("measure", args=where)).content.decode()


def test_what_was_typed_comes_back_with_the_reason_it_was_refused(client: Client, cast: Cast, signal: Signals) -> None:
    row = signal(0)
    client.force_login(cast.alice)
    address = reverse("signal-answer", args=[row.place, "2026-10", row.measure])
    answer = client.post(address, {"until": "2027-12-01", "reason": "New rota"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "92 days at most" in page and "New rota" in page
    assert client.post(address, {"until": "", "reason": ""}).status_code == 422
    assert not Watch.objects.exists()


def test_staff_see_the_signal_but_no_form_and_strangers_nothing(client: Client, cast: Cast, signal: Signals) -> None:
    row = signal(0)
    where = [row.place, "2026-10", row.measure]
    client.force_login(cast.bob)
    page = client.get(reverse("measure", args=where)).content.decode()
    assert "A signal that nobody has answered" in page and reverse("signal-answer", args=where) not in page
    assert client.post(reverse("signal-answer", args=where), {"until": "Dec 15", "reason": "x"}).status_code == 403
    client.force_login(cast.charlie)
    assert client.post(reverse("signal-answer", args=where), {"until": "Dec 15", "reason": "x"}).status_code == 404
    assert client.post(reverse("signal-ask-again", args=where)).status_code == 404
