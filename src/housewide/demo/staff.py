"""Who works where at Mercy Valley and Lakeside outside the inpatient units' shifts, and what everybody earns.

Wages are near the medians of the Bureau of Labor Statistics' Occupational Employment and Wage Statistics (May 2024) for
each occupation; numbers of people are assumptions for a hospital of 300 beds and a practice of four physicians.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from housewide.demo.stays import Column, rng_for


@dataclass(frozen=True)
class Team:
    """People of one job in one department: ``place`` its code, ``wage`` cents an hour, ``hours`` a week each."""

    place: str
    job: str
    people: int
    wage: int
    hours: float = 40.0

    @property
    def facility(self) -> str:
        return self.place.split("-")[0]


WAGES = {"RN": 4_310, "PCA": 1_920}  # cents an hour, inpatient units
TEAMS = (
    Team("MVH-OR", "Registered nurse", 46, 4_420, 36),
    Team("MVH-OR", "Surgical technologist", 34, 2_980),
    Team("MVH-OR", "Scheduling coordinator", 4, 2_210),
    Team("MVH-PREOP", "Registered nurse", 18, 4_290, 36),
    Team("MVH-PACU", "Registered nurse", 22, 4_330, 36),
    Team("MVH-SPD", "Sterile processing technician", 24, 2_190),
    Team("MVH-ED", "Registered nurse", 74, 4_380, 36),
    Team("MVH-ED", "Emergency technician", 30, 1_980, 36),
    Team("MVH-ED", "Unit clerk", 12, 1_870),
    Team("MVH-IMG", "Radiologic technologist", 38, 3_520),
    Team("MVH-IMG", "Sonographer", 10, 4_120),
    Team("MVH-LAB", "Laboratory scientist", 34, 2_990),
    Team("MVH-LAB", "Phlebotomist", 26, 2_020),
    Team("MVH-RX", "Pharmacist", 22, 6_540),
    Team("MVH-RX", "Pharmacy technician", 26, 2_060),
    Team("MVH-REV", "Patient access representative", 44, 1_960),
    Team("MVH-REV", "Coder", 14, 2_700),
    Team("MVH-REV", "Billing specialist", 26, 2_170),
    Team("MVH-CRIT", "Respiratory therapist", 28, 3_580, 36),
    Team("MVH-CLIN", "Advanced practice provider", 14, 6_180),
    Team("MVH-CLIN", "Registered nurse", 16, 4_150),
    Team("MVH-CLIN", "Medical assistant", 30, 2_080),
    Team("MVH-FAC", "Environmental services", 72, 1_780),
    Team("MVH-FAC", "Food services", 46, 1_740),
    Team("MVH-FAC", "Maintenance", 18, 2_870),
    Team("MVH-QUAL", "Quality nurse", 9, 4_480),
    Team("MVH-FIN", "Accountant", 12, 3_890),
    Team("MVH-FIN", "Analyst, systems and people office", 44, 4_180),
    Team("MVH-STAFF", "Staffing coordinator", 9, 2_320),
    Team("MVH-STAFF", "Nurse manager and supervisor", 28, 5_640),
    Team("LKO-CLINIC", "Physician", 4, 21_500, 44),
    Team("LKO-CLINIC", "Advanced practice provider", 2, 6_260),
    Team("LKO-CLINIC", "Medical assistant", 6, 2_110),
    Team("LKO-CLINIC", "Front desk", 4, 1_910),
    Team("LKO-XRAY", "Radiologic technologist", 2, 3_480),
    Team("LKO-PT", "Physical therapist", 4, 4_760),
    Team("LKO-PRACTICE", "Practice manager and biller", 2, 3_640),
)
FIRST_NUMBER = 300_000


@dataclass(frozen=True)
class Person:
    """One of a team; ``number`` is the employee's, ``wage`` cents an hour."""

    number: int
    team: Team
    wage: int


def people(seed: int) -> list[Person]:
    """Everybody of the teams; wages spread about a tenth around the usual of the job, with seniority."""
    found = []
    for at, team in enumerate(TEAMS):
        spread = rng_for(seed, "wages", team.place, team.job).normal(1.0, 0.09, team.people)
        base = FIRST_NUMBER + at * 1_000
        found += [Person(base + nth, team, round(team.wage * float(one))) for nth, one in enumerate(spread)]
    return found


def wages_of_nurses(seed: int, employee: Column, role: Column) -> Column:
    """Cents an hour of those who work shifts: the same for a person whenever asked."""
    usual = np.where(role == 0, WAGES["RN"], WAGES["PCA"])
    numbers, where = np.unique(employee, return_inverse=True)
    draws = rng_for(seed, "wages", "shifts").normal(1.0, 0.09, 1_000_000)
    wage: Column = np.rint(usual * draws[numbers][where]).astype(int)
    return wage
