"""All files of the demo world."""

from __future__ import annotations

from pathlib import Path

from housewide.demo.clinic import write_appointments
from housewide.demo.money.files import write_money
from housewide.demo.movement_files import write_movements
from housewide.demo.operating_rooms import write_files
from housewide.demo.shift_files import write_shifts
from housewide.demo.timecard_files import write_timecards
from housewide.demo.wards import write_census
from housewide.demo.writing import WrittenFile


def write_first(folder: Path, *, months: int) -> list[WrittenFile]:
    """Write the files that the first screens rest on, below ``folder``."""
    written = write_files(folder, months=months)
    written += write_census(folder, months=months)
    return written + write_appointments(folder, months=months)


def write_rest(folder: Path, *, months: int) -> list[WrittenFile]:
    """Write every other file, which comes in while people look around already."""
    written = []
    for write in (write_movements, write_shifts, write_timecards, write_money):
        written += write(folder, months=months)
    return written


PARTS = {"first": write_first, "rest": write_rest}
