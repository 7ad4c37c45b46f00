"""Tables people export from other systems (CSV in all its dialects, XLSX, gzip), read as text without losing a row.

`detect_layout` decides once how a file is written; a person confirms it; `to_plain` then writes one canonical file.
"""

from housewide.intake.sheets.errors import NotATable, SheetError
from housewide.intake.sheets.layouts import Layout, detect_layout
from housewide.intake.sheets.plain import PLAIN, Plain, read_plain, to_plain
from housewide.intake.sheets.reading import Preview, Record, preview, read_records

__all__ = [
    "PLAIN",
    "Layout",
    "NotATable",
    "Plain",
    "Preview",
    "Record",
    "SheetError",
    "detect_layout",
    "preview",
    "read_plain",
    "read_records",
    "to_plain",
]
