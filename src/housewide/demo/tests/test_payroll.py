"""Payroll pays the timecards to the cent, and the ledger books what payroll pays."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from housewide.demo.money.files import House, play
from housewide.demo.money.ledger import Line, month_end
from housewide.demo.money.payroll import ACCOUNTS, ACCRUED, BENEFITS, FORTNIGHT, WAGES_PAYABLE, Run, runs_of
from housewide.demo.money.purchases import AGENCY
from housewide.demo.operating_rooms import LAST_DAY
from housewide.demo.timecards import CONTRACT, Timecards
from housewide.org.calendars import FacilityCalendar

WAGES = frozenset(ACCOUNTS.values())


@cache
def house() -> House:
    return play(months=12)


def of_hospital(cards: Timecards) -> Timecards:
    return cards.take(np.char.startswith(cards.place.astype(str), "MVH-"))


def expense_by_month(lines: list[Line], accounts: frozenset[int]) -> Counter[date]:
    found: Counter[date] = Counter()
    for line in lines:
        if line.account in accounts:
            found[line.day.replace(day=1)] += line.cents
    return found


def accrued_at(runs: list[Run], end: date, accounts: frozenset[int]) -> int:
    """Recount of what stands accrued at the end of a month: whole cents of each line of the run before."""
    before = [run for run in runs if run.ends <= end]
    days = (end - before[-1].ends).days if before else 0
    return sum(cents * days // FORTNIGHT for _, account, cents, _, _ in before[-1].parts if account in accounts)


def months_that_differ(lines: list[Line], runs: list[Run], months: list[date]) -> list[date]:
    """Months whose wages in the ledger are not those of the runs, with what was accrued at both of their ends."""
    booked = expense_by_month(lines, WAGES)
    differ = []
    for month in months:
        paid = sum(
            cents for run in runs if run.ends.replace(day=1) == month
            for _, account, cents, _, _ in run.parts if account in WAGES
        )  # fmt: skip
        end = month_end(month)
        at_end = accrued_at(runs, end, WAGES) if end < LAST_DAY else 0
        at_begin = accrued_at(runs, month - timedelta(days=1), WAGES)
        if booked[month] != paid + at_end - at_begin:
            differ.append(month)
    return differ


def test_every_run_pays_the_timecards_of_its_two_weeks_to_the_cent() -> None:
    cards = of_hospital(house().cards)
    for run in runs_of(house().cards):
        inside = (cards.week > np.datetime64(run.ends - timedelta(days=FORTNIGHT))) & (
            cards.week <= np.datetime64(run.ends)
        )
        wages = sum(cents for _, account, cents, _, _ in run.parts if account in WAGES)
        assert wages == int(cards.cents[inside & (cards.code != CONTRACT)].sum()), run.ends


def test_the_pay_periods_are_those_of_the_hospitals_calendar() -> None:
    calendar = FacilityCalendar(pay_period_anchor=date(2024, 1, 7))
    for run in runs_of(house().cards):
        assert calendar.pay_period_of(run.ends) == (run.begins, run.ends)


def test_wages_in_the_ledger_are_payroll_and_accruals_in_every_month() -> None:
    runs = runs_of(house().cards)
    assert len(runs) > 26
    assert months_that_differ(house().ledger, runs, house().printed) == []


def test_a_cent_more_on_one_run_breaks_the_tie_of_its_month() -> None:
    runs = runs_of(house().cards)
    at = next(n for n, run in enumerate(runs) if run.ends == date(2026, 7, 4))
    place, account, cents, *rest = runs[at].parts[0]
    wrong = Run(runs[at].ends, [(place, account, cents + 1, *rest), *runs[at].parts[1:]])  # type: ignore[list-item]
    assert months_that_differ(house().ledger, [*runs[:at], wrong, *runs[at + 1 :]], house().printed) != []


def test_wages_payable_hold_only_the_run_that_is_not_yet_paid_and_accruals_go_back_whole() -> None:
    owed = Counter[int]()
    for line in house().ledger:
        owed[line.account] += line.cents
    last = runs_of(house().cards)[-1]
    unpaid = 0 if last.ends + timedelta(days=6) <= LAST_DAY else last.cents
    assert owed[WAGES_PAYABLE] == -unpaid
    assert owed[ACCRUED] == 0


def test_agency_expense_of_the_units_is_what_their_timecards_cost() -> None:
    cards = house().cards
    hired = cards.take((cards.code == CONTRACT) & (cards.week >= np.datetime64(house().months[0])))
    bought = [one for one in house().of.purchases if one.account == AGENCY and one.order.startswith("AG")]
    assert sum(one.cents for one in bought) == int(hired.cents.sum())
    assert len({(one.order, one.line) for one in bought}) == len(bought)


def test_benefits_are_a_share_of_wages_and_labor_is_about_half_of_expense() -> None:
    """Labor is half and more of a hospital's expense (HCRIS worksheet A; published as 50 to 60 %)."""
    year = [line for line in house().ledger if line.day >= date(2025, 11, 1) and 6000 <= line.account < 7000]
    wages = sum(line.cents for line in year if line.account in WAGES)
    benefits = sum(line.cents for line in year if line.account == BENEFITS)
    assert benefits / wages == pytest.approx(0.235, abs=0.001)
    labor = wages + benefits + sum(line.cents for line in year if line.account == AGENCY)
    assert 0.40 < labor / sum(line.cents for line in year) < 0.65
