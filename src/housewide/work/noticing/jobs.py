"""When signals begin or end, or a watch lapses, the tasks that follow are raised by a job."""

from __future__ import annotations

from typing import Any

from housewide.kit.events import Happened, listen
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import enqueue
from housewide.kit.jobs.runs import JobRun
from housewide.measures.noticed.recording import ENDED, RAISED
from housewide.work.noticing.raising import raise_tasks

RAISE = "work.raise_for_signals"


@listen(RAISED, ENDED)
def follow_signals(event: Happened) -> None:
    """Ask for one round of tasks, however many signals began or ended."""
    if not Job.objects.filter(kind=RAISE, state=Job.State.WAITING).exists():
        enqueue(RAISE, {})


@job(RAISE, title="Raise tasks for signals", again=True, cron="30 5 * * *")
def raise_for_signals(run: JobRun) -> dict[str, Any]:
    """Raise what is due now; every morning too, for answers whose day has passed."""
    with run.effect():
        signals = raise_tasks()
    return {"signals": signals}
