"""Everybody whom Mercy Valley can bill: stays, visits to the emergency department, and outpatient surgery.

The first two are those of ``movement_files``; outpatient surgery is drawn here, by the month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from housewide.demo.beds import movements
from housewide.demo.emergency import visits
from housewide.demo.money import stories
from housewide.demo.money.contracts import payers, surgical_groups
from housewide.demo.movement_files import accounts
from housewide.demo.operating_rooms import LAST_DAY, days_of, is_workday
from housewide.demo.stays import Column, Table, rng_for
from housewide.demo.surgeons import services, surgeons_of

NEVER = np.datetime64("NaT", "m")
END = np.datetime64(LAST_DAY, "D")
# Inpatient groups in which an implant is set, with the vendor's price in cents. Assumptions within the ranges that
# hospitals report of themselves (hip and knee 4,000 to 8,000 dollars, a spinal construct a multiple of it).
IMPLANTED = {470: 540_000, 521: 460_000, 522: 430_000, 481: 145_000, 482: 130_000, 426: 2_150_000, 428: 1_240_000,
             321: 390_000, 322: 310_000, 355: 62_000}  # fmt: skip
PLACES = {
    "ICU": "MVH-ICU", "STEPDN": "MVH-STEP", "3 EAST": "MVH-3E", "3 WEST": "MVH-3W", "4 EAST": "MVH-4E",
    "4 WEST": "MVH-4W", "5 EAST": "MVH-5E", "5 WEST": "MVH-5W", "MOTHER BABY": "MVH-MB", "BHU": "MVH-BH",
    "EMERGENCY": "MVH-ED", "NURSERY": "MVH-MB",
}  # fmt: skip
OUTPATIENTS_A_DAY = 45.0
SERVICE_OF_GROUP = {1: "medicine", 2: "surgery", 3: "surgery", 4: "surgery", 5: "orthopedics", 6: "orthopedics",
                    7: "orthopedics", 8: "surgery"}  # fmt: skip
# Payers of outpatient surgery; more commercial than the beds. An assumption.
SHARES = {"medicare": 260, "ma_summit": 115, "ma_evergreen": 75, "medicaid": 125, "blue_prairie": 160, "unison": 175,
          "corvane": 55, "workers_comp": 22, "self_pay": 13}  # fmt: skip


@dataclass(frozen=True)
class Encounters(Table):
    """``number``, ``patient`` int64; ``kind``: inpatient, observation, newborn, ed (treated and sent home) or
    outpatient_surgery; ``drg`` 0 where there is none; ``arrived``, ``left`` minutes, the latter NaT while here;
    ``group`` of the surgical fee schedule, 0 where none; ``implant`` what the vendor asks for it, cents."""

    number: Column
    patient: Column
    kind: Column
    service: Column
    drg: Column
    payer: Column
    arrived: Column
    left: Column
    place: Column
    group: Column
    surgeon: Column
    implant: Column


def house_encounters(seed: int, months: list[date]) -> Encounters:
    """Everybody who came in these months, in the order of coming."""
    of = accounts(movements(seed, LAST_DAY))
    came = of.stays.arrived.astype("datetime64[M]")
    chosen = (came >= np.datetime64(months[0], "M")) & (came <= np.datetime64(months[-1], "M"))
    stays, unit, here = of.stays.take(chosen), of.unit[chosen], of.is_here[chosen]
    place = np.array([PLACES[one] for one in unit.tolist()], "U12")
    left = np.where(here, NEVER, stays.left)
    size = len(stays)
    joined = [
        Encounters(
            stays.number, stays.patient, stays.kind.astype("U18"), stays.line.astype("U16"), stays.drg,
            stays.payer.astype("U16"), stays.arrived, left, place, np.zeros(size, np.int8), np.full(size, "", "U32"),
            _implants(seed, stays.drg, stays.arrived),
        )
    ]  # fmt: skip
    for month in months:
        joined += [_visits(seed, month), outpatient_surgery(seed, month)]
    return Encounters.join(joined)


def by_month(seed: int, step: str, day: Column, draw: Callable[[np.random.Generator, int], Column]) -> Column:
    """What is drawn for entries, each month of them with a seed of its own, so that none depends on the others."""
    month = day.astype("datetime64[M]")
    found = np.zeros(len(day))
    for one in np.unique(month):
        at = np.flatnonzero(month == one)
        found[at] = draw(rng_for(seed, step, one), len(at))
    return found


def _implants(seed: int, drg: Column, day: Column) -> Column:
    """What the vendor asked for the implant of each stay: about the usual price of its group."""
    usual = np.zeros(1000, np.int64)
    usual[list(IMPLANTED)] = list(IMPLANTED.values())
    spread = by_month(seed, "inpatient implants", day, lambda rng, size: np.exp(rng.normal(0, 0.22, size)))
    priced: Column = np.rint(usual[drg] * spread).astype(np.int64)
    return priced


def _about(rng: np.random.Generator, cents: Column, spread: float) -> Column:
    """Log-normal amounts about these, in whole cents."""
    about: Column = np.rint(cents * np.exp(rng.normal(0, spread, len(cents)))).astype(np.int64)
    return about


def _visits(seed: int, month: date) -> Encounters:
    seen = visits(seed, month)
    seen = seen.take((seen.left < END.astype("datetime64[m]") + 1440) & (seen.disposition != "left unseen"))
    size = len(seen)
    return Encounters(
        seen.number, seen.patient, np.full(size, "ed", "U18"), seen.line.astype("U16"), seen.drg,
        seen.payer.astype("U16"), seen.arrived, seen.left, np.full(size, "MVH-ED", "U12"), np.zeros(size, np.int8),
        np.full(size, "", "U32"), np.zeros(size, np.int64),
    )  # fmt: skip


@cache
def _operators() -> dict[str, list[str]]:
    """Surgeons by the service of ours that their groups belong to."""
    others = [service for service in services() if service != "Orthopedics"]
    return {
        "orthopedics": [one.name for one in surgeons_of("Orthopedics")],
        "surgery": [one.name for service in others for one in surgeons_of(service)],
    }


def outpatient_surgery(seed: int, month: date) -> Encounters:
    """Operations of a month after which the patient goes home the same day."""
    rng = rng_for(seed, "outpatient surgery", month)
    open_days = [day for day in days_of(month) if is_workday(day)]
    expected = OUTPATIENTS_A_DAY * stories.outpatient_volume(month)
    count = rng.poisson(expected, len(open_days))
    day = np.repeat(np.array(open_days, "datetime64[D]"), count)
    size = len(day)
    groups = surgical_groups()
    shares = np.array([one.share for one in groups], float)
    group = rng.choice([one.number for one in groups], size, p=shares / shares.sum()).astype(np.int8)
    service = np.array([SERVICE_OF_GROUP[int(one)] for one in group], "U16")
    mix = np.array([SHARES[one.code] for one in payers()], float) * stories.mix_factors(month, payers())
    payer = rng.choice([one.code for one in payers()], size, p=mix / mix.sum()).astype("U16")
    arrived = day.astype("datetime64[m]") + rng.integers(6 * 60, 14 * 60, size)
    usual = np.array([0, *(one.implant for one in groups)])[group]
    return Encounters(
        number=_numbers(day),
        patient=60_000_000 + (month.year * 12 + month.month) * 2_000 % 9_000_000 + np.arange(size),
        kind=np.full(size, "outpatient_surgery", "U18"), service=service, drg=np.zeros(size, np.int16), payer=payer,
        arrived=arrived, left=arrived + rng.integers(150, 520, size), place=np.full(size, "MVH-OR", "U12"), group=group,
        surgeon=_surgeons(rng, day, group), implant=_about(rng, usual, 0.25),
    )  # fmt: skip


def _numbers(day: Column) -> Column:
    """Numbers of the day from 7001 on; the emergency department counts from 5001, stays from 1."""
    first = np.searchsorted(day, day, side="left")
    whole = np.array([int(f"{one:%y%m%d}") for one in day.astype(object)], np.int64)
    return whole * 10_000 + 7_001 + np.arange(len(day)) - first


def _surgeons(rng: np.random.Generator, day: Column, group: Column) -> Column:
    """Who operated: the new surgeon takes a share of the orthopedic cases from the first day on; endoscopists are not
    named in the operating-room files and stay blank."""
    drawn = rng.random(len(day))
    named = np.full(len(day), "", "U32")
    for service, numbers in (("orthopedics", (5, 6, 7)), ("surgery", (2, 3, 4, 8))):
        of = np.isin(group, numbers)
        who = np.array(_operators()[service])
        named[of] = who[(drawn[of] * len(who)).astype(int)]
    new = np.isin(group, (5, 6, 7)) & (day >= np.datetime64(stories.NEW_SURGEON_FROM)) & (rng.random(len(day)) < 0.28)
    named[new] = stories.NEW_SURGEON
    return named


def before(month: date, months: int) -> date:
    """First day of the month so many months earlier."""
    for _ in range(months):
        month = (month - timedelta(days=1)).replace(day=1)
    return month
