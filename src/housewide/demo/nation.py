"""An invented nation of 3,000 hospitals, so that Mercy Valley has peers before anyone brings in CMS's own files.

No hospital here exists. Their certification numbers have the form of real ones and begin with 57, 58 or 60 to 63, with
which no hospital of CMS's list begins; Mercy Valley Hospital is 600001. How scores lie over the nation, and where that
is published, stands in ``nation_measures``.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from housewide.demo.nation_measures import (
    FACTOR_CORRELATION,
    FACTORS,
    INFECTIONS,
    MEASURES,
    QUESTIONS,
    Infection,
    Measure,
    Question,
    Shares,
)
from housewide.demo.stays import Column, rng_for

HOSPITALS = 3000
ACUTE, CRITICAL, CHILDRENS = "Acute Care Hospitals", "Critical Access Hospitals", "Childrens"
# National list of November 2025: 3,120 acute care, 1,375 critical access and 94 children's hospitals; critical access
# ones are fewer here because only 100 numbers a state code are theirs (1300 to 1399).
KINDS = ((ACUTE, 2350), (CRITICAL, 590), (CHILDRENS, 60))
CODES = ("60", "61", "62", "63", "57", "58")
FIRST_NUMBER = {ACUTE: 1, CRITICAL: 1300, CHILDRENS: 3300}
A_CODE = {ACUTE: 879, CRITICAL: 100, CHILDRENS: 100}
OURS = "600001"
OUR_STATE = "OH"
# Stays a year of acute care hospitals at the fifths of size, and the log of stays of critical access hospitals (mean,
# spread): denominators of hospital-wide readmission, star rating input of July 2023.
ACUTE_STAYS = ((0.0, 25), (0.2, 261), (0.4, 650), (0.6, 1309), (0.8, 2493), (0.97, 6000), (1.0, 15000))
CRITICAL_STAYS = (4.53, 0.71)
OUR_STAYS = 2700
AT = 7.0  # log of stays at which nation_measures says cases
# Share of hospitals by owner, national list of November 2025, federal ones left out.
OWNERS = {
    "Voluntary non-profit - Private": 0.447, "Proprietary": 0.208,
    "Government - Hospital District or Authority": 0.102, "Government - Local": 0.078,
    "Voluntary non-profit - Other": 0.070, "Voluntary non-profit - Church": 0.054, "Government - State": 0.027,
    "Physician": 0.014,
}  # fmt: skip
# Hospitals of the states with over 90 on the same list; the others share what is left alike.
STATES = {
    "TX": 462, "CA": 378, "FL": 221, "IL": 194, "OH": 194, "NY": 191, "PA": 187, "LA": 160, "GA": 149, "IN": 149,
    "MI": 147, "WI": 142, "KS": 139, "MN": 136, "OK": 135, "TN": 123, "MO": 121, "NC": 120, "IA": 118, "AZ": 106,
    "MS": 106, "KY": 103, "AL": 102, "WA": 100, "CO": 98, "VA": 95, "NE": 93,
}  # fmt: skip
OTHER_STATES = (
    "AR", "MA", "NJ", "SC", "MT", "OR", "SD", "MD", "WV", "UT", "ID", "ND", "NV", "NM", "ME", "CT", "WY", "NH", "AK",
    "HI", "VT", "DE", "RI", "DC",
)  # fmt: skip
# Mercy Valley lies in the middle of the nation but for its stories, in spreads from the mean, above zero is better:
# heart failure patients come back since a clinic closed, nights are loud and calls are answered late.
OUR_STORY = {"READM_30_HF": -1.3, "EDAC_30_HF": -1.1, "H_QUIET": -1.5, "H_COMP_3": -1.4, "OP_18b": -0.6, "SEP_1": 0.4}
_SYLLABLES = ("Bren", "Cal", "Dor", "Eld", "Fenn", "Gar", "Hol", "Ist", "Jen", "Kel", "Lor", "Mar", "Nor", "Ost", "Pel")
_ENDINGS = ("bury", "croft", "dale", "field", "gate", "haven", "ick", "low", "mere", "ness", "port", "stead", "vale")
_HOUSES = {
    ACUTE: ("Medical Center", "General Hospital", "Regional Hospital", "Community Hospital"),
    CRITICAL: ("County Hospital", "Memorial Hospital", "Health Center"),
    CHILDRENS: ("Children's Hospital",),
}


@dataclass(frozen=True)
class Nation:
    """Hospitals as whole columns; Mercy Valley is the first. ``size``: log of stays a year; ``rank``: share of acute
    care hospitals that are smaller; ``factors``: column by name, above zero is better; ``reporting``: how ready a
    hospital is to have a score at all."""

    ccn: Column
    name: Column
    city: Column
    state: Column
    kind: Column
    owner: Column
    size: Column
    rank: Column
    reporting: Column
    factors: dict[str, Column]

    def __len__(self) -> int:
        return len(self.ccn)


@dataclass(frozen=True)
class Scores:
    """A measure over the nation: ``value`` (NaN where there is none) and the ``cases`` behind it (0 where none)."""

    value: Column
    cases: Column


def nation(seed: int = 2026) -> Nation:
    """The hospitals themselves, without a score yet."""
    rng = rng_for(seed, "nation", "hospitals")
    kind = np.concatenate([np.full(count, name) for name, count in KINDS])
    acute, small = kind == ACUTE, kind == CRITICAL
    share = rng.random(HOSPITALS)
    points, stays = zip(*ACUTE_STAYS, strict=True)
    size = np.interp(share, points, np.log(stays))
    size[small] = rng.normal(*CRITICAL_STAYS, int(small.sum()))
    size[0] = np.log(OUR_STAYS)
    rank = np.searchsorted(np.sort(size[acute]), size) / acute.sum()
    states = [*STATES, *OTHER_STATES]
    weights = np.array([*STATES.values(), *[45] * len(OTHER_STATES)], float)
    state = rng.choice(states, HOSPITALS, p=weights / weights.sum())
    owner = rng.choice(list(OWNERS), HOSPITALS, p=np.array(list(OWNERS.values())) / sum(OWNERS.values()))
    owner[0], state[0] = "Voluntary non-profit - Private", OUR_STATE
    city, name = _names(rng, kind)
    return Nation(
        _numbers(kind), name, city, state, kind, owner, size, rank, rng.normal(size=HOSPITALS), _factors(seed, size)
    )


def _numbers(kind: Column) -> Column:
    """Certification numbers in the ranges of the kinds (State Operations Manual, section 2779A1)."""
    made = np.empty(len(kind), "U6")
    for one, _ in KINDS:
        of_kind = np.flatnonzero(kind == one)
        made[of_kind] = [
            f"{CODES[at // A_CODE[one]]}{FIRST_NUMBER[one] + at % A_CODE[one]:04d}" for at in range(len(of_kind))
        ]
    return made


def _names(rng: np.random.Generator, kind: Column) -> tuple[Column, Column]:
    """Towns put together from two syllables, and a house in each; houses of one name are numbered."""
    first, last = rng.integers(len(_SYLLABLES), size=len(kind)), rng.integers(len(_ENDINGS), size=len(kind))
    house = rng.integers(12, size=len(kind))
    towns = [_SYLLABLES[a] + _ENDINGS[b] for a, b in zip(first, last, strict=True)]
    names, met = [], dict[str, int]()
    for town, one, nth in zip(towns, kind.tolist(), house, strict=True):
        name = f"{town} {_HOUSES[one][nth % len(_HOUSES[one])]}"
        met[name] = met.get(name, 0) + 1
        names.append(name if met[name] == 1 else f"{name} {met[name]}")
    towns[0], names[0] = "Mercy Valley", "Mercy Valley Hospital"
    return np.array(towns), np.array(names)


def _factors(seed: int, size: Column) -> dict[str, Column]:
    """What is good or bad about a hospital as a whole, in five correlated columns of spread 1."""
    mixed = np.eye(len(FACTORS))
    for (one, other), value in FACTOR_CORRELATION.items():
        row, column = FACTORS.index(one), FACTORS.index(other)
        mixed[row, column] = mixed[column, row] = value
    drawn = rng_for(seed, "nation", "factors").normal(size=(len(size), len(FACTORS))) @ np.linalg.cholesky(mixed).T
    # Patients of small hospitals are more content: the survey's stars go with log size at -0.2 to -0.3.
    at = FACTORS.index("experience")
    drawn[:, at] = 0.25 * -_spread(size) + np.sqrt(1 - 0.25**2) * drawn[:, at]
    drawn[0] = 0.0
    return {name: drawn[:, number] for number, name in enumerate(FACTORS)}


def _spread(column: Column) -> Column:
    return np.asarray((column - column.mean()) / column.std())


def has_score(of: Nation, rng: np.random.Generator, missing: Shares, small_missing: float) -> Column:
    """Which hospitals have the score: by size as published, and the same ones again and again. Children's have none."""
    share = np.interp(of.rank, (0.1, 0.3, 0.5, 0.7, 0.9), missing)
    share = np.where(of.kind == CRITICAL, small_missing, np.where(of.kind == CHILDRENS, 1.0, share))
    normal = NormalDist()
    readiness = np.array([normal.cdf(one) for one in (0.8 * of.reporting + 0.6 * rng.normal(size=len(of))).tolist()])
    there = readiness >= share
    there[0] = True
    return np.asarray(there)


def cases_of(of: Nation, rng: np.random.Generator, about: tuple[float, float, float], fewest: int) -> Column:
    """Cases behind a score, whole, at least ``fewest``."""
    level, slope, spread = about
    drawn = np.exp(level + slope * (of.size - AT) + spread * rng.normal(size=len(of)))
    return np.maximum(np.rint(drawn), fewest).astype(np.int64)


def goodness(of: Nation, rng: np.random.Generator, code: str, factor: str, loading: float, size: float = 0.0) -> Column:
    """How well each hospital does on a measure, in spreads of the nation, above zero is better."""
    chance = np.sqrt(1 - loading**2 - size**2)
    drawn = loading * of.factors[factor] + size * _spread(of.size) + chance * rng.normal(size=len(of))
    drawn[0] = OUR_STORY.get(code, 0.0)
    return np.asarray(drawn)


def scores(of: Nation, measure: Measure, seed: int = 2026) -> Scores:
    """One measure over the nation."""
    rng = rng_for(seed, "nation", measure.id)
    there = has_score(of, rng, measure.missing, measure.small_missing)
    cases = cases_of(of, rng, measure.cases, 11 if measure.file == "timely_care" else 25)
    good = goodness(of, rng, measure.id, measure.factor, measure.loading, measure.better * measure.size)
    value = np.round(_shaped(measure, measure.better * good), measure.decimals) + 0.0  # no minus before a zero
    return Scores(np.where(there, value, np.nan), np.where(there, cases, 0))


def _shaped(measure: Measure, drawn: Column) -> Column:
    """Spreads of the nation as the measure's own unit, with the published mean and spread."""
    mean, sd = measure.mean, measure.sd
    if measure.shape == "normal":
        value = mean + sd * drawn
        return np.asarray(value if measure.id.startswith("EDAC") else np.maximum(value, 0.0))
    room = mean if measure.shape == "log" else 100 - mean
    squeezed = np.log1p((sd / room) ** 2)
    sign = 1.0 if measure.shape == "log" else -1.0
    value = room * np.exp(np.sqrt(squeezed) * sign * drawn - squeezed / 2)
    return np.asarray(np.minimum(value, 100.0) if measure.shape == "log" else np.maximum(100 - value, 0.0))


@dataclass(frozen=True)
class Infections:
    """One infection: ``observed`` and ``predicted`` numbers, ``exposed`` device or patient days or procedures. Where
    fewer than one is predicted no ratio is given, which ``shown`` says; hospitals outside ``there`` do not report."""

    observed: Column
    predicted: Column
    exposed: Column
    there: Column

    @property
    def shown(self) -> Column:
        return np.asarray(self.there & (self.predicted >= 1))

    @property
    def ratio(self) -> Column:
        """Standardized infection ratio to three places, NaN where none is shown."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.shown, np.round(self.observed / self.predicted, 3), np.nan)


def infections(of: Nation, about: Infection, seed: int = 2026) -> Infections:
    """Infections observed are chance around the predicted times what the hospital is like."""
    rng = rng_for(seed, "nation", about.id)
    there = has_score(of, rng, about.missing, 0.97)
    level, slope, spread = about.predicted
    predicted = np.round(np.exp(level + slope * (of.size - AT) + spread * rng.normal(size=len(of))), 3)
    # The published shares without a ratio hold those with under one predicted; so those with a ratio have one or more.
    below = np.where(there, predicted < 1, rng.random(len(of)) < 0.5)
    predicted = np.where(there & below, np.round(1 / predicted, 3), predicted)
    predicted = np.where(~there & below, np.round(rng.uniform(0.05, 0.999, len(of)), 3), predicted)
    predicted[0] = round(float(np.exp(level + slope * (of.size[0] - AT))), 3)
    good = goodness(of, rng, about.id, "safety", about.loading)
    rate = about.mean * np.exp(-about.spread * good - about.spread**2 / 2)
    observed = rng.poisson(predicted * rate)
    reports = there | (below & (of.kind == ACUTE))
    return Infections(observed, predicted, cases_of(of, rng, about.exposed, 30), reports)


@dataclass(frozen=True)
class Survey:
    """The patient survey: ``completed`` surveys, response ``rate`` in percent, ``linear`` means and ``best`` answers in
    percent by question. Under 25 surveys nothing is shown, under 100 no linear mean and no stars."""

    completed: Column
    rate: Column
    linear: dict[str, Column]
    best: dict[str, Column]

    @property
    def shown(self) -> Column:
        return np.asarray(self.completed >= 25)

    @property
    def starred(self) -> Column:
        return np.asarray(self.completed >= 100)


def survey(of: Nation, seed: int = 2026) -> Survey:
    """Answers of patients. Completed surveys follow size with a slope of one half, steeper below 400 stays: so
    steep that as many are without stars as in the release."""
    rng = rng_for(seed, "nation", "survey")
    log = 6.35 + 0.5 * (of.size - AT) + 0.7 * np.minimum(of.size - 6.0, 0) + 0.56 * rng.normal(size=len(of))
    completed = np.where(of.kind == CHILDRENS, 0, np.rint(np.exp(log))).astype(np.int64)
    completed[0] = 1043
    rate = np.clip(np.rint(22.7 + 8.7 * (0.4 * of.factors["experience"] + 0.9 * rng.normal(size=len(of)))), 4, 75)
    rate[0] = 19
    linear, best = {}, {}
    for one in QUESTIONS:
        drawn = rng_for(seed, "nation", one.id)
        mean = one.mean + one.sd * goodness(of, drawn, one.id, "experience", one.loading)
        linear[one.id] = np.clip(np.rint(mean), 50, 100).astype(np.int64)
        base, slope, spread = one.share
        share = base + slope * mean + spread * drawn.normal(size=len(of))
        best[one.id] = np.clip(np.rint(share), 5, 99).astype(np.int64)
    return Survey(completed, rate.astype(np.int64), linear, best)


def question_stars(of: Survey, question: Question) -> Column:
    """Stars 1 to 5 of a question from its linear mean and the published cut points."""
    return np.asarray(1 + np.searchsorted(np.array(question.stars_from), of.linear[question.id], side="right"))


def summary_stars(of: Survey) -> Column:
    """The mean of eight: six composites, cleanliness with quietness as one, and rating with recommendation as one
    (HCAHPS Star Ratings Technical Notes). Halves go up."""
    by = {one.id: question_stars(of, one) for one in QUESTIONS}
    single = [by[f"H_COMP_{number}"] for number in (1, 2, 3, 5, 6, 7)]
    pairs = [(by["H_CLEAN"] + by["H_QUIET"]) / 2, (by["H_HSP_RATING"] + by["H_RECMND"]) / 2]
    mean = (np.sum(single, axis=0) + np.sum(pairs, axis=0)) / (len(single) + len(pairs))
    return np.asarray(np.floor(mean + 0.5).astype(np.int64))


def all_scores(of: Nation, seed: int = 2026) -> dict[str, Scores]:
    """Every plain measure by its identifier."""
    return {measure.id: scores(of, measure, seed) for measure in MEASURES}


def all_infections(of: Nation, seed: int = 2026) -> dict[str, Infections]:
    """Every infection by its identifier."""
    return {one.id: infections(of, one, seed) for one in INFECTIONS}
