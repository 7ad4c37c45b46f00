"""One frozen figure: what it says, what it was computed from, and whether it still comes out the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from housewide.access.gates import allowed
from housewide.kit.periods import Month
from housewide.reviews.figures import reproduce
from housewide.reviews.printing import counts_rows, masked_rows
from housewide.reviews.queries import see_figure
from housewide.reviews.subjects import review_address
from housewide.work.queries import tasks_about


@require_GET
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /figures/<public_id>/; ``?check=1`` computes it again from its parts."""
    figure = see_figure(request.user, public_id)  # type: ignore[arg-type]
    review, reading = figure.review, figure.reading
    names = allowed(request.user, "surgeon.names", review.place.code)
    context = {
        "title": reading["title"],
        "lead": f"{review.place.name}, {Month.parse(review.period).title}, {review.get_state_display().lower()}",
        "figure": figure,
        "review": review,
        "reading": reading,
        "tables": [
            {**table, "rows": masked_rows(table, names), "counts_rows": counts_rows(table["rows"])}
            for table in reading["breakdowns"]
        ],
        "check": reproduce(figure) if request.GET.get("check") else None,
        "tasks": tasks_about("figure", figure.public_id, request.user),  # type: ignore[arg-type]
        "crumbs": [
            {"title": "Reviews & packs", "url": "/reviews/"},
            {"title": str(review.place), "url": review_address(review)},
        ],
    }
    return render(request, "reviews/figure.html", context)
