from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.measures.views import definition, funnel, icons, listed, measure, rows, targets

AT = "at/<slug:place>/<str:period>/measures/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("at/<slug:place>/<str:period>/icons/", icons.show, name="icons"),
    path(AT, listed.show, name="measures"),
    path(f"{AT}<str:measure>/", measure.show, name="measure"),
    path(f"{AT}<str:measure>/funnel/", funnel.show, name="measure-funnel"),
    path(f"{AT}<str:measure>/rows/", rows.show, name="measure-rows"),
    path(f"{AT}<str:measure>/target/", targets.change, name="measure-target"),
    path("measures/<str:measure>/definition/", definition.show, name="definition"),
]
