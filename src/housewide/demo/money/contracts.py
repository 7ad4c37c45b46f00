"""What each payer agreed to pay, and what it pays: the price of a stay or visit in cents, by contract and day.

Two sets of terms give two prices: ``expected``, from the contract as signed, and ``allowed``, from the terms that the
payer has in its system.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from housewide.demo.arrivals import groups
from housewide.demo.money import stories
from housewide.demo.stays import Column

Steps = tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class Payer:
    """A payer and its terms; cents, and shares in basis points. See ``data/payers.toml``."""

    code: str
    title: str
    share: int
    lag: int
    denied: int
    overturned: int
    owed: int
    collected: int
    reserved: int
    weight: Steps = ()
    per_diem: Steps = ()
    surgery: Steps = ()
    inpatient_percent: int = 0
    percent: int = 0
    implants: Steps = ()


@dataclass(frozen=True)
class SurgicalGroup:
    """A group of the fee schedule of outpatient surgery; cents."""

    number: int
    title: str
    share: int
    cents: int
    charge: int
    implant: int


@dataclass(frozen=True)
class Bill:
    """What a price depends on, one entry per bill. ``implants``: the implant part of ``charges``; ``owner``: position
    of the payer in ``payers()``; ``nights`` as the per diem counts them."""

    owner: Column
    kind: Column
    drg: Column
    group: Column
    day: Column
    nights: Column
    charges: Column
    implants: Column


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads((files("housewide.demo") / "data" / "payers.toml").read_text(encoding="utf-8"))


def _steps(said: list[dict[str, Any]], value: str) -> Steps:
    return tuple((one["from"], one[value]) for one in said)


@cache
def payers() -> tuple[Payer, ...]:
    """All payers, in the order of the file."""
    return tuple(_payer(one) for one in _said()["payers"])


def _payer(said: Mapping[str, Any]) -> Payer:
    more = dict(said)
    for key, value in (("weight", "cents"), ("per_diem", "cents"), ("surgery", "share")):
        more[key] = _steps(more.get(key, []), value)
    more["implants"] = ((date(2023, 1, 1), more.get("implants", 0)),)
    return Payer(**more)


def terms_in_use() -> tuple[Payer, ...]:
    """The payers with the terms that they have loaded: one of them missed its last amendment."""
    used = []
    for one in payers():
        if one.code == stories.STALE_PAYER:
            stale = tuple(step for step in one.surgery if step[0] < stories.STALE_FROM)
            one = replace(one, surgery=stale, implants=(*one.implants, (stories.STALE_FROM, 0)))
        used.append(one)
    return tuple(used)


@cache
def surgical_groups() -> tuple[SurgicalGroup, ...]:
    """The groups, by number from 1."""
    return tuple(SurgicalGroup(**one) for one in _said()["surgical_groups"])


def uninsured() -> tuple[int, int]:
    """(discount to people without insurance, share of them who get charity), basis points."""
    return _said()["uninsured_discount"], _said()["charity"]


def prices(bill: Bill, terms: tuple[Payer, ...]) -> Column:
    """Cents allowed per bill; never more than was charged."""
    allowed = np.zeros(len(bill.charges), np.int64)
    for owner, payer in enumerate(terms):
        of = np.flatnonzero(bill.owner == owner)
        some = Bill(*(getattr(bill, name)[of] for name in Bill.__dataclass_fields__))
        if payer.code == "self_pay":
            allowed[of] = share_of(some.charges, 10_000 - uninsured()[0])
            continue
        inpatient, operated = np.isin(some.kind, ("inpatient", "newborn")), some.group > 0
        price = share_of(some.charges, payer.percent)
        price[inpatient] = _stays(some, payer)[inpatient]
        price[operated] = _operations(some, payer)[operated]
        allowed[of] = np.minimum(price, some.charges)
    return allowed


def _stays(some: Bill, payer: Payer) -> Column:
    if payer.weight:
        weights = np.zeros(1000, np.int64)
        weights[list(groups())] = [one.weight for one in groups().values()]
        return (weights[some.drg] * at_day(payer.weight, some.day) + 5_000) // 10_000
    if payer.per_diem:
        return at_day(payer.per_diem, some.day) * np.maximum(some.nights, 1)
    return share_of(some.charges, payer.inpatient_percent)


def _operations(some: Bill, payer: Payer) -> Column:
    return operation_price(some.group, some.day, payer) + implant_price(some.implants, some.day, payer)


def operation_price(group: Column, day: Column, payer: Payer) -> Column:
    """What the fee schedule of the day pays for the operation."""
    rates = np.array([0, *(one.cents for one in surgical_groups())])
    return share_of(rates[group], at_day(payer.surgery, day))


def implant_price(charges: Column, day: Column, payer: Payer) -> Column:
    """What is paid for the implant beside the operation."""
    return share_of(charges, at_day(payer.implants, day))


def share_of(cents: Column, share: Any) -> Column:
    """A share in basis points of amounts, half a cent up."""
    part: Column = (cents * share + 5_000) // 10_000
    return part


def at_day(steps: Steps, day: Column) -> Column:
    """The value in force on each day."""
    starts = np.array([one[0] for one in steps], "datetime64[D]")
    return np.array([one[1] for one in steps], np.int64)[np.searchsorted(starts, day, side="right") - 1]
