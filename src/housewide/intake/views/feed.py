"""One feed: what it is, what came, which codes wait, and the import under way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from housewide.access.gates import places_where
from housewide.facts.models import Batch, Feed
from housewide.facts.tables import tables
from housewide.intake import queries
from housewide.intake.jobs import IMPORT, RETRY, jobs_under_way, last_failure
from housewide.kit.jobs.actions import can_see
from housewide.kit.jobs.models import Job

SHOWN = 60


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The record; with ``?job=`` the import under way comes first and draws itself again until it is over, and then
    the whole record with it."""
    feed = queries.feed_for(request.user, code)
    job = Job.objects.filter(public_id=request.GET.get("job", ""), kind__in=(IMPORT, RETRY), params__feed=code).first()
    polled = job if request.headers.get("HX-Request") == "true" else None
    if polled and not polled.is_over:
        return render(request, "intake/parts/job.html", {"job": describe(polled, feed, request.user)})
    batches = list(Batch.objects.filter(feed=feed).order_by("-pk")[:SHOWN])
    waiting = queries.rows_waiting(feed)
    codes = queries.waiting_codes(feed) if waiting else []
    step = queries.next_step(feed, batches[0] if batches else None, waiting, len(codes))
    described = [describe(one, feed, request.user) for one in ([job] if job else jobs_under_way(feed))]
    failed = last_failure(feed) if not described else None
    context = {
        "title": feed.title,
        "feed": feed,
        "table": tables().get(feed.table),
        "batches": batches,
        "total": Batch.objects.filter(feed=feed).count(),
        "waiting": waiting,
        "codes": codes[:8],
        "step": step,
        "jobs": described or ([describe(failed, feed, request.user)] if failed else []),
        "crumbs": [("Data intake", reverse("intake")), (feed.title, "")],
        "actions": _actions(request.user, feed),
    }
    page = render(request, "intake/feed.html", context)
    if polled:
        page["HX-Retarget"], page["HX-Reselect"], page["HX-Reswap"] = "#main", "#main", "outerHTML"
    return page


def _actions(account: Any, feed: Feed) -> list[dict[str, Any]]:
    place = feed.owning_place
    found: list[dict[str, Any]] = []
    if place in places_where(account, queries.PROFILES):
        found.append(
            {"title": "How its files are read", "url": reverse("feed-profile", args=[feed.code]), "icon": "adjustments"}
        )
    if feed.profile and place in places_where(account, queries.IMPORTS):
        found.append(
            {
                "title": "Import a file",
                "url": reverse("feed-import", args=[feed.code]),
                "icon": "table-import",
                "primary": True,
            }
        )
    return found


def describe(job: Job, feed: Feed, account: Any) -> dict[str, Any]:
    """An import under way, or how it ended, for the part that draws itself again."""
    over = job.is_over
    return {
        "title": job.title,
        "done": job.done_share if job.state == Job.State.RUNNING else None,
        "doing": job.doing or ("Waiting for a worker" if job.state == Job.State.WAITING else ""),
        "state": job.state,
        "over": over,
        "error": job.error,
        "result": job.result,
        "url": job.result_url,
        "own_url": reverse("job", args=[job.public_id]) if can_see(account, job) else "",
        "poll": "" if over else f"{reverse('feed', args=[feed.code])}?job={job.public_id}",
    }
