"""What the house watches for the huddles: the day is laid out, late answers go further up, old issues do not stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from housewide.kit.actions import Refused, act
from housewide.kit.clock import today
from housewide.kit.jobs.kinds import job
from housewide.work.huddles import ways
from housewide.work.huddles.actions import lay_out
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.moments import calendar_of_place, moment_at
from housewide.work.huddles.plans import plans_on
from housewide.work.huddles.publication import a_week_is_over, huddle_changed
from housewide.work.huddles.rules import rules

if TYPE_CHECKING:
    from housewide.kit.jobs.runs import JobRun

SYSTEM = "system:huddles"
State = Issue.State


@job("huddles.lay_out_day", title="Lay out the day's huddles", again=True, cron="5 0 * * *")
def lay_out_day(run: JobRun) -> dict[str, Any]:
    """Enter the day's huddles, so that one that nobody holds is known; yesterday's are counted."""
    made = enter_day(today())
    return {"huddles": made}


def enter_day(day: date) -> int:
    """Enter the huddles of a workday that are not there yet; how many there are. What was left from earlier days is
    marked to be counted."""
    plans = plans_on(day)
    with act("huddles.lay_out_day", actor=SYSTEM):
        made = [lay_out(one, day) for code, one in plans.meetings.items() if calendar_of_place(code).is_workday(day)]
        left = Huddle.objects.filter(day__lt=day, state=Huddle.State.SCHEDULED).order_by("-day").select_related("place")
        for huddle in left[: len(plans.meetings) * 4]:
            huddle_changed(huddle)
        a_week_is_over(day)
    return len(made)


@job("huddles.watch", title="Watch answers and old issues", again=True, cron="*/10 * * * *")
def watch(run: JobRun) -> dict[str, Any]:
    """Late answers are told and asked of the next tier; issues older than the rules allow go up. Each in an act of its
    own, so that one that fails holds up no other."""
    late, old = sum(1 for _ in _pass_up_late(run)), sum(1 for _ in _send_up_old(run))
    if late or old:
        run.log(f"{late} late answers, {old} issues that stayed too long")
    return {"late": late, "old": old}


def _pass_up_late(run: JobRun) -> Iterator[Issue]:
    waiting = Issue.objects.filter(state=State.ESCALATED, told_overdue=False).exclude(answer_by=None)
    for pk in list(waiting.values_list("pk", flat=True)):
        with act("huddles.late_answer", actor=SYSTEM):
            issue = Issue.objects.select_for_update().filter(pk=pk, state=State.ESCALATED, told_overdue=False).first()
            if issue is None or issue.answer_by is None:
                continue
            now = moment_at(issue.holder.code)
            if issue.answer_by >= now:
                continue
            ways.tell_overdue(issue, at=now)
            above = plans_on().above(issue.holder.code)
            if above is not None and rules().pass_up_when_overdue:
                try:
                    ways.send_up(
                        issue, above.place.code, by=None, at=now, ask=issue.asked, answer_by=None, kind="passed_up_late"
                    )
                except Refused as refusal:
                    run.log(f"One late answer could not be passed up: {refusal}")
        yield issue


def _send_up_old(run: JobRun) -> Iterator[Issue]:
    staying = Issue.objects.filter(state__in=(State.OPEN, State.ASSIGNED))
    for pk in list(staying.values_list("pk", flat=True)):
        with act("huddles.old_issue", actor=SYSTEM):
            issue = Issue.objects.select_for_update().filter(pk=pk, state__in=(State.OPEN, State.ASSIGNED)).first()
            age = rules().ages.get(issue.tier) if issue else None
            if issue is None or age is None or ways.held_days(issue) <= age.days:
                continue
            above = plans_on().above(issue.holder.code)
            if above is None:
                continue
            why = age.because.format(days=age.days)
            ask = f"{why} {issue.need}".strip()
            now = moment_at(issue.holder.code)
            try:
                ways.send_up(issue, above.place.code, by=None, at=now, ask=ask, answer_by=None, kind="went_up_old")
            except Refused as refusal:
                run.log(f"One issue could not go up: {refusal}")
                continue
        yield issue
