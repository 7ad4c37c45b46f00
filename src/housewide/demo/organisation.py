"""The places, people and holidays of Mercy Valley Health, as the human-resources and finance offices would list them.

Everyone is invented; addresses end in `.example`, which no mail system delivers to (RFC 2606).
"""

from __future__ import annotations

from datetime import date, timedelta

OPENED = "2015-01-01"

PLACES: tuple[tuple[str, str, str, str, str], ...] = (
    ("MVHS", "Mercy Valley Health", "system", "", ""),
    ("MVH", "Mercy Valley Hospital", "facility", "MVHS", "1000"),
    ("LKO", "Lakeside Orthopedics", "facility", "MVHS", "2000"),
    ("MVH-PERIOP", "Perioperative services", "department", "MVH", "7010"),
    ("MVH-OR", "Operating rooms", "unit", "MVH-PERIOP", "7020"),
    ("MVH-PREOP", "Pre-operative care", "unit", "MVH-PERIOP", "7025"),
    ("MVH-PACU", "Post-anesthesia care", "unit", "MVH-PERIOP", "7030"),
    ("MVH-SPD", "Sterile processing", "unit", "MVH-PERIOP", "7040"),
    ("MVH-EMERG", "Emergency services", "department", "MVH", "6200"),
    ("MVH-ED", "Emergency department", "unit", "MVH-EMERG", "6210"),
    ("MVH-CRIT", "Critical care", "department", "MVH", "6000"),
    ("MVH-ICU", "Intensive care", "unit", "MVH-CRIT", "6010"),
    ("MVH-STEP", "Step-down", "unit", "MVH-CRIT", "6020"),
    ("MVH-MEDSURG", "Medical and surgical nursing", "department", "MVH", "6100"),
    ("MVH-3E", "3 East", "unit", "MVH-MEDSURG", "6110"),
    ("MVH-3W", "3 West", "unit", "MVH-MEDSURG", "6115"),
    ("MVH-4E", "4 East", "unit", "MVH-MEDSURG", "6120"),
    ("MVH-4W", "4 West", "unit", "MVH-MEDSURG", "6125"),
    ("MVH-5E", "5 East", "unit", "MVH-MEDSURG", "6130"),
    ("MVH-5W", "5 West", "unit", "MVH-MEDSURG", "6135"),
    ("MVH-WOMEN", "Women and newborns", "department", "MVH", "6300"),
    ("MVH-MB", "Mother-baby", "unit", "MVH-WOMEN", "6310"),
    ("MVH-BHS", "Behavioral health", "department", "MVH", "6400"),
    ("MVH-BH", "Behavioral health unit", "unit", "MVH-BHS", "6410"),
    ("MVH-IMG", "Imaging", "department", "MVH", "7200"),
    ("MVH-LAB", "Laboratory", "department", "MVH", "7300"),
    ("MVH-RX", "Pharmacy", "department", "MVH", "7400"),
    ("MVH-STAFF", "Nursing administration and staffing office", "department", "MVH", "6090"),
    ("MVH-REV", "Revenue cycle", "department", "MVH", "8300"),
    ("MVH-CLIN", "Hospital clinics", "department", "MVH", "7600"),
    ("MVH-FAC", "Facilities and environmental services", "department", "MVH", "8500"),
    ("MVH-QUAL", "Quality and compliance", "department", "MVH", "8400"),
    ("MVH-FIN", "Finance", "department", "MVH", "8100"),
    ("LKO-PRACTICE", "Orthopedic practice", "department", "LKO", "2010"),
    ("LKO-CLINIC", "Clinic", "unit", "LKO-PRACTICE", "2020"),
    ("LKO-XRAY", "X-ray", "unit", "LKO-PRACTICE", "2030"),
    ("LKO-PT", "Physical therapy", "unit", "LKO-PRACTICE", "2040"),
)

PEOPLE: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("P001", "Priya Raman", "Ms", "MVHS", "Chief operating officer", "2019-03-04"),
    ("P002", "Gwendolyn Achterberg", "Ms", "MVH", "Chief nursing officer", "2020-07-13"),
    ("P003", "Dana Whitfield", "Ms", "MVH-PERIOP", "Director of perioperative services", "2021-02-01"),
    ("P004", "Marcus Oyelowo-Reed", "Mr", "MVH-OR", "Operating room manager", "2018-09-10"),
    ("P005", "Luis Ortega", "Mr", "LKO", "Practice manager", "2022-05-16"),
    ("P006", "Hanneke Brightwater", "Ms", "MVH", "Finance partner", "2023-01-09"),
    ("P007", "Solomon Tadesse-Clark", "Mr", "MVH", "Quality officer", "2020-11-02"),
    ("P008", "Imogen Varley-Santos", "Dr", "MVH-PERIOP", "Medical director of surgery", "2017-06-05"),
    ("P009", "Walter Penhaligon-Diaz", "Mr", "MVHS", "Member of the board, quality committee", "2021-01-01"),
    ("P010", "Bettina Okoro-Lamb", "Ms", "MVHS", "Internal auditor", "2019-10-21"),
    ("P011", "Theo Marchbanks", "Mr", "MVHS", "Systems administrator", "2022-08-29"),
    ("P012", "Josephine Quill-Navarro", "Ms", "MVH-OR", "Charge nurse, operating rooms", "2016-04-18"),
    ("P013", "Rafael Underhay", "Mr", "MVH-PREOP", "Nurse manager, pre-operative care", "2021-09-07"),
    ("P014", "Linnea Farrow-Chukwu", "Ms", "MVH-PACU", "Nurse manager, post-anesthesia care", "2019-01-14"),
    ("P015", "Desmond Applegarth", "Mr", "MVH-SPD", "Sterile processing supervisor", "2025-12-01"),
    ("P016", "Yusra Bellingham", "Ms", "MVH-OR", "Scheduling coordinator", "2020-02-24"),
    ("P017", "Conrad Eastlake-Mbaye", "Mr", "MVH-ED", "Nurse manager, emergency department", "2018-03-19"),
    ("P018", "Felicity Stormont", "Ms", "MVH-4W", "Nurse manager, 4 West", "2022-10-03"),
    ("P019", "Anselm Govindar", "Mr", "MVH-ICU", "Nurse manager, intensive care", "2017-11-27"),
    ("P020", "Roberta Thistlewood", "Ms", "MVH-5E", "Nurse manager, 5 East", "2023-04-10"),
    ("P021", "Emeka Larkspur", "Mr", "LKO-PT", "Lead physical therapist", "2020-08-17"),
    ("P022", "Noemi Cartwright-Pham", "Ms", "LKO-CLINIC", "Front desk lead", "2021-06-14"),
    ("P023", "Graham Silverlake", "Mr", "MVH-REV", "Director of revenue cycle", "2019-05-06"),
    ("P024", "Adwoa Kingsmere", "Ms", "MVH-OR", "Registered nurse, operating rooms", "2023-07-10"),
    ("P025", "Patrick Holloway-Sung", "Mr", "MVH-OR", "Surgical technologist", "2022-01-31"),
    ("P026", "Verity Donnachie", "Ms", "MVH-SPD", "Sterile processing supervisor", "2018-02-12"),
)
LEFT = {"P026": "2025-08-29"}


def place_rows(hospitals: int = 1) -> list[tuple[str, ...]]:
    """Rows of places.csv: code, name, kind, parent, cost_centre, active_from, active_to."""
    rows: list[tuple[str, ...]] = [(*place, OPENED, "") for place in PLACES]
    for code in hospital_codes(hospitals)[1:]:
        rows.append((code, f"Mercy Valley Hospital {code.removeprefix('H')}", "facility", "MVHS", "", OPENED, ""))
        rows.append((f"{code}-PERIOP", "Perioperative services", "department", code, "7010", OPENED, ""))
        rows.append((f"{code}-OR", "Operating rooms", "unit", f"{code}-PERIOP", "7020", OPENED, ""))
    return rows


def email_of(code: str) -> str:
    """The invented address of a person: first and last word of the name."""
    name = next(row[1] for row in PEOPLE if row[0] == code)
    first, last = name.lower().split(" ", 1)
    house = "lakesideortho.example" if next(r[3] for r in PEOPLE if r[0] == code).startswith("LKO") else ""
    return f"{first}.{last}@{house or 'mercyvalley.example'}"


def people_rows() -> list[tuple[str, ...]]:
    """Rows of people.csv: code, name, email, title, place, position, from, to."""
    return [
        (code, name, email_of(code), title, place, position, start, LEFT.get(code, ""))
        for code, name, title, place, position, start in PEOPLE
    ]


def hospital_codes(hospitals: int) -> list[str]:
    """MVH, then H02, H03 … for a larger system; ValueError below one or past 99."""
    if not 1 <= hospitals <= 99:
        raise ValueError("The demo world holds 1 to 99 hospitals.")
    return ["MVH", *(f"H{number:02d}" for number in range(2, hospitals + 1))]


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth (1 first, -1 last) weekday (0 Monday) of a month."""
    if nth < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _observed(day: date) -> date:
    """A holiday on Saturday is kept on Friday, on Sunday on Monday (5 USC 6103, the usual hospital rule)."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def hospital_holidays(year: int) -> list[tuple[date, str]]:
    """The six days on which a United States hospital usually books no elective surgery, as observed."""
    return [
        (_observed(date(year, 1, 1)), "New Year's Day"),
        (_nth_weekday(year, 5, 0, -1), "Memorial Day"),
        (_observed(date(year, 7, 4)), "Independence Day"),
        (_nth_weekday(year, 9, 0, 1), "Labor Day"),
        (_nth_weekday(year, 11, 3, 4), "Thanksgiving Day"),
        (_observed(date(year, 12, 25)), "Christmas Day"),
    ]


def holiday_rows(hospitals: int = 1, first_year: int = 2024, last_year: int = 2027) -> list[tuple[str, str, str]]:
    """Rows of holidays.csv: facility, day, name. The practice also closes the day after Thanksgiving."""
    rows = []
    for facility in [*hospital_codes(hospitals), "LKO"]:
        for year in range(first_year, last_year + 1):
            days = hospital_holidays(year)
            if facility == "LKO":
                days.append((days[4][0] + timedelta(days=1), "Day after Thanksgiving"))
            rows += [(facility, day.isoformat(), name) for day, name in sorted(days)]
    return rows
