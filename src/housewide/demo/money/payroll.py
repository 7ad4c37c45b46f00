"""Payroll: what every fortnight's timecards pay, when it is paid, and the lines of the ledger that sum it.

A run is booked on the Saturday that ends its pay period and paid on the Friday after. At the end of a month the days
worked since the last run are accrued at that run's daily amounts, and taken back on the first of the next. Agency staff
are no part of it: their agency sends an invoice for each week.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from housewide.demo.money.ledger import CASH, HOSPITAL, Line, Part, accrued, journal, merged, month_end, sums
from housewide.demo.money.purchases import AGENCY, Purchase
from housewide.demo.operating_rooms import LAST_DAY
from housewide.demo.timecards import CONTRACT, NIGHT, OVERTIME, PTO, REGULAR, Timecards, last_saturday, timecards

ACCRUED, WAGES_PAYABLE = 2110, 2120
ACCOUNTS = {REGULAR: 6010, OVERTIME: 6020, PTO: 6040, NIGHT: 6050}
BENEFITS = 6090
# Of wages, basis points: employer's taxes, health and retirement plans. Near the fifth to quarter that hospitals report
# (BLS Employer Costs for Employee Compensation, hospitals, legally required benefits, insurance and retirement).
BENEFITS_SHARE = 2_350
FIRST_PERIOD_ENDED = date(2024, 1, 20)  # the fortnight that began on January 7, as the hospital's calendar has it
PAID_AFTER = timedelta(days=6)
FORTNIGHT = 14
AGENCY_VENDOR = "Lantern Nurse Staffing"


@dataclass(frozen=True)
class Run:
    """One payroll run: ``parts`` are the wages and benefits of every place, by account, in cents."""

    ends: date
    parts: list[Part]

    @property
    def name(self) -> str:
        return f"PR-{self.ends:%Y%m%d}"

    @property
    def begins(self) -> date:
        return self.ends - timedelta(days=FORTNIGHT - 1)

    @property
    def cents(self) -> int:
        return sum(part[2] for part in self.parts)


def cards_of(seed: int, months: list[date]) -> Timecards:
    """The timecards of the pay periods that end in these months."""
    cards = timecards(seed, last_saturday(LAST_DAY))
    return cards.take(_period_ends(cards) >= np.datetime64(months[0]))


def runs_of(cards: Timecards, facility: str = HOSPITAL) -> list[Run]:
    """The runs of all pay periods that have ended, oldest first, of one facility: each has its own books."""
    chosen = np.isin(cards.code, list(ACCOUNTS)) & np.char.startswith(cards.place.astype(str), f"{facility}-")
    own = cards.take(chosen)
    account = np.array([ACCOUNTS.get(code, 0) for code in range(max(ACCOUNTS) + 1)])[own.code]
    by_end: dict[date, list[Part]] = {}
    for end, place, of_account, cents in sums(own.cents, _period_ends(own), own.place, account):
        by_end.setdefault(end, []).append((place, of_account, cents, "", ""))
    last = cards.week.max().astype(object)
    return [Run(end, [*parts, *_benefits(parts)]) for end, parts in by_end.items() if end <= last]


def _period_ends(cards: Timecards) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """The Saturday that ends the pay period of each timecard's week."""
    first = np.datetime64(FIRST_PERIOD_ENDED)
    after = (cards.week - first).astype(int)
    ends: np.ndarray[tuple[int], np.dtype[np.datetime64]] = first + -(-after // FORTNIGHT) * FORTNIGHT
    return ends


def _benefits(parts: list[Part]) -> list[Part]:
    wages: dict[str, int] = {}
    for place, _, cents, _, _ in parts:
        wages[place] = wages.get(place, 0) + cents
    return [(place, BENEFITS, (cents * BENEFITS_SHARE + 5_000) // 10_000, "", "") for place, cents in wages.items()]


def payroll_journals(runs: list[Run], months: list[date], facility: str = HOSPITAL) -> Iterator[Line]:
    """Booking and payment of each run, and the accruals of closed months."""
    for run in runs:
        source = ("payroll_run", f"{run.ends}")
        yield from journal(run.name, run.ends, source, [*run.parts, (facility, WAGES_PAYABLE, -run.cents, "", "")])
        if run.ends + PAID_AFTER <= LAST_DAY:
            paid = [(facility, WAGES_PAYABLE, run.cents, "", ""), (facility, CASH, -run.cents, "", "")]
            yield from journal(f"{run.name}-PAID", run.ends + PAID_AFTER, source, paid)
    for month in months:
        if month_end(month) < LAST_DAY:
            yield from _accrual(runs, month, facility)


def _accrual(runs: list[Run], month: date, facility: str) -> list[Line]:
    """The days of an unfinished pay period, at the last run's amounts a day: those of this one nobody knows yet."""
    end = month_end(month)
    before = [run for run in runs if run.ends <= end]
    days = (end - before[-1].ends).days if before else 0
    if not days:
        return []
    parts = [(place, account, cents * days // FORTNIGHT, "", "") for place, account, cents, _, _ in before[-1].parts]
    parts.append((facility, ACCRUED, -sum(part[2] for part in parts), "", ""))
    return accrued(f"PRA-{month:%Y%m}", month, ("payroll_days", f"{end}"), merged(parts))


def agency_purchases(cards: Timecards, since: date) -> list[Purchase]:
    """The agency's invoices: one for each week, a line for each unit, nine days after the week."""
    hired = cards.take((cards.code == CONTRACT) & (cards.cents > 0) & (cards.week >= np.datetime64(since)))
    found: list[Purchase] = []
    for week, place, cents in sums(hired.cents, hired.week, hired.place):
        line = 1 + sum(one.received == week for one in found[-len(ACCOUNTS) * 5 :])
        name = f"{week:%y%m%d}"
        found.append(
            Purchase(f"AG{name}", line, place, AGENCY, AGENCY_VENDOR, 0, week, cents, f"IA{name}",
                     week + timedelta(days=9), place)
        )  # fmt: skip
    return found
