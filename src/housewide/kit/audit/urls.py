from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.kit.audit import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/", views.list_acts, name="audit-list"),
    path("audit/changes/", views.list_changes, name="audit-changes"),
    path("audit/looks/", views.list_looks, name="audit-looks"),
    path("audit/<int:act>/", views.show_act, name="audit-act"),
]
