"""What Medicare's payment programs made of the invented hospitals: readmissions, conditions acquired, value bought.

Ratios, weights, scores and the worst quarter are computed as the programs do. The domain scores of value-based
purchasing are drawn as published (FY 2024), because achievement and improvement points are not calculated yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from housewide.demo.nation import ACUTE, Nation, all_infections, all_scores, goodness, nation
from housewide.demo.nation_files import DATES, addresses
from housewide.demo.nation_measures import MEASURES
from housewide.demo.stays import Column, rng_for
from housewide.demo.writing import WrittenFile, write_table

FISCAL_YEARS = (2024, 2025, 2026)
READMISSIONS = (
    "Facility Name", "Facility ID", "State", "Measure Name", "Number of Discharges", "Footnote",
    "Excess Readmission Ratio", "Predicted Readmission Rate", "Expected Readmission Rate", "Number of Readmissions",
    *DATES,
)  # fmt: skip
CONDITIONS = {
    "AMI": "READM_30_AMI", "CABG": "READM_30_CABG", "COPD": "READM_30_COPD", "HF": "READM_30_HF",
    "HIP-KNEE": "READM_30_HIP_KNEE", "PN": "READM_30_PN",
}  # fmt: skip
# Spread of the expected rate between hospitals (case mix), FY 2024, 3,129 hospitals.
EXPECTED_SPREAD = {"AMI": 1.682, "CABG": 1.155, "COPD": 1.741, "HF": 1.385, "HIP-KNEE": 0.664, "PN": 1.506}
# Mercy Valley's excess for heart failure, by the year it is paid in: the clinic that followed these patients closed.
OUR_HEART_FAILURE = {2024: 0.992, 2025: 1.031, 2026: 1.078}
HAC_PARTS = (("CLABSI", ("HAI_1",)), ("CAUTI", ("HAI_2",)), ("SSI", ("HAI_3", "HAI_4")), ("CDI", ("HAI_6",)),
             ("MRSA", ("HAI_5",)))  # fmt: skip
HAC = (
    "Facility Name", "Facility ID", "State", "Fiscal Year", "PSI 90 Composite Value", "PSI 90 Composite Value Footnote",
    "PSI 90 W Z Score", "PSI 90 W Z Footnote", "PSI 90 Start Date", "PSI 90 End Date",
    *(
        heading
        for part, _ in HAC_PARTS
        for heading in (f"{part} SIR", f"{part} SIR Footnote", f"{part} W Z Score", f"{part} W Z Footnote")
    ),
    "HAI Measures Start Date", "HAI Measures End Date", "Total HAC Score", "Total HAC Score Footnote",
    "Payment Reduction", "Payment Reduction Footnote",
)  # fmt: skip
DOMAINS = ("Clinical Outcomes", "Person And Community Engagement", "Safety", "Efficiency And Cost Reduction")
UNWEIGHTED = (
    "Unweighted Normalized Clinical Outcomes Domain Score", "Unweighted Person And Community Engagement Domain Score",
    "Unweighted Normalized Safety Domain Score", "Unweighted Normalized Efficiency And Cost Reduction Domain Score",
)  # fmt: skip
WEIGHTED = (
    "Weighted Normalized Clinical Outcomes Domain Score", "Weighted Person And Community Engagement Domain Score",
    "Weighted Safety Domain Score", "Weighted Efficiency And Cost Reduction Domain Score",
)  # fmt: skip
PURCHASING = (
    "Fiscal Year", "Facility ID", "Facility Name", "Address", "City/Town", "State", "ZIP Code", "County/Parish",
    *(heading for pair in zip(UNWEIGHTED, WEIGHTED, strict=True) for heading in pair), "Total Performance Score",
)  # fmt: skip
# Mean, spread and share without a score of each domain over 2,474 hospitals, FY 2024; each is a mean of points of ten.
DOMAIN_SCORES = ((20.1, 15.1, 0.02, "mortality"), (17.8, 14.0, 0.0, "experience"), (33.2, 21.0, 0.15, "safety"),
                 (19.9, 24.9, 0.0, "readmission"))  # fmt: skip
NONE = "N/A"


def write_programs(folder: Path, seed: int = 2026) -> list[WrittenFile]:
    """Write the programs' files: readmissions of three fiscal years, the other two of the last."""
    of, year = nation(seed), FISCAL_YEARS[-1]
    written = []
    for one in FISCAL_YEARS:
        path = folder / f"FY_{one}_Hospital_Readmissions_Reduction_Program_Hospital.csv"
        written.append(
            WrittenFile(path, "cms_program_result", write_table(path, READMISSIONS, _returned(of, one, seed)))
        )
    path = folder / f"FY_{year}_HAC_Reduction_Program_Hospital.csv"
    written.append(WrittenFile(path, "cms_program_result", write_table(path, HAC, _acquired(of, year, seed))))
    path = folder / "hvbp_tps.csv"
    written.append(WrittenFile(path, "cms_program_result", write_table(path, PURCHASING, _bought(of, year, seed))))
    return written


def _returned(of: Nation, year: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Excess = predicted / expected, to four places, of hospitals paid by case; some years apart they are alike."""
    paid = np.flatnonzero(of.kind == ACUTE)
    when = (f"07/01/{year - 5}", f"06/30/{year - 2}")
    plain = {measure.id: measure for measure in MEASURES}
    found = all_scores(of, seed)
    for condition, code in CONDITIONS.items():
        rng = rng_for(seed, "nation", "readmissions", condition, year)
        measure, cases = plain[code], found[code].cases
        lasting = (found[code].value - measure.mean) / measure.sd
        excess = 1 + (measure.sd / measure.mean) * (0.85 * lasting + np.sqrt(1 - 0.85**2) * rng.normal(size=len(of)))
        if condition == "HF":
            excess[0] = OUR_HEART_FAILURE[year]
        expected = np.round(np.maximum(
            measure.mean + EXPECTED_SPREAD[condition] * rng.normal(size=len(of)), 1.0), 4)  # fmt: skip
        predicted = np.round(excess * expected, 4)
        returned = np.nan_to_num(np.rint(predicted * cases / 100)).astype(int)
        for at in paid.tolist():
            about = (of.name[at].upper(), of.ccn[at], of.state[at], f"READM-30-{condition}-HRRP")
            if not cases[at]:
                yield *about, NONE, "1" if of.size[at] > 4 else "5", NONE, NONE, NONE, NONE, *when
                continue
            many = str(returned[at]) if returned[at] > 10 else "Too Few to Report"
            rates = (f"{predicted[at] / expected[at]:.4f}", f"{predicted[at]:.4f}", f"{expected[at]:.4f}")
            yield *about, str(cases[at]) if returned[at] > 10 else NONE, "", *rates, many, *when


def winsorized(value: Column) -> Column:
    """Z scores to four places after the extremes are drawn in to the 5th and 95th percentile, as the program does
    since FY 2018 (FY 2017 IPPS final rule, 81 FR 56762); NaN stays."""
    low, high = np.nanpercentile(value, (5, 95))
    inside = np.clip(value, low, high)
    return np.asarray(np.round((inside - np.nanmean(inside)) / np.nanstd(inside), 4) + 0.0)


def acquired_conditions(of: Nation, seed: int = 2026) -> tuple[dict[str, Column], Column, Column]:
    """The measures, the total score (mean of the z scores there are) and who is paid less: those above the 75th
    percentile of it (42 CFR 412.172)."""
    infected = all_infections(of, seed)
    paid = of.kind == ACUTE
    values = {"PSI 90": np.where(paid, all_scores(of, seed)["PSI_90"].value, np.nan)}
    for part, codes in HAC_PARTS:
        seen = sum(np.where(infected[code].shown, infected[code].observed, 0) for code in codes)
        predicted = sum(np.where(infected[code].shown, infected[code].predicted, 0.0) for code in codes)
        with np.errstate(divide="ignore", invalid="ignore"):
            values[part] = np.where(paid & (predicted > 0), np.round(seen / predicted, 3), np.nan)
    scored = np.stack([winsorized(value) for value in values.values()])
    there = ~np.isnan(scored)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.round(np.where(there, scored, 0).sum(axis=0) / there.sum(axis=0), 4) + 0.0
    reduced = total > np.nanpercentile(total, 75)
    return values, total, reduced


def _acquired(of: Nation, year: int, seed: int) -> Iterator[tuple[str, ...]]:
    values, total, reduced = acquired_conditions(of, seed)
    z = {part: winsorized(value) for part, value in values.items()}
    safety = (f"07/01/{year - 4}", f"06/30/{year - 2}")
    reported = (f"01/01/{year - 3}", f"12/31/{year - 2}")

    def shown(column: Column, at: int, decimals: int, why: str) -> tuple[str, str]:
        return (NONE, why) if np.isnan(column[at]) else (f"{column[at]:.{decimals}f}", "")

    for at in np.flatnonzero(of.kind == ACUTE).tolist():
        cells = [of.name[at].upper(), of.ccn[at], of.state[at], str(year)]
        cells += [*shown(values["PSI 90"], at, 4, "1"), *shown(z["PSI 90"], at, 4, "5"), *safety]
        for part, _ in HAC_PARTS:
            cells += [*shown(values[part], at, 3, "13"), *shown(z[part], at, 4, "5")]
        yield *cells, *reported, *shown(total, at, 4, "5"), "Yes" if reduced[at] else "No", ""


def domain_scores(of: Nation, seed: int = 2026) -> tuple[Column, Column]:
    """Unweighted scores of the four domains (hospitals by domains, NaN where there is none), in tenths of a point, and
    which hospitals take part: those with three domains or more."""
    columns = []
    for domain, (mean, spread, missing, factor) in zip(DOMAINS, DOMAIN_SCORES, strict=True):
        rng = rng_for(seed, "nation", "purchasing", domain)
        # A gamma has the published mean and spread and no score below none; its order is the hospitals'.
        drawn = np.sort(rng.gamma((mean / spread) ** 2, spread**2 / mean, len(of)))
        score = np.empty(len(of))
        score[np.argsort(goodness(of, rng, domain, factor, 0.6), kind="stable")] = drawn
        score[0] = mean
        gone = (rng.random(len(of)) < missing * 2 * (1 - of.rank)) & (np.arange(len(of)) > 0)
        columns.append(np.where(gone, np.nan, np.minimum(np.round(score, 1), 100.0)))
    found = np.stack(columns, axis=1)
    taking_part = (of.kind == ACUTE) & (of.rank > 0.12) & ((~np.isnan(found)).sum(axis=1) >= 3)
    return found, taking_part


def _bought(of: Nation, year: int, seed: int) -> Iterator[tuple[str, ...]]:
    """A quarter for each domain; where one is missing its weight goes to the others alike (42 CFR 412.165)."""
    found, taking_part = domain_scores(of, seed)
    weighted = found / (~np.isnan(found)).sum(axis=1, keepdims=True)
    total = np.nansum(weighted, axis=1)
    places = addresses(of, seed)

    def text(value: float) -> str:
        return "Not Available" if np.isnan(value) else f"{value:.12f}"

    for at in np.flatnonzero(taking_part).tolist():
        ccn, name, address, city, state, code, county, _ = places[at]
        cells = [text(one) for pair in zip(found[at], weighted[at], strict=True) for one in pair]
        yield str(year), ccn, name, address, city, state, code, county, *cells, text(total[at])
