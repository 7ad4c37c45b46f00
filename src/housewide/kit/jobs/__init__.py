"""Work the machine does and a person can watch.

    @job("make_pack", title="Make a pack")
    def make_pack(run: JobRun) -> dict | None:
        pages = draw(run.params)                 # as long as it takes; run.progress(40, "drawing")
        run.artefact("pack.pdf", pages, "application/pdf")
        with run.effect():                       # commits once, and only while this run holds the lease
            Pack.objects.create(…)

    enqueue("make_pack", {"review": "…"}, by=account, place="MVH-OR")

When a worker dies, another takes the job over once its lease has lapsed: before the effect committed it is run again,
after it counts as done. A job with several effects names each step and asks ``run.did(step)``; one that writes the same
thing over itself says ``again=True``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from housewide.kit.jobs.actions import cancel_job, retry_job
    from housewide.kit.jobs.kinds import job
    from housewide.kit.jobs.queue import enqueue
    from housewide.kit.jobs.runs import Cancelled, JobFailed, JobRun, LeaseLost
    from housewide.kit.jobs.workers import run_all, work_forever, work_once

_WHERE = {
    "Cancelled": "runs",
    "JobFailed": "runs",
    "JobRun": "runs",
    "LeaseLost": "runs",
    "cancel_job": "actions",
    "enqueue": "queue",
    "job": "kinds",
    "retry_job": "actions",
    "run_all": "workers",
    "work_forever": "workers",
    "work_once": "workers",
}
__all__ = [
    "Cancelled",
    "JobFailed",
    "JobRun",
    "LeaseLost",
    "cancel_job",
    "enqueue",
    "job",
    "retry_job",
    "run_all",
    "work_forever",
    "work_once",
]


def __getattr__(name: str) -> Any:
    # Django imports this package before its models may be; what it offers needs the models.
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f"housewide.kit.jobs.{_WHERE[name]}"), name)
    raise AttributeError(name)
