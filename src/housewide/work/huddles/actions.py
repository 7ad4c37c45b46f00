"""Changes to huddles: started, ended, not held, who came; a leader's round; the times of a house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from housewide.access.gates import may
from housewide.kit.actions import Refused, action
from housewide.kit.clock import now, today
from housewide.org.models import Account, Person, Place
from housewide.work.huddles import ways
from housewide.work.huddles.models import Attendance, Huddle, HuddlePlan, Issue, RoundingNote
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import Meeting, Plans, Tier, plans_on, presets, read_plans
from housewide.work.huddles.publication import huddle_changed

RUNS, SETS = "huddle.run", "huddle.settings"
State = Huddle.State
NAMED = 3


def _run_gate(*, by: Any, place: str = "", huddle: Huddle | None = None, **_: Any) -> dict[str, str]:
    code = huddle.place.code if huddle else place
    about = may(by, RUNS, code, "run huddles")
    return {**about, "subject": f"huddle:{huddle.public_id}"} if huddle else about


def _meeting(place: str) -> Meeting:
    found = plans_on().meetings.get(place)
    if found is None:
        raise Refused("No huddle is planned at this place. Set its times first. Nothing was changed.")
    return found


def lay_out(meeting: Meeting, day: date) -> Huddle:
    """The huddle of a day, made when it is not there yet; inside an act."""
    made, _ = Huddle.objects.get_or_create(
        place=meeting.place, day=day, defaults={"tier": meeting.tier.number, "planned": meeting.tier.time}
    )
    return made


def _locked(huddle: Huddle) -> Huddle:
    return Huddle.objects.select_for_update().select_related("place").get(pk=huddle.pk)


@action("huddle.start", gate=_run_gate)
def start_huddle(*, by: Account, place: str, at: datetime | None = None) -> Huddle:
    """Start today's huddle of a place. Started twice it is the same one. Raises Refused when it has been held."""
    huddle = _locked(lay_out(_meeting(place), today()))
    if huddle.state == State.UNDER_WAY:
        return huddle
    if huddle.state == State.HELD:
        raise Refused("Today's huddle has been held already. Nothing was changed.")
    huddle.state, huddle.started_at, huddle.led_by, huddle.reason = State.UNDER_WAY, at or moment_at(place), by, ""
    huddle.save()
    huddle_changed(huddle)
    return huddle


@action("huddle.end", gate=_run_gate)
def end_huddle(*, by: Account, huddle: Huddle, at: datetime | None = None) -> Huddle:
    """End a huddle that is under way. Raises Refused for any other, or when it would end before it started."""
    fresh = _locked(huddle)
    if fresh.state != State.UNDER_WAY or fresh.started_at is None:
        raise Refused("This huddle is not under way. Nothing was changed.")
    ended = at or moment_at(fresh.place.code)
    if ended < fresh.started_at:
        raise Refused("It would end before it started. Nothing was changed.")
    fresh.state, fresh.ended_at = State.HELD, ended
    fresh.save()
    huddle_changed(fresh)
    return fresh


@action("huddle.not_held", gate=_run_gate)
def skip_huddle(*, by: Account, place: str, day: date, reason: str) -> Huddle:
    """Say that a huddle was not held, and why. Raises Refused without a reason, or when it was held after all."""
    if not reason.strip():
        raise Refused("Say why it was not held; a few words will do. Nothing was changed.")
    huddle = _locked(lay_out(_meeting(place), _not_ahead(day)))
    if huddle.state in (State.HELD, State.UNDER_WAY):
        raise Refused("This huddle was held. Nothing was changed.")
    huddle.state, huddle.reason, huddle.led_by = State.NOT_HELD, reason.strip()[:300], by
    huddle.save()
    huddle_changed(huddle)
    return huddle


@action("huddle.record", gate=_run_gate)
def record_huddle(
    *, by: Account, place: str, day: date, started: datetime, ended: datetime, presences: Mapping[str, str],
    others: int = 0,
) -> Huddle:  # fmt: skip
    """Enter a huddle that was held on paper: its times and who came (presence by the person's code).

    Raises Refused when its times are in the wrong order, or when it stands here as held already.
    """
    if ended < started:
        raise Refused("It ends before it starts. Nothing was changed.")
    huddle = _locked(lay_out(_meeting(place), _not_ahead(day)))
    if huddle.state in (State.HELD, State.UNDER_WAY):
        raise Refused("This huddle stands here as held already. Nothing was changed.")
    huddle.state, huddle.started_at, huddle.ended_at, huddle.reason = State.HELD, started, ended, ""
    huddle.led_by, huddle.others = by, others
    huddle.save()
    _keep(huddle, presences)
    huddle_changed(huddle)
    return huddle


@dataclass(frozen=True)
class Logged:
    """One huddle of a log that was kept elsewhere: its times and who came, or why it was not held."""

    place: str
    day: date
    started: datetime | None = None
    ended: datetime | None = None
    presences: Mapping[str, str] = field(default_factory=dict)
    others: int = 0
    reason: str = ""


def _log_gate(*, by: Any, log: Sequence[Logged], **_: Any) -> dict[str, str]:
    abouts = [may(by, RUNS, place, "run huddles") for place in sorted({one.place for one in log})]
    return abouts[0] if len(abouts) == 1 else {}


@action("huddle.take_log", gate=_log_gate)
def take_log(*, by: Account, log: Sequence[Logged]) -> int:
    """Take over a log of huddles kept elsewhere, all at once; days that stand here already are left as they are. How
    many were taken. Raises Refused when a place does not huddle, a day is to come, or one ends before it starts."""
    there = set(Huddle.objects.filter(place__code__in={one.place for one in log}).values_list("place__code", "day"))
    people = dict(Person.objects.values_list("code", "pk"))
    huddles, came, meetings = [], [], plans_on().meetings
    for one in log:
        meeting = meetings.get(one.place)
        if meeting is None or one.day > today():
            raise Refused(f"No huddle of {one.place} on {one.day} can stand in a log. Nothing was changed.")
        if (one.place, one.day) in there:
            continue
        huddle = Huddle(
            place=meeting.place, day=one.day, tier=meeting.tier.number, planned=meeting.tier.time, led_by=by,
            state=State.HELD if one.started else State.NOT_HELD, started_at=one.started, ended_at=one.ended,
            reason=one.reason[:300], others=one.others,
        )  # fmt: skip
        if one.started and (one.ended is None or one.ended < one.started):
            raise Refused(f"The huddle of {one.place} on {one.day} ends before it starts. Nothing was changed.")
        huddles.append(huddle)
        came += [Attendance(huddle=huddle, person_id=people[code], presence=presence)
                 for code, presence in one.presences.items() if code in people]  # fmt: skip
    Huddle.objects.bulk_create(huddles)
    Attendance.objects.bulk_create(came)
    for huddle in {(one.place.code, one.day.year, one.day.month): one for one in huddles}.values():
        huddle_changed(huddle)
    return len(huddles)


@action("huddle.attendance", gate=_run_gate)
def mark_attendance(*, by: Account, huddle: Huddle, presences: Mapping[str, str], others: int = 0) -> Huddle:
    """Say who came: ``present``, ``late`` or ``absent`` by the person's code, and how many others. Raises Refused for
    a huddle that has not begun."""
    fresh = _locked(huddle)
    if fresh.state not in (State.UNDER_WAY, State.HELD):
        raise Refused("This huddle has not begun. Start it first; nothing was changed.")
    fresh.others = others
    fresh.save(update_fields=["others"])
    _keep(fresh, presences)
    huddle_changed(fresh)
    return fresh


def _keep(huddle: Huddle, presences: Mapping[str, str]) -> None:
    unknown = set(presences.values()) - set(Attendance.Presence.values)
    if unknown:
        raise Refused("Somebody is present, late or absent. Nothing was changed.")
    people = dict(Person.objects.filter(code__in=presences).values_list("code", "pk"))
    there = {row.person_id: row for row in huddle.attendance.all()}
    fresh = []
    for code, presence in presences.items():
        row = there.get(people.get(code, 0))
        if row is None and code in people:
            fresh.append(Attendance(huddle=huddle, person_id=people[code], presence=presence))
        elif row is not None and row.presence != presence:
            row.presence = presence
            row.save(update_fields=["presence"])
    Attendance.objects.bulk_create(fresh)


def _not_ahead(day: date) -> date:
    if day > today():
        raise Refused("That day is still to come. Nothing was changed.")
    return day


@action("huddle.round", gate=_run_gate)
def note_round(
    *, by: Account, place: str, day: date, topic: str, heard: str, spoke_with: str = "", follow_up: str = ""
) -> RoundingNote:
    """Note what was heard on a round of a place; ``follow_up`` (a title) raises an issue there. Raises Refused when
    nothing was heard or the day is still to come."""
    from housewide.work.huddles.issue_actions import raise_issue

    if not heard.strip():
        raise Refused("Write down what you heard. Nothing was changed.")
    issue: Issue | None = None
    if follow_up.strip():
        need = f"Heard on a round: {heard.strip()}"
        issue = raise_issue(by=by, title=follow_up, topic=topic, place=place, need=need)
    return RoundingNote.objects.create(
        place=Place.objects.get(code=place), day=_not_ahead(day), by=by, spoke_with=spoke_with.strip()[:120],
        topic=topic, heard=heard.strip(), issue=issue, at=now(),
    )  # fmt: skip


def hand_over_issues(before: Plans, after: Plans, *, by: Any) -> None:
    """Open issues of places that huddle no longer go to the huddle above, inside the act that switched them off. Raises
    Refused, naming them, when nobody above huddles."""
    gone = set(before.meetings) - set(after.meetings)
    still = Issue.objects.select_for_update(of=("self",)).exclude(state=Issue.State.CLOSED)
    still = still.select_related("place", "home", "holder")
    theirs = [one for one in still if gone & {one.home.code, one.holder.code, *one.path}] if gone else []
    left = [one for one in theirs if after.home_of(one.home.code) is None or after.home_of(one.holder.code) is None]
    if left:
        named = ", ".join(f"“{one.title}”" for one in left[:NAMED])
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        raise Refused(
            f"No huddle above would hear of what is still open here: {named}{more}. Settle and close it first, or keep "
            "a huddle above. Nothing was changed."
        )
    for issue in theirs:
        ways.hand_over(issue, by=by, at=moment_at(issue.place.code), plans=after)


def _settings_gate(*, by: Any, place: str, **_: Any) -> dict[str, str]:
    return may(by, SETS, place, "change the times of huddles")


@action("huddle.plan", gate=_settings_gate)
def change_plan(*, by: Any, place: str, preset: str, tiers: list[Tier], without: list[str]) -> HuddlePlan:
    """Set who huddles when at a facility (or in the system): its preset, its tiers with their times, and the places
    that do not huddle. Days that were laid out keep their times.

    Open issues of a huddle that is switched off go to the huddle above. Raises Refused when there is none above them,
    when a higher tier would meet before a lower one, or when two tiers meet at one kind of place.
    """
    at = Place.objects.get(code=place)
    if at.kind not in (Place.Kind.FACILITY, Place.Kind.SYSTEM):
        raise Refused("Times are set for a whole facility. Nothing was changed.")
    if preset not in presets() or not tiers:
        raise Refused("Choose how this facility huddles. Nothing was changed.")
    ordered = sorted(tiers, key=lambda tier: tier.number)
    for lower, higher in pairwise(ordered):
        if higher.time <= lower.time:
            raise Refused(
                f"The {higher.title.lower()} meets at {higher.time:%H:%M}, not after the {lower.title.lower()} at "
                f"{lower.time:%H:%M}, so nothing could reach it. Nothing was changed."
            )
    if len({tier.kind for tier in tiers}) < len(tiers):
        raise Refused("Two tiers would meet at the same places. Nothing was changed.")
    before = plans_on()
    plan, _ = HuddlePlan.objects.update_or_create(
        place=at,
        defaults={
            "preset": preset, "tiers": [tier.to_dict() for tier in ordered], "without": sorted(set(without)),
            "changed_at": now(), "changed_by": str(getattr(by, "username", by)),
        },
    )  # fmt: skip
    hand_over_issues(before, read_plans(before.tree), by=by)
    return plan
