"""Reviews and the figures they froze."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Router

from housewide.boards.api import shapes
from housewide.boards.api.asking import Bearer, asker, gives, paged
from housewide.boards.api.shapes import Id, PageNumber, PageSize
from housewide.measures.labels import Labels, labels_for
from housewide.reviews.models import Figure, Review
from housewide.reviews.queries import see_review, visible_reviews

router = Router(tags=["Reviews"])
READS = Bearer("read:reviews")


@router.get("/reviews", auth=READS, response=gives(shapes.Paged[shapes.ReviewOut]), summary="Reviews one sees")
def reviews(request: HttpRequest, page: PageNumber = 1, per_page: PageSize = 50) -> dict[str, Any]:
    found = visible_reviews(asker(request)).prefetch_related("signatures__by")
    return paged(found, page, per_page, _review)


@router.get("/reviews/{id}", auth=READS, response=gives(shapes.ReviewOut), summary="One review")
def review(request: HttpRequest, id: Path[Id]) -> dict[str, Any]:
    return _review(see_review(asker(request), id))


@router.get(
    "/reviews/{id}/figures", auth=READS, response=gives(shapes.Paged[shapes.FigureOut]),
    summary="The figures of a review, as they were frozen",
)  # fmt: skip
def figures(request: HttpRequest, id: Path[Id], page: PageNumber = 1, per_page: PageSize = 50) -> dict[str, Any]:
    found = see_review(asker(request), id)
    labels = labels_for(asker(request), found.place.code)
    return paged(found.figures.all(), page, per_page, lambda one: _figure(one, labels))


def _review(one: Review) -> dict[str, Any]:
    return {
        "id": one.public_id, "place": one.place.code, "period": one.period, "state": one.state,
        "opened_at": one.opened_at, "frozen_at": one.frozen_at,
        "signed_by": [signature.by.username for signature in one.signatures.all()],
        "url": reverse("review", args=[one.place.code, one.period]),
    }  # fmt: skip


def _figure(one: Figure, labels: Labels) -> dict[str, Any]:
    shown = [[by, labels.shown(by, label), counted] for by, label, counted in one.components.get("labels", [])]
    return {
        "id": one.public_id, "measure": one.measure, "title": one.reading.get("title", ""),
        "text": one.reading.get("text", ""), "components": {**one.components, "labels": shown}, "sha256": one.sha256,
        "definition_sha256": one.definition_sha256, "restated_at": one.restated_at,
        "restated_differences": [str(said) for said in one.restated_differences],
    }  # fmt: skip
