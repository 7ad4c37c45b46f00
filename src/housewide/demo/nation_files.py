"""Writes the invented nation the way CMS publishes the real one: the files of a Care Compare release.

The overall rating and the counts of measures behind it are "Not Available": they are calculated from these files, and
nothing else stands in for them. Headings: CMS Provider Data Catalog, topic "Hospitals", release of November 2025.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from housewide.demo.nation import (
    ACUTE,
    CHILDRENS,
    CRITICAL,
    Infections,
    Nation,
    Scores,
    all_infections,
    all_scores,
    nation,
    question_stars,
    summary_stars,
    survey,
)
from housewide.demo.nation_measures import INFECTIONS, MEASURES, QUESTIONS, Measure
from housewide.demo.stays import Column, rng_for
from housewide.demo.writing import WrittenFile, write_table

RELEASED = date(2026, 11, 4)
ADDRESS = (
    "Facility ID", "Facility Name", "Address", "City/Town", "State", "ZIP Code", "County/Parish", "Telephone Number",
)  # fmt: skip
DATES = ("Start Date", "End Date")
GENERAL = (
    *ADDRESS, "Hospital Type", "Hospital Ownership", "Emergency Services",
    "Meets criteria for birthing friendly designation", "Hospital overall rating", "Hospital overall rating footnote",
    *(
        heading
        for group in ("MORT", "Safety", "READM")
        for heading in (
            f"{group} Group Measure Count", f"Count of Facility {group} Measures", f"Count of {group} Measures Better",
            f"Count of {group} Measures No Different", f"Count of {group} Measures Worse", f"{group} Group Footnote",
        )
    ),
    *(
        heading
        for one in ("Pt Exp", "TE")
        for heading in (f"{one} Group Measure Count", f"Count of Facility {one} Measures", f"{one} Group Footnote")
    ),
)  # fmt: skip
DEATHS = (
    *ADDRESS, "Measure ID", "Measure Name", "Compared to National", "Denominator", "Score", "Lower Estimate",
    "Higher Estimate", "Footnote", *DATES,
)  # fmt: skip
RETURNS = (*DEATHS[:-3], "Number of Patients", "Number of Patients Returned", *DEATHS[-3:])
INFECTED = (*ADDRESS, "Measure ID", "Measure Name", "Compared to National", "Score", "Footnote", *DATES)
TIMELY = (*ADDRESS, "Condition", "Measure ID", "Measure Name", "Score", "Sample", "Footnote", *DATES)
SCORED = (*ADDRESS, "Measure ID", "Measure Name", "Score", "Footnote", *DATES)
SURVEYED = (
    *ADDRESS, "HCAHPS Measure ID", "HCAHPS Question", "HCAHPS Answer Description", "Patient Survey Star Rating",
    "Patient Survey Star Rating Footnote", "HCAHPS Answer Percent", "HCAHPS Answer Percent Footnote",
    "HCAHPS Linear Mean Value", "Number of Completed Surveys", "Number of Completed Surveys Footnote",
    "Survey Response Rate Percent", "Survey Response Rate Percent Footnote", *DATES,
)  # fmt: skip
NONE, NOT_MEANT = "Not Available", "Not Applicable"
# Three years of claims, one of surveys and reports, as the release of a November covers them.
CLAIMS, YEAR = ("07/01/2022", "06/30/2025"), ("01/01/2025", "12/31/2025")
SPENDING = ("01/01/2024", "12/31/2024")
RATE, VALUE = ("No Different Than the National Rate", "Better", "Worse"), ("Average Days", "Fewer Days", "More Days")
Rows = Iterator[tuple[str, ...]]


def addresses(of: Nation, seed: int = 2026) -> list[tuple[str, ...]]:
    """The eight columns that stand first in every file. Telephone numbers are of the range kept for fiction; no ZIP
    code begins with 000."""
    rng = rng_for(seed, "nation", "addresses")
    street, code, phone = (rng.integers(*span, len(of)).tolist() for span in ((1, 990), (201, 990), (100, 200)))
    rows = zip(of.ccn.tolist(), of.name.tolist(), of.city.tolist(), of.state.tolist(), street, code, phone, strict=True)
    return [
        (ccn, name.upper(), f"{number} HOSPITAL DRIVE", city.upper(), state, f"000{area % 100:02d}", city.upper(),
         f"({area}) 555-0{line}")
        for ccn, name, city, state, number, area, line in rows
    ]  # fmt: skip


def write_release(folder: Path, seed: int = 2026) -> list[WrittenFile]:
    """Write one release into ``folder``, each file under CMS's own name."""
    of = nation(seed)
    at, scored, infected = addresses(of, seed), all_scores(of, seed), all_infections(of, seed)
    written: list[tuple[str, str, Sequence[str], Iterable[tuple[str, ...]]]] = [
        ("Hospital_General_Information", "cms_hospital", GENERAL, _general(of, at)),
        ("Complications_and_Deaths-Hospital", "cms_measure", DEATHS, _claimed(of, at, scored, "complications")),
        ("Unplanned_Hospital_Visits-Hospital", "cms_measure", RETURNS, _claimed(of, at, scored, "unplanned_visits")),
        ("Healthcare_Associated_Infections-Hospital", "cms_measure", INFECTED, _infected(at, infected)),
        ("Timely_and_Effective_Care-Hospital", "cms_measure", TIMELY, _timely(of, at, scored)),
        ("Outpatient_Imaging_Efficiency-Hospital", "cms_measure", SCORED, _plain(of, at, scored, "imaging", YEAR)),
        ("Medicare_Hospital_Spending_Per_Patient-Hospital", "cms_measure", SCORED,
         _plain(of, at, scored, "spending", SPENDING)),
        ("HCAHPS-Hospital", "cms_measure", SURVEYED, _surveyed(of, at, seed)),
    ]  # fmt: skip
    return [
        WrittenFile(path := folder / f"{name}.csv", table, write_table(path, headings, rows))
        for name, table, headings, rows in written
    ]


def _general(of: Nation, at: list[tuple[str, ...]]) -> Rows:
    counts = ((NONE,) * 5 + ("16",)) * 3 + ((NONE,) * 2 + ("16",)) * 2
    friendly = of.rank > 0.45
    for place, kind, owner, births in zip(at, of.kind.tolist(), of.owner.tolist(), friendly.tolist(), strict=True):
        birth = "Y" if births and kind == ACUTE else ""
        yield *place, kind, owner, "No" if kind == CHILDRENS else "Yes", birth, NONE, "16", *counts


def _texts(value: Column, decimals: int) -> list[str]:
    """Numbers as printed, "Not Available" where there is none."""
    return [NONE if one != one else f"{one:.{decimals}f}" for one in value.tolist()]


def _why_not(of: Nation, found: Scores) -> list[str]:
    """Footnotes: none with a score; 19 for children's hospitals, which are in no program; else too few cases (1), or no
    results this time (5) in the small ones."""
    why = np.where(of.kind == CHILDRENS, "19", np.where((of.kind == CRITICAL) & (of.size < 4), "5", "1"))
    return np.where(np.isnan(found.value), why, "").tolist()  # type: ignore[no-any-return]


def _margin(measure: Measure, found: Scores) -> Column:
    """Half of CMS's interval: binomial with 250 cases more, which shrinkage is worth; of days and ratios by spread."""
    cases = found.cases + 250
    if measure.decimals == 1 and not measure.id.startswith("EDAC") and measure.mean < 50:
        return np.asarray(1.96 * np.sqrt(found.value * (100 - found.value) / cases))
    return np.asarray(1.96 * measure.sd * np.sqrt(250 / cases))


def _claimed(of: Nation, at: list[tuple[str, ...]], scored: dict[str, Scores], file: str) -> Rows:
    """Deaths and complications, or returns: the score, its interval, and whether the nation's mean lies outside it."""
    for measure in (one for one in MEASURES if one.file == file):
        found = scored[measure.id]
        margin, days = _margin(measure, found), measure.id.startswith("EDAC")
        none, some = ("Number of Cases Too Small", VALUE if days else RATE)
        low, high = found.value - margin, found.value + margin
        low = low if days else np.maximum(low, 0)
        words = np.where(high < measure.mean, _word(some[1], days), np.where(low > measure.mean, _word(some[2], days),
                         some[0] + (" per 100 Discharges" if days else "")))  # fmt: skip
        compared = np.where(np.isnan(found.value), none, words).tolist()
        cases = np.where(found.cases > 0, found.cases.astype("U9"), NONE).tolist()
        more: list[tuple[str, ...]] = [()] * len(of)
        if file == "unplanned_visits":
            more = [(count, NONE) if days else (NOT_MEANT, NOT_MEANT) for count in cases]
            cases = [NONE if days else count for count in cases]
        columns = zip(at, compared, cases, _texts(found.value, measure.decimals), _texts(low, measure.decimals),
                      _texts(high, measure.decimals), more, _why_not(of, found), strict=True)  # fmt: skip
        for place, word, count, score, lower, higher, patients, why in columns:
            yield *place, measure.id, measure.name, word, count, score, lower, higher, *patients, why, *CLAIMS


def _word(word: str, days: bool) -> str:
    return f"{word} Than Average per 100 Discharges" if days else f"{word} Than the National Rate"


def _infected(at: list[tuple[str, ...]], infected: dict[str, Infections]) -> Rows:
    """Six lines an infection: the interval, what was exposed, predicted and observed, and the ratio."""
    for about in INFECTIONS:
        found = infected[about.id]
        low, high = interval(found)
        shown, there = found.shown, found.there
        ratio = found.ratio
        words = np.where(high < 1, "Better than the National Benchmark", np.where(
            low > 1, "Worse than the National Benchmark", "No Different than National Benchmark"))  # fmt: skip
        compared = np.where(shown, words, NONE).tolist()
        why = np.where(~there, "5", np.where(shown, "", "13"))
        # No lower end where nothing was observed (footnote 8).
        none_seen = shown & (found.observed == 0)
        whole = [found.exposed, found.predicted, found.observed]
        lines = [
            ("CILOWER", "Lower Confidence Limit", np.where(none_seen, np.nan, low), 3, np.where(none_seen, "8", why)),
            ("CIUPPER", "Upper Confidence Limit", high, 3, why),
            ("DOPC", "Number of Device, Patient Days or Procedures", np.where(there, whole[0], np.nan), 0, why),
            ("ELIGCASES", "Predicted Cases", np.where(there, whole[1], np.nan), 3, why),
            ("NUMERATOR", "Observed Cases", np.where(there, whole[2], np.nan), 0, why),
            ("SIR", "", ratio, 3, why),
        ]
        for end, name, value, decimals, note in lines:
            said = (f"{about.id}_{end}", f"{about.name}: {name}" if name else about.name)
            for place, word, score, noted in zip(at, compared, _texts(value, decimals), note.tolist(), strict=True):
                yield *place, *said, word, score, noted, *YEAR


def interval(found: Infections) -> tuple[Column, Column]:
    """Both ends of the 95 percent interval of each ratio, by Byar's approximation to the Poisson (Breslow and Day 1987,
    2.3); NaN where there is no ratio. NHSN prints mid-P intervals, which differ in the second place."""
    seen = found.observed.astype(float)
    more = seen + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(seen > 0, seen * (1 - 1 / (9 * seen) - 1.96 / (3 * np.sqrt(seen))) ** 3, 0.0)
        high = more * (1 - 1 / (9 * more) + 1.96 / (3 * np.sqrt(more))) ** 3
        shown = np.where(found.shown, found.predicted, np.nan)
        return np.round(np.maximum(low, 0) / shown, 3), np.round(high / shown, 3)


def _timely(of: Nation, at: list[tuple[str, ...]], scored: dict[str, Scores]) -> Rows:
    for measure in (one for one in MEASURES if one.file == "timely_care"):
        found = scored[measure.id]
        sample = np.where(found.cases > 0, found.cases.astype("U9"), NONE).tolist()
        columns = zip(at, _texts(found.value, 0), sample, _why_not(of, found), strict=True)
        for place, score, cases, why in columns:
            yield *place, measure.condition, measure.id, measure.name, score, cases, why, *YEAR
    # How many come to the emergency department is printed as a word.
    busy = np.select([of.size > 7.8, of.size > 7.0, of.size > 6.2], ["very high", "high", "medium"], "low")
    words = np.where(of.kind == CHILDRENS, NONE, busy).tolist()
    for place, word in zip(at, words, strict=True):
        yield *place, "Emergency Department", "EDV", "Emergency department volume", word, NONE, "", *YEAR


def _plain(of: Nation, at: list[tuple[str, ...]], scored: dict[str, Scores], file: str, when: tuple[str, str]) -> Rows:
    for measure in (one for one in MEASURES if one.file == file):
        found = scored[measure.id]
        for place, score, why in zip(at, _texts(found.value, measure.decimals), _why_not(of, found), strict=True):
            yield *place, measure.id, measure.name, score, why, *when


def _surveyed(of: Nation, at: list[tuple[str, ...]], seed: int) -> Rows:
    """Of each question the share of best answers, the linear mean and the stars. The shares of middle and worst
    answers, and the questions of which a composite is made, are left out: no figure reads those two thirds."""
    found = survey(of, seed)
    shown, starred = found.shown, found.starred
    no_star = np.where(~shown, "1", np.where(starred, "", "15")).tolist()
    few = np.where(~shown, "1", np.where(starred, "", np.where(found.completed < 50, "10", "6"))).tolist()
    answered = np.where(shown, found.completed.astype("U9"), NONE).tolist()
    rate = np.where(shown, found.rate.astype("U3"), NONE).tolist()
    ends = [(count, note, share, note, *YEAR) for count, note, share in zip(answered, few, rate, strict=True)]

    def lines(measure: str, question: str, stars: list[str], best: list[str], linear: list[str], kind: int) -> Rows:
        notes = (no_star, few, [""] * len(of))[kind]
        for place, star, share, mean, note, end in zip(at, stars, best, linear, notes, ends, strict=True):
            star_note, share_note = (note, "") if kind == 0 else ("", note)
            yield *place, measure, question, question, star, star_note, share, share_note, mean, *end

    blank = [NOT_MEANT] * len(of)
    for one in QUESTIONS:
        stars = np.where(starred, question_stars(found, one).astype("U1"), NONE).tolist()
        best = np.where(shown, found.best[one.id].astype("U3"), NONE).tolist()
        linear = np.where(starred, found.linear[one.id].astype("U3"), NONE).tolist()
        yield from lines(f"{one.id}_{one.best}", one.name, blank, best, blank, 1)
        yield from lines(f"{one.id}_LINEAR_SCORE", f"{one.name} - linear mean score", blank, blank, linear, 2)
        yield from lines(f"{one.id}_STAR_RATING", f"{one.name} - star rating", stars, blank, blank, 0)
    summary = np.where(starred, summary_stars(found).astype("U1"), NONE).tolist()
    yield from lines("H_STAR_RATING", "Summary star rating", summary, blank, blank, 0)
