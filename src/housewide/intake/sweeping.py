"""Removes what a killed import left lying: plain copies of files, which may name patients, and half-kept originals."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from housewide.kit.checks import Problem, check
from housewide.kit.home import home_folder, subfolder
from housewide.kit.jobs import JobRun, job

# A copy younger than this may belong to an import that is still running.
GRACE_SECONDS = 6 * 3600.0


def stray_copies(older_than: float = GRACE_SECONDS) -> list[Path]:
    """Working folders and half-written originals that nobody has touched for so many seconds."""
    latest = time.time() - older_than
    lying = [*subfolder("spool").iterdir(), *subfolder("originals").glob(".*")]
    return sorted(path for path in lying if _last_touched(path) <= latest)


def sweep_stray_copies(older_than: float = GRACE_SECONDS) -> list[str]:
    """Delete them; returns their paths below the home folder. A kept original is never among them."""
    swept = []
    for path in stray_copies(older_than):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        swept.append(path.relative_to(home_folder()).as_posix())
    return swept


def _last_touched(path: Path) -> float:
    try:
        inside = list(path.iterdir()) if path.is_dir() else []
        return max(one.stat().st_mtime for one in (path, *inside))
    except FileNotFoundError:  # its import has just tidied up
        return time.time()


@check("stray copies")
def no_stray_copies() -> list[Problem]:
    """No plain copy of a file outlives its import by long."""
    strays = stray_copies()
    told = f"{len(strays)} copies of files whose imports were cut off will be removed by the hourly job “intake.sweep”."
    return [Problem("stray copies", told, "warning")] if strays else []


@job("intake.sweep", title="Remove copies left by imports that were cut off", again=True, cron="17 * * * *")
def sweep(run: JobRun) -> dict[str, Any]:
    """Deletes working copies of imports that were cut off more than six hours ago."""
    swept = sweep_stray_copies()
    if swept:
        run.log(f"{len(swept)} copies removed")
    return {"swept": len(swept)}
