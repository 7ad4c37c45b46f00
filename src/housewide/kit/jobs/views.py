"""The machine's work as people see it: what runs, how far it is, what came of it, and a way to stop it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from housewide.kit import gates
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.home import home_folder
from housewide.kit.jobs.actions import can_see, cancel_job, retry_job, visible_jobs
from housewide.kit.jobs.kinds import kinds
from housewide.kit.jobs.models import Artefact, Job
from housewide.kit.lists import Column, Filter, QuerySetSource, list_response

STATES = {
    "waiting": ("Waiting", "neutral clock"),
    "running": ("Running", "neutral clock"),
    "done": ("Done", "good check"),
    "failed": ("Failed", "bad"),
    "cancelled": ("Canceled", "warn"),
}
LINES_SHOWN = 200


def _job(request: HttpRequest, public_id: str) -> Job:
    """The only way to a job: missing and forbidden look alike."""
    job = Job.objects.select_related("asked_by").filter(public_id=public_id).first()
    if job is None or not can_see(request.user, job):
        raise NotSeen("There is nothing here that you can see.")
    return job


def _may_open(account: Any, job: Job) -> bool:
    """What a job made may hold what its asker may see and an administrator may not."""
    own = job.asked_by_id is not None and job.asked_by_id == account.pk
    return own or gates.allowed(account, "pack.download", job.place)


def _may_control(account: Any, job: Job) -> bool:
    return job.asked_by_id == account.pk or gates.allowed(account, "job.control", job.place)


@require_GET
def list_jobs(request: HttpRequest) -> HttpResponseBase:
    """Jobs this person asked for, and those at places whose jobs they may see."""
    known = [(kind.name, kind.title) for kind in sorted(kinds.values(), key=lambda kind: kind.title)]
    source = QuerySetSource(
        visible_jobs(request.user).select_related("asked_by"),
        columns=[
            Column("title", "Job", link=lambda job: reverse("job", args=[job.public_id])),
            Column("state", "State", kind="signal", value=lambda job: STATES[job.state]),
            Column("place", "Place"),
            Column("asked_by", "Asked by", value=lambda job: str(job.asked_by or "the house"), sortable=False),
            Column("created_at", "Asked", value=lambda job: localtime(job.created_at)),
            Column("took", "Took", kind="duration", value=_seconds, sortable=False),
        ],
        filters=[
            Filter("state", "State", [(state, word) for state, (word, _) in STATES.items()]),
            Filter("kind", "Kind", known),
            Filter("title", "Name"),
        ],
        default_sort="-created_at",
    )
    empty = ("No jobs yet", "An import, a pack or a plan that takes a while is listed here while it runs and after.")
    return list_response(request, source, title="Jobs", lead="Work the machine does.", noun="jobs", empty=empty)


def _seconds(job: Job) -> int | None:
    if job.started_at is None or job.finished_at is None:
        return None
    return round((job.finished_at - job.started_at).total_seconds())


@require_GET
def show_job(request: HttpRequest, public_id: str) -> HttpResponse:
    """The job's record; a request by htmx gets only the part that moves."""
    job = _job(request, public_id)
    lines = list(job.lines.order_by("-pk")[:LINES_SHOWN])[::-1]
    context = {
        "title": job.title,
        "job": job,
        "state": STATES[job.state],
        "lines": lines,
        "lines_left_out": max(0, job.lines.count() - len(lines)),
        "seconds": _seconds(job),
        "result": sorted(job.result.items()) if isinstance(job.result, dict) else [],
        "artefacts": list(enumerate(job.artefacts.all(), start=1)),
        "may_open": _may_open(request.user, job),
        "may_cancel": not job.is_over and _may_control(request.user, job),
        "may_retry": job.state in ("failed", "cancelled") and _may_control(request.user, job),
        "crumbs": [("Jobs", reverse("job-list"))],
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "jobs/now.html" if part else "jobs/job.html", context)


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for the job to stop."""
    cancel_job(by=request.user, job=_job(request, public_id))
    return redirect("job", public_id=public_id)


@require_POST
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put the job back in the queue."""
    retry_job(by=request.user, job=_job(request, public_id))
    return redirect("job", public_id=public_id)


@require_GET
def download_artefact(request: HttpRequest, public_id: str, number: int) -> FileResponse:
    """A file that the job made; ``number`` counts from 1."""
    job = _job(request, public_id)
    if not _may_open(request.user, job):
        raise Refused("You may see this job but not open what it made. Ask whoever asked for the job.")
    artefact: Artefact | None = job.artefacts.all()[number - 1 : number].first() if number > 0 else None
    path = (home_folder() / artefact.path).resolve() if artefact else None
    if artefact is None or path is None or not path.is_relative_to(home_folder()) or not path.is_file():
        raise NotSeen("There is nothing here that you can see.")
    return FileResponse(path.open("rb"), as_attachment=True, filename=artefact.name, content_type=artefact.media_type)
