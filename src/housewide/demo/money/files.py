"""The reports that Mercy Valley's billing, purchasing and ledger systems print, by the month.

Each has its own ways: the billing extract prints US dates, the claims file pipes and ISO dates, the remittance extract
days without separators, the ledger negative amounts in brackets. Departments are printed as cost centers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from housewide.demo import organisation
from housewide.demo.money import stories
from housewide.demo.money.charges import CENTERS, DEPARTMENTS, IMPLANTS, Charges, charges_of
from housewide.demo.money.claims import Claims, claims_of, line_prices
from housewide.demo.money.contracts import payers
from housewide.demo.money.encounters import Encounters, before, house_encounters
from housewide.demo.money.ledger import Line, Money, brought_forward, in_order, ledger_of
from housewide.demo.money.payroll import agency_purchases, cards_of, payroll_journals, runs_of
from housewide.demo.money.plans import budget_of, statistics_of
from housewide.demo.money.purchases import Purchase, by_receipt, purchases_of
from housewide.demo.money.remittances import BY_PATIENTS, KINDS, answers_to, recouped, states
from housewide.demo.operating_rooms import LAST_DAY, month_starts
from housewide.demo.stays import Column
from housewide.demo.timecards import Timecards
from housewide.demo.writing import WrittenFile

LOOK_BACK = 9  # months before the first printed one that are played: the longest life of a bill
US, ISO, BARE = "%m/%d/%Y", "%Y-%m-%d", "%Y%m%d"
Texts = Sequence[str]
Sheet = list[tuple[date, tuple[str, ...]]]  # the day by which a line is filed, and its cells

SURGERY_HEADINGS = ("Acct #", "Acct Date", "Pt Class", "Service", "Cost Ctr", "Payor", "Arrival", "Departure", "MRN")
CHARGE_HEADINGS = (
    "Charge ID", "Acct #", "Cost Ctr", "Rev Center", "Svc Date", "Post Date", "Amount", "Qty", "Payor", "Service",
)  # fmt: skip
CLAIM_HEADINGS = (
    "BILL_NO", "ACCT", "PAYER", "FORM", "COST_CTR", "SERVICE", "CLASS", "SURGEON", "DRG", "THRU_DATE", "BILL_DATE",
    "CHARGES", "EXPECTED", "STATUS", "CORRECTED",
)  # fmt: skip
CLAIM_LINE_HEADINGS = ("BILL_NO", "LINE", "BILL_DATE", "REV_CENTER", "PROC_GROUP", "CHARGES", "EXPECTED")
REMIT_HEADINGS = ("Remit", "Line", "Claim", "Payer", "Posted", "Kind", "Group", "Reason", "Amount")
LEDGER_HEADINGS = (
    "Journal", "Line", "Posting Date", "Cost Center", "Account", "Amount", "Payer", "Service Line", "Source",
    "Source ID", "Reverses",
)  # fmt: skip
PURCHASE_HEADINGS = ("PO", "Line", "Received", "Dept", "Account", "Vendor", "Acct #", "Extended Price")
INVOICE_HEADINGS = ("Invoice", "Line", "Posted", "Due", "Dept", "Account", "Vendor", "PO", "Amount")
BUDGET_HEADINGS = ("Version", "Dept", "Account", "Month", "Budget")
STATISTIC_HEADINGS = ("Dept", "Statistic", "Date", "Units")


@cache
def cost_centers() -> dict[str, str]:
    """Place -> the number under which the ledger knows it."""
    return {place: number for place, _, _, _, number in organisation.PLACES if number}


def dates(day: Column, pattern: str) -> list[str]:
    """Days as texts, each different day formatted once."""
    different, at = np.unique(day, return_inverse=True)
    texts = ["" if one is None else f"{one:{pattern}}" for one in different.astype(object).tolist()]
    return [texts[one] for one in at.tolist()]


def money(cents: Column) -> list[str]:
    """1234.56; -1234.56 for what is taken back."""
    return [dollars(one) for one in cents.tolist()]


def dollars(cents: int) -> str:
    """1234.56 or -1234.56."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def bracketed(cents: int) -> str:
    """1234.56, or (1234.56) for a credit."""
    return f"({dollars(-cents)})" if cents < 0 else dollars(cents)


def write_lines(path: Path, headings: Sequence[str], columns: Sequence[Iterable[str]], delimiter: str = ",") -> int:
    """Write columns of texts that need no quotes; returns the number of lines below the headings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [delimiter.join(headings), *map(delimiter.join, zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return len(lines) - 1


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


@dataclass(frozen=True)
class House:
    """All that happened to Mercy Valley's money up to the demo's last day, from some months before the first printed
    one on."""

    of: Money
    cards: Timecards
    ledger: list[Line]
    months: list[date]
    printed: list[date]


def play(seed: int = 2026, months: int = 24, encounters: Encounters | None = None) -> House:
    """Play the chain from the encounters to the ledger; ``months`` as in ``operating_rooms.write_files``."""
    printed = month_starts(months)
    played = [before(printed[0], back) for back in range(LOOK_BACK, 0, -1)] + printed
    seen = house_encounters(seed, played) if encounters is None else encounters
    charges = charges_of(seed, seen, played)
    claims = claims_of(seed, seen, charges, played)
    cards = cards_of(seed, played)
    bought = by_receipt([*purchases_of(seed, seen, played), *agency_purchases(cards, played[0])])
    of = Money(seen, charges, claims, answers_to(seed, seen, claims, played), bought)
    ledger = [*ledger_of(of, played), *payroll_journals(runs_of(cards), played)]
    return House(of, cards, sorted(ledger, key=in_order), played, printed)


def write_money(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """Every report by the month, in the order to import; ``months`` as in ``operating_rooms.write_files``."""
    return write_house(folder, play(seed, months))


def write_house(folder: Path, house: House) -> list[WrittenFile]:
    """The reports of what was played."""
    of, ledger = house.of, brought_forward(house.ledger, house.printed[0])
    known, nth = house.months[2:-1], numbered(of.charges.encounter)
    whole: tuple[tuple[str, str, Column, Callable[[Path, Column], int]], ...] = (
        (
            "outpatient_surgery",
            "encounter",
            _surgery_days(of.encounters),
            lambda to, at: _surgery(to, of.encounters, at),
        ),
        ("charges", "charge", of.charges.posted, lambda to, at: _charges(to, of, at, nth[at].tolist())),
        ("claims", "claim", of.claims.day, lambda to, at: _claims(to, of, at)),
        ("claim_lines", "claim_line", of.claims.day, lambda to, at: _claim_lines(to, of, at)),
        ("remittances", "remit_line", of.answers.day, lambda to, at: _answers(to, of, at)),
    )
    written = []
    for name, table, day, write in whole:
        month_of = day.astype("datetime64[M]")
        for month in house.printed:
            path = folder / name / f"{name}_{month:%Y-%m}.csv"
            written.append(WrittenFile(path, table, write(path, np.flatnonzero(month_of == np.datetime64(month, "M")))))
    if stories.MISCODED_MONTH in house.printed:
        # Sorted after the month that it corrects, so that whoever takes the months in any order takes it second.
        path = folder / "claims" / f"claims_corrected_{stories.MISCODED_MONTH:%Y-%m}.csv"
        fixed = np.sort(recouped(of.answers))
        written.append(WrittenFile(path, "claim", _claims(path, of, fixed, corrected=True)))
    return written + _books(folder, house, ledger, known)


def _books(folder: Path, house: House, ledger: list[Line], known: list[date]) -> list[WrittenFile]:
    centers = cost_centers()
    bought: Sheet = [(one.received, _purchase_cells(one)) for one in house.of.purchases]
    plan = budget_of(house.ledger, house.printed, known)
    budget: Sheet = [
        (month, (version, centers[place], f"{account}", f"{month:{ISO}}", bracketed(cents)))
        for version, place, account, month, cents in plan
    ]
    counted: Sheet = [
        (day, (centers[place], name, f"{day:{US}}", f"{count}")) for place, name, day, count in statistics_of(house.of)
    ]
    sheets: tuple[tuple[str, str, Texts, Sheet], ...] = (
        ("purchases", "purchase", PURCHASE_HEADINGS, bought),
        ("invoices", "invoice", INVOICE_HEADINGS, _invoices(house.of.purchases)),
        ("ledger", "ledger_line", LEDGER_HEADINGS, [(line.day, _ledger_cells(line)) for line in ledger]),
        ("budget", "budget_line", BUDGET_HEADINGS, budget),
        ("statistics", "statistic", STATISTIC_HEADINGS, counted),
    )
    written = []
    for name, table, headings, rows in sheets:
        by: dict[date, list[tuple[str, ...]]] = {month: [] for month in house.printed}
        for day, cells in rows:
            if (month := day.replace(day=1)) in by:
                by[month].append(cells)
        for month, some in by.items():
            path = folder / name / f"{name}_{month:%Y-%m}.csv"
            written.append(WrittenFile(path, table, write_lines(path, headings, list(zip(*some, strict=True)))))
    return written


def _surgery_days(of: Encounters) -> Column:
    day = of.left.astype("datetime64[D]")
    return np.where(of.kind == "outpatient_surgery", day, np.datetime64("NaT", "D"))


def _surgery(path: Path, of: Encounters, at: Column) -> int:
    some, centers = of.take(at), cost_centers()
    arrived, left = (column.astype(object).tolist() for column in (some.arrived, some.left))
    return write_lines(
        path, SURGERY_HEADINGS,
        (
            map(str, some.number.tolist()), dates(some.left.astype("datetime64[D]"), US), ["OP"] * len(some),
            map(str.upper, some.service.tolist()), [centers[place] for place in some.place.tolist()],
            map(str.upper, some.payer.tolist()), [f"{one:%m/%d/%Y %H:%M}" for one in arrived],
            [f"{one:%m/%d/%Y %H:%M}" for one in left], [f"P{one:09d}" for one in some.patient.tolist()],
        ),
    )  # fmt: skip


def numbered(keys: Column) -> Column:
    """1, 2, 3 … within each run of equal keys."""
    at = np.arange(len(keys))
    fresh = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.zeros(0, bool)
    found: Column = at - np.maximum.accumulate(np.where(fresh, at, 0)) + 1
    return found


def _charges(path: Path, of: Money, at: Column, nth: list[int]) -> int:
    """``nth``: which of its encounter's charges each is."""
    some: Charges = of.charges.take(at)
    number = of.encounters.number[some.encounter].tolist()
    centers = [cost_centers()[place] for place in DEPARTMENTS]
    return write_lines(
        path, CHARGE_HEADINGS,
        (
            [f"{one}-{two}" for one, two in zip(number, nth, strict=True)], map(str, number),
            [centers[one] for one in some.department.tolist()], [CENTERS[one] for one in some.center.tolist()],
            dates(some.service, US), dates(some.posted, US), money(some.cents), map(str, some.quantity.tolist()),
            of.encounters.payer[some.encounter].tolist(), of.encounters.service[some.encounter].tolist(),
        ),
    )  # fmt: skip


def _claims(path: Path, of: Money, at: Column, *, corrected: bool = False) -> int:
    """Bills as they were first sent, or ``corrected``."""
    claims: Claims = of.claims
    some, seen = claims.take(at), of.encounters.take(claims.encounter[at])
    drg = np.full(len(at), stories.SHOULD_BE) if corrected else some.drg
    expected = some.corrected if corrected else some.expected
    codes = [one.code.upper() for one in payers()]
    number = seen.number.tolist()
    return write_lines(
        path, CLAIM_HEADINGS,
        (
            [f"B{one}" for one in number], map(str, number), [codes[one] for one in some.owner.tolist()],
            ["UB"] * len(at), [cost_centers()[one] for one in seen.place.tolist()], seen.service.tolist(),
            seen.kind.tolist(), map(_quoted, seen.surgeon.tolist()), [f"{one or ''}" for one in drg.tolist()],
            dates(some.service, ISO), dates(some.day, ISO), money(some.charges), money(expected),
            states(claims, of.answers)[at].tolist(),
            [f"{stories.CORRECTED_ON}" if corrected else ""] * len(at),
        ),
        "|",
    )  # fmt: skip


def _claim_lines(path: Path, of: Money, at: Column) -> int:
    """Two lines a bill of outpatient surgery: the operation with all around it, and the implant where there is one."""
    at = at[of.encounters.group[of.claims.encounter[at]] > 0]
    operation, implant = (prices[at] for prices in line_prices(of.encounters, of.claims))
    some = of.claims.take(at)
    number, group = (column[some.encounter] for column in (of.encounters.number, of.encounters.group))
    with_implant = np.flatnonzero(some.implants > 0)
    both = [np.arange(len(at)), with_implant]
    order = np.lexsort((np.repeat([1, 2], [len(one) for one in both]), number[np.concatenate(both)]))
    at_line, line = np.concatenate(both)[order], np.repeat([1, 2], [len(one) for one in both])[order]
    first = line == 1
    charged = np.where(first, some.charges[at_line] - some.implants[at_line], some.implants[at_line])
    priced = np.where(first, operation[at_line], implant[at_line])
    groups = [f"{one}" if two else "" for one, two in zip(group[at_line].tolist(), first.tolist(), strict=True)]
    return write_lines(
        path, CLAIM_LINE_HEADINGS,
        (
            [f"B{one}" for one in number[at_line].tolist()], map(str, line.tolist()), dates(some.day[at_line], ISO),
            ["operating room" if one else CENTERS[IMPLANTS] for one in first.tolist()], groups, money(charged),
            money(priced),
        ),
        "|",
    )  # fmt: skip


def _answers(path: Path, of: Money, at: Column) -> int:
    some = of.answers.take(at)
    owner = of.claims.owner[some.claim]
    patients = np.isin(some.kind, BY_PATIENTS)
    number = of.encounters.number[of.claims.encounter[some.claim]]
    order = np.lexsort((some.kind, number, np.where(patients, 99, owner), some.day))
    some, owner, number, patients = some.take(order), owner[order], number[order], patients[order]
    who = np.where(patients, 99, owner).astype(np.int64)
    line = numbered(some.day.astype(np.int64) * 100 + who)
    codes = [one.code for one in payers()]
    bare = dates(some.day, BARE)
    remit = [f"PT{day}" if one == 99 else f"RA{day}-{one}" for day, one in zip(bare, who.tolist(), strict=True)]
    return write_lines(
        path, REMIT_HEADINGS,
        (
            remit, map(str, line.tolist()), [f"B{one}" for one in number.tolist()],
            [codes[one] for one in owner.tolist()], bare, [KINDS[one] for one in some.kind.tolist()],
            some.group.tolist(), some.reason.tolist(), money(some.cents),
        ),
    )  # fmt: skip


def _purchase_cells(one: Purchase) -> tuple[str, ...]:
    return (
        one.order, f"{one.line}", f"{one.received:{US}}", cost_centers()[one.place], f"{one.account}", one.vendor,
        f"{one.encounter or ''}", dollars(one.cents),
    )  # fmt: skip


def _invoices(purchases: list[Purchase]) -> Sheet:
    found: Sheet = []
    lines: dict[str, int] = {}
    for one in purchases:
        line = lines[one.invoice] = lines.get(one.invoice, 0) + 1
        if one.invoiced <= LAST_DAY:
            cells = (one.invoice, f"{line}", f"{one.invoiced:{US}}", f"{one.due:{US}}", cost_centers()[one.posted_to],
                     f"{one.account}", one.vendor, one.order, dollars(one.cents))  # fmt: skip
            found.append((one.invoiced, cells))
    return found


def _ledger_cells(line: Line) -> tuple[str, ...]:
    return (
        line.journal, f"{line.number}", f"{line.day:{US}}", cost_centers()[line.place], f"{line.account}",
        bracketed(line.cents), line.payer, line.service, line.source_kind, line.source, line.reversal_of,
    )  # fmt: skip
