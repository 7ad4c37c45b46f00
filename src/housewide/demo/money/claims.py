"""The bills: one for every stay and visit that has ended, sent once it is coded and its charges are in.

Only the hospital's bills; the practice bills for its surgeons itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from housewide.demo.money import stories
from housewide.demo.money.charges import IMPLANTS, Charges
from housewide.demo.money.contracts import Bill, implant_price, operation_price, payers, prices, share_of, terms_in_use
from housewide.demo.money.encounters import END, Encounters, by_month
from housewide.demo.stays import Column, Table, rng_for

HOLD = 4  # days after leaving before a bill may go: the usual bill hold for late charges is three to five days
SLIPS = 0.015  # bills on which a plan allows a little less than agreed without any pattern: an assumption
NOT_YET = np.datetime64("2100-01-01", "D")


@dataclass(frozen=True)
class Claims(Table):
    """One entry per bill. ``encounter``: position in the encounters; ``owner``: position in ``payers()``; ``service``
    and ``day`` days of leaving and billing; cents: ``charges``, ``implants`` among them, ``expected`` by the contract
    and ``allowed`` by the payer; ``drg`` billed; ``corrected``: the ``expected`` of the bill that replaces it on
    ``stories.CORRECTED_ON``, 0 where none does."""

    encounter: Column
    owner: Column
    service: Column
    day: Column
    charges: Column
    implants: Column
    expected: Column
    allowed: Column
    drg: Column
    corrected: Column


def claims_of(seed: int, of: Encounters, charges: Charges, months: list[date]) -> Claims:
    """All bills sent by the demo's last day, in the order of the encounters."""
    size = len(of)
    last = np.full(size, np.datetime64("2000-01-01", "D"))
    np.maximum.at(last, charges.encounter, charges.posted)
    total = _summed(charges.encounter, charges.cents, size)
    implants = _summed(charges.encounter, np.where(charges.center == IMPLANTS, charges.cents, 0), size)
    left = of.left.astype("datetime64[D]")
    day = np.maximum(left + HOLD + _coded(seed, of, months), last)
    sent = np.flatnonzero(~np.isnat(left) & (day <= END) & (total > 0))
    owner = owners_of(of.payer)[sent]
    nights = (left - of.arrived.astype("datetime64[D]")).astype(int)[sent]
    bill = Bill(owner, of.kind[sent], of.drg[sent], of.group[sent], left[sent], nights, total[sent], implants[sent])
    expected = prices(bill, payers())
    allowed = _slipped(seed, prices(bill, terms_in_use()), owner, day[sent])
    return Claims(
        sent, owner, left[sent], day[sent], total[sent], implants[sent], expected, allowed, of.drg[sent],
        _corrected(seed, bill, day[sent]),
    )  # fmt: skip


def _summed(at: Column, cents: Column, size: int) -> Column:
    found = np.zeros(size, np.int64)
    np.add.at(found, at, cents)
    return found


def owners_of(payer: Column) -> Column:
    codes = np.array([one.code for one in payers()])
    order = np.argsort(codes)
    return order[np.searchsorted(codes[order], payer)].astype(np.int8)


def _coded(seed: int, of: Encounters, months: list[date]) -> Column:
    """Days that coding takes beyond the hold: several for stays, few for visits."""
    days = np.zeros(len(of), np.int64)
    came = of.arrived.astype("datetime64[M]")
    for month in months:
        at = np.flatnonzero(came == np.datetime64(month, "M"))
        usual = np.where(of.kind[at] == "inpatient", 2.2, 0.9)
        days[at] = np.minimum(rng_for(seed, "coding", month).exponential(usual), 25)
    return days.astype("timedelta64[D]")


def _slipped(seed: int, allowed: Column, owner: Column, day: Column) -> Column:
    """A few bills of the plans are allowed one to four percent less, by chance."""
    public = np.array([one.code in ("medicare", "medicaid", "self_pay") for one in payers()])
    drawn = by_month(seed, "slips", day, lambda rng, size: rng.random(size))
    hit = (drawn < SLIPS) & ~public[owner]
    return allowed - np.where(hit, share_of(allowed, (100 + 300 * drawn / SLIPS).astype(np.int64)), 0)


def _corrected(seed: int, bill: Bill, day: Column) -> Column:
    """What the miscoded stays are worth once they are coded as they should have been."""
    by_weight = np.array([bool(one.weight) for one in payers()])[bill.owner]
    of_month = day.astype("datetime64[M]") == np.datetime64(stories.MISCODED_MONTH, "M")
    wrong = (bill.drg == stories.MISCODED) & (bill.kind == "inpatient") & by_weight & of_month
    wrong &= by_month(seed, "miscoded", day, lambda rng, size: rng.random(size)) < stories.MISCODED_SHARE
    right = Bill(**{**bill.__dict__, "drg": np.where(wrong, stories.SHOULD_BE, bill.drg)})
    return np.where(wrong, prices(right, payers()), 0)


def line_prices(of: Encounters, claims: Claims) -> tuple[Column, Column]:
    """(expected for the operation, expected for the implant) of each bill of outpatient surgery; together they are the
    expected price, also where that was cut to what was charged."""
    operation, implant = np.zeros(len(claims), np.int64), np.zeros(len(claims), np.int64)
    for owner, payer in enumerate(payers()):
        at = np.flatnonzero((claims.owner == owner) & (of.group[claims.encounter] > 0))
        if payer.surgery:
            implant[at] = implant_price(claims.implants[at], claims.service[at], payer)
            operation[at] = operation_price(of.group[claims.encounter[at]], claims.service[at], payer)
    implant = np.minimum(implant, claims.expected)
    return claims.expected - implant, implant
