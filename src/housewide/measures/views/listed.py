"""All measures of a place and month: what changed first, the rest by duty."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from housewide.access.gates import see, sees_any
from housewide.measures.definitions import all_definitions
from housewide.measures.reading_rows import ReadingRow, reading_rows
from housewide.measures.views.scopes import SEES, month_of

NOTHING = (
    "Nothing has been measured here up to this month. Choose an earlier month or a place that sends data, or import "
    "the files that these measures read."
)
NOTHING_CHANGED = "Nothing changed this month: what moved stayed within what is usual."


@require_GET
def show(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """GET /at/<place>/<period>/measures/"""
    where = see(request.user, SEES, place)
    month = month_of(period)
    rows = reading_rows(sorted(all_definitions()), place, str(month), account=request.user)
    context: dict[str, Any] = {
        "title": "Measures",
        "lead": f"{where.name}, {month.title}",
        "changed": [row for row in rows if row.has_changed],
        "groups": _by_duty([row for row in rows if not row.has_changed]),
        "count": len(rows),
        "nothing": NOTHING,
        "nothing_changed": NOTHING_CHANGED,
        "icons_url": reverse("icons", args=[place, period]) if rows else "",
        "import_url": reverse("intake") if sees_any(request.user, "see.intake") else "",
    }
    return render(request, "measures/measures.html", context)


def _by_duty(rows: list[ReadingRow]) -> list[dict[str, Any]]:
    """Groups by the first part of the measure's id, which names the duty it belongs to."""
    groups: dict[str, list[ReadingRow]] = {}
    for row in rows:
        groups.setdefault(row.reading.measure.partition(".")[0], []).append(row)
    return [
        {"key": duty, "title": duty.replace("_", " ").capitalize(), "rows": found}
        for duty, found in sorted(groups.items())
    ]
