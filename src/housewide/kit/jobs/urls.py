from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.kit.jobs import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", views.list_jobs, name="job-list"),
    path("jobs/<slug:public_id>/", views.show_job, name="job"),
    path("jobs/<slug:public_id>/cancel/", views.cancel, name="job-cancel"),
    path("jobs/<slug:public_id>/retry/", views.retry, name="job-retry"),
    path("jobs/<slug:public_id>/artefacts/<int:number>/", views.download_artefact, name="job-artefact"),
]
