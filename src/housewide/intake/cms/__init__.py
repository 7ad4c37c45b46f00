"""The files in which CMS publishes how every hospital of the country does, read as they come.

A file is known by its column names, never by what it is called. Reading decides nothing: a score that is withheld, a
footnote, a damaged line go on as they stand, and the rules of the fact tables say which rows are accepted.
"""

from housewide.intake.cms.long_form import LongFile, write_long_form
from housewide.intake.cms.reading import CmsFile, Hospital, MeasureScore, ProgramResult, read_cms
from housewide.intake.cms.shapes import SHAPES, Shape, UnknownCmsFile, recognize

__all__ = [
    "SHAPES",
    "CmsFile",
    "Hospital",
    "LongFile",
    "MeasureScore",
    "ProgramResult",
    "Shape",
    "UnknownCmsFile",
    "read_cms",
    "recognize",
    "write_long_form",
]
