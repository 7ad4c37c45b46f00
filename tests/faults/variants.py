"""Several versions of the demo hospital's operating-room log, so that every import changes every month it covers."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

VARIANTS = 3
MONTHS = ("2026-10", "2026-11")
HEADING_LINE = 2  # two lines of the report's own title come first
BROKEN_DATES = 5


def write_variants(home: Path) -> None:
    """Write ``again/log-N.csv`` into the home: both months, other rows missing, other surgeons, five broken dates."""
    (home / "again").mkdir()
    lines: list[list[str]] = []
    head: list[list[str]] = []
    for month in MONTHS:
        with (home / f"demo-files/or_log/or_log_{month}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        head, body = rows[: HEADING_LINE + 1], rows[HEADING_LINE + 1 :]
        lines += [row for row in body if len(row) == len(head[-1])]
    surgeon, day = head[-1].index("Surgeon"), head[-1].index("Surgery Date")
    names = sorted({row[surgeon] for row in lines})
    for number in range(VARIANTS):
        chance = Random(number)
        chosen = [list(row) for row in lines if chance.random() > 0.05]
        for row in chosen:
            if chance.random() < 0.1:
                row[surgeon] = chance.choice(names)
        for row in chance.sample(chosen, BROKEN_DATES):
            row[day] = "13/45/2026"
        with variant(home, number).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*head, *chosen])


def variant(home: Path, number: int) -> Path:
    """Where a version of the log lies."""
    return home / "again" / f"log-{number}.csv"
