"""Which scores CMS publishes of a hospital, and how they lie over the nation.

Sources. Outcome, safety and process scores, and the share of hospitals without one by size: the input of CMS's Overall
Hospital Quality Star Rating of July 2023 (SAS pack, QualityNet), 3,189 acute care and 1,330 critical access hospitals.
Patient survey: HCAHPS, October 2021 to September 2022 (Provider Data Catalog), 4,838 hospitals. Readmission by
condition: Hospital Readmissions Reduction Program FY 2024,
            3,129 hospitals. Spending: Medicare Spending per Beneficiary 2023.
``loading`` is the correlation of a score with the first principal component of its group in the same files.

Assumed, not published: loadings of READM_30_AMI, HF and PN and of spending, the share without spending by size and the
cases behind it, and the spread of infection ratios beyond chance.
"""

from __future__ import annotations

from dataclasses import dataclass

FACTORS = ("mortality", "readmission", "safety", "experience", "process")
# Correlations between the groups of the star rating (output of July 2023), made larger by what each group's score
# carries of chance: readmission with experience 0.33, with process 0.14; experience with process 0.19; the rest none.
FACTOR_CORRELATION = {
    ("readmission", "experience"): 0.45,
    ("readmission", "process"): 0.2,
    ("experience", "process"): 0.3,
}

Shares = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Measure:
    """One published score. ``missing``: share of acute care hospitals without it, by fifth of size; ``cases``: log of
    the cases at 1,097 stays, its slope over log stays, and its spread. ``shape``: 'normal'; 'log' for scores squeezed
    against none; 'ceiling' for those squeezed against 100."""

    id: str
    name: str
    file: str
    mean: float
    sd: float
    factor: str
    loading: float
    missing: Shares
    small_missing: float
    cases: tuple[float, float, float]
    decimals: int = 1
    better: int = -1
    size: float = 0.0
    shape: str = "normal"
    condition: str = ""


def _claims(
    code: str, name: str, file: str, mean: float, sd: float, factor: str, loading: float, missing: Shares,
    small_missing: float, cases: tuple[float, float, float], decimals: int = 1, size: float = 0.0,
) -> Measure:  # fmt: skip
    return Measure(code, name, file, mean, sd, factor, loading, missing, small_missing, cases, decimals, -1, size)


_DEATH, _RETURN = "complications", "unplanned_visits"
HEART: Shares = (0.99, 0.67, 0.19, 0.03, 0.01)
BYPASS: Shares = (1.0, 0.98, 0.85, 0.52, 0.17)
LUNG: Shares = (0.67, 0.23, 0.05, 0.01, 0.0)
FAILURE: Shares = (0.57, 0.10, 0.02, 0.0, 0.0)
PNEUMONIA: Shares = (0.43, 0.09, 0.03, 0.0, 0.0)
JOINTS: Shares = (0.79, 0.42, 0.20, 0.08, 0.03)
CHEMO: Shares = (0.90, 0.69, 0.53, 0.41, 0.20)

MEASURES: tuple[Measure, ...] = (
    _claims("MORT_30_AMI", "Death rate for heart attack patients", _DEATH, 12.38, 1.08, "mortality", 0.62, HEART,
            0.99, (4.39, 0.83, 0.47)),
    _claims("MORT_30_CABG", "Death rate for CABG surgery patients", _DEATH, 3.02, 0.77, "mortality", 0.50, BYPASS,
            1.0, (3.80, 0.70, 0.54), size=-0.17),
    _claims("MORT_30_COPD", "Death rate for COPD patients", _DEATH, 8.49, 1.16, "mortality", 0.60, LUNG, 0.76,
            (4.53, 0.53, 0.43)),
    _claims("MORT_30_HF", "Death rate for heart failure patients", _DEATH, 11.34, 1.74, "mortality", 0.72, FAILURE,
            0.70, (5.24, 0.83, 0.35), size=-0.15),
    _claims("MORT_30_PN", "Death rate for pneumonia patients", _DEATH, 16.64, 2.32, "mortality", 0.69, PNEUMONIA, 0.41,
            (5.34, 0.67, 0.41), size=-0.15),
    _claims("MORT_30_STK", "Death rate for stroke patients", _DEATH, 13.52, 1.84, "mortality", 0.56,
            (0.97, 0.50, 0.09, 0.01, 0.0), 0.96, (4.47, 0.95, 0.40), size=-0.13),
    _claims("PSI_04", "Death rate among surgical inpatients with serious treatable complications", _DEATH, 143.58,
            17.35,
            "mortality", 0.49, (1.0, 0.96, 0.65, 0.15, 0.01), 1.0, (3.60, 0.86, 0.44), decimals=2),
    _claims("COMP_HIP_KNEE", "Rate of complications for hip/knee replacement patients", _DEATH, 2.41, 0.46, "safety",
            0.29, JOINTS, 0.84, (4.88, 0.50, 0.83)),
    _claims("PSI_90", "CMS Medicare PSI 90: Patient safety and adverse events composite", _DEATH, 0.976, 0.162,
            "safety",
            0.39, (0.32, 0.04, 0.0, 0.0, 0.0), 1.0, (6.53, 0.98, 0.35), decimals=2),
    _claims("EDAC_30_AMI", "Hospital return days for heart attack patients", _RETURN, 6.57, 22.66, "readmission", 0.61,
            (0.99, 0.76, 0.31, 0.06, 0.01), 1.0, (4.41, 0.86, 0.51)),
    _claims("EDAC_30_HF", "Hospital return days for heart failure patients", _RETURN, 6.49, 24.29, "readmission", 0.67,
            FAILURE, 0.66, (5.28, 0.74, 0.46), size=0.12),
    _claims("EDAC_30_PN", "Hospital return days for pneumonia patients", _RETURN, 9.47, 25.03, "readmission", 0.65,
            PNEUMONIA, 0.42, (5.32, 0.63, 0.44), size=0.21),
    _claims("Hybrid_HWR", "Hybrid Hospital-Wide All-Cause Readmission Measure", _RETURN, 14.98, 0.89, "readmission",
            0.75,
            (0.13, 0.0, 0.0, 0.0, 0.0), 0.16, (7.0, 1.0, 0.05)),
    _claims("READM_30_AMI", "Acute Myocardial Infarction (AMI) 30-Day Readmission Rate", _RETURN, 13.79, 0.94,
            "readmission", 0.50, (0.99, 0.76, 0.31, 0.06, 0.01), 1.0, (4.41, 0.86, 0.51)),
    _claims("READM_30_CABG", "Rate of readmission for CABG", _RETURN, 11.97, 1.25, "readmission", 0.38, BYPASS, 1.0,
            (3.78, 0.70, 0.54)),
    _claims("READM_30_COPD", "Rate of readmission for COPD patients", _RETURN, 19.83, 1.06, "readmission", 0.52, LUNG,
            0.74, (4.63, 0.55, 0.44)),
    _claims("READM_30_HF", "Heart failure (HF) 30-Day Readmission Rate", _RETURN, 19.82, 1.33, "readmission", 0.60,
            FAILURE, 0.66, (5.28, 0.74, 0.46)),
    _claims("READM_30_HIP_KNEE", "Rate of readmission after hip/knee replacement", _RETURN, 4.10, 0.50, "readmission",
            0.31, JOINTS, 0.84, (4.90, 0.50, 0.84)),
    _claims("READM_30_PN", "Pneumonia (PN) 30-Day Readmission Rate", _RETURN, 16.43, 1.00, "readmission", 0.55,
            PNEUMONIA,
            0.42, (5.32, 0.63, 0.44)),
    _claims("OP_32", "Rate of unplanned hospital visits after colonoscopy (per 1,000 colonoscopies)", _RETURN, 14.20,
            1.19,
            "readmission", 0.0, (0.44, 0.17, 0.10, 0.04, 0.01), 0.54, (5.94, 0.44, 0.96), size=-0.10),
    _claims("OP_35_ADM", "Rate of inpatient admissions for patients receiving outpatient chemotherapy", _RETURN, 10.48,
            1.58, "readmission", 0.37, CHEMO, 0.90, (4.61, 0.49, 0.88), size=0.13),
    _claims("OP_35_ED", "Rate of emergency department (ED) visits for patients receiving outpatient chemotherapy",
            _RETURN, 5.38, 0.82, "readmission", -0.36, CHEMO, 0.90, (4.61, 0.49, 0.88), size=-0.20),
    _claims("OP_36", "Ratio of unplanned hospital visits after hospital outpatient surgery", _RETURN, 1.01, 0.164,
            "readmission", 0.0, (0.62, 0.19, 0.04, 0.0, 0.0), 0.86, (5.55, 0.66, 0.66)),
    Measure("IMM_3", "Healthcare workers given influenza vaccination", "timely_care", 77.4, 20.2, "process", 0.27,
            (0.10, 0.03, 0.01, 0.01, 0.01), 0.26, (7.51, 0.71, 0.67), 0, 1, 0.12, "ceiling",
            "Healthcare Personnel Vaccination"),
    Measure("OP_18b", "Average (median) time patients spent in the emergency department before leaving", "timely_care",
            174.8, 48.7, "process", 0.60, (0.27, 0.09, 0.02, 0.01, 0.0), 0.16, (6.04, 0.04, 0.47), 0, -1, 0.51,
            "normal",
            "Emergency Department"),
    Measure("OP_22", "Left before being seen", "timely_care", 2.79, 2.95, "process", 0.60, (0.29, 0.10, 0.03, 0.02,
            0.01),
            0.38, (10.40, 0.56, 0.68), 0, -1, 0.10, "log", "Emergency Department"),
    Measure("OP_23", "Head CT results", "timely_care", 71.8, 19.2, "process", 0.41, (0.87, 0.62, 0.46, 0.40, 0.45),
            0.93,
            (2.91, 0.08, 0.38), 0, 1, 0.0, "ceiling", "Emergency Department"),
    Measure("OP_29", "Appropriate follow-up interval for normal colonoscopy", "timely_care", 90.8, 14.5, "process", 0.0,
            (0.49, 0.20, 0.16, 0.10, 0.06), 0.82, (4.25, 0.11, 0.75), 0, 1, 0.0, "ceiling", "Colonoscopy care"),
    Measure("SEP_1", "Appropriate care for severe sepsis and septic shock", "timely_care", 56.7, 16.7, "process", 0.46,
            (0.41, 0.08, 0.03, 0.0, 0.0), 0.81, (4.75, 0.40, 0.62), 0, 1, 0.0, "normal", "Sepsis Care"),
    Measure("OP_8", "MRI Lumbar Spine for Low Back Pain", "imaging", 45.7, 6.9, "process", 0.09,
            (0.90, 0.72, 0.58, 0.45, 0.33), 0.93, (4.28, 0.28, 0.46), 1, -1, -0.15),
    Measure("OP_10", "Abdomen CT Use of Contrast Material", "imaging", 6.24, 5.41, "process", 0.0,
            (0.34, 0.10, 0.03, 0.01, 0.0), 0.20, (6.39, 0.57, 0.52), 1, -1, -0.07, "log"),
    Measure("OP_13", "Outpatients who got cardiac imaging stress tests before low-risk outpatient surgery", "imaging",
            3.68, 1.72, "process", 0.0, (0.86, 0.52, 0.38, 0.25, 0.15), 0.85, (5.12, 0.57, 0.70), 1, -1, 0.18, "log"),
    Measure("MSPB-1", "Medicare hospital spending per patient (Medicare Spending per Beneficiary)", "spending", 0.992,
            0.084, "readmission", 0.2, (0.20, 0.02, 0.0, 0.0, 0.0), 1.0, (6.5, 0.8, 0.4), 2),
)  # fmt: skip


@dataclass(frozen=True)
class Infection:
    """An infection that hospitals report to NHSN. ``predicted``, ``exposed``: log at 1,097 stays, slope, spread; the
    ratio's spread beyond chance is ``spread`` (log)."""

    id: str
    name: str
    mean: float
    loading: float
    missing: Shares
    predicted: tuple[float, float, float]
    exposed: tuple[float, float, float]
    spread: float = 0.45


INFECTIONS = (
    Infection("HAI_1", "Central Line Associated Bloodstream Infection (ICU + select Wards)", 1.106, 0.65,
              (0.91, 0.58, 0.16, 0.01, 0.0), (1.42, 0.75, 0.78), (8.49, 0.66, 0.67)),
    Infection("HAI_2", "Catheter Associated Urinary Tract Infections (ICU + select Wards)", 0.889, 0.48,
              (0.87, 0.42, 0.08, 0.01, 0.0), (1.56, 0.80, 0.74), (8.57, 0.60, 0.56)),
    Infection("HAI_3", "SSI - Colon Surgery", 0.816, 0.39, (0.94, 0.76, 0.34, 0.06, 0.01), (0.97, 0.57, 0.58),
              (4.58, 0.59, 0.56)),
    Infection("HAI_4", "SSI - Abdominal Hysterectomy", 1.010, 0.32, (0.97, 0.96, 0.88, 0.74, 0.39), (0.59, 0.15, 0.50),
              (5.36, 0.16, 0.51)),
    Infection("HAI_5", "MRSA Bacteremia", 1.130, 0.44, (0.95, 0.81, 0.36, 0.04, 0.0), (1.02, 0.68, 0.66),
              (10.82, 0.56, 0.52)),
    Infection("HAI_6", "Clostridium Difficile (C.Diff)", 0.492, 0.26, (0.52, 0.08, 0.01, 0.0, 0.0), (2.83, 0.98, 0.70),
              (10.43, 0.85, 0.58)),
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A measure of the patient survey: its linear mean over the nation, how the share of best answers follows from it,
    and the linear means from which it has 2, 3, 4 and 5 stars (read off the release; CMS prints linear means whole)."""

    id: str
    best: str
    name: str
    mean: float
    sd: float
    loading: float
    share: tuple[float, float, float]
    stars_from: tuple[int, int, int, int]


QUESTIONS = (
    Question("H_COMP_1", "A_P", "Nurse communication", 90.24, 2.87, 0.94, (-89.74, 1.85, 1.33), (83, 88, 91, 94)),
    Question("H_COMP_2", "A_P", "Doctor communication", 90.12, 2.84, 0.88, (-85.96, 1.82, 1.35), (85, 88, 91, 94)),
    Question("H_COMP_3", "A_P", "Staff responsiveness", 82.45, 5.16, 0.88, (-75.90, 1.67, 2.35), (75, 80, 84, 88)),
    Question("H_COMP_5", "A_P", "Communication about medicines", 75.24, 4.97, 0.90, (-33.09, 1.23, 1.81),
             (68, 73, 78, 84)),
    Question("H_COMP_6", "Y_P", "Discharge information", 85.44, 4.13, 0.81, (0.0, 1.0, 0.0), (76, 82, 86, 90)),
    Question("H_COMP_7", "SA", "Care transition", 80.14, 3.28, 0.94, (-109.48, 1.98, 1.97), (75, 79, 81, 85)),
    Question("H_CLEAN", "HSP_A_P", "Cleanliness", 85.18, 4.61, 0.71, (-70.14, 1.64, 1.77), (78, 82, 86, 91)),
    Question("H_QUIET", "HSP_A_P", "Quietness", 81.54, 5.53, 0.74, (-79.57, 1.69, 2.27), (73, 80, 84, 88)),
    Question("H_HSP_RATING", "9_10", "Overall hospital rating", 86.83, 4.00, 0.95, (-120.96, 2.18, 2.36),
             (80, 84, 89, 92)),
    Question("H_RECMND", "DY", "Recommend hospital", 85.93, 5.15, 0.90, (-95.53, 1.90, 2.49), (74, 81, 86, 91)),
)  # fmt: skip
