"""All files of the demo world, written here or by a process beside this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from housewide.demo.clinic import write_appointments
from housewide.demo.movement_files import write_movements
from housewide.demo.operating_rooms import write_files
from housewide.demo.wards import write_census
from housewide.demo.writing import WrittenFile


def write_first(folder: Path, *, months: int) -> list[WrittenFile]:
    """Write the files that the first screens rest on, below ``folder``."""
    written = write_files(folder, months=months)
    written += write_census(folder, months=months)
    return written + write_appointments(folder, months=months)


def write_rest(folder: Path, *, months: int) -> list[WrittenFile]:
    """Write every other file, which comes in while people look around already."""
    return write_movements(folder, months=months)


PARTS = {"first": write_first, "rest": write_rest}


class Writing:
    """The files while a process of its own writes them: to make them takes as long as to make the database, and a
    machine has more than one core."""

    def __init__(self, folder: Path, *, months: int, part: str = "first") -> None:
        command = [sys.executable, "-m", "housewide.demo", str(folder), str(months), part]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own command

    def finish(self) -> str:
        """Wait for the last file; how many there are, in words. Raises OSError with what went wrong."""
        said, wrong = self._process.communicate()
        if self._process.returncode:
            last = wrong.strip().splitlines()[-1:] or ["no reason was given"]
            raise OSError(f"The demo's files could not be written: {last[0]}")
        return said.strip()
