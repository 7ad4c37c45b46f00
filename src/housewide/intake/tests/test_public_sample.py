"""A real log that nobody wrote for us comes in whole through the profile printed in the guides."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from housewide.facts.catalogue import current_parts
from housewide.facts.engines import session
from housewide.intake.imports import import_file
from housewide.intake.profiles import store_feeds
from housewide.intake.tests.cast import SINCE
from housewide.org.models import Place

ROOT = Path(__file__).parents[4]
DATA = Path(os.environ.get("HOUSEWIDE_REFERENCE_DATA") or ROOT.parent / "shared" / "data")
FILE = DATA / "flow" / "or" / "q1_or_utilization_clean.csv"


@pytest.mark.django_db
@pytest.mark.skipif(not FILE.exists(), reason="the public sample is not on this machine (HOUSEWIDE_REFERENCE_DATA)")
def test_the_public_sample_is_accepted_to_its_last_row() -> None:
    Place.objects.create(code="SAMPLE", name="Sample centre", kind="facility", active_from=SINCE)
    text = (ROOT / "docs" / "guides" / "sample-or-log.toml").read_text(encoding="utf-8")
    (feed,) = store_feeds(text, by="system:setup")
    batch = import_file(feed=feed, path=FILE, actor="system:test")
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (2172, 2172, 0)
    with session({"or_case": current_parts("or_case")}) as engine:
        booked = "date_diff('minute', scheduled_start, scheduled_end)"
        first = engine.rows(f"SELECT room, {booked}, CAST(in_room AS VARCHAR) FROM or_case WHERE case_id = '10001'")
        total = engine.rows(f"SELECT count(*), count(DISTINCT room), min({booked}) FROM or_case")
    assert first == [("1", 90, "2022-01-03 07:05:00")]
    assert total[0][:2] == (2172, 8)
    assert total[0][2] > 0
