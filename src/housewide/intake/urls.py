from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from housewide.intake.views import batch, crosswalks, feed, feeds, profile, rows, sending

urlpatterns: list[URLPattern | URLResolver] = [
    path("intake/", feeds.show, name="intake"),
    path("intake/feeds/new/", feeds.new, name="feed-new"),
    path("intake/feeds/<slug:code>/", feed.show, name="feed"),
    path("intake/feeds/<slug:code>/profile/", profile.show, name="feed-profile"),
    path("intake/feeds/<slug:code>/import/", sending.send, name="feed-import"),
    path("intake/feeds/<slug:code>/crosswalks/", crosswalks.show, name="feed-crosswalks"),
    path("intake/feeds/<slug:code>/retry/", crosswalks.retry, name="feed-retry"),
    path("intake/batches/<slug:public_id>/", batch.show, name="batch"),
    path("intake/batches/<slug:public_id>/set-aside/", rows.show, name="batch-set-aside"),
    path("intake/batches/<slug:public_id>/set-aside/download/", rows.download, name="batch-set-aside-download"),
    path("intake/batches/<slug:public_id>/correct/", sending.correct, name="batch-correct"),
    path("intake/batches/<slug:public_id>/restate/", batch.restate, name="batch-restate"),
    path("intake/batches/<slug:public_id>/let-go/", batch.let_go, name="batch-let-go"),
]
