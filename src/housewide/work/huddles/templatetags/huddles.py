"""An issue in words, the same on every screen."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from housewide.work.huddles import ways
from housewide.work.huddles.models import Attendance, Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.patient_hints import patient_hints
from housewide.work.huddles.plans import topic_of
from housewide.work.huddles.rules import rules

register = template.Library()


@register.filter("iso")
def iso(day: date) -> str:
    """A day as it stands in an address."""
    return day.isoformat()


@register.filter("state_words")
def state_words(issue: Issue) -> str:
    """Where an issue stands: “with Directors' huddle, answer by 9:15”."""
    if issue.state == Issue.State.ESCALATED and issue.answer_by:
        late = "answer was due" if is_late(issue) else "answer by"
        return f"Asked of {issue.holder.name} (tier {issue.tier}), {late} {due_words(issue)}"
    if issue.state == Issue.State.ANSWERED:
        return f"Answered, to be heard at {issue.home.name}"
    if issue.state == Issue.State.OPEN:
        return f"To settle at {issue.holder.name}"
    return str(issue.get_state_display())


@register.filter("due_words")
def due_words(issue: Issue) -> str:
    return ways.clock(issue.answer_by, issue.holder.code) if issue.answer_by else ""


@register.filter("is_late")
def is_late(issue: Issue) -> bool:
    """Whether an answer is owed and its time has passed."""
    owed = issue.state == Issue.State.ESCALATED and issue.answer_by is not None
    return bool(owed and issue.answer_by < moment_at(issue.holder.code))  # type: ignore[operator]


@register.filter("raised_words")
def raised_words(issue: Issue) -> str:
    return ways.clock(issue.raised_at, issue.place.code)


@register.filter("topic_words")
def topic_words(issue: Issue) -> str:
    return topic_of(issue.topic).title


@register.filter("must_words")
def must_words(issue: Issue) -> str:
    """Why it must go up, "" when it may stay."""
    found = ways.must_go_up(issue)
    return f"Must go up: {found[0].because}" if found else ""


@register.filter("must_note")
def must_note(because: str) -> str:
    return f"This must go up. {because}"


@register.filter("wall_words")
def wall_words(issue: Issue) -> str:
    """What a wall may show of an issue: its title unless that looks as if it named a patient."""
    if patient_hints(issue.title):
        kind = rules().kinds[issue.kind].title if issue.kind != "other" else "Issue"
        return f"{kind} ({topic_of(issue.topic).title.lower()}): see the board"
    return issue.title


@register.simple_tag
def presence(marked: dict[str, str], person: Any) -> str:
    """Whether a person came, in a word."""
    said = marked.get(person.code)
    return str(Attendance.Presence(said).label).lower() if said else "not said"
