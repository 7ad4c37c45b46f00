"""Fourteen months of first cases at a small hospital, loaded and counted, for the tests of the screens."""

from __future__ import annotations

import csv
import hashlib
from datetime import date, timedelta
from pathlib import Path

from housewide.access.models import Grant
from housewide.facts.loading import load
from housewide.facts.mapping import Mapping, Source
from housewide.facts.models import Feed
from housewide.kit.periods import Month, months_back
from housewide.measures.cubes import refresh
from housewide.org.models import Account, Person, Place, Placement

SINCE = date(2020, 1, 1)
LAST = Month(2026, 10)
MONTHS = 14
ROOMS = ("OR 1", "OR 2", "OR 3")
SURGEONS = ("Dr. Adaeze Chen", "Dr. Bo Lindqvist", "Dr. Cara Moreau")
ON_TIME, DELAY, CASES = "tests.on_time", "tests.delay", "tests.cases"
FOLDER = Path(__file__).parent
HEADER = ["case_id", "place", "day", "room", "surgeon", "delay", "cancelled"]
TREE = {"SYS": ("system", ""), "MVH": ("facility", "SYS"), "LKS": ("facility", "SYS"), "MVH-OR": ("department", "MVH")}


def make_places() -> None:
    made = {
        code: Place.objects.create(code=code, name=f"Place {code}", kind=kind, active_from=SINCE)
        for code, (kind, _) in TREE.items()
    }
    for code, (_, parent) in TREE.items():
        if parent:
            Placement.objects.create(place=made[code], parent=made[parent], valid_from=SINCE)


def make_account(name: str, role: str, place: str) -> Account:
    person = Person.objects.create(code=name.lower(), name=name)
    account = Account.objects.create_user(f"{name.lower()}@example.org", person=person)
    Grant.objects.create(account=account, role=role, place=Place.objects.get(code=place), valid_from=SINCE)
    return account


def cases_of(month: Month) -> list[dict[str, str]]:
    """One case a room on the first twelve days: four in five on time, some cancelled, one without a time."""
    found = []
    for at in range(36):
        day = month.first_day() + timedelta(days=at // 3)
        late = (at * 7 + month.number) % 5 == 0
        found.append(
            {
                "case_id": f"{month}-{at}",
                "place": "MVH-OR",
                "day": day.isoformat(),
                "room": ROOMS[at % 3],
                "surgeon": SURGEONS[(at // 3) % 3],
                "delay": "" if at == 20 else str(at * 30 + (1500 if late else 0)) if late else str(at * 8),
                "cancelled": "Y" if at % 17 == 5 else "N",
            }
        )
    return found


def load_cases(folder: Path) -> None:
    """Write the cases as a plain file, load them, and count every measure."""
    months = months_back(LAST, MONTHS)
    rows = [row for month in months for row in cases_of(month)]
    plain = folder / "plain.csv"
    with plain.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(["_line", "_problem", *HEADER, "_extra"])
        for line, row in enumerate(rows, start=2):
            writer.writerow([line, "", *(row[key] for key in HEADER), ""])
    feed = Feed.objects.create(
        code="tests-starts", title="Starts", table="test_start", scope=Place.objects.get(code="MVH")
    )
    mapping = Mapping({key: Source(header=key) for key in HEADER})
    load(
        feed, plain, ["_line", "_problem", *HEADER, "_extra"], mapping, rows_read=len(rows), actor="ann",
        file_name="starts.csv", file_path="originals/starts.csv",
        file_sha256=hashlib.sha256(plain.read_bytes()).hexdigest(),
    )  # fmt: skip
    refresh([ON_TIME, DELAY, CASES], "MVH", [str(month) for month in months])
