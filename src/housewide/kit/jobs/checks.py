"""What ``housewide check`` asks of the jobs."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from housewide.kit.checks import Problem, check
from housewide.kit.clock import now
from housewide.kit.home import home_folder

STUCK = timedelta(minutes=15)


@check("jobs")
def no_job_is_stuck() -> list[Problem]:
    """Jobs that nobody works at: their lease lapsed or their time came a quarter of an hour ago."""
    from housewide.kit.jobs.models import Job

    late = now() - STUCK
    lapsed = Job.objects.filter(state=Job.State.RUNNING, leased_until__lt=late).count()
    waiting = Job.objects.filter(state=Job.State.WAITING, run_after__lt=late).count()
    found = []
    if lapsed:
        found.append(
            Problem("jobs", f"{lapsed} jobs lost their worker and no other took them over. Is a worker running?")
        )
    if waiting:
        text = f"{waiting} jobs have waited longer than 15 minutes. Is a worker running?"
        found.append(Problem("jobs", text, "warning"))
    return found


@check("artefacts")
def artefacts_are_what_was_made() -> list[Problem]:
    """Every file a job made is there and has the hash it was kept with."""
    from housewide.kit.jobs.models import Artefact

    found = []
    for artefact in Artefact.objects.select_related("job").iterator(500):
        path = home_folder() / artefact.path
        name = f"“{artefact.name}” of job {artefact.job.public_id}"
        if not path.is_file():
            found.append(Problem("artefacts", f"The file {name} is gone."))
        else:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != artefact.sha256:
                    found.append(Problem("artefacts", f"The file {name} is not what the job made: its hash differs."))
    return found
