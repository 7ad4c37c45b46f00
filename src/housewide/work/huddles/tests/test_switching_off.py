"""Whoever switches off a huddle strands nothing: what is open there goes to the huddle above, which is told."""

from __future__ import annotations

from typing import Any

import pytest

from housewide.kit.actions import Refused
from housewide.kit.audit.models import Act, Change
from housewide.work.huddles import issue_actions
from housewide.work.huddles.actions import change_plan
from housewide.work.huddles.boards import board_of
from housewide.work.huddles.forms import PlanForm
from housewide.work.huddles.models import HuddlePlan, Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import plan_of, presets
from housewide.work.huddles.tests.cast import Cast
from housewide.work.models import Notice

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])


def raised(cast: Cast, **more: Any) -> Issue:
    about = {"title": "No float", "topic": "people", "place": "MVH-4W", "by": cast.sam, **more}
    return issue_actions.raise_issue(**about)


def switch_off(cast: Cast, *places: str) -> None:
    tiers = list(plan_of("MVH").tiers)
    change_plan(by=cast.cleo, place="MVH", preset="hospital", tiers=tiers, without=list(places))


def test_an_open_issue_goes_to_the_huddle_above_with_a_step_and_a_notice(cast: Cast) -> None:
    issue = raised(cast)
    switch_off(cast, "MVH-4W")
    issue.refresh_from_db()
    assert (issue.home.code, issue.holder.code, issue.path, issue.tier) == ("MVH-MS", "MVH-MS", ["MVH-MS"], 2)
    board = board_of(cast.dora, "MVH-MS", moment_at("MVH-MS").date())
    assert board.to_settle == [issue]
    step = issue.steps.latest("pk")
    assert (step.kind, step.by, step.place.code, step.to.code) == ("handed_over", cast.cleo, "MVH-4W", "MVH-MS")
    entry = Act.objects.get(name="huddle.plan")
    assert {"huddles_issue", "huddles_step"} <= set(Change.objects.filter(act=entry.pk).values_list("table", flat=True))
    assert Notice.objects.get(to=cast.dora).title == "Now with Place MVH-MS: No float"
    issue_actions.resolve_issue(by=cast.dora, issue=issue, outcome="Float found")


def test_an_answer_that_was_promised_keeps_its_time_and_is_heard_above(cast: Cast) -> None:
    issue = raised(cast)
    issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH-MS", ask="A float nurse")
    due = Issue.objects.get().answer_by
    switch_off(cast, "MVH-4W", "MVH-MS")
    issue.refresh_from_db()
    assert (issue.state, issue.holder.code, issue.answer_by, issue.path) == ("escalated", "MVH", due, ["MVH"])
    issue_actions.answer_issue(by=cast.cleo, issue=issue, kind="decided", text="Float comes at 9")
    issue_actions.hear_answer(by=cast.cleo, issue=issue)
    issue.refresh_from_db()
    assert issue.state == "closed"


def test_an_issue_that_waits_above_comes_back_down_to_whoever_huddles_now(cast: Cast) -> None:
    issue = raised(cast)
    issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH", ask="A float nurse")
    switch_off(cast, "MVH-4W")
    issue.refresh_from_db()
    assert (issue.home.code, issue.holder.code, issue.path) == ("MVH-MS", "MVH", ["MVH-MS", "MVH"])
    issue_actions.answer_issue(by=cast.cleo, issue=issue, kind="decided", text="Float comes at 9")
    assert board_of(cast.dora, "MVH-MS", moment_at("MVH-MS").date()).to_hear == [issue]


def test_closed_issues_and_those_of_other_huddles_stay_where_they_are(cast: Cast) -> None:
    done, other = raised(cast), raised(cast, place="MVH-ED", by=cast.strange)
    issue_actions.resolve_issue(by=cast.una, issue=done, outcome="Settled")
    switch_off(cast, "MVH-4W")
    done.refresh_from_db(), other.refresh_from_db()
    assert (done.holder.code, other.holder.code) == ("MVH-4W", "MVH-ED")


def test_a_practice_that_huddles_once_from_now_on_takes_over_what_its_units_had(cast: Cast) -> None:
    issue = raised(cast, place="LKO-XRAY", by=cast.pat)
    tiers = list(presets()["practice"].tiers)
    change_plan(by=cast.pat, place="LKO", preset="practice", tiers=tiers, without=[])
    issue.refresh_from_db()
    assert issue.holder.code == "LKO"


def test_the_last_huddle_of_a_line_stays_while_something_is_open_in_it(cast: Cast) -> None:
    system = plan_of("SYS")
    change_plan(by=cast.olga, place="SYS", preset="system", tiers=list(system.tiers), without=["SYS"])
    raised(cast)
    with pytest.raises(Refused, match=r"“No float”.*Settle and close it first"):
        switch_off(cast, "MVH-4W", "MVH-MS", "MVH")
    assert not HuddlePlan.objects.filter(place__code="MVH").exists()
    assert Issue.objects.get().holder.code == "MVH-4W"


def test_the_page_says_what_becomes_of_open_issues(cast: Cast) -> None:
    form = PlanForm(plan_of("MVH"), [("MVH-4W", "Place MVH-4W, unit")])
    assert "goes to the huddle above" in form.fields["without"].help_text
