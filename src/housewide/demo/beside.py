"""The demo's files while a process of its own writes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
