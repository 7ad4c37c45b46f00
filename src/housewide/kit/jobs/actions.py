"""What people do with jobs: cancel one, run one again."""

from __future__ import annotations

from typing import Any

from housewide.kit import gates
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.clock import now
from housewide.kit.jobs.kinds import kinds
from housewide.kit.jobs.models import Job


def can_see(account: Any, job: Job) -> bool:
    """Whoever asked for the job, and whoever may see jobs at its place."""
    own = job.asked_by_id is not None and job.asked_by_id == getattr(account, "pk", None)
    return own or gates.allowed(account, "see.jobs", job.place)


def visible_jobs(account: Any) -> Any:
    """The jobs this account may see."""
    from django.db.models import Q

    seen = Q(asked_by=account) | Q(place__in=gates.places(account, "see.jobs"))
    if gates.everywhere(account, "see.jobs"):
        seen |= Q(place="")
    return Job.objects.filter(seen)


def _may_control(*, by: Any, job: Job, **more: Any) -> dict[str, str]:
    about = {"place": job.place, "subject": f"job:{job.public_id}"}
    if job.asked_by_id is not None and job.asked_by_id == getattr(by, "pk", None):
        return about
    if not can_see(by, job):
        raise NotSeen("There is nothing here that you can see.")
    if not gates.allowed(by, "job.control", job.place):
        raise Refused("You may not control jobs here. Ask whoever asked for the job, or an administrator.")
    return {**about, **gates.may(by, "job.control", job.place, "control jobs")}


@action("cancel_job", gate=_may_control)
def cancel_job(*, by: Any, job: Job) -> Job:
    """A waiting job is cancelled at once, a running one as soon as it looks up. Raises Refused when it is over."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.is_over:
        raise Refused(f"This job is {row.state} already. Nothing was changed.")
    row.cancel_asked = True
    if row.state == Job.State.WAITING:
        row.state, row.finished_at = Job.State.CANCELLED, now()
    row.save(update_fields=["cancel_asked", "state", "finished_at"])
    return row


@action("retry_job", gate=_may_control)
def retry_job(*, by: Any, job: Job) -> Job:
    """Put a failed or cancelled job back in the queue. Raises Refused when it cannot be run again."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.state not in (Job.State.FAILED, Job.State.CANCELLED):
        raise Refused("Only a job that failed or was canceled can be run again. Nothing was changed.")
    if "" in row.effects and not (row.kind in kinds and kinds[row.kind].again):
        raise Refused("What this job was asked to do has been done, so it is not run again. Ask for a new one instead.")
    row.state, row.attempts, row.cancel_asked, row.error = Job.State.WAITING, 0, False, ""
    row.run_after, row.finished_at = now(), None
    row.save()
    return row
