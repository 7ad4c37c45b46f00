"""A real operating-room log gives the figures that are known of it, by the front door, as shipped."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from housewide.measures.cubes import refresh
from housewide.measures.readings import Reading, readings
from housewide.measures.rows import rows_behind

ROOT = Path(__file__).parents[5]
DATA = Path(os.environ.get("HOUSEWIDE_REFERENCE_DATA") or ROOT.parent / "shared" / "data")
FILE = DATA / "flow" / "or" / "q1_or_utilization_clean.csv"
MONTHS = ("2022-01", "2022-02", "2022-03")
ON_TIME = "surgery.first_case_on_time.in_room.{}min"

pytestmark = [
    pytest.mark.django_db(databases=["default", "cubes"]),
    pytest.mark.skipif(not FILE.exists(), reason="the public log is not on this machine (HOUSEWIDE_REFERENCE_DATA)"),
]


@pytest.fixture
def log() -> None:
    from datetime import date

    from housewide.intake.imports import import_file
    from housewide.intake.profiles import store_feeds
    from housewide.org.models import Place

    Place.objects.create(code="SAMPLE", name="Sample centre", kind="facility", active_from=date(2020, 1, 1))
    (feed,) = store_feeds(
        (ROOT / "docs" / "guides" / "sample-or-log.toml").read_text(encoding="utf-8"), by="system:setup"
    )
    import_file(feed=feed, path=FILE, actor="system:test")
    refresh(None, "SAMPLE", MONTHS)


def quarter(measure: str) -> list[Reading]:
    return [readings([measure], "SAMPLE", month)[0] for month in MONTHS]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(("grace", "share"), [(0, "0.0"), (5, "46.4"), (15, "96.4")])
def test_first_cases_on_time_agree_with_what_is_known(grace: int, share: str) -> None:
    months = quarter(ON_TIME.format(grace))
    num, den = sum(one.num for one in months), sum(one.den for one in months)
    assert den == 496
    assert Decimal(100 * num) / Decimal(den) == pytest.approx(Decimal(share), abs=Decimal("0.05"))


@pytest.mark.usefixtures("log")
def test_turnover_agrees_and_overlaps_are_listed_not_averaged() -> None:
    behind = [rows_behind("surgery.turnover.room", "SAMPLE", month) for month in MONTHS]
    gaps = sorted(row.value for one in behind for row in one.rows if row.value is not None)
    assert gaps[len(gaps) // 2] == 29 * 60
    assert round(sum(gaps) / len(gaps) / 60, 1) == 30.1
    left_out = sum(one.left_out.get("overlap: in the room before the last patient was out", 0)
                   for one in quarter("surgery.turnover.room"))  # fmt: skip
    assert left_out == 8


@pytest.mark.usefixtures("log")
def test_every_case_is_counted_once() -> None:
    assert sum(one.num for one in quarter("surgery.cases")) == 2172
