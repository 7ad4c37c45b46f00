"""The export formats of Mercy Valley's systems: what each report prints, in the order and the date style it uses.

Mixed on purpose, as real ones are: the log has two lines above its headings, US dates and Windows line ends; the block
report is pipe-delimited with ISO dates; the staffing sheet prints 7:30 AM.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from housewide.demo.milestones import Course
from housewide.demo.schedule import Block, BookedCase, release_moment

LOG_HEADINGS = (
    "Case #",
    "Location",
    "Surgery Date",
    "OR",
    "Service",
    "Surgeon",
    "Procedure",
    "Class",
    "Add-on",
    "Cancelled",
    "Cancel reason",
    "Planned late",
    "Sched Start",
    "Sched End",
    "Frozen Start",
    "Arrived",
    "Pre-op ready",
    "Site marked",
    "Anes seen",
    "Surgeon seen",
    "Wheels in",
    "Anes ready",
    "Incision",
    "Close",
    "Wheels out",
    "Late reason",
    "MRN",
)
MILESTONE_HEADINGS = {
    "arrived": "Arrived",
    "preop_ready": "Pre-op ready",
    "site_marked": "Site marked",
    "anaesthesia_seen": "Anes seen",
    "surgeon_seen": "Surgeon seen",
    "in_room": "Wheels in",
    "anaesthesia_ready": "Anes ready",
    "incision": "Incision",
    "close": "Close",
    "out_room": "Wheels out",
}
BLOCK_HEADINGS = ("Block ID", "Location", "Block Date", "Room", "Owner", "Owner Type", "Start", "End", "Released At")
STAFFED_HEADINGS = ("Location", "Date", "Room", "Staffed From", "Staffed To")


@dataclass(frozen=True)
class WrittenFile:
    """One file of the demo world. `rows` are data lines as printed; `faults` counts the planted bad ones by kind."""

    path: Path
    table: str
    rows: int
    faults: Mapping[str, int] = field(default_factory=dict)


def location_code(hospital: str) -> str:
    """The operating-room system's own name for the unit, which a crosswalk turns into a place code."""
    return "MV MAIN OR" if hospital == "MVH" else f"{hospital} MAIN OR"


def moment(day: date, minutes: int | None) -> datetime | None:
    """The wall-clock moment `minutes` after midnight of `day`; may fall on the next morning."""
    return None if minutes is None else datetime.combine(day, time()) + timedelta(minutes=minutes)


def us_stamp(value: datetime | None) -> str:
    """11/03/2024 07:30, or nothing."""
    return f"{value:%m/%d/%Y %H:%M}" if value is not None else ""


def log_row(hospital: str, case: BookedCase, course: Course) -> dict[str, str]:
    """One case as the operating-room log prints it, keyed by heading."""
    day = case.day
    row = {
        "Case #": case.number,
        "Location": location_code(hospital),
        "Surgery Date": f"{day:%m/%d/%Y}",
        "OR": case.room,
        "Service": case.surgeon.service,
        "Surgeon": case.surgeon.name,
        "Procedure": case.procedure.name,
        "Class": case.kind.capitalize(),
        "Add-on": "Y" if case.add_on else "N",
        "Cancelled": "Y" if case.cancel_reason else "N",
        "Cancel reason": case.cancel_reason,
        "Planned late": "Y" if case.planned_late else "N",
        "Sched Start": us_stamp(moment(day, case.start)),
        "Sched End": us_stamp(moment(day, case.start + case.booked)),
        "Frozen Start": us_stamp(moment(day, case.frozen)),
        "Late reason": course.late_reason,
        "MRN": case.patient,
    }
    for name, heading in MILESTONE_HEADINGS.items():
        row[heading] = us_stamp(moment(day, course.times.get(name)))
    return row


def block_row(hospital: str, block: Block) -> tuple[str, ...]:
    """One block as the scheduling office's report prints it."""
    released = release_moment(block)
    at = moment(*released) if released else None
    start, end = moment(block.day, block.start), moment(block.day, block.end)
    assert start is not None and end is not None
    return (
        block.block_id,
        location_code(hospital),
        block.day.isoformat(),
        block.room,
        block.owner,
        block.kind.upper(),
        f"{start:%H:%M}",
        f"{end:%H:%M}",
        f"{at:%Y-%m-%d %H:%M}" if at else "",
    )


def twelve_hour(day: date, minutes: int) -> str:
    """7:30 AM."""
    value = moment(day, minutes)
    assert value is not None
    return f"{value.hour % 12 or 12}:{value:%M} {'AM' if value.hour < 12 else 'PM'}"


def staffed_row(hospital: str, day: date, room: str, start: int, end: int) -> tuple[str, ...]:
    """One room and day of the staffing sheet."""
    return (location_code(hospital), f"{day:%m/%d/%Y}", room, twelve_hour(day, start), twelve_hour(day, end))


def write_table(
    path: Path,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    preamble: Sequence[str] = (),
    delimiter: str = ",",
    line_end: str = "\n",
    encoding: str = "utf-8",
) -> int:
    """Write one delimited file byte for byte the same each time; returns the number of data rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    for line in preamble:
        text.write(line + line_end)
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(headings)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    path.write_bytes(text.getvalue().encode(encoding))
    return count
