"""After measures were counted, every place they touch is looked at again: one job a facility."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from housewide.kit.clock import today
from housewide.kit.events import Happened, listen
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import enqueue
from housewide.kit.jobs.runs import JobRun
from housewide.kit.periods import Month, months_back
from housewide.measures import definitions
from housewide.measures.cubes import COUNTED
from housewide.measures.models import CubeVersion, SignalRecord
from housewide.measures.noticed.recording import notice
from housewide.measures.noticed.states import HISTORY
from housewide.org.calendars import calendars
from housewide.org.models import Place
from housewide.org.tree import tree_on

NOTICE = "measures.notice"


@listen(COUNTED)
def look_again(event: Happened) -> None:
    """Add what was counted to the facility's waiting look, or ask for one. Runs in the listener's transaction."""
    facility, measures, periods = (event.payload[key] for key in ("facility", "measures", "periods"))
    waiting = Job.objects.select_for_update().filter(kind=NOTICE, state=Job.State.WAITING, place=facility).first()
    if waiting is None:
        name = Place.objects.filter(code=facility).values_list("name", flat=True).first() or facility
        given = {"facility": facility, "measures": sorted(measures), "since": min(periods)}
        enqueue(NOTICE, given, place=facility, title=f"Look for signals: {name}")
        return
    waiting.params = {
        "facility": facility,
        "measures": sorted({*waiting.params["measures"], *measures}),
        "since": min(waiting.params["since"], *periods),
    }
    waiting.save(update_fields=["params"])


@job(NOTICE, title="Look for signals", again=True)
def look_for_signals(run: JobRun) -> dict[str, Any]:
    """Judge the changed months and all after them at every place of a facility and above."""
    facility = run.params["facility"]
    found = look(facility, run.params["measures"], Month.parse(run.params["since"]), run=run)
    run.log(f"{found['judged']:,} readings judged, {found['raised']} signals began, {found['ended']} ended.")
    return found


@job("measures.notice_all", title="Look for signals everywhere", again=True, cron="20 3 * * *")
def look_everywhere(run: JobRun) -> dict[str, Any]:
    """The nightly look: the newest complete month of every facility, and the history of what was never judged."""
    total = {"judged": 0, "written": 0, "raised": 0, "ended": 0}
    facilities = CubeVersion.objects.using("cubes").filter(current=True).values_list("facility", flat=True).distinct()
    for facility in sorted(set(facilities)):
        run.check_cancel()
        found = look(facility, definitions.all_definitions(), newest_complete(facility), run=run)
        total = {key: total[key] + found[key] for key in total}
    return total


def look(facility: str, measures: Iterable[str], since: Month, *, run: JobRun | None = None) -> dict[str, int]:
    """Judge measures at a facility's places from a month on; those never judged there get their history."""
    last = newest_complete(facility)
    ids = with_those_computed_from(measures)
    places = places_of(facility)
    judged = SignalRecord.objects.using("cubes").filter(place__in=places, measure__in=ids)
    before = set(judged.values_list("measure", flat=True).distinct())
    new = [measure for measure in ids if measure not in before]
    old = [measure for measure in ids if measure in before]
    total = {"judged": 0, "written": 0, "raised": 0, "ended": 0}
    first = max(min(since, last), last.shift(1 - HISTORY))
    for some, months in ((new, months_back(last, HISTORY)), (old, months_back(last, _apart(first, last) + 1))):
        if some:
            outcome = notice(some, places, months, effect=run.effect if run else None)
            total = {key: total[key] + getattr(outcome, key) for key in total}
    return total


def places_of(facility: str) -> list[str]:
    """The facility, everything below it and everything above it that is active today."""
    day = today()
    tree = tree_on(day)
    codes = [*tree.below(facility), *tree.above(facility)[1:]]
    return [code for code in codes if (tree.places[code].active_to or day) >= day]


def with_those_computed_from(measures: Iterable[str]) -> list[str]:
    """Measures and the formulas that are computed from them, formulas of formulas too."""
    known = definitions.all_definitions()
    chosen = set(measures) & known.keys()
    while more := {
        one.id for one in known.values() if one.id not in chosen and chosen & {part.measure for part in one.components}
    }:
        chosen |= more
    return sorted(chosen)


def newest_complete(facility: str) -> Month:
    """The last fiscal month of a facility that is over."""
    calendar = calendars().get(facility)
    day = today()
    month = Month.of(day) if calendar is None else calendar.month_of(day)
    return month.shift(-1)


def _apart(first: Month, last: Month) -> int:
    return (last.year - first.year) * 12 + last.number - first.number
