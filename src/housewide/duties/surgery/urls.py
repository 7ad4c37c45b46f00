from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.duties.surgery.views import cases, home, minutes

urlpatterns: list[URLPattern | URLResolver] = [
    path("at/<slug:place>/<str:period>/operating-rooms/", home.operating_rooms, name="or-home"),
    path(
        "at/<slug:place>/<str:period>/operating-rooms/minutes/", minutes.where_the_minutes_went_page, name="or-minutes"
    ),
    path("operating-rooms/cases/<slug:row>/", cases.case, name="or-case"),
]
