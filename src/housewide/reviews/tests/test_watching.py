"""A signal that somebody answered with “known, watching until” asks for no comment in the review."""

from __future__ import annotations

from datetime import date

import pytest

from housewide.kit.clock import now
from housewide.measures.definitions import all_definitions
from housewide.measures.models import Noticed
from housewide.reviews.watching import watched
from housewide.work.noticing.actions import watch_signal
from housewide.work.tests.cast import make_cast

TODAY = date(2026, 11, 23)


@pytest.mark.django_db(databases=["default", "cubes"])
def test_what_a_leader_knows_of_is_said_in_the_review_until_its_day() -> None:
    cast = make_cast()
    measure = min(key for key, one in all_definitions().items() if one.kind == "ratio")
    Noticed.objects.create(
        measure=measure, place="MVH-OR", word="changed", tone="neutral", arrow="up", rule="a point above the limit",
        since="2026-10", first_period="2026-10", period="2026-10", value="62.1%", first_noticed_at=now(),
    )  # fmt: skip
    assert watched(measure, "MVH-OR", TODAY) == ""
    watch_signal(by=cast.alice, measure=measure, place="MVH-OR", until=date(2026, 12, 15), reason="New times.")
    assert watched(measure, "MVH-OR", TODAY) == "known, watching until Dec 15, 2026: New times"
    assert watched(measure, "MVH-OR", date(2026, 12, 16)) == ""
