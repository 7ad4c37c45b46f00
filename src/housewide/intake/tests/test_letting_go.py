"""Rows that need no correction are let go with a reason: kept, told apart, and waited for no longer."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from housewide.facts import set_aside
from housewide.facts.models import Batch, SettledLine
from housewide.intake.letting_go import let_go
from housewide.intake.tests.cast import Cast
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act

WHY = "A line of totals that the report puts below the cases"


def kind_of(batch: Batch) -> tuple[str, int]:
    return next(iter(set_aside.counts_by_reason(batch).items()))


def test_rows_let_go_are_kept_and_say_so_and_nothing_waits_for_them(client: Client, cast: Cast, batch: Batch) -> None:
    kind, rows = kind_of(batch)
    before = batch.set_aside_open
    client.force_login(cast.alice)
    assert "Some need no correction" in client.get(reverse("batch", args=[batch.public_id])).content.decode()
    answer = client.post(reverse("batch-let-go", args=[batch.public_id]), {"kind": kind, "reason": WHY})
    assert answer["Location"] == reverse("batch", args=[batch.public_id])
    batch.refresh_from_db()
    assert batch.set_aside_open == before - rows
    assert f"let go by Alice on Nov 23, 2026: {WHY}" in batch.note
    kept = [one for one in set_aside.read(batch, 0, 1_000) if one.settled == SettledLine.How.LET_GO]
    assert len(kept) == rows
    assert kind not in set_aside.counts_by_reason(batch)
    entry = Act.objects.get(name="intake.let_go")
    assert (entry.actor, entry.place, entry.reason) == (cast.alice.username, "MVH-PERIOP", WHY)
    shown = client.get(reverse("batch-set-aside", args=[batch.public_id]), {"state": "settled"}).content.decode()
    assert "let go: it needs no correction" in shown


def test_without_a_reason_or_for_rows_that_do_not_wait_nothing_is_changed(
    client: Client, cast: Cast, batch: Batch
) -> None:
    kind, _ = kind_of(batch)
    client.force_login(cast.alice)
    address = reverse("batch-let-go", args=[batch.public_id])
    for asked in ({"kind": kind, "reason": " x "}, {"kind": kind, "reason": ""}, {"kind": "no such", "reason": WHY}):
        assert client.post(address, asked).status_code == 422
    with pytest.raises(Refused, match="No row of this import waits"):
        let_go(by=cast.alice, batch=batch, kind="no such", reason=WHY)
    assert not SettledLine.objects.exists()


def test_only_those_who_import_and_may_see_rows_may_let_rows_go(client: Client, cast: Cast, batch: Batch) -> None:
    kind, _ = kind_of(batch)
    for account, status in ((cast.adam, 403), (cast.fred, 403), (cast.charlie, 404), (cast.bob, 404)):
        client.force_login(account)
        answer = client.post(reverse("batch-let-go", args=[batch.public_id]), {"kind": kind, "reason": WHY})
        assert answer.status_code == status, account
        with pytest.raises((Refused, NotSeen)):
            let_go(by=account, batch=batch, kind=kind, reason=WHY)
    assert not SettledLine.objects.exists()
