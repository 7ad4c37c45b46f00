from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db.models import Sum

from housewide.facts.models import Batch
from housewide.kit.jobs import run_all
from housewide.kit.jobs.models import Job
from housewide.measures import cubes
from housewide.measures.listeners import REFRESH, affected
from housewide.measures.models import BreakdownCell, CubeVersion, DayCell, DefinitionRecord
from housewide.measures.readings import reading
from housewide.measures.tests.counting import AGAIN, MEASURES, ON_TIME, STAYS, WAIT, Stay

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
OCTOBER = date(2026, 10, 5)


def current(measure: str, period: str = "2026-10") -> CubeVersion:
    return CubeVersion.objects.get(measure=measure, period=period, current=True)


def test_a_cube_holds_the_sums_of_each_place_and_day(loads: Any) -> None:
    loads([Stay(OCTOBER), Stay(OCTOBER, late=True), Stay(date(2026, 10, 6), "MVH-4W"), Stay(OCTOBER, void=True)])
    cubes.refresh([ON_TIME], "MVH", ["2026-10"])
    cells = DayCell.objects.filter(version=current(ON_TIME)).order_by("place")
    assert list(cells.values_list("place", "day", "num", "den", "count")) == [
        ("MVH-4W", date(2026, 10, 6), 1, 1, 1),
        ("MVH-OR", OCTOBER, 1, 2, 2),
    ]
    assert current(ON_TIME).left_out == {"void": 1}


def test_a_distribution_keeps_exact_sums_and_bins_that_end_at_the_tails(loads: Any) -> None:
    waits = [-5000, -61, -60, -1, 0, 59, 60, 599, 600, 9000]
    loads([Stay(OCTOBER, wait=wait) for wait in waits])
    cubes.refresh([WAIT], "MVH", ["2026-10"])
    cell = DayCell.objects.get(version=current(WAIT))
    bins = {int(edge): times for edge, times in _loaded(cell.bins).items()}
    assert bins == {-600: 1, -120: 1, -60: 2, 0: 2, 60: 1, 540: 1, 600: 2}
    assert (cell.num, cell.exact) == (10, sum(waits))


def _loaded(value: Any) -> Any:
    import json

    return json.loads(value) if isinstance(value, str) else value


def test_a_value_that_is_missing_is_left_out_and_said(loads: Any) -> None:
    loads([Stay(OCTOBER, wait=None), Stay(OCTOBER, wait=60)])
    cubes.refresh([WAIT], "MVH", ["2026-10"])
    assert current(WAIT).left_out == {"no value": 1}


def test_months_counted_together_equal_months_counted_alone(loads: Any) -> None:
    loads([Stay(date(2026, month, day), room=f"OR {day % 3}") for month in (8, 9, 10) for day in (2, 9, 27)])
    cubes.refresh(MEASURES, "MVH", ["2026-08", "2026-09", "2026-10"])
    together = _everything()
    for month in ("2026-10", "2026-08", "2026-09"):
        cubes.refresh(MEASURES, "MVH", [month])
    assert _everything() == together


def _everything() -> list[Any]:
    cells = BreakdownCell.objects.filter(version__current=True).order_by(
        "version__measure", "version__period", "place", "by", "label"
    )
    return list(cells.values_list("version__measure", "version__period", "by", "label", "num", "den", "exact", "bins"))


def test_a_measure_that_looks_ahead_sees_the_next_month(loads: Any) -> None:
    loads([Stay(date(2026, 9, 28)), Stay(date(2026, 10, 3)), Stay(date(2026, 10, 30))])
    cubes.refresh([AGAIN], "MVH", ["2026-09", "2026-10"])
    assert reading(AGAIN, "MVH", "2026-09").num == 1
    assert reading(AGAIN, "MVH", "2026-10").num == 0


def test_a_breakdown_with_too_many_values_is_refused_and_the_total_kept(loads: Any) -> None:
    loads([Stay(OCTOBER, room=f"Room {number}") for number in range(201)])
    said: list[str] = []
    cubes.refresh([STAYS], "MVH", ["2026-10"], say=said.append)
    assert not BreakdownCell.objects.filter(version=current(STAYS), by="room").exists()
    assert reading(STAYS, "MVH", "2026-10").num == 201
    assert "201 values of “room”" in said[0]


def test_an_empty_label_is_called_none(loads: Any) -> None:
    loads([Stay(OCTOBER, room="")])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    assert BreakdownCell.objects.get(version=current(STAYS), by="room").label == "none"


def test_only_the_current_version_and_the_one_before_are_kept(loads: Any) -> None:
    loads([Stay(OCTOBER)])
    for _ in range(4):
        cubes.refresh([STAYS], "MVH", ["2026-10"])
    assert list(CubeVersion.objects.order_by("pk").values_list("current", flat=True)) == [False, True]
    assert DayCell.objects.count() == 2


def test_a_refused_effect_leaves_the_old_numbers_and_no_litter(loads: Any) -> None:
    loads([Stay(OCTOBER)])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    loads([Stay(OCTOBER), Stay(OCTOBER)])

    @contextmanager
    def refused() -> Any:
        raise RuntimeError("lease lost")
        yield

    with pytest.raises(RuntimeError, match="lease lost"):
        cubes.refresh([STAYS], "MVH", ["2026-10"], effect=refused)
    assert reading(STAYS, "MVH", "2026-10").num == 1
    assert CubeVersion.objects.count() == 1


def test_a_count_that_a_newer_one_has_overtaken_is_not_published(loads: Any) -> None:
    loads([Stay(OCTOBER)])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    CubeVersion.objects.update(as_of_batch=Batch.objects.count() + 10_000)
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    assert current(STAYS).as_of_batch > 10_000


def test_a_version_says_which_definition_parts_and_import_it_knows(loads: Any) -> None:
    batch = loads([Stay(OCTOBER)])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    version = current(STAYS)
    part = batch.parts_made.get()
    assert version.as_of_batch == batch.pk
    assert version.parts_sha256 == hashlib.sha256(f"test_stay 2026-10 {part.sha256}".encode()).hexdigest()
    assert DefinitionRecord.objects.get(sha256=version.definition_sha256).measure == STAYS


def test_many_imports_make_one_job_that_counts_every_changed_month(loads: Any) -> None:
    from housewide.kit import events

    for month in (8, 9, 10):
        loads([Stay(date(2026, month, 5))])
    events.deliver()
    job = Job.objects.get(kind=REFRESH)
    assert job.params["changed"] == {"test_stay": ["2026-08", "2026-09", "2026-10"]}
    assert [done.state for done in run_all() if done.kind == REFRESH] == ["done"]
    assert DayCell.objects.filter(version__current=True, version__measure=STAYS).aggregate(n=Sum("num"))["n"] == 3


def test_a_change_counts_the_months_again_that_look_at_it(counted: None) -> None:
    groups = {
        measure: months for months, some in affected("MVH", {"test_stay": ["2026-10"]}).items() for measure in some
    }
    assert groups[STAYS] == ("2026-10",)
    assert groups[AGAIN] == ("2026-09", "2026-10")


def test_rows_that_are_taken_back_leave_an_empty_month(loads: Any) -> None:
    loads([Stay(OCTOBER), Stay(date(2026, 9, 1))])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    from housewide.facts.models import Part

    Part.objects.filter(period="2026-10").update(to_batch=Batch.objects.first())
    loads([Stay(date(2026, 9, 2))])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    assert reading(STAYS, "MVH", "2026-10").value is None
