"""Two small hospitals and a table of stays, loaded the way intake loads, for the tests of counting."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from housewide.facts.loading import load
from housewide.facts.mapping import Mapping, Source
from housewide.facts.models import Batch, Feed
from housewide.org.models import Place, Placement

FOLDER = Path(__file__).parent
SINCE = date(2020, 1, 1)
ON_TIME, STAYS, WAIT, AGAIN = "counting.on_time", "counting.stays", "counting.wait", "counting.again"
MEASURES = (ON_TIME, STAYS, WAIT, AGAIN)
HEADER = ["stay_id", "place", "day", "room", "wait", "late", "void"]
TREE = {
    "SYS": ("system", ""),
    "MVH": ("facility", "SYS"),
    "LSR": ("facility", "SYS"),
    "MVH-OR": ("department", "MVH"),
    "MVH-4W": ("unit", "MVH"),
    "LSR-OR": ("department", "LSR"),
}
UNITS = {"MVH": ("MVH-OR", "MVH-4W"), "LSR": ("LSR-OR",)}


@dataclass(frozen=True)
class Stay:
    """One row of the table."""

    day: date
    place: str = "MVH-OR"
    room: str = "OR 1"
    wait: int | None = 300
    late: bool = False
    void: bool = False


def make_places() -> None:
    made = {
        code: Place.objects.create(code=code, name=f"Place {code}", kind=kind, active_from=SINCE)
        for code, (kind, _) in TREE.items()
    }
    for code, (_, parent) in TREE.items():
        if parent:
            Placement.objects.create(place=made[code], parent=made[parent], valid_from=SINCE)


def load_stays(folder: Path, stays: Iterable[Stay], facility: str = "MVH", **more: Any) -> Batch:
    """Load stays of a facility; they replace what is there in their months."""
    rows = list(stays)
    plain = folder / f"{facility}.csv"
    with plain.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["_line", "_problem", *HEADER, "_extra"])
        for line, stay in enumerate(rows, start=2):
            wait = "" if stay.wait is None else stay.wait
            flags = ["Y" if said else "N" for said in (stay.late, stay.void)]
            writer.writerow(
                [line, "", f"{facility}-{stay.day:%y%m}-{line}", stay.place, stay.day, stay.room, wait, *flags, ""]
            )
    feed, _ = Feed.objects.get_or_create(
        code=f"stays-{facility.lower()}",
        defaults={"title": "Stay log", "table": "test_stay", "scope": Place.objects.get(code=facility)},
    )
    about = {"actor": "ann", "file_name": "stays.csv", "file_path": "originals/stays.csv", "rows_read": len(rows)}
    about["file_sha256"] = hashlib.sha256(plain.read_bytes()).hexdigest()
    mapping = Mapping({key: Source(header=key) for key in HEADER})
    return load(feed, plain, ["_line", "_problem", *HEADER, "_extra"], mapping, **(about | more))


def months_of_stays(last: date, count: int, late_of_ten: Any, place: str = "MVH-OR") -> list[Stay]:
    """Forty stays a month in four rooms over the month's days; ``late_of_ten(n, room)`` says how many of ten are late,
    with n = 0 for the last month, 1 for the one before."""
    from housewide.kit.periods import Month, months_back

    found = []
    for back, month in enumerate(reversed(months_back(Month.of(last), count))):
        for at in range(40):
            room, turn = at % 4 + 1, at // 4
            day = date(month.year, month.number, min(28, 1 + turn * 3))
            if turn == 9:
                day = month.last_day()
            late = turn < late_of_ten(back, room)
            found.append(Stay(day, place, f"OR {room}", 60 * (turn + room), late))
    return found
