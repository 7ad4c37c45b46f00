"""Issues and huddles in the jump box: only those of places that the person sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from housewide.access.gates import places_where
from housewide.kit.clock import today
from housewide.kit.finding import closeness
from housewide.kit.registry import Hit, Scope
from housewide.work.huddles.models import Issue
from housewide.work.huddles.plans import plans_on
from housewide.work.huddles.queries import SEES, visible_issues

READ = 300


def issues(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Issues by their words, open ones before closed ones."""
    visible = visible_issues(account)
    still = visible.exclude(state=Issue.State.CLOSED).order_by("-pk")[:READ]
    closed = visible.filter(state=Issue.State.CLOSED, title__icontains=question[:60]).order_by("-pk")[:20]
    for issue in [*still, *closed]:
        if rank := closeness(question, issue.title, beside=[issue.place.name]):
            detail = f"Issue, {issue.place.name}, {issue.get_state_display().lower()}"
            yield Hit(issue.title, detail, reverse("issue", args=[issue.public_id]), rank)


def huddles(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Today's huddles, by place: “huddle 4 west”."""
    seen = places_where(account, SEES)
    for code, meeting in plans_on().meetings.items():
        if code in seen and (rank := closeness(question, f"Huddle {meeting.place.name}", codes=[code])):
            title = f"Huddle of {meeting.place.name}"
            url = reverse("huddle", args=[code, today().isoformat()])
            yield Hit(title, f"Today, {meeting.tier.time:%H:%M}", url, rank)
