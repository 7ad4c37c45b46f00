"""Says what went wrong in words that may be kept and shown: what an exception carries may name a patient."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path


class Told(Exception):
    """A failure whose message was written for people and holds no PHI: it is shown as it is."""


def safe_words(error: BaseException) -> str:
    """The message when it was written for people, else the kind of error and where it arose."""
    from housewide.kit.actions import NotSeen, Refused

    if isinstance(error, Told | Refused | NotSeen):
        return str(error)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "housewide" in f.filename] or [
        *traceback.extract_tb(error.__traceback__)
    ]
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"Something unexpected happened ({type(error).__name__}{where})."


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_disk_full(error: BaseException) -> bool:
    """Whether the disk had no room left, or no file may grow further: said by the system, SQLite or DuckDB."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _NO_ROOM:
            return True
        if getattr(seen, "sqlite_errorname", "") in ("SQLITE_FULL", "SQLITE_IOERR_WRITE"):
            return True
        if type(seen).__module__.partition(".")[0] in ("duckdb", "_duckdb") and any(
            os.strerror(number) in str(seen) for number in _NO_ROOM
        ):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
