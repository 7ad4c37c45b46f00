"""One case: its way through the stages, what is known of it, and the import it came from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from housewide.access.gates import allowed, see, signed_in
from housewide.facts.rows import find
from housewide.facts.tables import table
from housewide.kit.actions import NotSeen
from housewide.kit.audit import record_look
from housewide.kit.periods import Month
from housewide.kit.ui.days import day_text
from housewide.work.queries import tasks_about

MILESTONES = (
    "arrived",
    "preop_ready",
    "site_marked",
    "anaesthesia_seen",
    "surgeon_seen",
    "in_room",
    "anaesthesia_ready",
    "incision",
    "close",
    "out_room",
)


def case(request: HttpRequest, row: str) -> HttpResponse:
    """Record: facts left, tasks right. Needs ``see.rows`` at the case's place; the look is recorded."""
    found = find("or_case", row)
    if found is None:
        raise NotSeen
    values, source = found, found["provenance"]
    place = see(request.user, "see.rows", str(values["place"]))
    account = signed_in(request)
    record_look(account.username, "or_case", [row], "case page", place.code)
    month = Month.of(values["day"])
    context = {
        "title": f"{values['service']} in {values['room']}",
        "lead": f"{place.name} · {values['day']:%A}, {day_text(values['day'])}",
        "crumbs": [("Operating rooms", reverse("or-home", args=[place.code, str(month)]))],
        "facts": _facts(values, shows_names=allowed(account, "surgeon.names", place.code)),
        "milestones": _milestones(values),
        "flags": source["flags"],
        "source": source,
        "batch_url": reverse("batch", args=[source["batch"]]) if allowed(account, "see.intake", place.code) else "",
        "tasks": tasks_about("or_case", row, account),
        "task_url": f"{reverse('task-new')}?{urlencode({'subject_kind': 'or_case', 'subject_id': row})}",
    }
    return render(request, "surgery/case.html", context)


def _facts(values: dict[str, Any], *, shows_names: bool) -> list[tuple[str, str]]:
    headings = {column.name: column.heading for column in table("or_case").columns}
    hidden = {"facility", "place", "patient", *MILESTONES}
    if not shows_names:
        hidden.add("surgeon")
    return [(headings[name], _text(value)) for name, value in values.items() if name in headings and name not in hidden]


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%H:%M}"
    return day_text(value) if isinstance(value, date) else str(value)


def _milestones(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Each milestone with its time, the minutes since the one before, and how it lay to the scheduled start."""
    headings = {column.name: column.heading for column in table("or_case").columns}
    shown: list[dict[str, Any]] = []
    before: datetime | None = None
    start: datetime | None = values.get("frozen_start") or values.get("scheduled_start")
    for name in MILESTONES:
        at: datetime | None = values.get(name)
        shown.append({
            "name": headings[name],
            "at": _text(at),
            "since": f"{(at - before).total_seconds() / 60:,.0f} min" if at and before else "",
            "against": _against(at, start),
        })  # fmt: skip
        before = at or before
    return shown


def _against(at: datetime | None, start: datetime | None) -> str:
    if not at or not start:
        return ""
    minutes = round((at - start).total_seconds() / 60)
    if minutes == 0:
        return "at the scheduled start"
    return f"{abs(minutes)} min {'after' if minutes > 0 else 'before'} the scheduled start"
