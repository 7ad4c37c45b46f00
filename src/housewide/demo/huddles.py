"""Seven weeks of huddles at Mercy Valley and Lakeside, and the boards as they stand on the demo's morning at 06:40:
issues carried over, an escalation that waits for the COO, answers that nobody has heard yet. All of it goes through the
actions that people use."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from random import Random
from typing import Any

from housewide.kit.actions import act
from housewide.kit.clock import today
from housewide.kit.memory import steadily
from housewide.org.models import Account
from housewide.work.huddles import actions, issue_actions
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.moments import at, calendar_of_place, next_workday, when_from_text
from housewide.work.huddles.plans import Meeting, Plans, plans_on, presets
from housewide.work.huddles.queries import people_expected
from housewide.work.notices import read_all_notices

WEEKS = 7
SEED = 20261123
OFFICES = ("MVH-REV", "MVH-QUAL", "MVH-FIN", "MVH-STAFF", "MVH-CLIN", "MVH-FAC")
NOT_HELD = ("Short of staff", "Emergency at the time", "Manager off, no deputy", "Surveyors in the building")
SKIPS = {"MVH-ED": 0.2, "MVH-PACU": 0.12, "MVH-BH": 0.1}


@dataclass(frozen=True)
class Cast:
    """Who does what: the nearest leader of a place who can sign in."""

    accounts: dict[str, Account]
    leaders: dict[str, str]
    plans: Plans
    expected: dict[str, list[str]]

    def at(self, place: str) -> Account:
        """Who runs the huddle of a place."""
        return next(self.accounts[self.leaders[up]] for up in self.plans.tree.above(place) if up in self.leaders)

    def person(self, code: str) -> Account:
        return self.accounts[code]


LEADERS = {"MVHS": "P001", "MVH": "P002", "MVH-PERIOP": "P003", "MVH-4W": "P018", "LKO": "P005"}


def hold_huddles(weeks: int = WEEKS) -> str:
    """Set the times, hold the huddles of the past weeks, raise what people raise; a line about it."""
    from housewide.facts.publishing import hurry

    said = tomllib.loads((files("housewide.demo") / "data" / "huddles.toml").read_text(encoding="utf-8"))
    with act("demo.huddles", actor="system:setup"):
        accounts = {one.person.code: one for one in Account.objects.select_related("person") if one.person}
        _set_times(accounts)
        with steadily():
            _seven_weeks(_cast(accounts), said, _days(weeks))
        hurry()
    return f"held {Huddle.objects.exclude(state='scheduled').count()} huddles with {Issue.objects.count()} issues"


def _cast(accounts: dict[str, Account]) -> Cast:
    plans = plans_on()
    expected = {
        code: [person.code for person in people_expected(meeting, plans, today())]
        for code, meeting in plans.meetings.items()
    }
    return Cast(accounts, LEADERS, plans, expected)


def _seven_weeks(cast: Cast, said: dict[str, Any], days: list[date]) -> None:
    random = Random(SEED)
    log = list(_held(cast, days, random))
    for account in {cast.at(one.place).pk: cast.at(one.place) for one in log}.values():
        actions.take_log(by=account, log=[one for one in log if cast.at(one.place).pk == account.pk])
    _raise_often(cast, days, said["often"], random)
    _read_old_news(cast)
    for one in said["now"]:
        _raise_now(cast, one)
    for one in said["rounds"]:
        _round(cast, one)
    _lay_out_today()


def _days(weeks: int) -> list[date]:
    first = today() - timedelta(weeks=weeks)
    calendar = calendar_of_place("MVH")
    every = [first + timedelta(days=step) for step in range((today() - first).days)]
    return [day for day in every if calendar.is_workday(day)]


def _set_times(accounts: dict[str, Account]) -> None:
    hospital, practice = presets()["hospital"], presets()["practice"]
    actions.change_plan(
        by=accounts["P002"], place="MVH", preset="hospital", tiers=list(hospital.tiers), without=list(OFFICES)
    )
    actions.change_plan(by=accounts["P005"], place="LKO", preset="practice", tiers=list(practice.tiers), without=[])


def _held(cast: Cast, days: list[date], random: Random) -> Iterator[actions.Logged]:
    for day in days:
        for code, meeting in cast.plans.meetings.items():
            if not code.startswith(("MVH", "LKO")):
                continue
            if random.random() < SKIPS.get(code, 0.03 if meeting.tier.number == 1 else 0.02):
                yield actions.Logged(code, day, reason=random.choice(NOT_HELD))
            else:
                yield _hold(cast, meeting, day, random)


def _hold(cast: Cast, meeting: Meeting, day: date, random: Random) -> actions.Logged:
    code = meeting.place.code
    started = at(code, day, meeting.tier.time) + timedelta(minutes=random.choice((0, 0, 0, 1, 2, 2, 4)))
    ended = started + timedelta(minutes=random.randint(8, meeting.tier.minutes + 2))
    presences = {person: random.choices(("present", "late", "absent"), (86, 8, 6))[0] for person in cast.expected[code]}
    others = random.randint(3, 8) if meeting.tier.number == 1 else 0
    return actions.Logged(code, day, started, ended, presences, others)


def _raise_often(cast: Cast, days: list[date], often: list[dict[str, Any]], random: Random) -> None:
    """One or two issues a day, all settled in the end; the last two days belong to the morning's own."""
    for day in days[:-2]:
        for one in random.sample(often, random.choice((1, 1, 2))):
            _one_of_many(cast, day, one, random)


def _one_of_many(cast: Cast, day: date, one: dict[str, Any], random: Random) -> None:
    place = random.choice(one["places"])
    home = cast.plans.home_of(place)
    line = cast.plans.line(place)
    if home is None:
        return
    came = datetime.combine(date.min, home.tier.time) + timedelta(minutes=random.randint(2, 7))
    by = cast.at(place)
    issue = issue_actions.raise_issue(
        by=by, title=one["title"], topic=one["topic"], place=place, need=one["need"], harm=one.get("harm", "none"),
        at=at(place, day, came.time()),
    )  # fmt: skip
    after = at(place, day, (came + timedelta(minutes=4)).time())
    tier = {"settled": 0, "managers": 2, "directors": 3, "late": 3, "executives": 4}[one["ends"]]
    to = next((meeting for meeting in line if meeting.tier.number >= tier), None) if tier else None
    if to is None:
        issue_actions.resolve_issue(by=by, issue=issue, outcome=one["answer"], at=after)
        return
    issue_actions.escalate_issue(by=by, issue=issue, to=to.place.code, ask=one["need"], at=after)
    ends = "late" if random.random() < 0.12 else one["ends"]
    minutes = random.randint(150, 420) if ends == "late" else random.randint(3, 12)
    answered = at(place, day, to.tier.time) + timedelta(minutes=minutes)
    issue_actions.answer_issue(by=cast.at(to.place.code), issue=issue, kind="decided", text=one["answer"], at=answered)
    heard = at(place, next_workday(place, day), home.tier.time) + timedelta(minutes=random.randint(1, 5))
    issue_actions.hear_answer(by=by, issue=issue, at=heard)


def _raise_now(cast: Cast, one: dict[str, Any]) -> None:
    place = one["place"]
    day = _back(place, one["back"])
    home = cast.plans.home_of(place)
    hour = time(home.tier.time.hour, home.tier.time.minute + 5) if home else time(7, 5)
    by = cast.at(place)
    issue = issue_actions.raise_issue(
        by=by, title=one["title"], topic=one["topic"], place=place, need=one["need"], kind=one.get("kind", "other"),
        harm=one.get("harm", "none"), hours=one.get("hours"), at=at(place, day, hour),
    )  # fmt: skip
    for step in one["steps"]:
        _step(cast, issue, step, day)


def _step(cast: Cast, issue: Issue, step: dict[str, Any], day: date) -> None:
    issue.refresh_from_db()
    holder = issue.holder.code
    by, when = cast.at(holder), at(holder, day, time.fromisoformat(step["at"]))
    morning = at(holder, today(), time(6, 40))
    due = when_from_text(step["due"], morning) if "due" in step else None
    if step["do"] == "escalate":
        issue_actions.escalate_issue(by=by, issue=issue, to=step["to"], ask=step["ask"], answer_by=due, at=when)
    elif step["do"] == "assign":
        owner, until = cast.person(step["to"]), day + timedelta(days=step["in_days"])
        issue_actions.assign_issue(by=by, issue=issue, owner=owner, due=until, what=step["what"], at=when)
    else:
        issue_actions.answer_issue(by=by, issue=issue, kind=step["do"], text=step["text"], answer_by=due, at=when)


def _round(cast: Cast, one: dict[str, Any]) -> None:
    actions.note_round(
        by=cast.person(one["by"]), place=one["place"], day=_back(one["place"], one["back"]), topic=one["topic"],
        heard=one["heard"], spoke_with=one["spoke_with"], follow_up=one.get("follow_up", ""),
    )  # fmt: skip


def _back(place: str, workdays: int) -> date:
    calendar, day = calendar_of_place(place), today()
    for _ in range(workdays):
        day = calendar.workday_before(day)
    return day


def _lay_out_today() -> None:
    from housewide.work.huddles.jobs import enter_day

    enter_day(today())


def _read_old_news(cast: Cast) -> None:
    """What people were told in these weeks they have read; what follows is new to them."""
    for account in cast.accounts.values():
        read_all_notices(by=account)
