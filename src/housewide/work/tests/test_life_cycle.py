"""Whatever people do in whatever order, a task is closed once, by its owner or raiser, and its owner can see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from housewide.access.gates import allowed
from housewide.kit.actions import NotSeen, Refused
from housewide.org.models import Account
from housewide.work import actions, queries
from housewide.work.models import Task
from housewide.work.tests.cast import Cast

WHO = st.sampled_from(["alice", "bob", "charlie", "olga", "audrey"])


class Working(RuleBasedStateMachine):
    """One task that five people pull at."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.held = actions.raise_task(by=self.cast.alice, title="Walk", place="MVH-OR", owner=self.cast.bob)
        self.owner, self.closed = "bob", ""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def account(self, name: str) -> Account:
        found: Account = getattr(self.cast, name)
        return found

    def try_(self, do: Any) -> bool:
        try:
            do()
        except (Refused, NotSeen):
            return False
        return True

    def may(self, who: str) -> bool:
        return who in (self.owner, "alice") and not self.closed

    @rule(who=WHO)
    def finish(self, who: str) -> None:
        may = self.may(who)
        assert self.try_(lambda: actions.finish_task(by=self.account(who), task=self.held, outcome=who)) == may
        self.closed = "done" if may else self.closed

    @rule(who=WHO)
    def drop(self, who: str) -> None:
        may = self.may(who)
        assert self.try_(lambda: actions.drop_task(by=self.account(who), task=self.held, reason=who)) == may
        self.closed = "dropped" if may else self.closed

    @rule(who=WHO, to=WHO)
    def hand_over(self, who: str, to: str) -> None:
        may = self.may(who) and to not in (self.owner, "charlie")
        assert (
            self.try_(lambda: actions.hand_over_task(by=self.account(who), task=self.held, to=self.account(to))) == may
        )
        self.owner = to if may else self.owner

    @invariant()
    def the_record_says_so(self) -> None:
        task = Task.objects.get()
        assert task.state == (self.closed or "open")
        assert task.owner == self.account(self.owner)
        assert (task.closed_at is None) == (not self.closed)
        assert allowed(task.owner, "see.measures", task.place.code)

    @invariant()
    def it_is_on_one_worklist(self) -> None:
        counts = [queries.open_tasks(self.account(name)) for name in ("alice", "bob", "charlie", "olga", "audrey")]
        assert sum(counts) == (0 if self.closed else 1)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_task_keeps_its_promises_in_any_order(cast: Cast) -> None:
    Working.cast = cast
    run_state_machine_as_test(
        Working,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
