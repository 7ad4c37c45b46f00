"""What a file would come to with some profile, tried on its first rows: nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from housewide.facts.loading import Judgement, LoadFailed
from housewide.facts.loading import preview as judge
from housewide.facts.mapping import Mapping
from housewide.facts.models import Feed
from housewide.intake.imports import spool_folder
from housewide.intake.sheets import Layout, SheetError, preview, to_plain
from housewide.intake.sheets.workbooks import sheet_names

ROWS = 2_000
SHOWN = 12


@dataclass(frozen=True)
class Sample:
    """A kept file that a profile is tried on; ``from_import`` is the import it came with, if any."""

    path: Path
    name: str
    from_import: str = ""


@dataclass(frozen=True)
class Seen:
    """What a layout finds in a sample: its headings and first rows, or what stands in the way."""

    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    preamble: list[list[str]] = field(default_factory=list)
    fault: str = ""


def look(sample: Sample, layout: Layout, rows: int = 200) -> Seen:
    """Headings and first rows of a sample as a layout reads them."""
    try:
        found = preview(sample.path, layout, limit=rows)
    except SheetError as fault:
        return Seen(fault=str(fault))
    return Seen(found.header, [row.cells for row in found.rows], found.preamble)


def sheets_of(sample: Sample, layout: Layout) -> list[str]:
    """The sheets of a workbook, none for a text file."""
    return sheet_names(sample.path) if layout.kind == "xlsx" else []


def try_profile(feed: Feed, sample: Sample, layout: Layout, mapping: Mapping) -> tuple[Judgement | None, str]:
    """What would load of the first rows and what would be set aside, or why it cannot be said."""
    try:
        with spool_folder() as folder:
            plain = to_plain(sample.path, layout, folder / "plain.csv", max_rows=ROWS)
            (folder / "plain.csv").chmod(0o600)
            return judge(feed, folder / "plain.csv", plain.header, mapping, limit=SHOWN), ""
    except (SheetError, LoadFailed) as fault:
        return None, str(fault)
