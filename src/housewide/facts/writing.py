"""Puts rows on disk so that a power cut leaves either the whole file or none that anybody looks at."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from housewide.facts.catalogue import facts_folder
from housewide.facts.cells import name, text
from housewide.facts.tables import FactTable
from housewide.kit.home import home_folder, subfolder
from housewide.kit.opaque import opaque_id

ROW_GROUP = 61_440


@dataclass
class Written:
    """A file that is safe on disk and not yet in the catalogue. ``path`` is relative to the home folder."""

    path: str
    sha256: str
    rows: int
    lowest: str = ""
    highest: str = ""


@dataclass
class Files:
    """The files one import has written; ``drop`` removes them when the import comes to nothing."""

    written: list[Written] = field(default_factory=list)

    def drop(self) -> None:
        for file in self.written:
            (home_folder() / file.path).unlink(missing_ok=True)


def write_part(connection: Any, select: str, table: FactTable, scope: str, period: str) -> Written:
    """Write one part from a SELECT of its rows: zstd, sorted by time then key, groups of about 60,000 rows."""
    folder = _folder(facts_folder() / table.name / scope)
    path = folder / f"p{period.replace('-', '')}-{opaque_id()}.parquet"
    order = ", ".join(name(column) for column in dict.fromkeys((table.period_column, *table.key)))
    columns = ", ".join(name(column) for column in table.part_types)
    _copy(connection, f"SELECT {columns} FROM ({select}) ORDER BY {order}", path)
    period_column = name(table.period_column)
    sql = f"SELECT count(*), min({period_column}), max({period_column}) FROM read_parquet({text(str(path))})"
    rows, lowest, highest = connection.execute(sql).fetchall()[0]
    return Written(_relative(path), sha256_of(path), rows, _said(lowest), _said(highest))


def write_set_aside(connection: Any, batch: str) -> Written:
    """Write the table ``aside`` for a batch."""
    path = subfolder("set_aside") / f"{batch}.parquet"
    _copy(connection, "SELECT * FROM aside ORDER BY line", path)
    rows = connection.execute("SELECT count(*) FROM aside").fetchall()[0][0]
    return Written(_relative(path), sha256_of(path), rows)


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(connection: Any, select: str, path: Path) -> None:
    unfinished = path.with_suffix(".unfinished")
    how = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
    try:
        connection.execute(f"COPY ({select}) TO {text(str(unfinished))} ({how})")
        unfinished.chmod(0o600)
        _fsync(unfinished)
        unfinished.rename(path)
        _fsync(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _folder(path: Path) -> Path:
    """The folder, made owner-only; a fresh one is on disk before anything stands in it."""
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        _fsync(path.parent)
        _fsync(path.parent.parent)
    return path


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _relative(path: Path) -> str:
    return path.relative_to(home_folder()).as_posix()


def _said(moment: Any) -> str:
    return moment.isoformat() if moment is not None else ""
