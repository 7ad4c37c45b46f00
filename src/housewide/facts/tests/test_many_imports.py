"""Whatever is imported in whatever order and mode, the facts are what a simple dictionary would hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from housewide.facts import checks
from housewide.facts.catalogue import current_parts, last_batch
from housewide.facts.engines import session
from housewide.facts.models import Batch, Feed
from housewide.facts.tests.conftest import row

pytestmark = pytest.mark.django_db

Row = tuple[str, str, int]  # visit, month, charge in dollars
visits = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["08", "09", "10"]), st.integers(1, 3)),
    max_size=5,
    unique_by=lambda one: one[0],
)


def facts_now(as_of: int | None = None) -> dict[str, tuple[str, int]]:
    with session({"test_visit": current_parts("test_visit", as_of=as_of)}) as engine:
        found = engine.rows("SELECT visit_id, strftime(day, '%m'), charge // 100 FROM test_visit")
    assert len(found) == len({visit for visit, *_ in found})
    return {visit: (month, charge) for visit, month, charge in found}


class Imports(RuleBasedStateMachine):
    """Two feeds of one hospital, one of which changes its mode from import to import."""

    send: Any = None
    places: Any = None

    @initialize()
    def start(self) -> None:
        self.feeds = [
            Feed.objects.create(
                code=f"f{Feed.objects.count()}", title="F", table="test_visit", scope=self.places["MVH"]
            )
            for _ in range(2)
        ]
        self.held: dict[str, tuple[str, int]] = facts_now()
        self.owner: dict[str, int] = dict.fromkeys(self.held, -1)
        self.history: dict[int, dict[str, tuple[str, int]]] = {}

    @rule(which=st.integers(0, 1), mode=st.sampled_from(["replace", "upsert", "append"]), sent=visits)
    def import_file(self, which: int, mode: str, sent: list[Row]) -> None:
        feed = self.feeds[which]
        feed.mode = mode
        feed.save()
        batch = self.send(feed, [row(Visit=v, Date=f"{m}/14/2026", Charge=str(c)) for v, m, c in sent])
        before, aside = dict(self.held), 0
        if mode == "replace":
            self.leave_out(which, sent)
        for visit, month, charge in sent:
            if mode == "append" and visit in before:
                aside += before[visit] != (month, charge)
                continue
            self.held[visit] = (month, charge)
        assert batch.rows_set_aside == aside and batch.rows_accepted == len(sent) - aside
        self.history[last_batch()] = dict(self.held)

    def leave_out(self, which: int, sent: list[Row]) -> None:
        months, named = {month for _, month, _ in sent}, {visit for visit, *_ in sent}
        for visit, (month, _) in list(self.held.items()):
            if month in months and visit not in named and self.owner[visit] == which:
                del self.held[visit]

    @invariant()
    def facts_are_what_the_dictionary_holds(self) -> None:
        if not hasattr(self, "held"):
            return
        assert facts_now() == self.held
        self.owner = owners(self.feeds)

    @invariant()
    def everything_adds_up(self) -> None:
        assert checks.imports_add_up() == checks.parts_are_whole() == []

    def teardown(self) -> None:
        for batch, held in getattr(self, "history", {}).items():
            assert facts_now(as_of=batch) == held


def owners(feeds: list[Feed]) -> dict[str, int]:
    """Position of the feed whose import each row carries; -1 for feeds of earlier runs."""
    with session({"test_visit": current_parts("test_visit")}) as engine:
        carried = engine.rows("SELECT visit_id, batch FROM test_visit")
    by_batch = dict(Batch.objects.values_list("public_id", "feed_id"))
    places = {feed.pk: number for number, feed in enumerate(feeds)}
    return {visit: places.get(by_batch[batch], -1) for visit, batch in carried}


@pytest.mark.slow
def test_many_imports_leave_what_a_dictionary_would_hold(places, send):
    machine = type("Machine", (Imports,), {"send": staticmethod(send), "places": places})
    run_state_machine_as_test(
        machine,
        settings=settings(
            deadline=None, max_examples=5, stateful_step_count=6, suppress_health_check=list(HealthCheck)
        ),
    )
