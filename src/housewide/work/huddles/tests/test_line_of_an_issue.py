"""Whatever people do in whatever order, an issue is somewhere, with somebody, in a state that can be; none is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from housewide.kit.actions import NotSeen, Refused
from housewide.kit.events import deliver
from housewide.org.models import Account
from housewide.work.actions import drop_task, finish_task
from housewide.work.huddles import issue_actions, queries, ways
from housewide.work.huddles.models import Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import plans_on
from housewide.work.huddles.tests.cast import Cast
from housewide.work.models import Task

WHO = st.sampled_from(["una", "sam", "dora", "cleo", "olga", "strange"])
TO = st.sampled_from(["MVH-MS", "MVH", "SYS", "MVH-ED"])
ANSWER = st.sampled_from(["decided", "needs_more", "gives_back", "passes_up"])
KINDS = st.sampled_from(["other", "fall_with_harm", "staffing_below_minimum"])


class Huddling(RuleBasedStateMachine):
    """One issue of a unit that six people and the house itself pull at."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.issue = issue_actions.raise_issue(by=self.cast.sam, title="Walk", topic="safety", place="MVH-4W")
        self.steps = 1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def account(self, name: str) -> Account:
        found: Account = getattr(self.cast, name)
        return found

    def try_(self, do: Any) -> None:
        """A change that is refused leaves no trace; one that is made leaves a step."""
        before = Issue.objects.values().get()
        try:
            with transaction.atomic():
                do()
        except (Refused, NotSeen):
            assert Issue.objects.values().get() == before
            assert self.issue.steps.count() == self.steps
        else:
            assert self.issue.steps.count() > self.steps
        self.steps = self.issue.steps.count()

    @rule(who=WHO)
    def resolve(self, who: str) -> None:
        self.try_(lambda: issue_actions.resolve_issue(by=self.account(who), issue=self.issue, outcome="done"))

    @rule(who=WHO, owner=WHO)
    def assign(self, who: str, owner: str) -> None:
        self.try_(lambda: issue_actions.assign_issue(
            by=self.account(who), issue=self.issue, owner=self.account(owner), due=date(2026, 11, 30)))  # fmt: skip

    @rule(who=WHO, to=TO)
    def escalate(self, who: str, to: str) -> None:
        self.try_(lambda: issue_actions.escalate_issue(by=self.account(who), issue=self.issue, to=to, ask="help"))

    @rule(who=WHO, kind=ANSWER)
    def answer(self, who: str, kind: str) -> None:
        self.try_(lambda: issue_actions.answer_issue(by=self.account(who), issue=self.issue, kind=kind, text="so"))

    @rule(who=WHO, settled=st.booleans())
    def hear(self, who: str, settled: bool) -> None:
        self.try_(lambda: issue_actions.hear_answer(by=self.account(who), issue=self.issue, settled=settled, text="so"))

    @rule(done=st.booleans())
    def task_ends(self, done: bool) -> None:
        task = Task.objects.filter(state="open").first()
        if task is None:
            return
        if done:
            finish_task(by=task.owner, task=task, outcome="did it")
        else:
            drop_task(by=task.owner, task=task, reason="no")
        deliver()
        self.steps = self.issue.steps.count()

    @rule(kind=KINDS)
    def it_turns_out_to_be(self, kind: str) -> None:
        Issue.objects.filter(state__in=("open", "assigned")).update(kind=kind)

    @invariant()
    def it_is_in_a_state_that_can_be(self) -> None:
        issue = Issue.objects.select_related("holder", "home").get()
        line = [issue.home.code, *(one.place.code for one in plans_on().line(issue.home.code))]
        assert issue.path[-1] == issue.holder.code
        assert issue.path[0] == issue.home.code
        assert [code for code in line if code in issue.path] == issue.path, "only ever up the line, each place once"
        assert (issue.state == "escalated") == (issue.answer_by is not None)
        assert (issue.state == "closed") == (issue.closed_at is not None)
        assert issue.state != "escalated" or len(issue.path) > 1
        assert issue.state not in ("answered", "closed") or issue.holder_id == issue.home_id
        assert issue.tier == plans_on().meetings[issue.holder.code].tier.number
        assert issue.reached >= issue.tier
        assert issue.asked_at is None or (issue.first_due is not None and issue.asked_at < issue.first_due)
        assert issue.answered_at is None or issue.asked_at is not None

    @invariant()
    def an_open_issue_stands_on_the_board_of_whoever_has_it(self) -> None:
        issue = Issue.objects.select_related("holder").get()
        seen = [one.pk for one in queries.open_issues_below(issue.holder.code, self.cast.olga)]
        assert (issue.pk in seen) == (issue.state != "closed")
        if issue.state == "escalated":
            assert queries.answerers(issue.holder.code), "somebody answers for every huddle that was asked"

    @invariant()
    def one_that_must_go_up_is_not_closed_below(self) -> None:
        issue = Issue.objects.get()
        if issue.state == "open" and ways.must_go_up(issue, aged=False):
            with pytest.raises(Refused):
                issue_actions.resolve_issue(by=self.cast.olga, issue=issue, outcome="done")
        assert moment_at("MVH-4W") >= issue.raised_at


@pytest.mark.slow
@pytest.mark.django_db
def test_no_issue_is_lost_in_any_order(cast: Cast) -> None:
    Huddling.cast = cast
    run_state_machine_as_test(
        Huddling,
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
