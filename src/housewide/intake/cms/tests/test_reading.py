"""Published files are known by their columns, however they are written, and every line of them is accounted for."""

from __future__ import annotations

import csv
import io
import lzma
import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.intake.cms import (
    SHAPES,
    Hospital,
    MeasureScore,
    ProgramResult,
    UnknownCmsFile,
    read_cms,
    recognize,
    write_long_form,
)
from housewide.intake.cms.values import certification_number, counted, day_of, scaled

ROOT = Path(__file__).parents[5]
DATA = Path(os.environ.get("HOUSEWIDE_REFERENCE_DATA") or ROOT.parent / "shared" / "data") / "quality"
PUBLISHED = {
    "carecompare_2025_11/Hospital_General_Information.csv.xz": ("hospitals", 5421),
    "carecompare_2025_11/Medicare_Hospital_Spending_Per_Patient-Hospital.csv.xz": ("scores", 4627),
    "carecompare_2025_11/HOSPITAL_QUARTERLY_MSPB_6_DECIMALS.csv.xz": ("spending_exact", 3009),
    "hac/FY2024_FY_2024_HAC_Reduction_Program_Hospital.csv.xz": ("hac", 3129),
    "hrrp/FY2024_FY_2024_Hospital_Readmissions_Reduction_Program_Hospital.csv.xz": ("hrrp", 18774),
    "hcahps/FY2023_HCAHPS_Hospital.csv.xz": ("hcahps", 449934),
    "hvbp/FY2021_hvbp_tps.csv.xz": ("hvbp_tps", 2676),
    "hvbp/FY2024_hvbp_tps.csv.xz": ("hvbp_tps", 2474),
    "hvbp/FY2021_hvbp_safety.csv.xz": ("hvbp_safety", 2676),
    "hvbp/FY2024_hvbp_clinical_outcomes.csv.xz": ("hvbp_clinical", 2474),
    "hvbp/FY2024_hvbp_person_and_community_engagement.csv.xz": ("hvbp_engagement", 2474),
    "hvbp/FY2024_hvbp_efficiency_and_cost_reduction.csv.xz": ("hvbp_efficiency", 2474),
}
WITHHELD = {"", "not available", "not applicable", "n/a", "too few to report", "yes", "no"}
DEATHS = [
    "Facility ID", "Measure ID", "Compared to National", "Denominator", "Score", "Lower Estimate", "Higher Estimate",
    "Footnote", "Start Date", "End Date",
]  # fmt: skip


@pytest.mark.skipif(not DATA.exists(), reason="CMS's files are not on this machine (HOUSEWIDE_REFERENCE_DATA)")
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_line_of_a_published_file_is_read_and_every_number_in_it_understood(name: str, tmp_path: Path) -> None:
    kind, lines = PUBLISHED[name]
    path = tmp_path / "whatever.dat"
    path.write_bytes(lzma.decompress((DATA / name).read_bytes()))
    file = read_cms(path)
    assert file.shape.kind == kind
    strange = set()
    for record, said in file:
        assert said and not record.problem
        for one in said:
            if not isinstance(one, Hospital) and one.value is None:
                strange.add((one.score if isinstance(one, MeasureScore) else one.result).lower())
    assert file.lines == lines
    assert {text for text in strange if text not in WITHHELD and day_of(text) is None} == set()


@pytest.mark.skipif(not DATA.exists(), reason="CMS's files are not on this machine (HOUSEWIDE_REFERENCE_DATA)")
@pytest.mark.parametrize("name", ["HCAHPS-State", "Complications_and_Deaths-National", "Footnote_Crosswalk"])
def test_files_of_states_and_of_the_nation_are_not_taken_for_hospitals(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(lzma.decompress((DATA / "carecompare_2025_11" / f"{name}.csv.xz").read_bytes()))
    with pytest.raises(UnknownCmsFile):
        read_cms(path)


def _written(folder: Path, headings: list[str], rows: list[list[str]], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([headings, *rows])
    path = folder / "x.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def test_a_score_is_read_with_what_it_rests_on(tmp_path: Path) -> None:
    row = ["010001", "MORT_30_HF", "No Different Than the National Rate", "1,204", "11.9", "9.8", "14.5", "5, 23",
           "07/01/2021", "06/30/2024"]  # fmt: skip
    (one,) = read_cms(_written(tmp_path, DEATHS, [row])).entries()
    assert one == MeasureScore(
        2, "010001", "MORT_30_HF", date(2021, 7, 1), date(2024, 6, 30), "11.9", 11_900_000, 9_800_000, 14_500_000, 1204,
        None, "No Different Than the National Rate", "5, 23", "",
    )  # fmt: skip


def test_the_survey_gives_the_score_its_line_is_about_and_the_response_rate_once(tmp_path: Path) -> None:
    headings = ["Facility ID", "HCAHPS Measure ID", "Patient Survey Star Rating", "HCAHPS Answer Percent",
                "HCAHPS Linear Mean Value", "Number of Completed Surveys", "Survey Response Rate Percent",
                "Start Date", "End Date"]  # fmt: skip
    ends = ["482", "15", "10/01/2024", "09/30/2025"]
    rows = [
        ["10001", "H_COMP_1_A_P", "Not Applicable", "74", "Not Applicable", *ends],
        ["10001", "H_STAR_RATING", "3", "Not Applicable", "Not Applicable", *ends],
    ]
    said = list(read_cms(_written(tmp_path, headings, rows)).entries())
    assert [(one.ccn, one.measure, one.value, one.denominator) for one in said if isinstance(one, MeasureScore)] == [
        ("010001", "H_COMP_1_A_P", 74_000_000, 482),
        ("010001", "H_STAR_RATING", 3_000_000, 482),
        ("010001", "H_RESP_RATE_P", 15_000_000, 482),
    ]


def test_readmissions_say_the_fiscal_year_that_they_are_paid_in(tmp_path: Path) -> None:
    headings = ["Facility ID", "Measure Name", "Number of Discharges", "Footnote", "Excess Readmission Ratio",
                "Predicted Readmission Rate", "Expected Readmission Rate", "Number of Readmissions", "Start Date",
                "End Date"]  # fmt: skip
    row = ["600001", "READM-30-HF-HRRP", "616", "", "1.1003", "23.1", "21.0", "Too Few to Report", "07/01/2019",
           "06/30/2022"]  # fmt: skip
    said = {one.item: one for one in read_cms(_written(tmp_path, headings, [row])).entries()}  # type: ignore[union-attr]
    ratio = said["READM-30-HF-HRRP excess_readmission_ratio"]
    assert isinstance(ratio, ProgramResult)
    assert (ratio.fiscal_year, ratio.value) == (2024, 1_100_300_000)
    assert said["READM-30-HF-HRRP number_of_readmissions"].value is None  # type: ignore[union-attr]


def test_results_side_by_side_keep_their_own_footnotes(tmp_path: Path) -> None:
    headings = ["Facility ID", "Fiscal Year", "CLABSI SIR", "CLABSI SIR Footnote", "CLABSI W Z Score",
                "CLABSI W Z Footnote", "Total HAC Score", "Payment Reduction"]  # fmt: skip
    row = ["670310", "2024", "N/A", "18", "2.1665", "5", "2.2503", "Yes"]
    said = list(read_cms(_written(tmp_path, headings, [row])).entries())
    assert [(one.item, one.result, one.footnote) for one in said if isinstance(one, ProgramResult)] == [
        ("clabsi_sir", "N/A", "18"),
        ("clabsi_w_z_score", "2.1665", "5"),
        ("total_hac_score", "2.2503", ""),
        ("payment_reduction", "Yes", ""),
    ]


def test_cells_become_whole_numbers_or_nothing() -> None:
    assert scaled("38.333333333333", 9) == 38_333_333_333
    assert scaled("8 out of 10", 6) == 8_000_000
    assert scaled("53.50%", 6) == 53_500_000
    assert scaled("-31.1", 6) == -31_100_000
    assert scaled("1,025", 0) == 1025
    for word in ("", "Not Available", "N/A", "12/31/2024", "4 - 5", "--", "1.2.3", "."):
        assert scaled(word, 6) is None
    assert (counted("482"), counted("4.5"), counted("Not Available")) == (482, None, None)
    assert (certification_number("10001"), certification_number(" 01014f ")) == ("010001", "01014F")
    assert day_of("2024-06-30") == day_of("06/30/2024") == date(2024, 6, 30)
    assert day_of("13/45/2024") is None


def test_no_two_shapes_ask_for_the_same_columns() -> None:
    assert len({shape.needs for shape in SHAPES}) == len(SHAPES)
    for shape in SHAPES:
        assert recognize([name.upper().replace("_", " ") for name in shape.needs]) == shape


CELL = st.one_of(
    st.sampled_from(
        ["Not Available", "N/A", "", "5, 23", "--", "12.5", "-3", "01/02/2024", "José", "a,b", 'the "best"']
    ),
    # Bytes 0x80 to 0x9f are left out: what says latin-1 and holds them was written by Windows, and is read so.
    st.text(alphabet="abcXYZ019 .,;:%$#&()[]/|'_+*=\"ÀÉñöü§°½", max_size=12),
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), encoding=st.sampled_from(["utf-8", "utf-8-sig", "latin-1"]))
def test_ugly_ways_of_writing_lose_nothing(data: st.DataObject, encoding: str) -> None:
    extra = data.draw(st.lists(st.sampled_from(["Phone", "Añadido", "note 1", "Region"]), unique=True, max_size=3))
    headings = data.draw(st.permutations(DEATHS + extra))
    shown = [data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))(heading) for heading in headings]
    cells = data.draw(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
    good = {"Facility ID": "600001", "Start Date": "07/01/2021", "End Date": "06/30/2024", "Denominator": "40"}
    rows = [
        {**good, "Measure ID": f"M_{number}", "Score": score, "Footnote": footnote, "Compared to National": compared}
        for number, (score, footnote, compared) in enumerate(cells)
    ]
    with TemporaryDirectory() as folder:
        table = [[row.get(heading, "x") for heading in headings] for row in rows]
        file = read_cms(_written(Path(folder), shown, table, encoding))
        said = [one for one in file.entries() if isinstance(one, MeasureScore)]
        (long,) = write_long_form(file, Path(folder) / "long", released=date(2026, 7, 29))
        with long.path.open(encoding="utf-8", newline="") as stream:
            back = list(csv.DictReader(stream))
    assert file.shape.kind == "complications"
    assert [(one.measure, one.score, one.footnote, one.compared) for one in said] == [
        (row["Measure ID"], row["Score"].strip(), row["Footnote"].strip(), row["Compared to National"].strip())
        for row in rows
    ]
    assert all((one.ccn, one.denominator, one.problem) == ("600001", 40, "") for one in said)
    assert (long.entries, long.lines, len(back)) == (len(rows), len(rows), len(rows))
    assert [row["score"] for row in back] == [one.score for one in said]


def test_a_line_with_too_few_or_too_many_cells_is_kept_and_says_so(tmp_path: Path) -> None:
    whole = ["010001", "M_1", "", "40", "11.9", "9", "14", "", "07/01/2021", "06/30/2024"]
    file = read_cms(_written(tmp_path, DEATHS, [whole, whole[:6], [*whole, "more"], whole]))
    said = [one for one in file.entries() if isinstance(one, MeasureScore)]
    assert [bool(one.problem) for one in said] == [False, True, True, False]
    assert file.lines == 4
