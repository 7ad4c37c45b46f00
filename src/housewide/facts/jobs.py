"""Night work on the facts: files of imports that never finished are swept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housewide.facts.checks import sweep_stray_files
from housewide.kit.jobs.kinds import job

if TYPE_CHECKING:
    from housewide.kit.jobs.runs import JobRun


@job("facts.sweep", title="Sweep files of imports that never finished", again=True, cron="40 3 * * *")
def sweep(run: JobRun) -> dict[str, Any]:
    """Deletes files that no catalogue entry names and that are older than an hour."""
    swept = sweep_stray_files()
    run.log(f"{len(swept)} files swept")
    return {"swept": len(swept)}
