"""The invented nation lies like the real one, reads back whole, and its files agree with each other."""

from __future__ import annotations

import csv
import lzma
import os
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from housewide.demo.nation import (
    ACUTE,
    CODES,
    CRITICAL,
    HOSPITALS,
    OURS,
    Nation,
    all_infections,
    infections,
    nation,
    question_stars,
    scores,
    summary_stars,
    survey,
)
from housewide.demo.nation_files import RELEASED, write_release
from housewide.demo.nation_measures import INFECTIONS, MEASURES, QUESTIONS, Infection, Measure
from housewide.demo.nation_programs import HAC_PARTS, acquired_conditions, winsorized, write_programs
from housewide.demo.operating_rooms import write_files
from housewide.demo.writing import WrittenFile
from housewide.intake.cms import Hospital, MeasureScore, ProgramResult, read_cms, write_long_form
from housewide.intake.imports import import_file
from housewide.intake.profiles import store_feeds
from housewide.org.actions import import_places

ROOT = Path(__file__).parents[4]
DATA = Path(os.environ.get("HOUSEWIDE_REFERENCE_DATA") or ROOT.parent / "shared" / "data") / "quality"
WHERE = pytest.mark.skipif(not DATA.exists(), reason="CMS's files are not on this machine (HOUSEWIDE_REFERENCE_DATA)")
KINDS = {
    "Hospital_General_Information": "hospitals",
    "Complications_and_Deaths-Hospital": "complications",
    "Unplanned_Hospital_Visits-Hospital": "unplanned_visits",
    "Healthcare_Associated_Infections-Hospital": "infections",
    "Timely_and_Effective_Care-Hospital": "timely_care",
    "Outpatient_Imaging_Efficiency-Hospital": "scores",
    "Medicare_Hospital_Spending_Per_Patient-Hospital": "scores",
    "HCAHPS-Hospital": "hcahps",
    "FY_2024_Hospital_Readmissions_Reduction_Program_Hospital": "hrrp",
    "FY_2025_Hospital_Readmissions_Reduction_Program_Hospital": "hrrp",
    "FY_2026_Hospital_Readmissions_Reduction_Program_Hospital": "hrrp",
    "FY_2026_HAC_Reduction_Program_Hospital": "hac",
    "hvbp_tps": "hvbp_tps",
}
WITHHELD = {"", "Not Available", "Not Applicable", "N/A", "Too Few to Report", "Yes", "No"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, WrittenFile]:
    folder: Path = tmp_path_factory.mktemp("nation")
    return {file.path.stem: file for file in [*write_release(folder), *write_programs(folder)]}


@pytest.fixture(scope="module")
def invented() -> Nation:
    return nation()


def _real(name: str) -> list[dict[str, str]]:
    text = lzma.decompress((DATA / name).read_bytes()).decode("utf-8-sig", "replace")
    return list(csv.DictReader(text.splitlines()))


def _lines(file: WrittenFile) -> list[dict[str, str]]:
    with file.path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# --- what is written reads back -------------------------------------------------------------------------------------


def test_every_file_is_recognized_and_every_line_and_number_of_it_read_back(written: dict[str, WrittenFile]) -> None:
    assert set(written) == set(KINDS)
    for name, file in written.items():
        found = read_cms(file.path)
        strange = set()
        for record, said in found:
            assert said and not record.problem
            for one in said:
                if isinstance(one, MeasureScore) and one.value is None:
                    strange.add(one.score)
                if isinstance(one, ProgramResult) and one.value is None:
                    strange.add(one.result)
        assert (found.shape.kind, found.lines) == (KINDS[name], file.rows)
        words = {text for text in strange if text not in WITHHELD and "/" not in text}
        assert words <= {"low", "medium", "high", "very high"}


@pytest.mark.django_db(databases=["default", "cubes"])
def test_what_is_read_is_accepted_and_a_damaged_line_is_set_aside_not_lost(
    written: dict[str, WrittenFile], tmp_path: Path
) -> None:
    write_files(tmp_path, months=1)
    import_places(by="system:setup", text=(tmp_path / "organization" / "places.csv").read_text(encoding="utf-8"))
    profile = (files("housewide.demo") / "feeds_nation.toml").read_text(encoding="utf-8")
    feeds = {feed.table: feed for feed in store_feeds(profile, by="system:setup")}
    chosen = ("Hospital_General_Information", "Medicare_Hospital_Spending_Per_Patient-Hospital", "hvbp_tps",
              "FY_2026_Hospital_Readmissions_Reduction_Program_Hospital")  # fmt: skip
    taken = set()
    for name in chosen:
        for long in write_long_form(read_cms(written[name].path), tmp_path / "long", released=RELEASED):
            batch = import_file(feed=feeds[long.table], path=long.path, actor="system:setup")
            assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (long.entries, long.entries, 0)
            taken.add(long.table)
    assert taken == {"cms_hospital", "cms_measure", "cms_program_result"}
    lines = written[chosen[1]].path.read_text(encoding="utf-8").splitlines()[:101]
    lines[5] = lines[5].rsplit(",", 5)[0]  # the score and what follows it are gone
    lines[7] = "," + lines[7].split(",", 1)[1]  # the hospital's number is gone
    broken = tmp_path / "broken.csv"
    broken.write_text("\n".join(lines), encoding="utf-8")
    (long,) = write_long_form(read_cms(broken), tmp_path / "long", released=date(2026, 11, 5))
    batch = import_file(feed=feeds["cms_measure"], path=long.path, actor="system:setup")
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (100, 98, 2)


def test_the_same_seed_writes_the_same_files_and_another_seed_others(
    written: dict[str, WrittenFile], tmp_path: Path
) -> None:
    again = {file.path.stem: file for file in write_programs(tmp_path / "same")}
    other = {file.path.stem: file for file in write_programs(tmp_path / "other", seed=7)}
    for name, file in again.items():
        assert file.path.read_bytes() == written[name].path.read_bytes()
        assert file.path.read_bytes() != other[name].path.read_bytes()


@WHERE
@pytest.mark.parametrize(
    ("ours", "real"),
    [
        ("Hospital_General_Information", "carecompare_2025_11/Hospital_General_Information.csv.xz"),
        ("Medicare_Hospital_Spending_Per_Patient-Hospital",
         "carecompare_2025_11/Medicare_Hospital_Spending_Per_Patient-Hospital.csv.xz"),
        ("FY_2026_HAC_Reduction_Program_Hospital", "hac/FY2024_FY_2024_HAC_Reduction_Program_Hospital.csv.xz"),
        ("FY_2026_Hospital_Readmissions_Reduction_Program_Hospital",
         "hrrp/FY2024_FY_2024_Hospital_Readmissions_Reduction_Program_Hospital.csv.xz"),
        ("hvbp_tps", "hvbp/FY2024_hvbp_tps.csv.xz"),
    ],
)  # fmt: skip
def test_headings_are_those_that_cms_prints(written: dict[str, WrittenFile], ours: str, real: str) -> None:
    assert list(_lines(written[ours])[0]) == list(_real(real)[0])


@WHERE
def test_no_hospital_of_the_real_list_has_a_number_that_ours_could_have() -> None:
    real = _real("carecompare_2025_11/Hospital_General_Information.csv.xz")
    assert [row for row in real if row["Facility ID"][:2] in CODES] == []


@WHERE
def test_summary_stars_are_made_of_the_questions_stars_as_cms_makes_them() -> None:
    by: dict[str, dict[str, int]] = {}
    for row in _real("hcahps/FY2023_HCAHPS_Hospital.csv.xz"):
        if row["Patient Survey Star Rating"] in ("1", "2", "3", "4", "5"):
            by.setdefault(row["Facility ID"], {})[row["HCAHPS Measure ID"]] = int(row["Patient Survey Star Rating"])
    whole = [stars for stars in by.values() if len(stars) == len(QUESTIONS) + 1]
    lowest = {one.id: (0, *one.stars_from) for one in QUESTIONS}
    linear = {code: np.array([lowest[code][stars[f"{code}_STAR_RATING"] - 1] for stars in whole]) for code in lowest}
    same = summary_stars(replace(survey(nation()), linear=linear))
    assert len(whole) > 3000
    assert same.tolist() == [stars["H_STAR_RATING"] for stars in whole]


# --- it lies like the nation ----------------------------------------------------------------------------------------


def test_there_are_three_thousand_hospitals_with_numbers_in_the_ranges_of_their_kinds(invented: Nation) -> None:
    assert len(invented) == len(set(invented.ccn.tolist())) == HOSPITALS
    assert len(set(invented.name.tolist())) == HOSPITALS
    ends = np.array([int(ccn[2:]) for ccn in invented.ccn])
    assert ((ends >= 1) & (ends <= 879))[invented.kind == ACUTE].all()
    assert ((ends >= 1300) & (ends <= 1399))[invented.kind == CRITICAL].all()
    assert (invented.ccn[0], invented.name[0]) == (OURS, "Mercy Valley Hospital")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_a_score_has_the_published_mean_spread_and_share_of_missing(measure: Measure, invented: Nation) -> None:
    one = measure
    acute = invented.kind == ACUTE
    found = scores(invented, one)
    value = found.value[acute]
    assert abs(np.nanmean(value) - one.mean) < 0.25 * one.sd
    assert 0.8 < np.nanstd(value) / one.sd < 1.15
    assert abs(np.isnan(value).mean() - np.mean(one.missing)) < 0.04
    small = np.isnan(found.value[acute & (invented.rank < 0.2)]).mean()
    large = np.isnan(found.value[acute & (invented.rank > 0.8)]).mean()
    assert small > large
    assert np.isnan(found.value).tolist() == (found.cases == 0).tolist()


@pytest.mark.parametrize("about", INFECTIONS, ids=lambda about: about.id)
def test_infections_have_the_published_ratio_and_share_of_missing(about: Infection, invented: Nation) -> None:
    ratio = infections(invented, about).ratio[invented.kind == ACUTE]
    chance = np.nanstd(ratio) / np.sqrt((~np.isnan(ratio)).sum())
    assert abs(np.nanmean(ratio) - about.mean) < 3.5 * chance
    assert 0.6 < np.nanstd(ratio) / np.nanmean(ratio) < 1.1
    assert abs(np.isnan(ratio).mean() - np.mean(about.missing)) < 0.05


def test_surveys_have_the_published_means_and_stars(invented: Nation) -> None:
    found = survey(invented)
    for one in QUESTIONS:
        linear = found.linear[one.id][found.starred]
        assert abs(linear.mean() - one.mean) < 0.2 * one.sd
        assert 0.9 < linear.std() / one.sd < 1.1
        assert 2.7 < question_stars(found, one)[found.starred].mean() < 3.8
    shares = np.bincount(summary_stars(found)[found.starred], minlength=6) / found.starred.sum()
    # October 2021 to September 2022: 2, 15, 39, 35 and 8 percent with 1 to 5 stars, 32 percent of all without.
    assert np.abs(shares[1:] - (0.02, 0.147, 0.394, 0.354, 0.085)).max() < 0.07
    assert 0.25 < 1 - found.starred.mean() < 0.4


def test_scores_of_a_group_go_together_and_unrelated_groups_do_not(invented: Nation) -> None:
    by = {one.id: scores(invented, one).value for one in MEASURES}

    def together(one: str, other: str) -> float:
        both = ~np.isnan(by[one]) & ~np.isnan(by[other])
        return float(np.corrcoef(by[one][both], by[other][both])[0, 1])

    assert 0.35 < together("MORT_30_HF", "MORT_30_PN") < 0.65
    assert 0.35 < together("EDAC_30_HF", "EDAC_30_PN") < 0.65
    assert abs(together("MORT_30_HF", "EDAC_30_HF")) < 0.12


# --- Mercy Valley ---------------------------------------------------------------------------------------------------


def test_mercy_valley_has_every_score_and_lies_in_the_middle(invented: Nation) -> None:
    for one in MEASURES:
        assert not np.isnan(scores(invented, one).value[0])
    assert summary_stars(survey(invented))[0] == 3


def test_its_nights_are_loud_and_its_calls_answered_late(invented: Nation) -> None:
    found = survey(invented)
    for one in QUESTIONS:
        behind = (found.linear[one.id][found.starred] > found.linear[one.id][0]).mean()
        assert behind > 0.85 if one.id in ("H_QUIET", "H_COMP_3") else 0.3 < behind < 0.65


def test_its_heart_failure_patients_come_back_more_each_year(written: dict[str, WrittenFile]) -> None:
    found = []
    for year in (2024, 2025, 2026):
        rows = _lines(written[f"FY_{year}_Hospital_Readmissions_Reduction_Program_Hospital"])
        found += [
            float(row["Excess Readmission Ratio"])
            for row in rows
            if row["Facility ID"] == OURS and row["Measure Name"] == "READM-30-HF-HRRP"
        ]
    assert found == sorted(found)
    assert found[0] < 1 < found[1] < found[2]
    assert len(found) == 3


# --- files agree with each other ------------------------------------------------------------------------------------


def _ties(observed: dict[str, dict[str, float]], hac: list[dict[str, str]]) -> int:
    """Hospitals and infections whose ratio in the program is not that of the observed and predicted of the release."""
    broken = 0
    for row in hac:
        for part, codes in HAC_PARTS:
            seen = predicted = 0.0
            for code in codes:
                here = observed[row["Facility ID"]]
                if f"{code}_SIR" in here:
                    seen, predicted = seen + here[f"{code}_NUMERATOR"], predicted + here[f"{code}_ELIGCASES"]
            said = row[f"{part} SIR"]
            broken += said != (f"{seen / predicted:.3f}" if predicted else "N/A")
    return broken


def _reported(file: WrittenFile) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in _lines(file):
        if row["Score"] != "Not Available":
            found.setdefault(row["Facility ID"], {})[row["Measure ID"]] = float(row["Score"])
    return found


def test_conditions_acquired_are_those_of_the_infections_reported_and_a_disturbed_step_breaks_the_tie(
    written: dict[str, WrittenFile], tmp_path: Path
) -> None:
    hac = _lines(written["FY_2026_HAC_Reduction_Program_Hospital"])
    reported = _reported(written["Healthcare_Associated_Infections-Hospital"])
    for row in hac:
        reported.setdefault(row["Facility ID"], {})
    # A ratio that ends on a five may fall to either side in print.
    assert _ties(reported, hac) <= 3
    other = {file.path.stem: file for file in write_programs(tmp_path, seed=7)}
    assert _ties(reported, _lines(other["FY_2026_HAC_Reduction_Program_Hospital"])) > 1000


def test_a_ratio_in_the_release_is_observed_over_predicted(written: dict[str, WrittenFile]) -> None:
    for scored in _reported(written["Healthcare_Associated_Infections-Hospital"]).values():
        for code in (one.id for one in INFECTIONS):
            if f"{code}_SIR" in scored:
                assert scored[f"{code}_ELIGCASES"] >= 1
                expected = scored[f"{code}_NUMERATOR"] / scored[f"{code}_ELIGCASES"]
                assert scored[f"{code}_SIR"] == pytest.approx(expected, abs=0.00051)
                assert scored.get(f"{code}_CILOWER", 0) <= scored[f"{code}_SIR"] <= scored[f"{code}_CIUPPER"]


def test_a_quarter_of_the_hospitals_is_paid_less_for_the_highest_scores(invented: Nation) -> None:
    _, total, reduced = acquired_conditions(invented)
    scored = ~np.isnan(total)
    assert reduced.sum() / scored.sum() == pytest.approx(0.25, abs=0.01)
    assert total[reduced].min() > total[scored & ~reduced].max()
    # Another infection's numbers give other totals: the score is made of them.
    moved = all_infections(invented, seed=7)["HAI_1"].ratio
    assert not np.allclose(winsorized(moved), winsorized(all_infections(invented)["HAI_1"].ratio), equal_nan=True)


@WHERE
def test_z_scores_are_those_that_cms_prints() -> None:
    rows = _real("hac/FY2024_FY_2024_HAC_Reduction_Program_Hospital.csv.xz")
    number = [[float(row[name]) if row[name] not in ("N/A", "") else np.nan for row in rows]
              for name in ("PSI 90 Composite Value", "PSI 90 W Z Score")]  # fmt: skip
    assert np.nanmax(np.abs(winsorized(np.array(number[0])) - np.array(number[1]))) < 0.01


def test_ratios_and_performance_scores_add_up(written: dict[str, WrittenFile]) -> None:
    for row in _lines(written["FY_2026_Hospital_Readmissions_Reduction_Program_Hospital"]):
        if row["Excess Readmission Ratio"] != "N/A":
            ratio = float(row["Predicted Readmission Rate"]) / float(row["Expected Readmission Rate"])
            assert float(row["Excess Readmission Ratio"]) == pytest.approx(ratio, abs=0.00006)
    for row in _lines(written["hvbp_tps"]):
        parts = [name for name in row if name.startswith("Unweighted") and row[name] != "Not Available"]
        total = sum(float(row[name]) for name in parts) / len(parts)
        assert len(parts) >= 3
        assert float(row["Total Performance Score"]) == pytest.approx(total, abs=1e-9)


def test_no_overall_rating_stands_in_for_the_one_to_be_calculated(written: dict[str, WrittenFile]) -> None:
    said = [
        one for one in read_cms(written["Hospital_General_Information"].path).entries() if isinstance(one, Hospital)
    ]
    assert {(one.rating, one.footnote) for one in said} == {(None, "16")}
