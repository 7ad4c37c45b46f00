"""Huddles: mine today, tier by tier, and what waits for my answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import places_where, sees_any, signed_in
from housewide.kit.actions import NotSeen
from housewide.kit.clock import today
from housewide.work.huddles import queries
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import Meeting, plans_on
from housewide.work.huddles.queries import Standing, standing


@dataclass(frozen=True)
class Listed:
    """One huddle of today: where it stands, what is on it."""

    meeting: Meeting
    standing: Standing
    url: str
    to_do: int
    to_hear: int


@dataclass(frozen=True)
class TierOfToday:
    """The huddles of one tier at one time; ``done`` of ``len(listed)`` have been held."""

    number: int
    title: str
    time: str
    listed: list[Listed]

    @property
    def done(self) -> int:
        return sum(one.standing.key == "held" for one in self.listed)

    @property
    def missed(self) -> int:
        return sum(one.standing.key == "missed" for one in self.listed)

    @property
    def now(self) -> bool:
        return any(one.standing.tone == "now" for one in self.listed)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """GET /huddles/"""
    account = signed_in(request)
    if not sees_any(account, queries.SEES):
        raise NotSeen(queries.NOTHING)
    tiers = tiers_of_today(account)
    waiting = queries.waiting_for(account)
    listed = sum(len(tier.listed) for tier in tiers)
    context = {
        "title": "Huddles",
        "lead": f"{today():%A, %b} {today().day}, {today().year} · {sum(tier.done for tier in tiers)} of {listed} held",
        "tiers": tiers,
        "waiting": waiting,
        "raised": list(queries.visible_issues(account).filter(raised_by=account)
                       .exclude(state=Issue.State.CLOSED).order_by("-raised_at")[:20]),
        "actions": _actions(account),
        "settings": _settings(account),
    }  # fmt: skip
    return render(request, "huddles/today.html", context)


def tiers_of_today(account: object) -> list[TierOfToday]:
    """Today's huddles at places that the account sees, by tier and time."""
    plans, day = plans_on(), today()
    seen = places_where(account, queries.SEES)
    mine = [one for code, one in plans.meetings.items() if code in seen]
    records = {one.place.code: one for one in Huddle.objects.filter(day=day).select_related("place", "led_by__person")}
    issues = list(Issue.objects.exclude(state=Issue.State.CLOSED).values_list("holder__code", "state"))
    groups: dict[tuple[int, str, str], list[Listed]] = {}
    for meeting in mine:
        code, tier = meeting.place.code, meeting.tier
        held = [state for holder, state in issues if holder == code]
        groups.setdefault((tier.number, tier.title, f"{tier.time:%H:%M}"), []).append(
            Listed(
                meeting, standing(meeting, day, records.get(code), moment_at(code)),
                reverse("huddle", args=[code, day.isoformat()]),
                to_do=sum(state != Issue.State.ANSWERED for state in held),
                to_hear=sum(state == Issue.State.ANSWERED for state in held),
            )
        )  # fmt: skip
    return [TierOfToday(*key, listed) for key, listed in sorted(groups.items(), key=lambda item: item[0])]


def _actions(account: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [{"url": reverse("rounding"), "title": "Leader rounding", "icon": "stethoscope"}]
    if sees_any(account, "huddle.raise"):
        found.append({"url": reverse("issue-new"), "title": "Raise an issue", "icon": "plus", "primary": True})
    return found


def _settings(account: object) -> list[dict[str, str]]:
    plans = plans_on()
    codes = places_where(account, "huddle.settings")
    tops = [plans.tree.places[code] for code in codes if plans.tree.places[code].kind in ("facility", "system")]
    return [
        {"title": place.name, "url": reverse("huddle-times", args=[place.code])}
        for place in sorted(tops, key=lambda place: place.name)
    ]
