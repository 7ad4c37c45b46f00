"""Two units of a hospital with a hundred nights behind them; on the last one a unit was short of nurses."""

from __future__ import annotations

import csv
import hashlib
from datetime import date, timedelta
from pathlib import Path

from housewide.facts.loading import load
from housewide.facts.mapping import Mapping, Source
from housewide.facts.models import Feed
from housewide.measures.cubes import refresh
from housewide.org.models import Place

HEADER = ["place", "day", "patients", "staffed_beds", "discharges", "direct_care"]
LAST_NIGHT = date(2026, 11, 22)
NIGHTS = 110
CARE, PATIENTS, OCCUPANCY = "flow.direct_care_hours", "flow.patients_at_midnight", "flow.occupancy"
EVERY = (CARE, PATIENTS, OCCUPANCY, "flow.discharges")


def patients_of(place: str, day: date) -> int:
    return 20 + (day.toordinal() * (3 if place == "ONE-ED" else 5)) % 4


def night(place: str, day: date) -> dict[str, str]:
    """Eight hours a patient, give or take six minutes; five for the emergency department on the last night."""
    patients = patients_of(place, day)
    hours = 8 + (day.toordinal() % 3 - 1) / 10
    if (place, day) == ("ONE-ED", LAST_NIGHT):
        hours = 5
    return {
        "place": place, "day": day.isoformat(), "patients": str(patients), "staffed_beds": "30", "discharges": "4",
        "direct_care": str(round(hours * patients * 3600)),
    }  # fmt: skip


def load_nights(folder: Path, units: tuple[str, ...] = ("ONE-OR1", "ONE-ED")) -> None:
    """Write the nights as a plain file, load them by the front door, and count the measures."""
    days = [LAST_NIGHT - timedelta(days=back) for back in range(NIGHTS)]
    rows = [night(unit, day) for day in days for unit in units]
    plain = folder / "plain.csv"
    with plain.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["_line", "_problem", *HEADER, "_extra"])
        for line, row in enumerate(rows, start=2):
            writer.writerow([line, "", *(row[key] for key in HEADER), ""])
    one = Place.objects.get(code="ONE")
    feed = Feed.objects.create(code="tests-census", title="Census", table="midnight_census", scope=one)
    columns = {key: Source(header=key, unit="seconds" if key == "direct_care" else "") for key in HEADER}
    load(
        feed, plain, ["_line", "_problem", *HEADER, "_extra"],
        Mapping({**columns, "facility": Source(constant="ONE")}), rows_read=len(rows), actor="ann",
        file_name="census.csv", file_path="originals/census.csv",
        file_sha256=hashlib.sha256(plain.read_bytes()).hexdigest(),
    )  # fmt: skip
    refresh(EVERY, "ONE", sorted({day.strftime("%Y-%m") for day in days}))
