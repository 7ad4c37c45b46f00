"""How far the day's huddles have come, tier by tier, around the one that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.org.models import Account
from housewide.work.huddles.boards import Board
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.plans import Meeting, plans_on
from housewide.work.huddles.queries import SEES, standing


@dataclass(frozen=True)
class Step:
    """One tier of the line: its time, how far it is in words, how it is drawn."""

    title: str
    time: str
    words: str
    tone: str
    url: str
    current: bool


def tiers_around(board: Board, account: Account) -> list[Step]:
    """The line from the lowest tier below the board's place up to the highest above it; a tier below is counted."""
    plans, code = plans_on(), board.meeting.place.code
    below: dict[int, list[Meeting]] = {}
    for one in plans.tree.below(code)[1:]:
        if one in plans.meetings:
            below.setdefault(plans.meetings[one].tier.number, []).append(plans.meetings[one])
    codes = [one.place.code for some in below.values() for one in some]
    line = [board.meeting, *plans.line(code)]
    near = [*codes, *(one.place.code for one in line)]
    found = Huddle.objects.filter(day=board.day, place__code__in=near).select_related("place")
    records = {one.place.code: one for one in found}
    waiting = list(Issue.objects.filter(state=Issue.State.ESCALATED).values_list("holder__code", flat=True))
    steps = [_counted(number, some, board, records) for number, some in sorted(below.items())]
    for meeting in line:
        at = meeting.place.code
        stands = standing(meeting, board.day, records.get(at), board.now)
        seen = allowed(account, SEES, at)
        asked = waiting.count(at) if seen else 0
        words = ("to come" if stands.key == "upcoming" else stands.words) + (f" · {asked} waiting" if asked else "")
        tone = {"good": "done", "bad": "late"}.get(stands.tone, "")
        url = "" if at == code or not seen else reverse("huddle", args=[at, board.day.isoformat()])
        steps.append(_step(meeting, words, tone, url, at == code))
    return steps


def _step(meeting: Meeting, words: str, tone: str, url: str, current: bool) -> Step:
    tier = meeting.tier
    return Step(f"Tier {tier.number} · {meeting.place.name}", f"{tier.time:%H:%M}", words, tone, url, current)


def _counted(number: int, some: list[Meeting], board: Board, records: dict[str, Huddle]) -> Step:
    stands = [standing(one, board.day, records.get(one.place.code), board.now) for one in some]
    done = sum(one.key == "held" for one in stands)
    missed = sum(one.key == "missed" for one in stands)
    words = f"{done} of {len(some)} held" + (f", {missed} missed" if missed else "")
    tone = "late" if missed else "done" if done == len(some) else ""
    time = f"{min(one.tier.time for one in some):%H:%M}"
    return Step(f"Tier {number} · {len(some)} huddles", time, words, tone, "", False)
