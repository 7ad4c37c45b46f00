"""Mercy Valley's files come in by the front door, and only the planted mistakes stay outside."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from housewide.facts.catalogue import current_parts
from housewide.facts.engines import session
from housewide.facts.models import Batch, Feed
from housewide.intake.imports import import_file

if TYPE_CHECKING:
    from housewide.demo.writing import WrittenFile

CODES = {"or_case": "mvh-or-log", "or_block": "mvh-or-blocks", "staffed_room": "mvh-staffed-rooms"}
# A case without wheels in is a fact about charting, not a row to refuse: it is accepted and flagged.
FLAGGED = "missing_wheels_in"


@pytest.mark.slow
@pytest.mark.django_db
def test_every_month_imports_with_exactly_the_planted_mistakes_set_aside(
    feeds: dict[str, Feed], world: list[WrittenFile]
) -> None:
    planted: Counter[str] = Counter()
    for file in world:
        if file.table not in CODES:
            continue
        batch = import_file(feed=feeds[CODES[file.table]], path=file.path, actor="system:test")
        refused = sum(count for kind, count in file.faults.items() if kind != FLAGGED)
        assert (batch.rows_read, batch.rows_set_aside) == (file.rows, refused), (file.path.name, batch.reasons)
        assert batch.rows_accepted == file.rows - refused
        planted.update(file.faults)
    assert planted[FLAGGED] and len(planted) == 5
    parts = {table: current_parts(table) for table in CODES}
    with session(parts) as engine:
        flagged = engine.rows("SELECT count(*) FROM or_case WHERE list_contains(flags, 'no_wheels_in')")[0][0]
        months = engine.rows("SELECT count(DISTINCT strftime(day, '%Y-%m')) FROM or_case")[0][0]
        places = engine.rows("SELECT DISTINCT facility, place FROM or_case")
        backwards = engine.rows("SELECT count(*) FROM staffed_room WHERE hour(starts) NOT IN (7, 8, 9)")[0][0]
    assert (flagged, months, places, backwards) == (planted[FLAGGED], 25, [("MVH", "MVH-OR")], 0)
    reasons: Counter[str] = Counter()
    for batch in Batch.objects.filter(feed=feeds["mvh-or-log"]):
        reasons.update(batch.reasons)
    assert reasons["unknown room code"] == planted["unknown_room"]
    assert reasons["duplicate"] == planted["duplicate_line"]
    assert reasons["Wheels out is before wheels in"] == planted["out_before_in"]
    assert reasons["Surgery Date is not a date we can read"] == planted["bad_date"]
