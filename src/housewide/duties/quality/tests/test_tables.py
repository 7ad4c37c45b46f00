"""The facts decide what of CMS's files is accepted: whole lines of real hospitals, each number at its scale."""

from __future__ import annotations

import csv
import lzma
import os
from datetime import date
from pathlib import Path

import pytest

from housewide.facts.catalogue import current_parts
from housewide.facts.engines import session
from housewide.facts.models import Batch, Feed
from housewide.facts.tables import table
from housewide.facts.tables.rules import rule_problems
from housewide.intake.cms import read_cms, write_long_form
from housewide.intake.imports import import_file
from housewide.intake.profiles import store_feeds
from housewide.org.models import Place

SOURCE = Path(__file__).parents[3]
DATA = Path(os.environ.get("HOUSEWIDE_REFERENCE_DATA") or SOURCE.parents[2] / "shared" / "data") / "quality"
RELEASED = date(2026, 7, 29)
HEADINGS = ["Facility ID", "Measure ID", "Score", "Footnote", "Start Date", "End Date"]


@pytest.fixture
def feeds(db: object) -> dict[str, Feed]:
    Place.objects.create(code="MVH", name="Mercy Valley Hospital", kind="facility", active_from=date(2015, 1, 1))
    profile = (SOURCE / "demo" / "feeds_nation.toml").read_text(encoding="utf-8")
    return {feed.table: feed for feed in store_feeds(profile, by="system:setup")}


def _brought_in(path: Path, feeds: dict[str, Feed], folder: Path, released: date = RELEASED) -> list[Batch]:
    files = write_long_form(read_cms(path), folder / f"long-{released}", released=released)
    return [import_file(feed=feeds[file.table], path=file.path, actor="system:test") for file in files]


def _scores(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "scores.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])
    return path


def test_the_rules_of_the_tables_are_sound() -> None:
    for name in ("cms_hospital", "cms_measure", "cms_program_result"):
        assert rule_problems(table(name)) == []


@pytest.mark.django_db
@pytest.mark.skipif(not DATA.exists(), reason="CMS's files are not on this machine (HOUSEWIDE_REFERENCE_DATA)")
@pytest.mark.parametrize(
    "name",
    [
        "carecompare_2025_11/Medicare_Hospital_Spending_Per_Patient-Hospital.csv.xz",
        "hac/FY2024_FY_2024_HAC_Reduction_Program_Hospital.csv.xz",
        "hvbp/FY2024_hvbp_tps.csv.xz",
    ],
)
def test_every_row_of_a_published_file_is_accepted(name: str, feeds: dict[str, Feed], tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(lzma.decompress((DATA / name).read_bytes()))
    for batch in _brought_in(path, feeds, tmp_path):
        assert batch.rows_read == batch.rows_accepted > 0
        assert batch.rows_set_aside == 0


@pytest.mark.django_db
def test_a_score_is_kept_as_printed_and_in_millionths(feeds: dict[str, Feed], tmp_path: Path) -> None:
    rows = [
        ["600001", "MSPB-1", "1.03", "", "01/01/2024", "12/31/2024"],
        ["600002", "MSPB-1", "Not Available", "5, 23", "01/01/2024", "12/31/2024"],
    ]
    _brought_in(_scores(tmp_path, rows), feeds, tmp_path)
    with session({"cms_measure": current_parts("cms_measure")}) as engine:
        kept = engine.rows("SELECT ccn, score, value, footnote, ends_on FROM cms_measure ORDER BY ccn")
    assert [tuple(row) for row in kept] == [
        ("600001", "1.03", 1_030_000, None, date(2024, 12, 31)),
        ("600002", "Not Available", None, "5, 23", date(2024, 12, 31)),
    ]


@pytest.mark.django_db
def test_rows_that_cannot_be_are_set_aside_and_an_unread_number_is_flagged(
    feeds: dict[str, Feed], tmp_path: Path
) -> None:
    year = ("01/01/2024", "12/31/2024")
    rows = [
        ["6000012", "A", "1", "", *year],  # a number of seven
        ["600001", "B", "1", "", "12/31/2024", "01/01/2024"],
        ["600001", "C", "1", "", "01/01/2026", "12/31/2026"],  # published before it was over
        ["600001", "D", "4 - 5", "", *year],
        ["600001", "E", "1", "", *year],
    ]
    (batch,) = _brought_in(_scores(tmp_path, rows), feeds, tmp_path)
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (5, 2, 3)
    with session({"cms_measure": current_parts("cms_measure")}) as engine:
        kept = engine.rows("SELECT measure, flags FROM cms_measure ORDER BY measure")
    assert [(row[0], list(row[1] or [])) for row in kept] == [("D", ["unread_number"]), ("E", [])]


@pytest.mark.django_db
def test_the_same_release_again_changes_nothing_and_the_next_one_stands_beside_it(
    feeds: dict[str, Feed], tmp_path: Path
) -> None:
    path = _scores(tmp_path, [["600001", "MSPB-1", "1.03", "", "01/01/2024", "12/31/2024"]])
    for released in (RELEASED, RELEASED, date(2026, 11, 4)):
        _brought_in(path, feeds, tmp_path, released)
    with session({"cms_measure": current_parts("cms_measure")}) as engine:
        kept = engine.rows("SELECT released FROM cms_measure ORDER BY released")
    assert [row[0] for row in kept] == [RELEASED, date(2026, 11, 4)]
