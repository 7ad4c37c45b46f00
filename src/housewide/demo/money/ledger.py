"""The general ledger: every journal sums something that happened, names it, and adds up to nothing.

Net revenue is booked in three steps. A bill books what its contract takes off the gross charges; at the end of a month
what is not yet billed is estimated, and taken back on the first of the next; when the payer has answered, what it
allowed more or less is trued up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from housewide.demo.money import stories
from housewide.demo.money.charges import DEPARTMENTS, Charges
from housewide.demo.money.claims import NOT_YET, Claims, owners_of
from housewide.demo.money.contracts import payers, share_of
from housewide.demo.money.encounters import Encounters
from housewide.demo.money.purchases import Purchase
from housewide.demo.money.remittances import (
    BY_PATIENTS,
    CHARITY,
    CONTRACTUAL,
    DENIAL_WRITE_OFF,
    OWED,
    PATIENT_PAYMENT,
    PAYMENT,
    WRITE_OFF,
    Answers,
    recouped,
)
from housewide.demo.operating_rooms import LAST_DAY
from housewide.demo.stays import Column

CASH, FROM_PAYERS, FROM_PATIENTS = 1010, 1100, 1110
CONTRACTS_KEPT, DENIALS_KEPT, PATIENTS_KEPT = 1190, 1192, 1195
PAYABLE, NOT_INVOICED, FORWARD = 2010, 2020, 3010
GROSS = (4010, 4020, 4030, 4035, 4040, 4050, 4060, 4070)  # by position in ``charges.CENTERS``
CONTRACTUALS, CONCESSIONS, CHARITY_CARE, DENIED, SETTLED = 5010, 5020, 5030, 5040, 5090
HOSPITAL = "MVH"
USUAL_ALLOWANCE = 7_200  # of unbilled charges where a month has no bills of the kind, basis points


class Line(NamedTuple):
    """A journal line; debits are positive cents."""

    journal: str
    number: int
    day: date
    place: str
    account: int
    cents: int
    payer: str
    service: str
    source_kind: str
    source: str
    reversal_of: str


Part = tuple[str, int, int, str, str]  # place, account, cents, payer, service


@dataclass(frozen=True)
class Money:
    """What the ledger is made from."""

    encounters: Encounters
    charges: Charges
    claims: Claims
    answers: Answers
    purchases: list[Purchase]


def journal(name: str, day: date, source: tuple[str, str], parts: Iterable[Part], reversal_of: str = "") -> list[Line]:
    """A journal of the parts that are not nothing."""
    return [
        Line(name, number, day, place, account, cents, payer, service, *source, reversal_of)
        for number, (place, account, cents, payer, service) in enumerate((one for one in parts if one[2]), start=1)
    ]


def sums(cents: Column, *keys: Column) -> Iterator[tuple[Any, ...]]:
    """(key, key, …, sum of the cents) of each combination, in the order of the keys."""
    if not len(cents):
        return
    order = np.lexsort(keys[::-1])
    sorted_keys = [key[order] for key in keys]
    fresh = np.zeros(len(order), bool)
    fresh[0] = True
    for key in sorted_keys:
        fresh[1:] |= key[1:] != key[:-1]
    starts = np.flatnonzero(fresh)
    totals = np.add.reduceat(cents[order], starts)
    yield from zip(*(key[starts].tolist() for key in sorted_keys), totals.tolist(), strict=True)


def ledger_of(of: Money, months: list[date]) -> list[Line]:
    """Every line of these months, journal by journal."""
    lines = [*_charge_days(of), *_bills(of, months), *_answers(of), *_corrections(of)]
    lines += [*_unbilled(of, months), *_invoices(of), *_payment_runs(of), *_accruals(of, months), *_by_hand(of)]
    return sorted(lines, key=in_order)


def in_order(line: Line) -> tuple[date, str, int]:
    """How the ledger is sorted."""
    return line.day, line.journal, line.number


def brought_forward(lines: Sequence[Line], first: date, facility: str = HOSPITAL) -> list[Line]:
    """The lines from a day on, after one journal that brings the balances of the accounts before it forward; what was
    earned and spent before stands in one account."""
    before: dict[tuple[int, str], int] = {}
    for line in lines:
        if line.day < first:
            key = (line.account, line.payer) if line.account < FORWARD else (FORWARD, "")
            before[key] = before.get(key, 0) + line.cents
    parts = [(facility, account, cents, payer, "") for (account, payer), cents in sorted(before.items())]
    opening = journal(f"FWD-{first:%Y%m}", first, ("balance", f"{first:%Y-%m}"), parts)
    return opening + [line for line in lines if line.day >= first]


def _code(owner: int) -> str:
    return payers()[owner].code


def _charge_days(of: Money) -> list[Line]:
    charges = of.charges
    by_day: dict[date, list[Part]] = {}
    for day, department, center, cents in sums(charges.cents, charges.posted, charges.department, charges.center):
        by_day.setdefault(day, []).append((DEPARTMENTS[department], GROSS[center], -cents, "", ""))
    owner = _owner_of_encounters(of)[charges.encounter]
    for day, at, cents in sums(charges.cents, charges.posted, owner):
        by_day[day].append((HOSPITAL, FROM_PAYERS, cents, _code(at), ""))
    return [
        line
        for day, parts in by_day.items()
        for line in journal(f"CHG-{day:%Y%m%d}", day, ("charge_day", f"{day}"), parts)
    ]


def _owner_of_encounters(of: Money) -> Column:
    return owners_of(of.encounters.payer)


def _services(of: Money) -> tuple[list[str], Column]:
    names, at = np.unique(of.encounters.service, return_inverse=True)
    return names.tolist(), at


def month_end(month: date) -> date:
    """Last day of the month, or of what has happened of it."""
    return min((month + timedelta(days=32)).replace(day=1) - timedelta(days=1), LAST_DAY)


def _bills(of: Money, months: list[date]) -> Iterator[Line]:
    """By month and payer: what the contracts take off the bills, what of them is expected to be denied for good, and
    what of that which patients were told they owe is not expected to come."""
    claims, found = of.claims, of.answers
    names, service = _services(of)
    line = service[claims.encounter]
    lost = np.array([one.denied * (10_000 - one.overturned) // 10_000 for one in payers()])[claims.owner]
    owed = found.take(found.kind == OWED)
    owing = claims.owner[owed.claim]
    unpaid = share_of(owed.cents, np.array([one.reserved for one in payers()])[owing])
    billed, told = claims.day.astype("datetime64[M]"), owed.day.astype("datetime64[M]")
    by: dict[tuple[date, int], list[Part]] = {}
    for account, against, cents, *keys in (
        (CONTRACTUALS, CONTRACTS_KEPT, claims.charges - claims.expected, billed, claims.owner, line),
        (DENIED, DENIALS_KEPT, share_of(claims.expected, lost), billed, claims.owner, line),
        (CONCESSIONS, PATIENTS_KEPT, unpaid, told, owing, line[owed.claim]),
    ):
        for month, owner, of_line, total in sums(cents, *keys):
            parts = by.setdefault((month, owner), [])
            parts.append((HOSPITAL, account, total, _code(owner), names[of_line]))
            parts.append((HOSPITAL, against, -total, _code(owner), ""))
    for (month, owner), parts in by.items():
        if month in months:
            name = f"NET-{month:%Y%m}-{_code(owner)}"
            yield from journal(name, month_end(month), ("bills", f"{month:%Y-%m} {_code(owner)}"), merged(parts))


def _answers(of: Money) -> Iterator[Line]:
    """A journal per day and payer of what was paid and adjusted, and one per day of what patients paid."""
    found, claims = of.answers, of.claims
    names, service = _services(of)
    owner = claims.owner[found.claim]
    line = service[claims.encounter[found.claim]]
    patients = np.isin(found.kind, BY_PATIENTS)
    by: dict[tuple[date, str], list[Part]] = {}

    def post(chosen: Column, cents: Column, debit: int, credit: int, with_service: int = 0) -> None:
        by_line = np.where(with_service, line[chosen], 0)
        keys = (found.day[chosen], owner[chosen], patients[chosen], by_line)
        for day, at, by_patient, of_line, total in sums(cents[chosen], *keys):
            parts = by.setdefault((day, "patients" if by_patient else _code(at)), [])
            for account, amount in ((debit, total), (credit, -total)):
                named = names[of_line] if with_service and account >= CONTRACTUALS else ""
                parts.append((HOSPITAL, account, amount, _code(at), named))

    for kind, debit, credit in (
        (PAYMENT, CASH, FROM_PAYERS), (CONTRACTUAL, CONTRACTS_KEPT, FROM_PAYERS), (OWED, FROM_PATIENTS, FROM_PAYERS),
        (PATIENT_PAYMENT, CASH, FROM_PATIENTS), (WRITE_OFF, PATIENTS_KEPT, FROM_PATIENTS),
    ):  # fmt: skip
        post(found.kind == kind, found.cents, debit, credit)
    post(found.kind == CHARITY, found.cents, CHARITY_CARE, FROM_PAYERS, 1)
    trued = (found.kind == CONTRACTUAL) & (found.cents != found.released)
    post(trued, found.cents - found.released, CONTRACTUALS, CONTRACTS_KEPT, 1)
    lost = found.kind == DENIAL_WRITE_OFF
    post(lost, found.released, CONTRACTS_KEPT, FROM_PAYERS)
    post(lost, found.cents - found.released, DENIALS_KEPT, FROM_PAYERS)
    for (day, who), parts in by.items():
        what = "patient_day" if who == "patients" else "remittance"
        yield from journal(f"RMT-{day:%Y%m%d}-{who}", day, (what, f"{day} {who}"), merged(parts))


def merged(parts: Iterable[Part]) -> list[Part]:
    """The parts with one line for each place, account, payer and service."""
    totals: dict[tuple[str, int, str, str], int] = {}
    for place, account, cents, payer, service in parts:
        key = (place, account, payer, service)
        totals[key] = totals.get(key, 0) + cents
    return [(place, account, cents, payer, service) for (place, account, payer, service), cents in totals.items()]


def _corrections(of: Money) -> list[Line]:
    """What earlier periods had been credited too much for bills that were corrected."""
    names, service = _services(of)
    claims, at = of.claims, recouped(of.answers)
    too_much = claims.expected[at] - claims.corrected[at]
    parts: list[Part] = []
    for owner, line, cents in sums(too_much, claims.owner[at], service[claims.encounter[at]]):
        parts.append((HOSPITAL, SETTLED, cents, _code(owner), names[line]))
        parts.append((HOSPITAL, CONTRACTS_KEPT, -cents, _code(owner), names[line]))
    day = stories.CORRECTED_ON
    return journal(f"COR-{day:%Y%m%d}", day, ("corrected_bills", f"{stories.MISCODED_MONTH:%Y-%m}"), parts)


def unbilled(of: Money, month: date) -> tuple[Column, Column]:
    """(charges of every encounter posted by the end of a month and not billed then, payer of each); cents."""
    end = np.datetime64(month_end(month))
    billed_on = np.full(len(of.encounters), NOT_YET)
    billed_on[of.claims.encounter] = of.claims.day
    open_ = (of.charges.posted <= end) & (billed_on[of.charges.encounter] > end)
    cents = np.zeros(len(of.encounters), np.int64)
    np.add.at(cents, of.charges.encounter[open_], of.charges.cents[open_])
    return cents, _owner_of_encounters(of)


def _unbilled(of: Money, months: list[date]) -> Iterator[Line]:
    """The estimate at the end of each closed month for charges not yet billed, and its reversal the day after."""
    names, service = _services(of)
    claims = of.claims
    billed = claims.day.astype("datetime64[M]")
    for month in months:
        if month_end(month) == LAST_DAY:
            return
        cents, owner = unbilled(of, month)
        chosen = billed == np.datetime64(month, "M")
        keys = claims.owner[chosen], service[claims.encounter[chosen]]
        charged = {key: total for *key_, total in sums(claims.charges[chosen], *keys) for key in [tuple(key_)]}
        priced = {key: total for *key_, total in sums(claims.expected[chosen], *keys) for key in [tuple(key_)]}
        at = np.flatnonzero(cents)
        parts: list[Part] = []
        for who, line, total in sums(cents[at], owner[at], service[at]):
            known = charged.get((who, line), 0)
            share = (known - priced[who, line]) * 10_000 // known if known else USUAL_ALLOWANCE
            estimate = (total * share + 5_000) // 10_000
            parts.append((HOSPITAL, CONTRACTUALS, estimate, _code(who), names[line]))
            parts.append((HOSPITAL, CONTRACTS_KEPT, -estimate, _code(who), ""))
        yield from accrued(f"UNB-{month:%Y%m}", month, ("unbilled", f"{month:%Y-%m}"), merged(parts))


def accrued(name: str, month: date, source: tuple[str, str], parts: list[Part]) -> list[Line]:
    """A journal at the end of the month and the one that takes it back on the first of the next."""
    end = month_end(month)
    back = [(place, account, -cents, payer, service) for place, account, cents, payer, service in parts]
    return journal(name, end, source, parts) + journal(f"{name}-R", end + timedelta(days=1), source, back, name)


def _invoices(of: Money) -> Iterator[Line]:
    by: dict[tuple[date, str], list[Part]] = {}
    for one in of.purchases:
        if one.invoiced <= LAST_DAY:
            parts = by.setdefault((one.invoiced, one.invoice), [])
            parts += [(one.posted_to, one.account, one.cents, "", ""), (HOSPITAL, PAYABLE, -one.cents, "", "")]
    for (day, invoice), parts in by.items():
        yield from journal(f"INV-{invoice}", day, ("invoice", invoice), merged(parts))


def _payment_runs(of: Money) -> Iterator[Line]:
    by: dict[date, int] = {}
    for one in of.purchases:
        if one.due <= LAST_DAY:
            by[one.due] = by.get(one.due, 0) + one.cents
    for day, cents in by.items():
        parts = [(HOSPITAL, PAYABLE, cents, "", ""), (HOSPITAL, CASH, -cents, "", "")]
        yield from journal(f"PAY-{day:%Y%m%d}", day, ("payment_run", f"{day}"), parts)


def _accruals(of: Money, months: list[date]) -> Iterator[Line]:
    """What was received in or before a closed month and not invoiced by its end."""
    for month in months:
        end = month_end(month)
        if end == LAST_DAY:
            return
        owed = [one for one in of.purchases if one.received <= end < one.invoiced]
        parts: list[Part] = [(one.place, one.account, one.cents, "", "") for one in owed]
        parts.append((HOSPITAL, NOT_INVOICED, -sum(one.cents for one in owed), "", ""))
        yield from accrued(f"GRN-{month:%Y%m}", month, ("not_invoiced", f"{month:%Y-%m}"), merged(parts))


def _by_hand(of: Money) -> list[Line]:
    """The agency's bill of February once more, by hand; found and taken back at the end of April."""
    place, account, vendor, cents = stories.TWICE
    if not any(one.vendor == vendor and one.received <= stories.TWICE_ON for one in of.purchases):
        return []
    on, name = stories.TWICE_ON, f"MAN-{stories.TWICE_ON:%Y%m}-01"
    source = ("manual", f"{vendor} {on:%Y-%m}")
    parts = [(place, account, cents, "", ""), (HOSPITAL, NOT_INVOICED, -cents, "", "")]
    back = [(where, what, -much, "", "") for where, what, much, _, _ in parts]
    return journal(name, on, source, parts) + journal(f"{name}-R", stories.TWICE_TAKEN_BACK_ON, source, back, name)
