"""Which published numbers are behind: their rows or their definition have changed since they were counted.

An import makes its own job. This finds what no import told of, such as a new release with a changed definition: every
night it is counted again, and ``housewide check`` says what waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from housewide.facts.models import Part
from housewide.kit.checks import Problem, check
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.runs import JobRun
from housewide.kit.periods import Month
from housewide.measures import asking, cubes, definitions
from housewide.measures.listeners import REFRESH
from housewide.measures.models import CubeVersion
from housewide.org.calendars import hold_calendars

Groups = dict[tuple[str, ...], list[str]]


def stale() -> dict[str, Groups]:
    """By facility: the months that are behind, and the measures they are behind for. Two queries and the calendars."""
    parts: dict[str, asking.Parts] = {}
    for part in Part.objects.filter(to_batch=None).order_by("table", "scope", "period"):
        parts.setdefault(part.scope, {}).setdefault(part.table, []).append(part)
    versions = CubeVersion.objects.using("cubes").filter(current=True)
    published = {
        (facility, measure, period): (definition, rows)
        for facility, measure, period, definition, rows in versions.values_list(
            "facility", "measure", "period", "definition_sha256", "parts_sha256"
        )
    }
    found: dict[str, Groups] = {}
    with hold_calendars():
        for facility, tables in parts.items():
            for measure, months in _behind(facility, tables, published):
                found.setdefault(facility, {}).setdefault(months, []).append(measure)
    return found


def _behind(
    facility: str, tables: asking.Parts, published: dict[tuple[str, str, str], tuple[str, str]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for definition in definitions.all_definitions().values():
        if definition.kind not in cubes.KINDS:
            continue
        read = asking.tables_of(definition)
        here = {table: tables.get(table, []) for table in read}
        periods = {part.period for some in here.values() for part in some}
        periods |= {period for code, measure, period in published if (code, measure) == (facility, definition.id)}
        months = []
        for period in sorted(periods):
            needed = asking.months_needed(definition, facility, Month.parse(period))
            wanted = (definition.sha256, asking.parts_sha256(here, read, needed))
            if published.get((facility, definition.id, period)) != wanted:
                months.append(period)
        if months:
            yield definition.id, tuple(months)


@job("measures.catch_up", title="Count again what is behind", again=True, cron="40 2 * * *")
def catch_up(run: JobRun) -> dict[str, Any]:
    """Count every number that is behind its rows or its definition."""
    cells = 0
    for facility, groups in stale().items():
        for months, measures in groups.items():
            run.check_cancel()
            run.progress(50, f"{len(measures)} measures, {len(months)} months")
            cells += cubes.refresh(measures, facility, months, effect=run.effect, say=run.log)
    return {"cells": cells}


@check("measures")
def numbers_are_up_to_date() -> list[Problem]:
    """Every published number was counted from the rows and with the definition that hold now, or a job waits."""
    waiting = set(Job.objects.filter(kind=REFRESH, state__in=("waiting", "running")).values_list("place", flat=True))
    found = []
    for facility, groups in stale().items():
        count = sum(len(months) * len(measures) for months, measures in groups.items())
        numbers = "1 number" if count == 1 else f"{count:,} numbers"
        text = (
            f"{numbers} of {facility}: the rows or the definition have changed since they were counted. It is done"
            " tonight, or now by the job “Count again what is behind”."
        )
        if facility not in waiting:
            found.append(Problem("measures", text, "warning"))
    return found
