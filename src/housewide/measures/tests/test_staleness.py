from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from housewide.kit.jobs import enqueue, run_all
from housewide.kit.jobs.models import Job
from housewide.measures import cubes
from housewide.measures.models import CubeVersion
from housewide.measures.readings import reading
from housewide.measures.staleness import numbers_are_up_to_date, stale
from housewide.measures.tests.counting import AGAIN, MEASURES, STAYS, Stay

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 5)


def test_numbers_just_counted_are_not_behind(loads: Any) -> None:
    loads([Stay(SEPTEMBER), Stay(OCTOBER)])
    cubes.refresh(MEASURES, "MVH", ["2026-09", "2026-10"])
    assert stale() == {}
    assert numbers_are_up_to_date() == []


def test_new_rows_put_their_month_behind_and_the_months_that_look_at_it(loads: Any) -> None:
    loads([Stay(SEPTEMBER), Stay(OCTOBER)])
    cubes.refresh(MEASURES, "MVH", ["2026-09", "2026-10"])
    loads([Stay(OCTOBER), Stay(OCTOBER)])
    behind = {measure: months for months, measures in stale()["MVH"].items() for measure in measures}
    assert behind[STAYS] == ("2026-10",)
    assert behind[AGAIN] == ("2026-09", "2026-10")


def test_a_changed_definition_is_counted_again_at_night(loads: Any) -> None:
    loads([Stay(OCTOBER)])
    cubes.refresh(MEASURES, "MVH", ["2026-10"])
    run_all()
    CubeVersion.objects.filter(measure=STAYS).update(definition_sha256="0" * 64)
    (problem,) = numbers_are_up_to_date()
    assert problem.text.startswith("1 number of MVH: ")
    assert any("earlier version of the definition" in caveat for caveat in reading(STAYS, "MVH", "2026-10").caveats)
    enqueue("measures.catch_up", {})
    assert [job.state for job in run_all() if job.kind == "measures.catch_up"] == [Job.State.DONE]
    assert stale() == {}
