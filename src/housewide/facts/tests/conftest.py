"""A small system of two hospitals, a feed, and files of visits written the way intake hands them over."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from housewide.facts import tables
from housewide.facts.loading import load
from housewide.facts.mapping import Mapping, Source
from housewide.facts.models import Batch, Crosswalk, Feed
from housewide.kit.opaque import opaque_id
from housewide.org.models import Place, Placement

tables.register_folder(Path(__file__).parent / "tables")
HEADER = ["Visit", "Unit", "Date", "Class", "Add On", "In", "Out", "Charge", "Wait", "Payer", "MRN"]
MAPPING = Mapping(
    {
        "visit_id": Source(header="Visit"),
        "place": Source(header="Unit"),
        "day": Source(header="Date"),
        "class": Source(header="Class"),
        "add_on": Source(header="Add On"),
        "arrived": Source(header="In"),
        "left": Source(header="Out"),
        "charge": Source(header="Charge"),
        "wait": Source(header="Wait", unit="minutes"),
        "payer": Source(header="Payer"),
        "patient": Source(header="MRN"),
    }
)
GOOD = {
    "Visit": "V1",
    "Unit": "MVH-OR",
    "Date": "10/14/2026",
    "Class": "Elective",
    "Add On": "N",
    "In": "10/14/2026 07:30",
    "Out": "10/14/2026 09:45",
    "Charge": "$1,234.50",
    "Wait": "12",
    "Payer": "MC",
    "MRN": "00123456",
}


def row(**cells: str) -> dict[str, str]:
    """A good row with some cells changed; ``Add_On`` stands for the heading with a blank."""
    return GOOD | {name if name[0] == "_" else name.replace("_", " "): said for name, said in cells.items()}


def write_plain(path: Path, rows: list[dict[str, str]], header: list[str] | None = None) -> Path:
    header = header or HEADER
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["_line", "_problem", *header, "_extra"])
        for number, cells in enumerate(rows, start=2):
            sent = [cells.get(heading, "") for heading in (*header, "_extra")]
            writer.writerow([number, cells.get("_problem", ""), *sent])
    return path


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a facts folder of its own, so that stray files of one are not found by another."""
    monkeypatch.setenv("HOUSEWIDE_HOME", str(tmp_path / "home"))


@pytest.fixture
def places(db: Any) -> dict[str, Place]:
    start = date(2020, 1, 1)
    made = {}
    for code, kind, up in (
        ("SYS", "system", None),
        ("MVH", "facility", "SYS"),
        ("LSR", "facility", "SYS"),
        ("MVH-OR", "department", "MVH"),
        ("MVH-4W", "unit", "MVH"),
        ("LSR-OR", "department", "LSR"),
    ):
        made[code] = Place.objects.create(code=code, name=f"Place {code}", kind=kind, active_from=start)
        if up:
            Placement.objects.create(place=made[code], parent=made[up], valid_from=start)
    for code, target in (("MC", "MEDICARE"), ("BC", "BLUE")):
        for scope in ("MVH", "LSR", "SYS"):
            Crosswalk.objects.create(kind="payer", scope=scope, source_code=code, target=target)
    return made


@pytest.fixture
def feed(places: dict[str, Place]) -> Feed:
    return Feed.objects.create(code="mvh-visits", title="Visits", table="test_visit", scope=places["MVH"])


Send = Callable[..., Batch]


@pytest.fixture
def send(tmp_path: Path) -> Send:
    def go(
        feed: Feed,
        rows: list[dict[str, str]],
        *,
        mapping: Mapping = MAPPING,
        header: list[str] | None = None,
        **more: Any,
    ) -> Batch:
        plain = write_plain(tmp_path / f"{opaque_id()}.csv", rows, header)
        about = {"actor": "ann", "file_name": "visits.csv", "file_path": "originals/visits.csv"}
        about |= {"file_sha256": hashlib.sha256(plain.read_bytes()).hexdigest(), "rows_read": len(rows)}
        return load(feed, plain, ["_line", "_problem", *(header or HEADER), "_extra"], mapping, **(about | more))

    return go
