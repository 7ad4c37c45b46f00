"""Every address of the house. Each layer keeps its own; a test holds them against the table of permissions."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("housewide.boards.urls")),
    path("", include("housewide.access.urls")),
    path("", include("housewide.kit.jobs.urls")),
    path("", include("housewide.kit.audit.urls")),
    path("", include("housewide.kit.ui.urls")),
    path("", include("housewide.measures.urls")),
    path("", include("housewide.work.huddles.urls")),
    path("", include("housewide.work.urls")),
    path("", include("housewide.reviews.urls")),
    path("", include("housewide.intake.urls")),
    path("", include("housewide.duties.surgery.urls")),
]
