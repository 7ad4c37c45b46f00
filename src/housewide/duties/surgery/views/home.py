"""The operating rooms of a place in a month: what is due, what changed, and the way to why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from housewide.access.gates import signed_in
from housewide.duties.surgery.registration import REVIEWED
from housewide.duties.surgery.views.scopes import scope
from housewide.measures.reading_rows import reading_rows
from housewide.measures.readings import Reading
from housewide.work.queries import open_tasks_at

STRIP = (
    ("surgery.cases", "cases done"),
    ("surgery.first_case_on_time.in_room.5min", "first cases on time"),
    ("surgery.start_delay.first_cases", "start delay of first cases"),
    ("surgery.turnover.room", "turnover, median"),
    ("surgery.utilisation.block", "block utilization"),
)


def operating_rooms(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """Home: worklist first, then the measures, those with a signal on top."""
    found, month = scope(request.user, "see.measures", place, period)
    rows = reading_rows(REVIEWED, place, period, account=request.user)
    shown = {row.reading.measure: row.reading for row in rows}
    context = {
        "title": "Operating rooms",
        "lead": f"{found.name} · {month.title}",
        "strip": [_stat(shown[measure], label, place, period) for measure, label in STRIP if measure in shown],
        "rows": rows,
        "place": place,
        "period": period,
        "tasks": open_tasks_at(signed_in(request), place)[:8],
        "minutes_url": reverse("or-minutes", args=[place, period]),
        "review_url": reverse("review", args=[place, period]),
    }
    return render(request, "surgery/home.html", context)


def _stat(one: Reading, label: str, place: str, period: str) -> dict[str, Any]:
    return {
        "text": one.text if one.value is not None else "–",
        "label": label,
        "tone": one.signal.tone if one.signal.tone != "neutral" else "",
        "url": reverse("measure", args=[place, period, one.measure]),
    }
