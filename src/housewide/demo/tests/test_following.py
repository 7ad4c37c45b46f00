"""The rest of the demo world comes in by jobs: whole, month by month, and once however often a job is run."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from housewide.demo.following import FOLDERS, ask_for_the_rest
from housewide.demo.setting_up import feed_files
from housewide.demo.wards import census_rows
from housewide.demo.world import write_first
from housewide.facts.catalogue import current_parts
from housewide.facts.engines import session
from housewide.facts.models import Batch
from housewide.intake.profiles import store_feeds
from housewide.kit import jobs
from housewide.kit.jobs.models import Job
from housewide.org.actions import import_places

pytestmark = [pytest.mark.django_db(databases=["default", "cubes"], transaction=True)]


@pytest.fixture
def places(tmp_path: Path) -> None:
    write_first(tmp_path, months=1)
    text = (tmp_path / "organization" / "places.csv").read_text(encoding="utf-8")
    import_places(by="system:setup", text=text)
    for said in feed_files():
        store_feeds(said, by="system:setup")


@pytest.mark.usefixtures("places")
def test_every_file_is_imported_once_with_nothing_set_aside_and_ties_with_the_census() -> None:
    ask_for_the_rest(months=2)
    ask_for_the_rest(months=2)
    jobs.run_all()
    assert {job.state for job in Job.objects.filter(kind__startswith="demo.")} == {Job.State.DONE}
    batches = Batch.objects.filter(feed__code__in=FOLDERS)
    assert batches.count() == 3 * len(FOLDERS)
    assert [batch.reasons for batch in batches if batch.rows_set_aside] == []
    assert _patients_on(date(2026, 11, 15)) == _census_on(date(2026, 11, 15))


def _census_on(day: date) -> int:
    return sum(int(row[2]) for row in census_rows(2026, day))


def _patients_on(day: date) -> int:
    """Recount the accepted bed log: nobody stays for more than sixty nights, so three months hold all who lie there."""
    parts = {"bed_stay": current_parts("bed_stay", ["MVH"])}
    with session(parts, []) as engine:
        midnight = day + timedelta(days=1)
        lying = "SELECT count(*) FROM bed_stay WHERE started_at < ? AND (ended_at IS NULL OR ended_at >= ?)"
        return int(engine.rows(lying, [midnight, midnight])[0][0])
