"""From a file to an answer, end to end."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from housewide.facts import identities
from housewide.facts.catalogue import current_parts
from housewide.facts.engines import session
from housewide.facts.tests.conftest import row
from housewide.kit.events.models import Event
from housewide.org.calendars import calendar_rows

ASKED = (
    "SELECT visit_id, facility, place, class, add_on, arrived, charge, wait, payer, patient, row_id, batch, source_line"
    " FROM test_visit ORDER BY visit_id"
)
pytestmark = pytest.mark.django_db


def test_a_file_becomes_rows_that_can_be_asked(feed, send):
    batch = send(feed, [row(), row(Visit="V2", Charge="(5)"), row(Visit="V3", In="25:99"), row(Visit="V4", Unit="XX")])
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (4, 2, 2)
    assert batch.reasons == {"In is not a date and time we can read": 1, "unknown place code": 1}
    days = calendar_rows("MVH", date(2026, 10, 1), date(2026, 10, 31))
    with session({"test_visit": current_parts("test_visit")}, days) as engine:
        found = engine.rows(ASKED)
        assert engine.rows("SELECT count(*) FROM calendar WHERE workday") == [(22,)]
    assert found[0] == (
        "V1",
        "MVH",
        "MVH-OR",
        "elective",
        False,
        datetime(2026, 10, 14, 7, 30),
        123450,
        720,
        "MEDICARE",
        identities.surrogate("00123456"),
        identities.row_id("test_visit", "MVH", ["V1"]),
        batch.public_id,
        2,
    )
    assert found[1][6] == -500
    (part,) = current_parts("test_visit", ["MVH"], ["2026-10"])
    assert part.rows == 2 and part.lowest == "2026-10-14"
    told = Event.objects.get(name="facts.part_changed").payload
    assert told == {"table": "test_visit", "facility": "MVH", "period": "2026-10", "batch": batch.public_id}
