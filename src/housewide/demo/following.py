"""The rest of the demo world comes in while people look around already: month by month, the newest first.

Each month is a job of its own, so that an import somebody asks for meanwhile waits a second and not a minute. A job
that dies is taken over where it stood: every file commits as a step, and then the month before is asked for.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from housewide.demo.beside import Writing
from housewide.demo.operating_rooms import month_starts
from housewide.facts.models import Batch, Feed
from housewide.intake.imports import import_file
from housewide.intake.profiles import store_feeds
from housewide.kit.home import home_folder
from housewide.kit.jobs import JobRun, enqueue, job
from housewide.kit.periods import Month

WRITE, FOLLOW = "demo.write_the_rest", "demo.follow"
FEEDS = ("feeds_movements.toml", "feeds_staffing.toml", "feeds_money.toml")
FOLDERS = {
    "mvh-encounters": "encounters",
    "mvh-bed-stays": "bed_stays",
    "mvh-shifts": "shifts",
    "mvh-timecards": "timecards",
    "lko-timecards": "timecards_lko",
    "mvh-outpatient-surgery": "outpatient_surgery",
    "mvh-charges": "charges",
    "mvh-claims": "claims",
    "mvh-claim-lines": "claim_lines",
    "mvh-remittances": "remittances",
    "mvh-purchases": "purchases",
    "mvh-invoices": "invoices",
    "mvh-ledger": "ledger",
    "mvh-budget": "budget",
    "mvh-statistics": "statistics",
}
MONTHS = 36


def ask_for_the_rest(months: int = MONTHS) -> None:
    """Put the first of the jobs in the queue; the open month comes on top of ``months``."""
    enqueue(WRITE, {"months": months}, place="MVHS", once_key=WRITE)


@job(WRITE, title="Demo world: write the rest of the files", again=True)
def write_the_rest(run: JobRun) -> dict[str, Any]:
    """Write the files of all months, store how they are read, and ask for the newest month."""
    months = int(run.params["months"])
    said = Writing(home_folder() / "demo-files", months=months, part="rest").finish()
    with run.effect():
        for name in FEEDS:
            store_feeds((files("housewide.demo") / name).read_text(encoding="utf-8"), by="system:setup")
        _ask_for(Month.of(month_starts(months)[-1]), months)
    return {"said": said}


def _ask_for(month: Month, before: int) -> None:
    params = {"month": str(month), "before": before}
    enqueue(FOLLOW, params, place="MVHS", title=f"Demo world: {month.title}", once_key=f"{FOLLOW} {month}")


@job(FOLLOW, title="Demo world: a month")
def follow(run: JobRun) -> dict[str, Any]:
    """Import a month of every feed that the first screens do not need, then ask for the month before it."""
    month, before = Month.parse(run.params["month"]), int(run.params["before"])
    waiting = _files_of(home_folder() / "demo-files", month)
    read = 0
    for number, (code, path) in enumerate(waiting):
        run.progress(100 * number // len(waiting), f"importing {path.name}")
        if not run.did(path.name):
            read += _import(run, code, path).rows_read
    if before:
        with run.effect("next"):
            _ask_for(month.shift(-1), before - 1)
    return {"rows_read": read}


def _import(run: JobRun, code: str, path: Path) -> Batch:
    feed = Feed.objects.get(code=code)
    return import_file(feed=feed, path=path, actor="system:setup", effect=lambda: run.effect(path.name))


def _files_of(folder: Path, month: Month) -> list[tuple[str, Path]]:
    return [(code, path) for code, name in FOLDERS.items() for path in sorted((folder / name).glob(f"*_{month}.*"))]
