"""What Mercy Valley buys and is invoiced for: supplies, drugs, implants, services.

Goods come first, the invoice some weeks later; implants are bought case by case, on the day they are set. Vendors are
invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from housewide.demo.money import stories
from housewide.demo.money.encounters import Encounters
from housewide.demo.operating_rooms import LAST_DAY, days_of
from housewide.demo.stays import rng_for

SUPPLIES, IMPLANTS, DRUGS, SERVICES, AGENCY = 6110, 6115, 6120, 6210, 6030
IMPLANT_VENDORS = ("Corvid Orthopedic Implants", "Tessellate Spine and Trauma", "Larkfield Cardiac Devices")
DUE_AFTER = 30
# Who orders what from whom: place, account, vendor, orders a month, usual price of an order in cents. Together with the
# implants about a fifth of net revenue, as hospitals spend on supplies, drugs and services (HCRIS, worksheet A).
ORDERS = (
    ("MVH-OR", SUPPLIES, "Meridian Surgical Supply", 30, 3_900_000),
    ("MVH-SPD", SUPPLIES, "Clearwater Sterile Products", 8, 900_000),
    ("MVH-ED", SUPPLIES, "Meridian Surgical Supply", 10, 780_000),
    ("MVH-ICU", SUPPLIES, "Meridian Surgical Supply", 8, 690_000),
    ("MVH-STEP", SUPPLIES, "Meridian Surgical Supply", 6, 410_000),
    ("MVH-3E", SUPPLIES, "Halden Medical Distribution", 6, 330_000),
    ("MVH-3W", SUPPLIES, "Halden Medical Distribution", 6, 330_000),
    ("MVH-4E", SUPPLIES, "Halden Medical Distribution", 6, 340_000),
    ("MVH-4W", SUPPLIES, "Halden Medical Distribution", 6, 340_000),
    ("MVH-5E", SUPPLIES, "Halden Medical Distribution", 6, 330_000),
    ("MVH-5W", SUPPLIES, "Halden Medical Distribution", 6, 330_000),
    ("MVH-MB", SUPPLIES, "Halden Medical Distribution", 5, 280_000),
    ("MVH-BH", SUPPLIES, "Halden Medical Distribution", 2, 90_000),
    ("MVH-IMG", SUPPLIES, "Brightline Contrast Supply", 8, 1_150_000),
    ("MVH-LAB", SUPPLIES, "Axiom Reagents", 16, 1_900_000),
    ("MVH-RX", DRUGS, "Old Harbor Wholesale Drug", 22, 8_300_000),
    ("MVH-RX", DRUGS, "Pinnacle Specialty Pharmacy", 6, 6_400_000),
    ("MVH-FIN", SERVICES, "Vantage Ledger Services", 3, 2_600_000),
    ("MVH-REV", SERVICES, "Coldstream Coding and Billing", 4, 4_700_000),
    ("MVH-QUAL", SERVICES, "Registry Abstractors Group", 2, 1_200_000),
    ("MVH-LAB", SERVICES, "Fairmount Reference Laboratory", 4, 3_800_000),
    ("MVH-IMG", SERVICES, "Sonar Equipment Service", 3, 3_100_000),
    ("MVH-IMG", AGENCY, stories.TWICE[2], 4, 2_100_000),
)


@dataclass(frozen=True)
class Purchase:
    """A line of an order with the invoice that bills it. ``place`` ordered, ``posted_to`` is where the invoice went."""

    order: str
    line: int
    place: str
    account: int
    vendor: str
    encounter: int
    received: date
    cents: int
    invoice: str
    invoiced: date
    posted_to: str = field(default="")

    @property
    def due(self) -> date:
        """The payment run by which the invoice is paid: the first Friday on or after its due day."""
        day = self.invoiced + timedelta(days=DUE_AFTER)
        return day + timedelta(days=(4 - day.weekday()) % 7)


def purchases_of(seed: int, of: Encounters, months: list[date]) -> list[Purchase]:
    """Everything received in these months, in the order of receipt."""
    found = [one for month in months for one in _ordered(seed, month)] + _implants(seed, of)
    found += _planted(months)
    return by_receipt(found)


def by_receipt(purchases: list[Purchase]) -> list[Purchase]:
    """What has been received by the demo's last day, in that order."""
    received = (one for one in purchases if one.received <= LAST_DAY)
    return sorted(received, key=lambda one: (one.received, one.order, one.line))


def _ordered(seed: int, month: date) -> list[Purchase]:
    rng = rng_for(seed, "purchases", month)
    days = list(days_of(month))
    found = []
    for kind, (place, account, vendor, orders, usual) in enumerate(ORDERS):
        count = int(rng.poisson(orders * len(days) / 30.4))
        on = rng.integers(0, len(days), count)
        cents = np.rint(usual * np.exp(rng.normal(-0.045, 0.3, count)))
        lags = np.minimum(4 + rng.exponential(11, count), 60)
        for nth, (day, amount, lag) in enumerate(zip(on.tolist(), cents.tolist(), lags.tolist(), strict=True), start=1):
            order = f"PO{month:%y%m}{kind:02d}{nth:03d}"
            bill = f"IN{month:%y%m}{kind:02d}{nth:03d}"
            received = days[day]
            invoiced = received + timedelta(days=int(lag))
            found.append(Purchase(order, 1, place, account, vendor, 0, received, int(amount), bill, invoiced, place))
    return found


def _implants(seed: int, of: Encounters) -> list[Purchase]:
    """Implants set: bought for the case, billed by the vendor for each week together."""
    at = np.flatnonzero(of.implant > 0)
    vendor = np.where(np.isin(of.drg[at], (321, 322)), 2, np.where(np.isin(of.drg[at], (426, 428)), 1, 0))
    lines: dict[tuple[int, date], int] = {}
    found = []
    days = of.arrived[at].astype("datetime64[D]").astype(object)
    rows = zip(of.number[at].tolist(), of.implant[at].tolist(), vendor.tolist(), days, strict=True)
    for number, cents, which, day in sorted(rows, key=lambda row: (row[3], row[0])):
        week = day - timedelta(days=day.weekday())
        line = lines[which, week] = lines.get((which, week), 0) + 1
        name = f"{week:%y%m%d}-{which + 1}"
        lag = int(rng_for(seed, "implant invoices", name).integers(9, 24))
        invoiced = week + timedelta(days=6 + lag)
        found.append(
            Purchase(f"BO{name}", line, "MVH-OR", IMPLANTS, IMPLANT_VENDORS[which], number, day, cents, f"IB{name}",
                     invoiced, "MVH-OR")
        )  # fmt: skip
    return found


def _planted(months: list[date]) -> list[Purchase]:
    """Two purchases that stories are about: one is posted to a place that did not order it, one is accrued twice."""
    ordered, posted, account, vendor, cents = stories.MISPOSTED
    on, twice = stories.MISPOSTED_ON, stories.TWICE_ON
    place, agency, staffing, amount = stories.TWICE
    planted = [
        Purchase("PO2609-SCAN", 1, ordered, account, vendor, 0, on - timedelta(days=7), cents, "IN2609-SCAN", on,
                 posted),
        Purchase("PO2602-TECH", 1, place, agency, staffing, 0, twice - timedelta(days=4), amount, "IN2603-TECH",
                 date(2026, 3, 11), place),
    ]  # fmt: skip
    return [one for one in planted if months[0] <= one.received]
