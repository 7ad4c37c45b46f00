"""Where the style guide lives."""

from __future__ import annotations

from django.urls import path

from housewide.kit.ui import views

urlpatterns = [
    path("style/", views.style_guide, name="style_guide"),
    path("style/list/", views.style_guide_list, name="style_guide_list"),
]
