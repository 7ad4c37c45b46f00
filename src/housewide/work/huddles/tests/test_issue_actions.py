"""An issue goes up the line with a time and comes back down with an answer, and only those who may can move it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from housewide.kit import jobs
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.audit.models import Act
from housewide.work.actions import drop_task, finish_task
from housewide.work.huddles import issue_actions, queries
from housewide.work.huddles import jobs as watching
from housewide.work.huddles.models import Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.tests.cast import Cast
from housewide.work.models import Notice, Task

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])


def raised(cast: Cast, **more: Any) -> Issue:
    about = {"title": "No float", "topic": "people", "place": "MVH-4W", "by": cast.sam, **more}
    return issue_actions.raise_issue(**about)


def told(account: Any) -> list[str]:
    return list(Notice.objects.filter(to=account).values_list("title", flat=True))


def steps(issue: Issue) -> list[str]:
    return list(issue.steps.order_by("pk").values_list("kind", flat=True))


def test_staff_may_raise_and_the_audit_trail_says_so(cast: Cast) -> None:
    issue = raised(cast)
    assert (issue.holder.code, issue.tier, issue.state) == ("MVH-4W", 1, "open")
    entry = Act.objects.get(name="huddle.raise_issue")
    assert (entry.actor, entry.place) == (cast.sam.username, "MVH-4W")


def test_the_same_issue_sent_twice_is_one(cast: Cast) -> None:
    assert raised(cast).pk == raised(cast).pk


def test_a_stranger_cannot_raise_see_or_move_it(cast: Cast) -> None:
    issue = raised(cast)
    with pytest.raises(NotSeen):
        raised(cast, by=cast.strange)
    with pytest.raises(NotSeen):
        queries.see_issue(cast.strange, issue.public_id)
    with pytest.raises(NotSeen):
        issue_actions.resolve_issue(by=cast.strange, issue=issue, outcome="Mine now")


def test_staff_may_not_settle_what_they_raised(cast: Cast) -> None:
    with pytest.raises(Refused, match="runs the huddle"):
        issue_actions.resolve_issue(by=cast.sam, issue=raised(cast), outcome="Done")


def test_settling_on_the_spot_closes_it(cast: Cast) -> None:
    done = issue_actions.resolve_issue(by=cast.una, issue=raised(cast), outcome="Moved a shift")
    assert (done.state, done.answer, steps(done)) == ("closed", "Moved a shift", ["raised", "resolved"])


def test_up_answered_and_heard_at_the_unit(cast: Cast) -> None:
    issue = raised(cast)
    up = issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH", ask="Two floats")
    assert (up.state, up.holder.code, up.tier, up.path) == ("escalated", "MVH", 3, ["MVH-4W", "MVH"])
    assert f"{up.answer_by.astimezone(moment_at('MVH').tzinfo):%H:%M}" == "09:15"  # type: ignore[union-attr]
    assert told(cast.cleo) == ["Answer by 09:15: No float"]
    assert [one.pk for one in queries.waiting_for(cast.cleo)] == [issue.pk]
    down = issue_actions.answer_issue(by=cast.cleo, issue=up, kind="decided", text="Two come at seven")
    assert (down.state, down.holder.code, down.answer) == ("answered", "MVH-4W", "Two come at seven")
    assert told(cast.sam) == told(cast.una) == ["Answered: No float"]
    closed = issue_actions.hear_answer(by=cast.sam, issue=down)
    assert closed.state == "closed"
    assert steps(closed) == ["raised", "escalated", "decided", "heard"]
    assert closed.steps.get(kind="decided").in_time is True


def test_only_the_huddle_that_was_asked_may_answer(cast: Cast) -> None:
    up = issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH", ask="Two floats")
    for account in (cast.una, cast.dora):
        with pytest.raises(Refused, match="answers for the huddle at Place MVH"):
            issue_actions.answer_issue(by=account, issue=up, kind="decided", text="Yes")


def test_it_goes_only_to_a_huddle_above(cast: Cast) -> None:
    with pytest.raises(Refused, match="not above"):
        issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH-ED", ask="Help")
    assert Issue.objects.get().state == "open"


def test_a_time_that_has_passed_is_refused_and_nothing_changes(cast: Cast) -> None:
    early = moment_at("MVH") - timedelta(minutes=1)
    with pytest.raises(Refused, match="passed already"):
        issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH", ask="Help", answer_by=early)
    assert steps(Issue.objects.get()) == ["raised"]
    assert told(cast.cleo) == []


def test_passed_further_up_the_answer_still_comes_down_to_the_unit(cast: Cast) -> None:
    up = issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH", ask="Money")
    further = issue_actions.answer_issue(by=cast.cleo, issue=up, kind="passes_up", text="May we spend it?")
    assert (further.holder.code, further.tier, further.reached) == ("SYS", 4, 4)
    with pytest.raises(Refused, match="no huddle further up"):
        issue_actions.answer_issue(by=cast.olga, issue=further, kind="passes_up", text="Higher")
    down = issue_actions.answer_issue(by=cast.olga, issue=further, kind="decided", text="Yes")
    assert (down.holder.code, down.state) == ("MVH-4W", "answered")


@pytest.mark.parametrize("kind", ["needs_more", "gives_back"])
def test_given_back_it_is_one_step_down_and_open(cast: Cast, kind: str) -> None:
    up = issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH-MS", ask="Help")
    further = issue_actions.answer_issue(by=cast.dora, issue=up, kind="passes_up", text="Help us")
    back = issue_actions.answer_issue(by=cast.cleo, issue=further, kind=kind, text="Which shift?")
    assert (back.state, back.holder.code, back.path) == ("open", "MVH-MS", ["MVH-4W", "MVH-MS"])
    again = issue_actions.resolve_issue(by=cast.dora, issue=back, outcome="Day shift lends one")
    assert (again.state, again.holder.code) == ("answered", "MVH-4W")


def test_an_answer_that_does_not_settle_it_opens_it_again(cast: Cast) -> None:
    up = issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH-MS", ask="Help")
    down = issue_actions.answer_issue(by=cast.dora, issue=up, kind="decided", text="Ask 5 East")
    back = issue_actions.hear_answer(by=cast.una, issue=down, settled=False, text="5 East is short too")
    assert (back.state, back.holder.code) == ("open", "MVH-4W")


def test_assigned_it_is_a_task_and_what_came_of_it_is_heard(cast: Cast) -> None:
    issue = issue_actions.assign_issue(by=cast.una, issue=raised(cast), owner=cast.sam, due=date(2026, 11, 25))
    task = Task.objects.get()
    assert (task.owner, task.due, task.subject_id) == (cast.sam, date(2026, 11, 25), issue.public_id)
    finish_task(by=cast.sam, task=task, outcome="Rang the pool")
    jobs.run_all()
    issue.refresh_from_db()
    assert (issue.state, issue.answer) == ("answered", "Rang the pool")


def test_a_dropped_task_leaves_the_issue_open(cast: Cast) -> None:
    issue = issue_actions.assign_issue(by=cast.una, issue=raised(cast), owner=cast.sam, due=date(2026, 11, 25))
    drop_task(by=cast.sam, task=Task.objects.get(), reason="Nobody picks up")
    jobs.run_all()
    issue.refresh_from_db()
    assert issue.state == "open"


def test_what_must_go_up_cannot_be_settled_or_assigned_below(cast: Cast) -> None:
    issue = raised(cast, topic="safety", kind="fall_with_harm")
    with pytest.raises(Refused, match=r"heard by the directors the same morning. Escalate it to Place MVH first"):
        issue_actions.resolve_issue(by=cast.una, issue=issue, outcome="Rounded")
    with pytest.raises(Refused, match="Escalate it"):
        issue_actions.assign_issue(by=cast.una, issue=issue, owner=cast.sam, due=date(2026, 11, 25))
    assert not Task.objects.exists()
    up = issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH", ask="Look with us")
    back = issue_actions.answer_issue(by=cast.cleo, issue=up, kind="gives_back", text="Yours")
    assert issue_actions.resolve_issue(by=cast.una, issue=back, outcome="Done").state == "closed"


def test_a_late_answer_is_told_once_and_asked_of_the_next_tier(cast: Cast, settings: Any) -> None:
    up = issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="MVH-MS", ask="Help")
    jobs.enqueue("huddles.watch", {})
    jobs.run_all()
    assert steps(up) == ["raised", "escalated"]
    settings.HOUSEWIDE_TIME = "08:30"
    for _ in range(2):
        jobs.enqueue("huddles.watch", {})
        jobs.run_all()
    up.refresh_from_db()
    assert steps(up) == ["raised", "escalated", "overdue", "passed_up_late"]
    assert (up.holder.code, up.state) == ("MVH", "escalated")
    assert "No answer yet: No float" in told(cast.dora)
    assert "No answer yet: No float" in told(cast.sam)


def test_at_the_top_a_late_answer_is_told_and_stays(cast: Cast, settings: Any) -> None:
    up = issue_actions.escalate_issue(by=cast.una, issue=raised(cast), to="SYS", ask="Help")
    settings.HOUSEWIDE_TIME = "18:00"
    for _ in range(2):
        jobs.enqueue("huddles.watch", {})
        jobs.run_all()
    assert steps(up) == ["raised", "escalated", "overdue"]
    assert "No answer yet: No float" in told(cast.olga)


def test_an_issue_that_stays_too_long_goes_up_by_itself(cast: Cast, settings: Any) -> None:
    issue = raised(cast)
    settings.HOUSEWIDE_TODAY = "2026-11-27"  # the fourth workday after
    jobs.enqueue("huddles.watch", {})
    jobs.run_all()
    issue.refresh_from_db()
    assert (issue.state, issue.holder.code) == ("escalated", "MVH-MS")
    assert issue.asked.startswith("It has been with the unit for more than 3 workdays.")


def test_the_days_huddles_are_laid_out_once_and_not_on_a_weekend(cast: Cast) -> None:
    monday = watching.enter_day(date(2026, 11, 23))
    assert watching.enter_day(date(2026, 11, 23)) == monday == 10
    assert watching.enter_day(date(2026, 11, 22)) == 0
