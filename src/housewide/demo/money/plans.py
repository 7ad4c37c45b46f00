"""What Mercy Valley had planned to earn and spend, and the volumes that both are measured by.

The budget of a month is what an average month of the year before last September's planning brought, three percent
more, by the days of the month: the usual budget of a hospital that plans by run rate.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from housewide.demo.money.charges import DEPARTMENTS, OPERATION
from housewide.demo.money.encounters import END
from housewide.demo.money.ledger import Line, Money, sums

PLANNED_UNTIL = date(2026, 1, 1)
GROWTH = 103  # percent
DAYS = 304  # of an average month, tenths


def budget_of(
    lines: Sequence[Line], months: list[date], known: list[date]
) -> Iterator[tuple[str, str, int, date, int]]:
    """(version, place, account, month, cents) of revenue and expense by department. ``known``: the whole months of
    the ledger that the plan is made from."""
    base = [month for month in known if month < PLANNED_UNTIL] or known[:1]
    totals: dict[tuple[str, int], int] = {}
    for line in lines:
        planned = line.account < 5000 or line.account >= 6000
        if line.account >= 4000 and planned and line.day.replace(day=1) in base:
            key = (line.place, line.account)
            totals[key] = totals.get(key, 0) + line.cents
    for month in months:
        days = monthrange(month.year, month.month)[1]
        for (place, account), cents in sorted(totals.items()):
            usual = cents * GROWTH * days * 10 // (100 * DAYS * len(base))
            yield f"{month.year} approved", place, account, month, usual // 10_000 * 10_000


def statistics_of(of: Money) -> Iterator[tuple[str, str, date, int]]:
    """(place, statistic, day, how many): discharges, newborns, visits to the emergency department, operations."""
    seen = of.encounters
    left = seen.left.astype("datetime64[D]")
    for kind, name in (("inpatient", "discharges"), ("newborn", "newborns"), ("ed", "visits")):
        at = np.flatnonzero((seen.kind == kind) & ~np.isnat(left) & (left <= END))
        for place, day, count in sums(np.ones(len(at), np.int64), seen.place[at], left[at]):
            yield place, name, day, count
    done = of.charges.take(of.charges.center == OPERATION)
    for department, day, count in sums(done.quantity.astype(np.int64), done.department, done.service):
        yield DEPARTMENTS[department], "operations", day, count
