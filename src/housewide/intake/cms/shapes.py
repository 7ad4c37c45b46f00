"""Which of CMS's published files one is, told from its column names.

Source of the names: CMS Provider Data Catalog, topic "Hospitals", the releases of FY 2021 to November 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from housewide.intake.sheets import SheetError

# Older releases and other publishers name the same column otherwise.
ALSO_CALLED = {"provider_id": "facility_id", "ccn": "facility_id", "cms_certification_number_ccn": "facility_id"}
IDENTIFYING = frozenset(
    {
        "facility_id", "facility_name", "hospital_name", "address", "city", "city_town", "state", "zip_code",
        "county_name", "county_parish", "telephone_number", "phone_number", "fiscal_year",
    }
)  # fmt: skip


class UnknownCmsFile(SheetError):
    """The file can be read, but its columns are those of no published file that we know."""


@dataclass(frozen=True)
class Shape:
    """One kind of file. ``needs``: columns that it must have; ``reads``: how a line is taken (a measure a line,
    readmission figures of a condition a line, one line a hospital with its results side by side, or the hospitals)."""

    kind: str
    title: str
    reads: str
    needs: frozenset[str]
    program: str = ""


def _shape(kind: str, title: str, reads: str, needs: str, program: str = "") -> Shape:
    return Shape(kind, title, reads, frozenset(needs.split()), program)


SCORED = "facility_id measure_id score start_date end_date"
SHAPES: tuple[Shape, ...] = (
    _shape("hospitals", "Hospital General Information", "hospital",
           "facility_id facility_name hospital_type hospital_ownership hospital_overall_rating"),
    _shape("hcahps", "Patient survey (HCAHPS)", "survey",
           "facility_id hcahps_measure_id hcahps_answer_percent patient_survey_star_rating start_date end_date"),
    _shape("complications", "Complications and Deaths", "measure",
           f"{SCORED} compared_to_national denominator lower_estimate higher_estimate"),
    _shape("infections", "Healthcare Associated Infections", "measure", f"{SCORED} compared_to_national"),
    _shape("unplanned_visits", "Unplanned Hospital Visits", "measure",
           f"{SCORED} compared_to_national denominator lower_estimate higher_estimate number_of_patients_returned"),
    _shape("timely_care", "Timely and Effective Care", "measure", f"{SCORED} condition sample"),
    # Spending per patient has no column of its own; the imaging file looks the same and is told by its measures.
    _shape("scores", "Medicare spending per patient and other files of one score a measure", "measure", SCORED),
    _shape("spending_exact", "Medicare spending per patient, six decimals", "measure",
           "facility_id measure_id value start_date end_date"),
    _shape("hvbp_tps", "Value-Based Purchasing, total performance score", "side_by_side",
           "facility_id fiscal_year total_performance_score", "HVBP"),
    _shape("hvbp_clinical", "Value-Based Purchasing, clinical outcomes", "side_by_side",
           "facility_id fiscal_year mort_30_ami_performance_rate", "HVBP"),
    _shape("hvbp_engagement", "Value-Based Purchasing, person and community engagement", "side_by_side",
           "facility_id fiscal_year communication_with_nurses_performance_rate", "HVBP"),
    _shape("hvbp_safety", "Value-Based Purchasing, safety", "side_by_side",
           "facility_id fiscal_year hai_1_performance_rate", "HVBP"),
    _shape("hvbp_efficiency", "Value-Based Purchasing, efficiency and cost reduction", "side_by_side",
           "facility_id fiscal_year mspb_1_performance_rate", "HVBP"),
    _shape("hac", "Hospital-Acquired Condition Reduction Program", "side_by_side",
           "facility_id fiscal_year total_hac_score payment_reduction", "HAC"),
    _shape("hrrp", "Hospital Readmissions Reduction Program", "readmissions",
           "facility_id measure_name excess_readmission_ratio number_of_readmissions end_date", "HRRP"),
)  # fmt: skip


def plain_name(heading: str) -> str:
    """``City/Town`` -> ``city_town``: a heading without its case, its marks and what it is also called."""
    said = re.sub(r"[^a-z0-9]+", "_", heading.casefold()).strip("_")
    return ALSO_CALLED.get(said, said)


def recognize(headings: Iterable[str]) -> Shape:
    """The published file whose columns these are, in any order and with any others between them.

    Of several that fit, the one that asks for most. Raises UnknownCmsFile.
    """
    there = {plain_name(heading) for heading in headings}
    fitting = [shape for shape in SHAPES if shape.needs <= there]
    if fitting:
        return max(fitting, key=lambda shape: len(shape.needs))
    if "facility_id" not in there and there & {"measure_id", "hcahps_measure_id"}:
        raise UnknownCmsFile(
            "This file holds results of states or of the nation, not of hospitals: it has no column “Facility ID”. "
            "Nothing was read. Send the file whose name ends in “-Hospital”."
        )
    raise UnknownCmsFile(
        "The columns of this file are those of no file of CMS that can be read here. Nothing was read. Send the file "
        "as the Provider Data Catalog gives it, with its line of headings."
    )
