"""The census and the appointments come in by the front door, nothing is set aside, and their measures count."""

from __future__ import annotations

from pathlib import Path

import pytest

from housewide.demo.clinic import write_appointments
from housewide.demo.operating_rooms import write_files
from housewide.demo.setting_up import FOLDERS, feed_files
from housewide.demo.wards import write_census
from housewide.duties.clinics.registration import REVIEWED as CLINIC
from housewide.duties.clinics.registration import has_clinic
from housewide.duties.flow.registration import REVIEWED as FLOW
from housewide.duties.flow.registration import has_beds
from housewide.facts.models import Identity
from housewide.intake.imports import import_file
from housewide.intake.profiles import store_feeds
from housewide.measures.cubes import refresh
from housewide.measures.readings import reading
from housewide.org.actions import import_holidays, import_places


@pytest.mark.django_db(databases=["default", "cubes"])
def test_both_files_are_taken_whole_and_counted(tmp_path: Path) -> None:
    write_files(tmp_path, months=1)
    write_census(tmp_path, months=1)
    write_appointments(tmp_path, months=1)
    for take, name in ((import_places, "places"), (import_holidays, "holidays")):
        take(by="system:setup", text=(tmp_path / "organization" / f"{name}.csv").read_text(encoding="utf-8"))
    stored = [feed for text in feed_files() for feed in store_feeds(text, by="system:setup")]
    feeds = {feed.code: feed for feed in stored}
    for code in ("mvh-midnight-census", "lko-appointments"):
        for path in sorted((tmp_path / FOLDERS[code]).iterdir()):
            batch = import_file(feed=feeds[code], path=path, actor="system:setup")
            assert batch.rows_set_aside == 0, batch.reasons
            assert batch.rows_read > 100
    refresh(FLOW, "MVH", ["2026-10"])
    refresh(CLINIC, "LKO", ["2026-10"])
    assert 7 < float(reading("flow.direct_care_hours", "MVH", "2026-10").value or 0) < 11
    assert 75 < float(reading("flow.occupancy", "MVH", "2026-10").value or 0) < 95
    assert 2 < float(reading("clinics.no_show", "LKO", "2026-10").value or 0) < 10
    assert 5 < float(reading("clinics.days_to_new_appointment", "LKO", "2026-10").value or 0) < 25
    assert has_beds("MVHS")
    assert has_beds("MVH-4W")
    assert not has_beds("MVH-OR")
    assert has_clinic("LKO-CLINIC")
    assert not has_clinic("MVH")
    assert Identity.objects.exists()
