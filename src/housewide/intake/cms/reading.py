"""Reads one published file: which it is, and every line of it as what it says about a hospital."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from housewide.intake.cms.shapes import IDENTIFYING, Shape, plain_name, recognize
from housewide.intake.cms.values import BILLIONTHS, MILLIONTHS, certification_number, counted, day_of, scaled
from housewide.intake.sheets import Layout, Record, detect_layout, preview, read_records

NOT_APPLICABLE = "not applicable"
# The patient survey prints one of these on each line, and "Not Applicable" in the others.
SURVEY_SCORES = ("patient_survey_star_rating", "hcahps_answer_percent", "hcahps_linear_mean_value")
SURVEYED, RESPONSE = "number_of_completed_surveys", "survey_response_rate_percent"
READMISSION_ITEMS = (
    "number_of_discharges", "excess_readmission_ratio", "predicted_readmission_rate", "expected_readmission_rate",
    "number_of_readmissions",
)  # fmt: skip
# The readmission program's three years end on June 30, fifteen months before the fiscal year that they pay in
# (FY 2024: July 1, 2019 to June 30, 2022; FY 2024 IPPS final rule, 88 FR 58640; 42 CFR 412.152).
READMISSION_YEARS_LATER = 2


class MeasureScore(NamedTuple):
    """One published score of a hospital. ``value``, ``lower`` and ``higher`` are millionths; ``score`` as printed."""

    line: int
    ccn: str
    measure: str
    starts_on: date | None
    ends_on: date | None
    score: str
    value: int | None
    lower: int | None
    higher: int | None
    denominator: int | None
    numerator: int | None
    compared: str
    footnote: str
    problem: str


class ProgramResult(NamedTuple):
    """One figure of a payment program. ``value`` in billionths; ``fiscal_year`` is the one in which it is paid."""

    line: int
    ccn: str
    program: str
    fiscal_year: int | None
    item: str
    starts_on: date | None
    ends_on: date | None
    result: str
    value: int | None
    footnote: str
    problem: str


class Hospital(NamedTuple):
    """A hospital as the national list describes it; ``rating`` is 1 to 5, or None with its footnote."""

    line: int
    ccn: str
    name: str
    city: str
    state: str
    county: str
    kind: str
    ownership: str
    emergency: str
    rating: int | None
    footnote: str
    problem: str


_GROUP = re.compile(r"(mort|safety|readm|pt_exp|te)_(?:group_measure_count|measures)")

Entry = MeasureScore | ProgramResult | Hospital
Cells = dict[str, str]
_Taking = Callable[[Record, Cells], Iterator[Entry]]


@dataclass
class CmsFile:
    """A recognized file. Iterating gives every line with what it says; ``lines`` then counts those that hold text."""

    path: Path
    layout: Layout
    shape: Shape
    columns: tuple[str, ...]
    lines: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[tuple[Record, list[Entry]]]:
        take = self._takes()
        width, self.lines = len(self.columns), 0
        for record in read_records(self.path, self.layout):
            self.lines += 1
            cells = [cell.strip() for cell in record.cells]
            cells += [""] * (width - len(cells))
            yield record, list(take(record, dict(zip(self.columns, cells, strict=False))))

    def entries(self) -> Iterator[Entry]:
        """Everything that the file says, in the order of its lines."""
        for _, said in self:
            yield from said

    def _takes(self) -> _Taking:
        ways: dict[str, _Taking] = {
            "measure": _measure,
            "survey": _survey,
            "hospital": self._hospital,
            "readmissions": _readmissions,
            "side_by_side": self._side_by_side,
        }
        return ways[self.shape.reads]

    def _side_by_side(self, record: Record, cells: Cells) -> Iterator[ProgramResult]:
        """A hospital's results stand next to each other, most with a column for the footnote after them."""
        ccn, year = certification_number(cells["facility_id"]), counted(cells["fiscal_year"])
        for item, footnote in self._items():
            noted = cells[footnote] if footnote else ""
            result = cells[item]
            yield ProgramResult(
                record.line, ccn, self.shape.program, year, item, None, None, result, scaled(result, BILLIONTHS),
                noted, record.problem,
            )  # fmt: skip

    def _hospital(self, record: Record, cells: Cells) -> Iterator[Entry]:
        """The hospital, and how many measures of each group went into its rating, each as a score of its own."""
        get, ccn = cells.get, certification_number(cells["facility_id"])
        yield Hospital(
            record.line, ccn, cells["facility_name"], get("city_town") or get("city", ""), get("state", ""),
            get("county_parish") or get("county_name", ""), cells["hospital_type"], cells["hospital_ownership"],
            get("emergency_services", ""), counted(cells["hospital_overall_rating"]),
            get("hospital_overall_rating_footnote", ""), record.problem,
        )  # fmt: skip
        for column in self.columns:
            if (group := _GROUP.search(column)) and not column.endswith("_footnote"):
                said, footnote = cells[column], get(f"{group[1]}_group_footnote", "")
                yield MeasureScore(
                    record.line, ccn, column, None, None, said, scaled(said, MILLIONTHS), None, None, None, None, "",
                    footnote, record.problem,
                )  # fmt: skip

    def _items(self) -> list[tuple[str, str]]:
        plain = [column for column in self.columns if column not in IDENTIFYING and not column.endswith("_footnote")]
        return [(column, footnote if (footnote := f"{column}_footnote") in self.columns else "") for column in plain]


def read_cms(path: Path) -> CmsFile:
    """Find out which file of CMS this is. Raises UnknownCmsFile, or SheetError when it cannot be read at all."""
    layout = detect_layout(path)
    header = preview(path, layout, limit=1).header
    shape = recognize(header)
    return CmsFile(path, layout, shape, tuple(_footnotes_named(plain_name(heading) for heading in header)))


def _footnotes_named(columns: Iterator[str]) -> Iterator[str]:
    """``psi_90_w_z_footnote`` is the footnote of ``psi_90_w_z_score``, and is so called; repeated names differ."""
    seen: set[str] = set()
    for column in columns:
        stem = column.removesuffix("_footnote")
        if column != stem and stem not in seen:
            column = next((f"{stem}_{end}_footnote" for end in ("score", "value") if f"{stem}_{end}" in seen), column)
        while column in seen:
            column += "_again"
        seen.add(column)
        yield column


def _measure(record: Record, cells: Cells) -> Iterator[MeasureScore]:
    score = cells["score"] if "score" in cells else cells["value"]
    get = cells.get
    yield MeasureScore(
        record.line, certification_number(cells["facility_id"]), cells["measure_id"], day_of(cells["start_date"]),
        day_of(cells["end_date"]), score, scaled(score, MILLIONTHS), scaled(get("lower_estimate", ""), MILLIONTHS),
        scaled(get("higher_estimate", ""), MILLIONTHS),
        # Return days are counted over all patients of the hospital, in a column of their own.
        _first_count(get("denominator", ""), get("sample", ""), get("number_of_patients", "")),
        counted(get("number_of_patients_returned", "")), get("compared_to_national", ""), get("footnote", ""),
        record.problem,
    )  # fmt: skip


def _first_count(*cells: str) -> int | None:
    return next((count for cell in cells if (count := counted(cell)) is not None), None)


def _survey(record: Record, cells: Cells) -> Iterator[MeasureScore]:
    """The score of the line's question; on the line of the summary star also the response rate."""
    used = [name for name in SURVEY_SCORES if name in cells and cells[name].lower() not in ("", NOT_APPLICABLE)]
    column = used[0] if used else SURVEY_SCORES[0]
    measure = cells["hcahps_measure_id"]
    shown = [(measure, column)]
    if measure.upper() == "H_STAR_RATING" and RESPONSE in cells:
        shown.append(("H_RESP_RATE_P", RESPONSE))
    for name, source in shown:
        score = cells[source]
        yield MeasureScore(
            record.line, certification_number(cells["facility_id"]), name, day_of(cells["start_date"]),
            day_of(cells["end_date"]), score, scaled(score, MILLIONTHS), None, None, counted(cells.get(SURVEYED, "")),
            None, "", cells.get(f"{source}_footnote") or cells.get(f"{SURVEYED}_footnote", ""), record.problem,
        )  # fmt: skip


def _readmissions(record: Record, cells: Cells) -> Iterator[ProgramResult]:
    ccn, measure = certification_number(cells["facility_id"]), cells["measure_name"]
    starts_on, ends_on = day_of(cells.get("start_date", "")), day_of(cells["end_date"])
    year = ends_on.year + READMISSION_YEARS_LATER if ends_on else None
    for item in READMISSION_ITEMS:
        result = cells.get(item, "")
        yield ProgramResult(
            record.line, ccn, "HRRP", year, f"{measure} {item}", starts_on, ends_on, result,
            scaled(result, BILLIONTHS), cells.get("footnote", ""), record.problem,
        )  # fmt: skip
