from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from housewide.kit.audit.models import Look
from housewide.measures import cubes
from housewide.measures.models import CubeVersion
from housewide.measures.readings import breakdown, reading
from housewide.measures.row_links import link, register
from housewide.measures.rows import rows_behind
from housewide.measures.tests.counting import AGAIN, MEASURES, ON_TIME, STAYS, UNITS, WAIT, Stay
from housewide.measures.tests.counting.house import make_account

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
OCTOBER = date(2026, 10, 5)
stays = st.lists(
    st.builds(
        Stay,
        day=st.integers(0, 75).map(lambda days: date(2026, 8, 20) + timedelta(days=days)),
        place=st.sampled_from(UNITS["MVH"]),
        room=st.sampled_from(["OR 1", "OR 2", ""]),
        wait=st.one_of(st.none(), st.integers(-2000, 2000)),
        late=st.booleans(),
        void=st.booleans(),
    ),
    max_size=25,
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=stays)
def test_rows_cubes_and_readings_are_the_same_integers(loads: Any, here: list[Stay]) -> None:
    CubeVersion.objects.all().delete()
    months = sorted({f"{stay.day:%Y-%m}" for stay in here} | {"2026-10"})
    loads([*here, *(Stay(date(2026, month, 1)) for month in (8, 9, 10))])
    cubes.refresh(MEASURES, "MVH", months)
    for measure in MEASURES:
        whole = reading(measure, "MVH", "2026-10")
        below = [reading(measure, unit, "2026-10") for unit in UNITS["MVH"]]
        for name in ("num", "den", "count", "exact"):
            assert sum(getattr(part, name) for part in below) == getattr(whole, name)
        for said in (whole, *below):
            rows = rows_behind(measure, said.place, "2026-10")
            assert (rows.num, rows.den, rows.count, rows.exact) == (said.num, said.den, said.count, said.exact)
            out = rows_behind(measure, said.place, "2026-10", left_out=True)
            assert (out.count, out.num, out.exact) == (sum(said.left_out.values()), 0, 0)
        for part in breakdown(measure, "MVH", "2026-10", "room"):
            rows = rows_behind(measure, "MVH", "2026-10", filters={"room": part.label})
            assert (rows.num, rows.den, rows.count) == (part.num, part.den, part.count)


def test_a_place_picks_rows_after_the_measure_has_run(loads: Any) -> None:
    loads([Stay(OCTOBER), Stay(OCTOBER + timedelta(days=2), "MVH-4W")])
    cubes.refresh([AGAIN], "MVH", ["2026-10"])
    assert rows_behind(AGAIN, "MVH-OR", "2026-10").num == 1


def test_rows_are_those_the_published_number_was_counted_from(loads: Any) -> None:
    loads([Stay(OCTOBER)])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    loads([Stay(OCTOBER), Stay(OCTOBER)])
    assert rows_behind(STAYS, "MVH", "2026-10").num == reading(STAYS, "MVH", "2026-10").num == 1


def test_a_row_says_its_labels_its_value_or_why_it_was_left_out(loads: Any) -> None:
    loads([Stay(OCTOBER, wait=-90), Stay(OCTOBER, "MVH-4W", "OR 2", void=True)])
    (row,) = rows_behind(WAIT, "MVH", "2026-10").rows
    assert (row.src, row.place, row.day, row.labels, row.value) == (
        "test_stay",
        "MVH-OR",
        OCTOBER,
        {"room": "OR 1"},
        -90,
    )
    (row,) = rows_behind(WAIT, "MVH", "2026-10", left_out=True).rows
    assert (row.left_out, row.labels, row.num) == ("void", {"room": "OR 2"}, 0)


def test_another_hospitals_rows_stay_out(loads: Any) -> None:
    loads([Stay(OCTOBER)])
    loads([Stay(OCTOBER, "LSR-OR"), Stay(OCTOBER, "LSR-OR")], "LSR")
    for facility in ("MVH", "LSR"):
        cubes.refresh([STAYS], facility, ["2026-10"])
    assert [rows_behind(STAYS, place, "2026-10").count for place in ("SYS", "MVH", "LSR")] == [3, 1, 2]


def test_a_look_at_rows_about_patients_is_recorded(loads: Any) -> None:
    loads([Stay(OCTOBER), Stay(OCTOBER)])
    ann = make_account("ann", "auditor", "MVH")
    found = rows_behind(ON_TIME, "MVH", "2026-10", account=ann, purpose="checking a number")
    look = Look.objects.get()
    assert (look.actor, look.table, look.purpose, look.place) == (ann.username, "test_stay", "checking a number", "MVH")
    assert json.loads(look.rows) == [row.row_id for row in found.rows]


def test_an_unknown_filter_is_refused(loads: Any) -> None:
    with pytest.raises(KeyError, match="no breakdown"):
        rows_behind(STAYS, "MVH", "2026-10", filters={"patient": "x"})


def test_a_row_links_to_its_page_when_its_table_has_one() -> None:
    register("test_stay", lambda row: f"/stays/{row}/")
    assert link("test_stay", "ab") == "/stays/ab/"
    assert link("nothing", "ab") is None
