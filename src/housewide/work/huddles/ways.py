"""The ways an issue can go: up the line with a time, back down with an answer, closed where it came from. Each step is
kept, and those whom it concerns are told. Actions and the watch of the house call these inside an act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from housewide.kit.actions import Refused
from housewide.kit.clock import today
from housewide.org.models import Account
from housewide.work.huddles.models import Issue, Step
from housewide.work.huddles.moments import at as clock_at
from housewide.work.huddles.moments import calendar_of_place, moment_at, next_workday, zone_of
from housewide.work.huddles.plans import Meeting, Plans, plans_on
from housewide.work.huddles.publication import issue_changed
from housewide.work.huddles.rules import Must, answer_due, musts
from housewide.work.notices import notify

State = Issue.State


def add_step(issue: Issue, kind: str, *, by: Account | None, at: datetime, text: str = "", **more: Any) -> Step:
    """Keep a step of an issue's way; ``place`` is where it happened (the holder unless said otherwise)."""
    more.setdefault("place", issue.holder)
    return Step.objects.create(issue=issue, kind=kind, by=by, at=at, text=text, **more)


def held_days(issue: Issue) -> int:
    """Workdays for which the holder has had it; the day it came does not count."""
    since = issue.held_since.astimezone(zone_of(issue.holder.code)).date()
    return calendar_of_place(issue.holder.code).workdays_between(since + timedelta(days=1), today())


def must_go_up(issue: Issue, *, aged: bool = True) -> list[Must]:
    """Why the issue must go further up, the furthest first; only reasons for which there is somebody further up."""
    above = plans_on().line(issue.holder.code)
    if issue.state in (State.CLOSED, State.ANSWERED, State.ESCALATED) or not above:
        return []
    found = musts(
        kind=issue.kind, harm=issue.harm, hours=issue.hours, tier=issue.tier, reached=issue.reached,
        held_days=held_days(issue) if aged else 0,
    )  # fmt: skip
    top = max(one.tier.number for one in above)
    return [
        must
        for must in found
        if must.tier > issue.tier and (must.within is None or min(must.tier, top) > issue.reached)
    ]


def asked_place(issue: Issue, must: Must) -> Meeting:
    """The huddle that a rule sends an issue to: the first above of that tier or higher, else the highest there is."""
    above = plans_on().line(issue.holder.code)
    return next((one for one in above if one.tier.number >= must.tier), above[-1])


def default_answer_by(issue: Issue, to: Meeting, at: datetime) -> datetime:
    """By when an answer of a huddle is due, when nobody says another time."""
    zone = zone_of(to.place.code)
    code, now = to.place.code, at.astimezone(zone)
    length = timedelta(minutes=to.tier.minutes)
    day = now.date()
    works = calendar_of_place(code).is_workday(day)
    ends = clock_at(code, day, to.tier.time) + length
    if not works or ends < now:
        ends = clock_at(code, next_workday(code, day), to.tier.time) + length
    found = must_go_up(issue, aged=False)
    within = min((must.within for must in found if must.within), default=None)
    return answer_due(now, ends, within)


def send_up(
    issue: Issue, to: str, *, by: Account | None, at: datetime, ask: str, answer_by: datetime | None, kind: str
) -> None:
    """Up to a huddle above the holder. Raises Refused when it is not above or the time has passed."""
    meeting = next((one for one in plans_on().line(issue.holder.code) if one.place.code == to), None)
    if meeting is None:
        raise Refused("That huddle is not above this one. Nothing was changed.")
    due = answer_by or default_answer_by(issue, meeting, at)
    if due.timestamp() <= at.timestamp():  # within one zone moments compare by the clock, and one night it goes back
        raise Refused("The time by which you want an answer has passed already. Nothing was changed.")
    if issue.state == State.ESCALATED and issue.answer_by is not None:
        in_time = at <= issue.answer_by if by is not None else None
    else:
        in_time = None
    add_step(issue, kind, by=by, at=at, text=ask, to=meeting.place, due=due, in_time=in_time)
    issue.path = [*issue.path, meeting.place.code]
    issue.holder, issue.tier, issue.state = meeting.place, meeting.tier.number, State.ESCALATED
    issue.reached = max(issue.reached, meeting.tier.number)
    issue.asked, issue.answer_by, issue.held_since, issue.told_overdue = ask, due, at, False
    if issue.asked_at is None:
        issue.asked_at, issue.first_due = at, due
    _save(issue)
    for account in who_answers(meeting.place.code):
        if by is None or account.pk != by.pk:
            _tell(issue, account, f"Answer by {clock(due, meeting.place.code)}: {issue.title}", ask)


def give_back(issue: Issue, *, by: Account, at: datetime, text: str, kind: str) -> None:
    """Back to whom it came from, one step down: a question, or theirs to settle."""
    back = issue.path[-2] if len(issue.path) > 1 else issue.path[-1]
    meeting = plans_on().home_of(back)
    place = meeting.place if meeting else issue.home
    add_step(issue, kind, by=by, at=at, text=text, to=place, in_time=_in_time(issue, at))
    asked_by = _who_asked(issue)
    issue.path = issue.path[:-1] if len(issue.path) > 1 else [place.code]
    issue.holder, issue.state, issue.asked, issue.answer_by, issue.held_since = place, State.OPEN, text, None, at
    issue.tier = meeting.tier.number if meeting else issue.tier
    issue.answered_at = issue.answered_at or at
    _save(issue)
    words = "Needs more from you" if kind == "needs_more" else "Given back to you"
    for account in {asked_by.pk: asked_by, issue.raised_by.pk: issue.raised_by}.values():
        if account.pk != by.pk:
            _tell(issue, account, f"{words}: {issue.title}", text)


def send_answer_down(issue: Issue, *, by: Account | None, at: datetime, text: str, kind: str) -> None:
    """The answer, back to the place it came from, where it stands until somebody says that it was heard."""
    add_step(issue, kind, by=by, at=at, text=text, to=issue.home, in_time=_in_time(issue, at))
    asked_by = _who_asked(issue)
    meeting = plans_on().home_of(issue.home.code)
    issue.answer, issue.answer_by, issue.state = text, None, State.ANSWERED
    issue.holder, issue.path, issue.held_since = issue.home, [issue.home.code], at
    issue.tier = meeting.tier.number if meeting else issue.tier
    if issue.asked_at is not None:
        issue.answered_at = issue.answered_at or at
    _save(issue)
    for account in {asked_by.pk: asked_by, issue.raised_by.pk: issue.raised_by}.values():
        if by is None or account.pk != by.pk:
            _tell(issue, account, f"Answered: {issue.title}", text)


def close(issue: Issue, *, by: Account, at: datetime, text: str, kind: str) -> None:
    """Closed at its own place."""
    add_step(issue, kind, by=by, at=at, text=text)
    issue.state, issue.closed_at, issue.answer_by = State.CLOSED, at, None
    issue.answer = issue.answer or text
    _save(issue)


def open_again(issue: Issue, *, by: Account | None, at: datetime, text: str) -> None:
    """An answer that does not settle it, or a task that was dropped: it is the holder's to settle again."""
    add_step(issue, "opened_again", by=by, at=at, text=text)
    issue.state, issue.held_since, issue.task = State.OPEN, at, ""
    _save(issue)


def hand_over(issue: Issue, *, by: Any, at: datetime, plans: Plans) -> None:
    """Its home, its holder or a place on its way huddles no longer: the nearest huddle above has its part from now on.
    A time by which an answer was promised stands. ``plans`` is who huddles now; somebody above always does."""
    parts = {
        code: meeting
        for code in (issue.home.code, issue.holder.code, *issue.path)
        if (meeting := plans.home_of(code)) is not None
    }
    home, holder = parts[issue.home.code], parts[issue.holder.code]
    moved = (issue.holder, holder.place) if holder.place != issue.holder else (issue.home, home.place)
    if holder.place != issue.holder:
        issue.tier, issue.held_since, issue.reached = holder.tier.number, at, max(issue.reached, holder.tier.number)
    issue.home, issue.holder = home.place, holder.place
    issue.path = list(dict.fromkeys(parts[code].place.code for code in issue.path if code in parts))
    by_whom = by if isinstance(by, Account) else None
    add_step(issue, "handed_over", by=by_whom, at=at, place=moved[0], to=moved[1])
    _save(issue)
    for account in who_answers(moved[1].code):
        if account != by:
            why = f"{moved[0].name} huddles no longer."
            _tell(issue, account, f"Now with {moved[1].name}: {issue.title}", why)


def tell_overdue(issue: Issue, *, at: datetime) -> None:
    """No answer came in time: said in its history, to those who owe it and to those who wait, once."""
    due = issue.answer_by
    if due is None:
        return
    add_step(issue, "overdue", by=None, at=at, text=f"No answer by {clock(due, issue.holder.code)}.", due=due)
    issue.told_overdue = True
    _save(issue)
    people = {one.pk: one for one in (*who_answers(issue.holder.code), _who_asked(issue), issue.raised_by)}
    for account in people.values():
        _tell(issue, account, f"No answer yet: {issue.title}", f"It was due by {clock(due, issue.holder.code)}.")


def who_answers(place: str) -> list[Account]:
    """Who answers for the huddle of a place: those with that right there, else at the nearest place above."""
    from housewide.work.huddles.queries import answerers

    return answerers(place)


def clock(when: datetime, place: str) -> str:
    """A moment as people at a place say it: 9:15, or Nov 24, 9:15 on another day."""
    local, now = when.astimezone(zone_of(place)), moment_at(place)
    said = f"{local:%H:%M}"
    return said if local.date() == now.date() else f"{local:%b %-d}, {said}"


def _in_time(issue: Issue, at: datetime) -> bool | None:
    return at <= issue.answer_by if issue.state == State.ESCALATED and issue.answer_by else None


def _who_asked(issue: Issue) -> Account:
    last = issue.steps.filter(kind__in=("escalated", "passes_up")).exclude(by=None).order_by("-pk").first()
    found: Account = last.by if last and last.by else issue.raised_by
    return found


def _save(issue: Issue) -> None:
    issue.save()
    issue_changed(issue)


def _tell(issue: Issue, account: Account, title: str, why: str) -> None:
    notify(
        to=account, title=title[:200], place=issue.place.code, subject_kind="huddle_issue", subject_id=issue.public_id,
        why=why,
    )  # fmt: skip
