"""Counts again what an import has changed: one job a facility, however many files came in while it waited."""

from __future__ import annotations

from typing import Any

from housewide.kit.actions import act
from housewide.kit.events import Happened, listen
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import enqueue
from housewide.kit.jobs.runs import JobRun
from housewide.kit.periods import Month
from housewide.measures import asking, cubes, definitions
from housewide.org.calendars import hold_calendars
from housewide.org.models import Place

REFRESH = "measures.refresh"


@listen("facts.part_changed")
def count_again(event: Happened) -> None:
    """Add the changed month to the facility's waiting job, or ask for one. Runs in the listener's transaction."""
    facility, period, table = (event.payload[key] for key in ("facility", "period", "table"))
    if not any(table in definition.reads for definition in definitions.all_definitions().values()):
        return
    waiting = Job.objects.select_for_update().filter(kind=REFRESH, state=Job.State.WAITING, place=facility).first()
    if waiting is None:
        name = Place.objects.filter(code=facility).values_list("name", flat=True).first() or facility
        changed = {table: [period]}
        enqueue(REFRESH, {"facility": facility, "changed": changed}, place=facility, title=f"Count measures: {name}")
        return
    changed = {key: list(months) for key, months in waiting.params["changed"].items()}
    if period not in changed.setdefault(table, []):
        changed[table].append(period)
        waiting.params = {**waiting.params, "changed": changed}
        waiting.save(update_fields=["params"])


@job(REFRESH, title="Count measures again", again=True)
def refresh_measures(run: JobRun) -> dict[str, Any]:
    """Count the measures that read the changed tables, for the changed months and those that look at them."""
    facility, changed = run.params["facility"], run.params["changed"]
    groups = affected(facility, changed)
    cells = 0
    for done, (months, measures) in enumerate(sorted(groups.items())):
        run.check_cancel()
        run.progress(100 * done // len(groups), f"{len(measures)} measures, {len(months)} months")
        cells += cubes.refresh(measures, facility, months, effect=run.effect, say=run.log)
    return {"cells": cells, "measures": sum(len(measures) for measures in groups.values())}


def affected(facility: str, changed: dict[str, list[str]]) -> dict[tuple[str, ...], list[str]]:
    """Which measures have to be counted again, grouped by the same months: months -> measure ids."""
    groups: dict[tuple[str, ...], list[str]] = {}
    with hold_calendars():
        for definition in definitions.all_definitions().values():
            changes = {period for table in asking.tables_of(definition) for period in changed.get(table, ())}
            months = {
                str(month)
                for period in changes
                for month in asking.months_touched(definition, facility, Month.parse(period))
            }
            if months:
                groups.setdefault(tuple(sorted(months)), []).append(definition.id)
    return groups


def count_everything(facility: str, *, actor: str = "system:measures") -> Job:
    """Ask for all months of all tables of a facility to be counted again, as after an upgrade of definitions."""
    from housewide.facts.models import Part

    changed: dict[str, list[str]] = {}
    parts = Part.objects.filter(scope=facility, to_batch=None).order_by("period").values_list("table", "period")
    for table, period in parts:
        changed.setdefault(table, []).append(period)
    with act("count_everything", actor=actor, place=facility):
        return enqueue(REFRESH, {"facility": facility, "changed": changed}, place=facility)
