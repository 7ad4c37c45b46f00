"""10,000 signals over 500 measure-places in one job, then the refresh after one restated month.

Ten measures of five kinds at a system, a hospital, eight departments and forty units (fifty places), with cubes of 44
months; twenty months are judged. The peer asks for the same readings one by one, timed on a sample and scaled; both
must say the same word and rule on that sample, or the comparison is refused.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from benchmarks.homes import ready
from benchmarks.measuring import peak_memory, ratio, seconds, timed

MONTHS, JUDGED, SAMPLE, SEED = 44, 20, 60, 20264
RESTATED = "2026-04"


def make_places() -> list[str]:
    """A system, a hospital, eight departments of five units: the codes of the units."""
    from housewide.org.models import Place, Placement

    since = date(2020, 1, 1)

    def add(code: str, kind: str, parent: Any) -> Any:
        place = Place.objects.create(code=code, name=code, kind=kind, active_from=since)
        if parent:
            Placement.objects.create(place=place, parent=parent, valid_from=since)
        return place

    hospital = add("BENCH", "facility", add("BSYS", "system", None))
    units = []
    for number in range(8):
        department = add(f"D{number}", "department", hospital)
        units += [add(f"D{number}U{unit}", "unit", department).code for unit in range(5)]
    return units


def choose_measures() -> list[str]:
    """Ten measures, as many kinds as there are."""
    from housewide.measures.definitions import all_definitions

    chosen: list[str] = []
    for kind, most in (("ratio", 5), ("rate", 1), ("total", 2), ("distribution", 2), ("stock", 1)):
        chosen += sorted(key for key, one in all_definitions().items() if one.kind == kind)[:most]
    return chosen[:10]


def write_month(measures: list[str], units: list[str], period: str, chance: random.Random) -> None:
    """A published cube of one month, made up."""
    from housewide.kit.clock import now
    from housewide.measures.definitions import get
    from housewide.measures.models import BreakdownCell, CubeVersion

    CubeVersion.objects.using("cubes").filter(period=period, measure__in=measures).update(current=False)
    for measure in measures:
        version = CubeVersion.objects.using("cubes").create(
            measure=measure, facility="BENCH", period=period, definition_sha256=get(measure).sha256, parts_sha256="",
            as_of_batch=1, current=True, computed_at=now(),
        )  # fmt: skip
        cells = []
        for unit in units:
            count = chance.randint(30, 90)
            num = sum(chance.random() < 0.7 for _ in range(count))
            cell: dict[str, Any] = {"num": num, "den": count, "count": count}
            if get(measure).kind == "distribution":
                wide = get(measure).bin
                bins = {str(chance.randint(0, 20) * wide): chance.randint(1, 9) for _ in range(8)}
                total = sum(bins.values())
                exact = sum(int(edge) * times for edge, times in bins.items())
                cell = {"num": total, "count": total, "exact": exact, "bins": bins}
            cells.append(BreakdownCell(version=version, place=unit, by="", label="", left_out={}, **cell))
        BreakdownCell.objects.using("cubes").bulk_create(cells)


def run_job(measures: list[str], since: str) -> None:
    """The job as the worker runs it."""
    from housewide.kit.actions import act
    from housewide.kit.jobs.queue import enqueue
    from housewide.kit.jobs.workers import run_all
    from housewide.measures.noticed.jobs import NOTICE

    with act("bench", actor="system:bench"):
        enqueue(NOTICE, {"facility": "BENCH", "measures": measures, "since": since})
    job = next(one for one in run_all() if one.kind == NOTICE)
    if job.state != "done":
        raise AssertionError(f"the job ended {job.state}: {job.result}")


def peer(measures: list[str], places: list[str], months: list[str]) -> float:
    """Seconds for all readings one by one, scaled from a sample that must agree."""
    from housewide.measures.models import SignalRecord
    from housewide.measures.readings import reading

    every = [(measure, place, month) for measure in measures for place in places for month in months]
    sample = random.Random(SEED).sample(every, SAMPLE)
    took = timed(lambda: [reading(*one) for one in sample])
    for measure, place, month in sample:
        found = reading(measure, place, month).signal
        said = SignalRecord.objects.using("cubes").get(measure=measure, place=place, period=month)
        if (said.word, said.rule) != (found.word, found.rule):
            raise AssertionError(f"{measure} at {place} in {month} differs from its reading; times cannot be compared.")
    return took * len(every) / SAMPLE


def rows() -> list[dict[str, str]]:
    ready()
    from housewide.kit.periods import Month, months_back
    from housewide.measures.models import SignalRecord

    chance = random.Random(SEED)
    units, measures = make_places(), choose_measures()
    last = Month(2026, 10)
    for month in months_back(last, MONTHS):
        write_month(measures, units, str(month), chance)
    first = timed(lambda: run_job(measures, str(last)))
    memory = peak_memory()
    signals = SignalRecord.objects.using("cubes").count()
    pairs = SignalRecord.objects.using("cubes").values("measure", "place").distinct().count()
    places = ["BSYS", "BENCH", *(f"D{number}" for number in range(8)), *units]
    months = [str(month) for month in months_back(last, JUDGED)]
    one_by_one = peer(measures, places, months)
    write_month(measures, units, RESTATED, chance)
    again = timed(lambda: run_job(measures, RESTATED))
    after = len([month for month in months if month >= RESTATED])
    return [
        {"what": f"{signals:,} signals over {pairs} measure-places in one job", "time": seconds(first),
         "memory": memory, "peer": f"the readings one by one (scaled from {SAMPLE})", "peer_time": seconds(one_by_one),
         "ratio": ratio(one_by_one, first)},
        {"what": f"signals again after one restated month ({after} months of {pairs} measure-places)",
         "time": seconds(again), "memory": memory, "peer": "the same readings one by one",
         "peer_time": seconds(one_by_one * after / JUDGED), "ratio": ratio(one_by_one * after / JUDGED, again)},
    ]  # fmt: skip
