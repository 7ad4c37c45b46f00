"""Lakeside's ledger: every journal sums something that happened, names it, and adds up to nothing.

The practice prices its work when it posts it, so that what contracts take off is booked with the day's charges. Copays
paid at the desk stand as a credit of the patient until the payer has said what is owed; what patients do not pay is
booked when it is written off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from housewide.demo.money.ledger import (
    CASH,
    CONCESSIONS,
    CONTRACTS_KEPT,
    CONTRACTUALS,
    DENIED,
    FROM_PATIENTS,
    FROM_PAYERS,
    PAYABLE,
    Line,
    Part,
    in_order,
    journal,
    merged,
    sums,
)
from housewide.demo.money.payroll import payroll_journals, runs_of
from housewide.demo.money.remittances import (
    BY_PATIENTS,
    CONTRACTUAL,
    DENIAL_WRITE_OFF,
    OWED,
    PATIENT_PAYMENT,
    PAYMENT,
    WRITE_OFF,
    Answers,
)
from housewide.demo.practice.charges import Charges
from housewide.demo.practice.claims import Claims
from housewide.demo.practice.contracts import group_at, groups, plans
from housewide.demo.practice.visits import CLINIC, PRACTICE, THERAPY, Visits
from housewide.demo.stays import Column
from housewide.demo.timecards import Timecards

SUPPLIES, SERVICES, RENT = 6110, 6210, 6310
# Rent of 12,000 square feet at 28 dollars a year, by place, and what is bought by the month; cents. Supplies are bought
# by the visit and by the unit of the drug. Assumptions; all together the practice loses money, as practices that
# hospitals own usually do (Kaufman Hall, Physician Flash Report 2024).
RENTED = (("LKO-CLINIC", 1_650_000), ("LKO-XRAY", 180_000), ("LKO-PT", 780_000), ("LKO-PRACTICE", 190_000))
BOUGHT = (("LKO-PRACTICE", 1_420_000), ("LKO-XRAY", 210_000))  # billing system, malpractice premiums; service contract
USED = ((CLINIC, "LKO-CLINIC", 640), (THERAPY, "LKO-PT", 110))
DRUG_UNIT = 95
PAID_AFTER = timedelta(days=28)


@dataclass(frozen=True)
class Money:
    """What the ledger is made from."""

    visits: Visits
    charges: Charges
    claims: Claims
    answers: Answers
    cards: Timecards


def ledger_of(of: Money, months: list[date], until: date) -> list[Line]:
    """Every line of these months up to a day."""
    lines = [*_charge_days(of), *_from_payers(of), *_from_patients(of), *_supplies(of), *_by_the_month(months)]
    lines += payroll_journals(runs_of(of.cards, PRACTICE), months, PRACTICE)
    return sorted((line for line in lines if months[0] <= line.day <= until), key=in_order)


def _code(owner: int) -> str:
    return plans()[owner].code


def _charge_days(of: Money) -> Iterator[Line]:
    charges = of.charges
    owner = of.visits.payer[charges.visit]
    account = np.array([one.account for one in groups()])[charges.group]
    place = np.array([one.place for one in groups()])[charges.group]
    by_day: dict[date, list[Part]] = {}
    for day, at, number, cents in sums(charges.cents, charges.posted, place, account):
        by_day.setdefault(day, []).append((at, number, -cents, "", ""))
    for day, at, cents in sums(charges.cents, charges.posted, owner):
        by_day[day].append((PRACTICE, FROM_PAYERS, cents, _code(at), ""))
    for day, at, cents in sums(charges.cents - charges.expected, charges.posted, owner):
        by_day[day].append((PRACTICE, CONTRACTUALS, cents, _code(at), ""))
        by_day[day].append((PRACTICE, CONTRACTS_KEPT, -cents, "", ""))
    for day, parts in by_day.items():
        yield from journal(f"LCH-{day:%Y%m%d}", day, ("charge_day", f"{day}"), merged(parts))


Posting = tuple[Column, Column, int, int]  # which answers, their cents, debit, credit


def _posted(of: Money, name: str, what: str, postings: list[Posting], pooled: tuple[int, ...]) -> Iterator[Line]:
    """A journal a day; ``pooled`` accounts stand in it without the payer."""
    found = of.answers
    owner = of.claims.owner[found.claim]
    by_day: dict[date, list[Part]] = {}
    for chosen, cents, debit, credit in postings:
        for day, at, total in sums(cents[chosen], found.day[chosen], owner[chosen]):
            parts = by_day.setdefault(day, [])
            for account, amount in ((debit, total), (credit, -total)):
                parts.append((PRACTICE, account, amount, "" if account in pooled else _code(at), ""))
    for day, parts in by_day.items():
        yield from journal(f"{name}-{day:%Y%m%d}", day, (what, f"{day}"), merged(parts))


def _from_payers(of: Money) -> Iterator[Line]:
    found = of.answers
    kept, rest = found.released, found.cents - found.released
    contract, lost = found.kind == CONTRACTUAL, found.kind == DENIAL_WRITE_OFF
    postings = [
        (found.kind == PAYMENT, found.cents, CASH, FROM_PAYERS),
        (found.kind == OWED, found.cents, FROM_PATIENTS, FROM_PAYERS),
        (contract | lost, kept, CONTRACTS_KEPT, FROM_PAYERS),
        (contract & (rest != 0), rest, CONTRACTUALS, FROM_PAYERS),
        (lost, rest, DENIED, FROM_PAYERS),
    ]
    return _posted(of, "LRM", "remittance", postings, (CASH, CONTRACTS_KEPT))


def _from_patients(of: Money) -> Iterator[Line]:
    found = of.answers
    postings = [
        (found.kind == PATIENT_PAYMENT, found.cents, CASH, FROM_PATIENTS),
        (found.kind == WRITE_OFF, found.cents, CONCESSIONS, FROM_PATIENTS),
    ]
    assert {PATIENT_PAYMENT, WRITE_OFF} <= set(BY_PATIENTS)
    return _posted(of, "LPT", "patient_day", postings, (CASH,))


def _supplies(of: Money) -> Iterator[Line]:
    """A vendor's invoice for each week, on the Monday after it; paid four weeks later."""
    visits, charges = of.visits, of.charges
    drug = charges.take(charges.group == group_at()["J3301"])
    by_week: dict[date, list[Part]] = {}
    used = [(visits.day[visits.kind == kind], place, cents) for kind, place, cents in USED]
    for day, place, cents in used:
        for monday, total in sums(np.full(len(day), cents), _monday_after(day)):
            by_week.setdefault(monday, []).append((place, SUPPLIES, total, "", ""))
    for monday, total in sums(drug.quantity * DRUG_UNIT, _monday_after(drug.service)):
        by_week.setdefault(monday, []).append(("LKO-CLINIC", SUPPLIES, total, "", ""))
    for monday, parts in by_week.items():
        yield from _invoice(f"LIN-{monday:%Y%m%d}", monday, parts)


def _monday_after(day: Column) -> Column:
    number = day.astype(int)
    after: Column = (number + 7 - (number + 3) % 7).astype("datetime64[D]")
    return after


def _invoice(name: str, day: date, parts: list[Part]) -> Iterator[Line]:
    total = sum(part[2] for part in parts)
    yield from journal(name, day, ("invoice", name), merged([*parts, (PRACTICE, PAYABLE, -total, "", "")]))
    paid = [(PRACTICE, PAYABLE, total, "", ""), (PRACTICE, CASH, -total, "", "")]
    yield from journal(f"{name}-PAID", day + PAID_AFTER, ("payment_run", name), paid)


def _by_the_month(months: list[date]) -> Iterator[Line]:
    for month in months:
        rent = [(place, RENT, cents, "", "") for place, cents in RENTED]
        rent.append((PRACTICE, CASH, -sum(part[2] for part in rent), "", ""))
        yield from journal(f"LRE-{month:%Y%m}", month, ("lease", f"{month:%Y-%m}"), rent)
        bought = [(place, SERVICES, cents, "", "") for place, cents in BOUGHT]
        yield from _invoice(f"LSV-{month:%Y%m}", month.replace(day=15), bought)
