from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.reviews.views import calendars, changes, figures, packs, pages

AT = "at/<slug:place>/<str:period>/review/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("reviews/", pages.listed, name="reviews"),
    path("reviews/late/", calendars.late, name="reviews-late"),
    path(AT, pages.show, name="review"),
    path(f"{AT}open/", changes.open_review, name="review-open"),
    path(f"{AT}comment/", changes.comment, name="review-comment"),
    path(f"{AT}still-true/", changes.still_true, name="review-still-true"),
    path(f"{AT}adopt/", changes.adopt, name="review-adopt"),
    path(f"{AT}decide/", changes.decide, name="review-decide"),
    path(f"{AT}close-month/", changes.close_month, name="review-close-month"),
    path(f"{AT}freeze/", changes.freeze, name="review-freeze"),
    path(f"{AT}unfreeze/", changes.unfreeze, name="review-unfreeze"),
    path(f"{AT}sign/", changes.sign, name="review-sign"),
    path(f"{AT}calendar/", calendars.show, name="review-calendar"),
    path(f"{AT}calendar/change/", calendars.change, name="review-calendar-change"),
    path(f"{AT}pack/", packs.ask, name="review-pack"),
    path(f"{AT}pack/<slug:job>/", packs.progress, name="review-pack-progress"),
    path("packs/<slug:public_id>/", packs.download, name="pack-download"),
    path("figures/<slug:public_id>/", figures.show, name="figure"),
]
