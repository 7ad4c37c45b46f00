"""What is charged for each stay and visit, summed by department, revenue center and day, and when it is posted.

Charges trail the work: room charges post at midnight, drugs and tests within a day or two, operations and implants
once somebody has closed the case (hospitals commonly hold bills three to five days for such late charges).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from housewide.demo.money import stories
from housewide.demo.money.contracts import surgical_groups
from housewide.demo.money.encounters import END, Encounters
from housewide.demo.stays import Column, Table, rng_for

CENTERS = (
    "room", "emergency", "operating room", "recovery", "implants", "pharmacy", "laboratory", "imaging",
)  # fmt: skip
ROOM, EMERGENCY, OPERATION, RECOVERY, IMPLANTS, PHARMACY, LABORATORY, IMAGING = range(len(CENTERS))
DEPARTMENTS = (
    "MVH-ICU", "MVH-STEP", "MVH-3E", "MVH-3W", "MVH-4E", "MVH-4W", "MVH-5E", "MVH-5W", "MVH-MB", "MVH-BH", "MVH-ED",
    "MVH-OR", "MVH-PACU", "MVH-RX", "MVH-LAB", "MVH-IMG",
)  # fmt: skip
AT = {place: at for at, place in enumerate(DEPARTMENTS)}
# Gross charges of a night, cents. Assumptions; with them the hospital collects about a quarter of its gross charges, as
# community hospitals do (HCRIS worksheet G-3).
ROOM_CHARGE = {"MVH-ICU": 960_000, "MVH-STEP": 560_000, "MVH-MB": 295_000, "MVH-BH": 245_000}
USUAL_ROOM = 345_000
NURSERY_CHARGE = 165_000
IMPLANT_MARKUP = 320  # percent of the vendor's price
# Center, chance on a day of a stay, median charge in cents, spread, department, longest lag to posting in days.
STAY_DAYS = (
    (PHARMACY, 0.24, 410_000, 0.8, "MVH-RX", 2),
    (LABORATORY, 0.24, 290_000, 0.6, "MVH-LAB", 2),
    (IMAGING, 0.10, 560_000, 0.6, "MVH-IMG", 3),
)
VISITS = (
    (EMERGENCY, 1.00, 245_000, 0.55, "MVH-ED", 2),
    (LABORATORY, 0.33, 160_000, 0.5, "MVH-LAB", 2),
    (IMAGING, 0.38, 340_000, 0.6, "MVH-IMG", 3),
    (PHARMACY, 0.22, 48_000, 0.8, "MVH-RX", 2),
)
OUTPATIENTS = (
    (RECOVERY, 1.00, 118_000, 0.3, "MVH-PACU", 3),
    (PHARMACY, 0.42, 61_000, 0.6, "MVH-RX", 2),
)
# Stays with an operation that sets no implant of note, besides those in ``IMPLANTED``.
SURGICAL = (330, 331, 336, 418, 419, 621, 853, 786, 787, 788, 287)
OPERATION_CHARGE = 1_750_000


@dataclass(frozen=True)
class Charges(Table):
    """One entry per sum. ``encounter``: position in the encounters; ``department``, ``center``: positions in
    ``DEPARTMENTS``, ``CENTERS``; ``service``, ``posted`` days; ``cents``, ``quantity`` integers."""

    encounter: Column
    department: Column
    center: Column
    service: Column
    posted: Column
    cents: Column
    quantity: Column


def charges_of(seed: int, of: Encounters, months: list[date]) -> Charges:
    """All charges that are posted by the demo's last day, by encounter; each month of coming has a seed of its own."""
    came = of.arrived.astype("datetime64[M]")
    made = []
    for month in months:
        chosen = np.flatnonzero(came == np.datetime64(month, "M"))
        rng = rng_for(seed, "charges", month)
        made += [_of_stays(rng, of, chosen), _of_visits(rng, of, chosen), _of_operations(rng, of, chosen)]
    charges = _implants_astray(of, Charges.join([one for several in made for one in several]))
    charges = charges.take((charges.posted <= END) & (charges.service <= END))
    return charges.take(np.lexsort((charges.center, charges.service, charges.encounter)))


def _sums(
    rng: np.random.Generator,
    encounter: Column,
    day: Column,
    cents: Column,
    center: int,
    department: Column | int,
    lag: int,
) -> Charges:
    size = len(encounter)
    late = np.minimum(rng.integers(0, lag + 1, size), rng.integers(0, lag + 1, size)) if lag else 0
    return Charges(
        encounter, np.broadcast_to(np.asarray(department, np.int8), size), np.full(size, center, np.int8), day,
        day + np.asarray(late).astype("timedelta64[D]"), cents.astype(np.int64), np.ones(size, np.int16),
    )  # fmt: skip


def _drawn(rng: np.random.Generator, size: int, median: int, spread: float) -> Column:
    """Log-normal charges in whole cents."""
    drawn: Column = np.rint(median * np.exp(rng.normal(0, spread, size))).astype(np.int64)
    return drawn


def _of_stays(rng: np.random.Generator, of: Encounters, chosen: Column) -> list[Charges]:
    """A room charge for every night, and drugs, tests and images on some of the days."""
    chosen = chosen[np.isin(of.kind[chosen], ("inpatient", "observation", "newborn"))]
    first = of.arrived[chosen].astype("datetime64[D]")
    left = of.left[chosen].astype("datetime64[D]")
    nights = np.maximum((np.where(np.isnat(left), END + 1, left) - first).astype(int), 1)
    encounter = np.repeat(chosen, nights)
    nth = np.arange(len(encounter)) - np.repeat(np.cumsum(nights) - nights, nights)
    day = np.repeat(first, nights) + nth
    department = np.array([AT[place] for place in of.place[chosen].tolist()], np.int8)[
        np.repeat(np.arange(len(chosen)), nights)
    ]
    rates = np.array([ROOM_CHARGE.get(place, USUAL_ROOM) for place in DEPARTMENTS])
    baby = of.kind[encounter] == "newborn"
    room = np.where(baby, NURSERY_CHARGE, rates[department])
    made = [_sums(rng, encounter, day, room, ROOM, department, 0)]
    for center, chance, median, spread, place, lag in STAY_DAYS:
        share = np.where(nth == 0, min(1.0, 2 * chance), chance) * np.where(baby, 0.25, 1.0)
        hit = np.flatnonzero(rng.random(len(encounter)) < share)
        made.append(_sums(rng, encounter[hit], day[hit], _drawn(rng, len(hit), median, spread), center, AT[place], lag))
    planned = np.isin(of.service[chosen], ("obstetrics", "newborn", "orthopedics"))
    hit = np.flatnonzero(rng.random(len(chosen)) < np.where(planned, 0.2, 0.8))
    return [*made, _sums(rng, chosen[hit], first[hit], _drawn(rng, len(hit), 390_000, 0.5), EMERGENCY, AT["MVH-ED"], 2)]


def _of_visits(rng: np.random.Generator, of: Encounters, chosen: Column) -> list[Charges]:
    made = []
    for kind, lines in (("ed", VISITS), ("outpatient_surgery", OUTPATIENTS)):
        some = chosen[of.kind[chosen] == kind]
        day = of.arrived[some].astype("datetime64[D]")
        for center, chance, median, spread, place, lag in lines:
            hit = np.flatnonzero(rng.random(len(some)) < chance)
            cents = _drawn(rng, len(hit), median, spread)
            made.append(_sums(rng, some[hit], day[hit], cents, center, AT[place], lag))
    return made


def _of_operations(rng: np.random.Generator, of: Encounters, chosen: Column) -> list[Charges]:
    """Operations, their recovery and their implants, of those who stay and of those who go home."""
    usual = np.array([0, *(one.charge for one in surgical_groups())])
    stays = np.isin(of.drg[chosen], SURGICAL) | ((of.implant[chosen] > 0) & (of.group[chosen] == 0))
    some = chosen[stays | (of.group[chosen] > 0)]
    day = of.arrived[some].astype("datetime64[D]")
    median = np.where(of.group[some] > 0, usual[of.group[some]], OPERATION_CHARGE)
    cents = np.rint(median * np.exp(rng.normal(0, 0.3, len(some)))).astype(np.int64)
    made = [_sums(rng, some, day, cents, OPERATION, AT["MVH-OR"], 4)]
    slept = np.flatnonzero(of.group[some] == 0)
    made.append(_sums(rng, some[slept], day[slept], _drawn(rng, len(slept), 165_000, 0.3), RECOVERY, AT["MVH-PACU"], 3))
    set_in = np.flatnonzero(of.implant[some] > 0)
    sold = of.implant[some[set_in]] * IMPLANT_MARKUP // 100
    return [*made, _sums(rng, some[set_in], day[set_in], sold, IMPLANTS, AT["MVH-OR"], 5)]


def astray(of: Encounters) -> tuple[int, int]:
    """Positions of the encounters of October whose implant charge comes late, and never; -1 where there is none."""
    month = np.datetime64(stories.IMPLANT_MONTH, "M")
    found = np.flatnonzero((of.group == stories.IMPLANT_GROUP) & (of.arrived.astype("datetime64[M]") == month))
    return (int(found[3]), int(found[5])) if len(found) > 5 else (-1, -1)


def _implants_astray(of: Encounters, charges: Charges) -> Charges:
    late, lost = astray(of)
    implants = charges.center == IMPLANTS
    held = implants & (charges.encounter == late)
    charges.posted[held] = charges.service[held] + stories.IMPLANT_LATE_DAYS
    return charges.take(~(implants & (charges.encounter == lost)))
