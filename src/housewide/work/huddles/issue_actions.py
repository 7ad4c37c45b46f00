"""What people do with an issue: raise it, settle it, assign it, send it up with a time, answer it, hear the answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from housewide.access.gates import allowed, may
from housewide.kit.actions import NotSeen, Refused, action
from housewide.org.models import Account, Place
from housewide.work.actions import raise_task
from housewide.work.huddles import ways
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import plans_on, topic_of
from housewide.work.huddles.publication import issue_changed
from housewide.work.huddles.rules import rules

SEES, RAISES, RUNS, ANSWERS = "see.measures", "huddle.raise", "huddle.run", "huddle.answer"
SENT_TWICE = timedelta(minutes=1)
DECIDED, NEEDS_MORE, GIVES_BACK, PASSES_UP = "decided", "needs_more", "gives_back", "passes_up"
State = Issue.State
NOTHING = "There is nothing here that you can see."


def _raise_gate(*, by: Any, place: str, **_: Any) -> dict[str, str]:
    return may(by, RAISES, place, "raise issues")


def _issue_gate(by: Any, issue: Issue, capability: str, place: str, doing: str) -> dict[str, str]:
    if not allowed(by, SEES, issue.place.code):
        raise NotSeen(NOTHING)
    about = {"subject": f"huddle_issue:{issue.public_id}"}
    if not allowed(by, capability, place):
        where = Place.objects.get(code=place)
        raise Refused(f"Only somebody who {doing} at {where} may do this. You can comment on it.")
    return {**may(by, capability, place, doing), **about}


def _holder_gate(*, by: Any, issue: Issue, **_: Any) -> dict[str, str]:
    fresh = Issue.objects.select_related("place", "holder").get(pk=issue.pk)
    return _issue_gate(by, fresh, RUNS, fresh.holder.code, "runs the huddle")


def _answer_gate(*, by: Any, issue: Issue, **_: Any) -> dict[str, str]:
    fresh = Issue.objects.select_related("place", "holder").get(pk=issue.pk)
    return _issue_gate(by, fresh, ANSWERS, fresh.holder.code, "answers for the huddle")


def _home_gate(*, by: Any, issue: Issue, **_: Any) -> dict[str, str]:
    return _issue_gate(by, issue, RAISES, issue.home.code, "huddles")


@action("huddle.raise_issue", gate=_raise_gate)
def raise_issue(
    *, by: Account, title: str, topic: str, place: str, need: str = "", kind: str = "other", harm: str = "none",
    hours: int | None = None, at: datetime | None = None,
) -> Issue:  # fmt: skip
    """Raise an issue about a place, in the huddle that hears of it. The same one sent twice within a minute is one.

    Raises Refused without a title, or where nobody huddles.
    """
    if not title.strip():
        raise Refused("Say in a few words what the issue is. Nothing was changed.")
    plans = plans_on()
    home = plans.home_of(place)
    if home is None:
        raise Refused("Nobody huddles for this place yet. Set the times of its facility first. Nothing was changed.")
    topic_of(topic), rules().kinds[kind], rules().harms[harm]  # a form offers only these
    when = at or moment_at(place)
    twice = Issue.objects.filter(
        title=title.strip()[:160], raised_by=by, place__code=place, raised_at__gte=when - SENT_TWICE,
        raised_at__lte=when, state=State.OPEN,
    ).first()  # fmt: skip
    if twice is not None:
        return twice
    day = when.astimezone(moment_at(place).tzinfo).date()
    code, tier = home.place.code, home.tier.number
    issue = Issue.objects.create(
        title=title.strip()[:160], topic=topic, kind=kind, harm=harm, hours=hours, need=need.strip(),
        place=plans.tree.places[place], home=home.place, holder=home.place, path=[code], tier=tier, reached=tier,
        huddle=Huddle.objects.filter(place=home.place, day=day).first(), raised_by=by, raised_at=when, held_since=when,
    )  # fmt: skip
    ways.add_step(issue, "raised", by=by, at=when, text=need.strip())
    issue_changed(issue)
    return issue


def _open(issue: Issue, *states: str) -> Issue:
    """The issue as it stands now, locked. Raises Refused in any other state: two people at once must not both act."""
    fresh = Issue.objects.select_for_update().get(pk=issue.pk)
    if fresh.state not in states:
        raise Refused(f"This issue is “{fresh.get_state_display().lower()}” by now. Nothing was changed.")
    return fresh


def _must_not_stay(issue: Issue) -> None:
    found = ways.must_go_up(issue, aged=False)
    if found:
        raise Refused(f"{found[0].because} Escalate it to {ways.asked_place(issue, found[0]).place.name} first.")


@action("huddle.resolve_issue", gate=_holder_gate)
def resolve_issue(*, by: Account, issue: Issue, outcome: str, at: datetime | None = None) -> Issue:
    """Settle it where it stands, saying how. At its own place that closes it; above, the answer goes back down.

    Raises Refused without an outcome, or when a rule says that it must go up first.
    """
    if not outcome.strip():
        raise Refused("Say in a few words how it was settled. Nothing was changed.")
    fresh = _open(issue, State.OPEN, State.ASSIGNED)
    _must_not_stay(fresh)
    when = at or moment_at(fresh.place.code)
    if fresh.holder_id == fresh.home_id:
        ways.close(fresh, by=by, at=when, text=outcome.strip(), kind="resolved")
    else:
        ways.send_answer_down(fresh, by=by, at=when, text=outcome.strip(), kind="resolved")
    return fresh


@action("huddle.assign_issue", gate=_holder_gate)
def assign_issue(
    *, by: Account, issue: Issue, owner: Account, due: date, what: str = "", at: datetime | None = None
) -> Issue:
    """Give it to somebody as a task with a day; when the task is done, the issue is answered. Raises Refused when a
    rule says that it must go up first, or the owner cannot see the place."""
    fresh = _open(issue, State.OPEN)
    _must_not_stay(fresh)
    when = at or moment_at(fresh.place.code)
    task = raise_task(
        by=by, title=what.strip() or fresh.title, why=f"From the huddle: {fresh.title}. {fresh.need}".strip(),
        place=fresh.place.code, owner=owner, due=due, subject_kind="huddle_issue", subject_id=fresh.public_id,
    )  # fmt: skip
    fresh.state, fresh.task = State.ASSIGNED, task.public_id
    fresh.save()
    ways.add_step(fresh, "assigned", by=by, at=when, text=f"{owner}, due {due:%b %-d}: {task.title}")
    issue_changed(fresh)
    return fresh


@action("huddle.escalate_issue", gate=_holder_gate)
def escalate_issue(
    *, by: Account, issue: Issue, to: str, ask: str, answer_by: datetime | None = None, at: datetime | None = None
) -> Issue:
    """Send it up to a huddle above, with what is asked and by when; without a time the rules say it.

    Raises Refused when nothing is asked, the place is not above, or the time has passed.
    """
    if not ask.strip():
        raise Refused("Say what you ask of them: a decision, people, money, a call. Nothing was changed.")
    fresh = _open(issue, State.OPEN, State.ASSIGNED)
    when = at or moment_at(fresh.place.code)
    ways.send_up(fresh, to, by=by, at=when, ask=ask.strip(), answer_by=answer_by, kind="escalated")
    return fresh


@action("huddle.answer_issue", gate=_answer_gate)
def answer_issue(
    *, by: Account, issue: Issue, kind: str, text: str, answer_by: datetime | None = None, at: datetime | None = None
) -> Issue:
    """Answer as the huddle that was asked: decided, needs more, gives back, or passes further up.

    Raises Refused without words, or when there is nobody further up.
    """
    if not text.strip():
        raise Refused("Write the answer; it is what the unit will hear. Nothing was changed.")
    fresh = _open(issue, State.ESCALATED)
    when = at or moment_at(fresh.place.code)
    if kind == PASSES_UP:
        above = plans_on().above(fresh.holder.code)
        if above is None:
            raise Refused("There is no huddle further up: the answer has to come from here. Nothing was changed.")
        ways.send_up(fresh, above.place.code, by=by, at=when, ask=text.strip(), answer_by=answer_by, kind=PASSES_UP)
    elif kind == DECIDED:
        ways.send_answer_down(fresh, by=by, at=when, text=text.strip(), kind=DECIDED)
    elif kind in (NEEDS_MORE, GIVES_BACK):
        ways.give_back(fresh, by=by, at=when, text=text.strip(), kind=kind)
    else:
        raise Refused("Choose what kind of answer it is. Nothing was changed.")
    return fresh


@action("huddle.hear_answer", gate=_home_gate)
def hear_answer(
    *, by: Account, issue: Issue, settled: bool = True, text: str = "", at: datetime | None = None
) -> Issue:
    """Say at the unit that the answer was heard, which closes the issue; or that it does not settle it, which opens it
    again. Raises Refused for one that is not answered."""
    fresh = _open(issue, State.ANSWERED)
    when = at or moment_at(fresh.place.code)
    if settled:
        ways.close(fresh, by=by, at=when, text=text.strip(), kind="heard")
    else:
        if not text.strip():
            raise Refused("Say what is still missing. Nothing was changed.")
        ways.open_again(fresh, by=by, at=when, text=text.strip())
    return fresh
