"""What huddles tell the house at start-up: the screen, what people owe, issues as subjects, measures by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed, sees_any
from housewide.kit.registry import Owed, Scope, Screen, registry
from housewide.kit.subjects import Subject
from housewide.kit.subjects import register as register_subject
from housewide.measures import topics
from housewide.measures.row_links import register as register_row_link
from housewide.org.models import Place
from housewide.work.huddles import finding, publication, queries
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import plans_on
from housewide.work.huddles.ways import clock

PEOPLE = ("huddles.held", "huddles.attendance")
SAFETY = ("huddles.answered_in_time", "huddles.hours_to_answer", "huddles.closed_in_a_week", "huddles.open_issues")


def issue_subject(id: str) -> Subject | None:
    """An issue as something to talk about and to raise tasks for."""
    issue = Issue.objects.select_related("place").filter(public_id=id).first()
    if issue is None:
        return None
    place = issue.place.code
    return Subject(
        "huddle_issue", id, place, issue.title, reverse("issue", args=[id]),
        lambda account: allowed(account, queries.SEES, place),
    )  # fmt: skip


def huddle_subject(id: str) -> Subject | None:
    """A huddle as something to talk about."""
    huddle = Huddle.objects.select_related("place").filter(public_id=id).first()
    if huddle is None:
        return None
    place = huddle.place.code
    url = reverse("huddle", args=[place, huddle.day.isoformat()])
    title = f"Huddle of {huddle.place}, {huddle.day:%b %-d, %Y}"
    return Subject("huddle", id, place, title, url, lambda account: allowed(account, queries.SEES, place))


def owed(account: Any) -> Iterator[Owed]:
    """Issues whose answer is this account's to give. Tasks that came from huddles are among its tasks."""
    for issue in queries.waiting_for(account):
        by = clock(issue.answer_by, issue.holder.code) if issue.answer_by else ""
        yield Owed(
            title=issue.title, detail=f"{issue.asked} Answer by {by}.".strip(),
            url=reverse("issue", args=[issue.public_id]),
            due=issue.answer_by.astimezone(moment_at(issue.holder.code).tzinfo).date() if issue.answer_by
            else None,
            kind="escalation", place=issue.place.code, waiting=True,
        )  # fmt: skip


def leads_others(place: str) -> bool:
    """Whether huddles of several places come together here: a facility or a department that huddles."""
    plans = plans_on()
    found = plans.tree.places.get(place)
    if found is None:
        return False
    if found.kind == Place.Kind.FACILITY:
        return True
    return place in plans.meetings and plans.meetings[place].tier.number > 1


def _row_url(table: str) -> Callable[[str], str]:
    return lambda row_id: reverse("huddle-row", args=[table, row_id])


def _screen_allowed(account: Any, scope: Scope) -> bool:
    return sees_any(account, queries.SEES)


def register() -> None:
    registry.add_screen(
        Screen(
            key="huddles", title="Huddles", url=lambda scope: reverse("huddles"), allowed=_screen_allowed,
            icon="users-group", order=20, count=lambda account: len(queries.waiting_for(account)),
        )
    )  # fmt: skip
    registry.add_debt(owed)
    registry.add_search(finding.issues)
    registry.add_search(finding.huddles)
    register_subject("huddle_issue", issue_subject)
    register_subject("huddle", huddle_subject)
    topics.register("huddles people", topic="people", applies=leads_others, measures=PEOPLE)
    topics.register("huddles safety", topic="safety", applies=leads_others, measures=SAFETY)
    for table in (publication.HELD, publication.ISSUES):
        register_row_link(table, _row_url(table))
    publication.register()
