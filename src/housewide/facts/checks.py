"""Is every row that was ever accepted still there, unaltered? Asked by ``housewide check``."""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

import time
from pathlib import Path

from django.db.models import F, Sum

from housewide.facts.catalogue import facts_folder, part_path
from housewide.facts.models import Batch, Part
from housewide.facts.tables import tables
from housewide.facts.tables.rules import rule_problems
from housewide.facts.writing import sha256_of
from housewide.kit.checks import Problem, check
from housewide.kit.home import home_folder, subfolder

# A file younger than this may belong to an import that is about to commit.
GRACE_SECONDS = 3600.0


@check("parts")
def parts_are_whole() -> list[str]:
    """Every catalogued part, current or past, is on disk with the bytes and the rows it was entered with."""
    problems = []
    for part in Part.objects.order_by("pk"):
        path = part_path(part)
        if not path.exists():
            problems.append(f"The part {part.path} is gone ({part.rows} rows). Restore it from a backup.")
        elif sha256_of(path) != part.sha256:
            problems.append(f"The part {part.path} has been altered since it was written. Restore it from a backup.")
        elif _rows_in(path) != part.rows:
            problems.append(f"The part {part.path} does not hold the {part.rows} rows the catalogue says.")
    return problems


@check("imports")
def imports_add_up() -> list[str]:
    """For every import: read = accepted + set aside, and the rows set aside are there."""
    problems = [
        f"Import {batch.public_id}: rows read differ from rows accepted plus rows set aside."
        for batch in Batch.objects.exclude(rows_read=F("rows_accepted") + F("rows_set_aside"))
    ]
    for batch in Batch.objects.filter(rows_set_aside__gt=0):
        path = home_folder() / batch.set_aside_path
        if not batch.set_aside_path or not path.exists():
            problems.append(f"Import {batch.public_id}: its {batch.rows_set_aside} rows set aside are gone.")
        elif _rows_in(path) != batch.rows_set_aside:
            problems.append(
                f"Import {batch.public_id}: the file of rows set aside does not hold {batch.rows_set_aside}."
            )
        else:
            settled = batch.settled_lines.count()
            if batch.set_aside_open + settled > batch.rows_set_aside:
                problems.append(f"Import {batch.public_id}: more rows wait or are settled than were set aside.")
    return problems


@check("stray parts")
def no_stray_files() -> list[Problem]:
    """No file lies in the facts folder that the catalogue does not know; a crash may leave one, which harms nothing."""
    strays = stray_files()
    told = f"{len(strays)} files of imports that never finished will be swept by the nightly job “facts.sweep”."
    return [Problem("stray parts", told, "warning")] if strays else []


@check("fact tables")
def table_rules_are_sound() -> list[str]:
    """Every rule of every fact table is SQL over its columns that gives true or false."""
    return [problem for declared in tables().values() for problem in rule_problems(declared)]


def stray_files(older_than: float = GRACE_SECONDS) -> list[Path]:
    """Files below facts/ and set_aside/ that no catalogue entry names, older than so many seconds."""
    # Files first, catalogue second: one that is entered in between is then known, never swept.
    latest = time.time() - older_than
    lying = [
        path
        for folder, patterns in ((facts_folder(), ("*.parquet", "*.unfinished")), (subfolder("set_aside"), ("*.*",)))
        for pattern in patterns
        for path in folder.rglob(pattern)
        if path.is_file() and path.stat().st_mtime <= latest
    ]
    known = set(Part.objects.values_list("path", flat=True)) | set(
        Batch.objects.values_list("set_aside_path", flat=True)
    )
    return sorted(path for path in lying if path.relative_to(home_folder()).as_posix() not in known)


def sweep_stray_files(older_than: float = GRACE_SECONDS) -> list[str]:
    """Delete files of imports that never committed; returns their paths. Never deletes a catalogued file."""
    swept = []
    for path in stray_files(older_than):
        path.unlink(missing_ok=True)
        swept.append(path.relative_to(home_folder()).as_posix())
    return swept


def rows_by_table() -> dict[str, int]:
    """Rows of the current parts by table."""
    found = Part.objects.filter(to_batch=None).values("table").annotate(total=Sum("rows")).order_by("table")
    return {entry["table"]: entry["total"] for entry in found}


def _rows_in(path: Path) -> int:
    from housewide.facts.cells import text
    from housewide.facts.engines.duckdb import locked_connection

    connection = locked_connection(1, "512MB", [str(subfolder("set_aside"))])
    try:
        sql = f"SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata({text(str(path))})"
        return int(connection.execute(sql).fetchall()[0][0])
    finally:
        connection.close()
