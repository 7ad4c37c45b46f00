"""What a published file says, written one figure a line for the feeds of the fact tables, nothing left out.

The release date is not in CMS's files; whoever brings them in says it (it stands on the page that offers them).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from housewide.intake.cms.reading import CmsFile, Entry, Hospital, MeasureScore, ProgramResult

# The column order of each table's long form; `line` is where the figure stands in CMS's own file.
FORMS: dict[type, tuple[str, tuple[str, ...]]] = {
    kind: (table, (*kind._fields, "file", "released"))
    for kind, table in (
        (MeasureScore, "cms_measure"),
        (ProgramResult, "cms_program_result"),
        (Hospital, "cms_hospital"),
    )
}


@dataclass(frozen=True)
class LongFile:
    """One file to import. ``entries``: lines written; ``lines``: lines of CMS's file that they come from."""

    path: Path
    table: str
    entries: int
    lines: int


def write_long_form(file: CmsFile, folder: Path, *, released: date) -> list[LongFile]:
    """Write what ``file`` says into ``folder``, one file a fact table. Raises SheetError when it cannot be read."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[type, tuple[Path, int]] = {}
    with ExitStack() as open_files:
        writers = {}
        for kind, rows in _batches(file):
            table, names = FORMS[kind]
            if kind not in writers:
                path = folder / f"{table}_{file.shape.kind}_{released:%Y-%m-%d}.csv"
                stream = open_files.enter_context(path.open("w", encoding="utf-8", newline=""))
                writers[kind], written[kind] = csv.writer(stream, lineterminator="\n"), (path, 0)
                writers[kind].writerow(names)
            path, count = written[kind]
            about = (file.shape.kind, released.isoformat())
            writers[kind].writerows((*row, *about) for row in rows)
            written[kind] = path, count + len(rows)
    return [LongFile(path, FORMS[kind][0], count, file.lines) for kind, (path, count) in written.items()]


def _batches(file: CmsFile) -> Iterator[tuple[type, list[Entry]]]:
    waiting: list[Entry] = []
    for entry in file.entries():
        if waiting and (type(entry) is not type(waiting[0]) or len(waiting) >= 5000):
            yield type(waiting[0]), waiting
            waiting = []
        waiting.append(entry)
    if waiting:
        yield type(waiting[0]), waiting
