"""What Lakeside charges for each visit and operation, and when it is posted.

A visit after an operation carries no charge of its own: the surgeon's fee covers ninety days (42 CFR 414.40). Images
are charged also then. Levels of visits lie near those that Medicare pays orthopedic surgeons for (CMS, Physician
and Other Practitioners by Provider and Service): three for most established patients, four for many new ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from housewide.demo.practice import stories
from housewide.demo.practice.contracts import group_at, groups, plans, prices, terms_in_use
from housewide.demo.practice.visits import CLINIC, SURGERY, THERAPY, Visits, draws
from housewide.demo.stays import Column, Table

IMAGED = {"NEW": 0.60, "FU": 0.30, "POSTOP": 0.42, "PROC": 0.06}  # share of visits with X-rays, assumptions
HIGHER = {"NEW": 0.52, "FU": 0.34}  # share of visits on level four instead of three
INJECTED = 0.58  # of procedures in the office; the others are casts
DRUG_UNITS = 4
LAG = (2, 1, 4)  # longest days from the work to its posting, by kind


@dataclass(frozen=True)
class Charges(Table):
    """One entry per visit and group. ``visit``: position in the visits; ``group``: position in ``groups()``;
    ``service``, ``posted`` days; ``cents`` charged, ``expected`` by the contract and ``allowed`` by the payer."""

    visit: Column
    group: Column
    service: Column
    posted: Column
    quantity: Column
    cents: Column
    expected: Column
    allowed: Column


def charges_of(seed: int, of: Visits) -> tuple[Charges, Charges]:
    """(all charges by visit, all work that was done with what would have been charged for it): they differ by images
    that nobody charged."""
    drawn = draws(seed, "charges", of, 7)
    lines = [*_of_clinic(of, drawn), *_of_therapy(of, drawn), *_of_surgery(of)]
    visit = np.concatenate([at for at, _, _ in lines])
    group = np.concatenate([np.broadcast_to(which, len(at)) for at, which, _ in lines]).astype(np.int8)
    quantity = np.concatenate([np.broadcast_to(many, len(at)) for at, _, many in lines]).astype(np.int64)
    order = np.lexsort((group, visit))
    visit, group, quantity = visit[order], group[order], quantity[order]
    service, owner = of.day[visit], of.payer[visit]
    cents = np.array([one.charge for one in groups()], np.int64)[group] * quantity
    longest = np.array(LAG)[of.kind[visit]]
    lag = np.floor(np.minimum(drawn[visit, 4], drawn[visit, 5]) * (longest + 1)).astype("timedelta64[D]")
    images = group == group_at()["XR"]
    posted = np.where(images & stories.was_late(service), np.datetime64(stories.LATE_POSTED), service + lag)
    done = Charges(
        visit, group, service, posted, quantity, cents, prices(owner, group, quantity, service, cents, plans()),
        prices(owner, group, quantity, service, cents, terms_in_use()),
    )  # fmt: skip
    lost = images & stories.is_uncharged_day(service) & (drawn[visit, 6] < stories.NOT_CHARGED)
    return done.take(~lost), done


Lines = list[tuple[Column, Column | int, Column | int]]  # positions of visits, group, quantity


def _of_clinic(of: Visits, drawn: Column) -> Lines:
    at, clinic = group_at(), of.kind == CLINIC
    found: Lines = []
    for what, code in (("NEW", "EM-NEW"), ("FU", "EM-EST")):
        chosen = np.flatnonzero(clinic & (of.what == what))
        high = drawn[chosen, 0] < HIGHER[what]
        found.append((chosen, np.where(high, at[f"{code}-4"], at[f"{code}-3"]), 1))
    treated = clinic & (of.what == "PROC")
    injected = np.flatnonzero(treated & (drawn[:, 0] < INJECTED))
    found += [(injected, at["INJ"], 1), (injected, at["J3301"], DRUG_UNITS)]
    found.append((np.flatnonzero(treated & (drawn[:, 0] >= INJECTED)), at["CAST"], 1))
    for what, share in IMAGED.items():
        imaged = np.flatnonzero(clinic & (of.what == what) & (drawn[:, 1] < share))
        found.append((imaged, at["XR"], 1 + (drawn[imaged, 2] < 0.28)))
    return found


def _of_therapy(of: Visits, drawn: Column) -> Lines:
    at, therapy = group_at(), of.kind == THERAPY
    first = np.flatnonzero(therapy & (of.what == "EVAL"))
    other = np.flatnonzero(therapy & (of.what == "PT"))
    return [(first, at["PT-EVAL"], 1), (first, at["PT-UNIT"], 2), (other, at["PT-UNIT"], 3 + (drawn[other, 0] < 0.4))]


def _of_surgery(of: Visits) -> Lines:
    operated = np.flatnonzero(of.kind == SURGERY)
    return [(operated, np.array([group_at()[code] for code in of.what[operated].tolist()], np.int8), 1)]
