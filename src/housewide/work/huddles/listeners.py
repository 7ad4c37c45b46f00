"""An issue that became a task hears what became of it."""

from __future__ import annotations

from housewide.kit.events import Happened, listen
from housewide.org.models import Account
from housewide.work.huddles import ways
from housewide.work.huddles.models import Issue
from housewide.work.huddles.moments import moment_at
from housewide.work.models import Task


@listen("work.task_done", "work.task_dropped")
def task_ended(event: Happened) -> None:
    """A task that is done answers its issue; one that was dropped leaves it to be settled again. Where the issue has
    gone another way since, its history says so and nothing else changes."""
    if event.payload.get("subject_kind") != "huddle_issue":
        return
    issue = Issue.objects.select_for_update().filter(task=event.payload["task"]).first()
    if issue is None or not issue.is_open:
        return
    task = Task.objects.get(public_id=event.payload["task"])
    by = Account.objects.filter(username=event.payload["by"]).first()
    when = moment_at(issue.place.code)
    done = event.name == "work.task_done"
    if issue.state != Issue.State.ASSIGNED:
        ways.add_step(issue, "task_done" if done else "task_dropped", by=by, at=when, text=task.outcome)
    elif done:
        ways.send_answer_down(issue, by=by, at=when, text=task.outcome, kind="task_done")
    else:
        ways.open_again(issue, by=by, at=when, text=f"The task was dropped: {task.outcome}")
