"""What Lakeside charges for its work, what each payer agreed to pay for it, and what it pays.

Fees are shares of Medicare's, by contract and day of service. As at the hospital two sets of terms give two prices:
``expected``, from the contract as signed, and ``allowed``, from the terms that the payer has in its system.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from housewide.demo.money.contracts import Steps, at_day, share_of
from housewide.demo.practice import stories
from housewide.demo.stays import Column, rng_for

PATIENTS = 5_200  # as many as ``clinic`` draws from


@dataclass(frozen=True)
class Plan:
    """A payer and its terms; see ``data/practice.toml``. ``printed``: its code in the practice's own system."""

    code: str
    printed: str
    share: int
    copay: int
    therapy_copay: int
    authorization: bool
    lag: int
    denied: int
    overturned: int
    owes: int
    owed: int
    collected: int
    percent: Steps = ()
    therapy: Steps = ()


@dataclass(frozen=True)
class Group:
    """Work of one kind and price; ``operation``: the procedure of the hospital's log that it stands for."""

    code: str
    place: str
    account: int
    medicare: int
    charge: int
    operation: str = ""


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads((files("housewide.demo") / "data" / "practice.toml").read_text(encoding="utf-8"))


def _steps(said: list[dict[str, Any]]) -> Steps:
    return tuple((one["from"], one["share"]) for one in said)


@cache
def plans() -> tuple[Plan, ...]:
    """All payers, in the order of the file."""
    return tuple(
        Plan(**{**one, "percent": _steps(one.get("percent", [])), "therapy": _steps(one.get("therapy", []))})
        for one in _said()["payers"]
    )


@cache
def groups() -> tuple[Group, ...]:
    """Everything that is charged, in the order of the file."""
    return tuple(Group(**one) for one in _said()["groups"])


@cache
def group_at() -> dict[str, int]:
    """Position of each group by its code."""
    return {one.code: at for at, one in enumerate(groups())}


def position(code: str) -> int:
    """Position of a payer."""
    return [one.code for one in plans()].index(code)


def term(name: str, owner: Column) -> Column:
    """A term of the payer of each entry."""
    return np.array([getattr(one, name) for one in plans()], np.int64)[owner]


def terms_in_use() -> tuple[Plan, ...]:
    """The payers with the terms that they have loaded: one of them missed its amendment for therapy."""
    used = []
    for one in plans():
        if one.code == stories.OLD_RATE_PAYER:
            one = replace(one, therapy=tuple(step for step in one.therapy if step[0] < stories.OLD_RATE_FROM))
        used.append(one)
    return tuple(used)


def prices(
    owner: Column, group: Column, quantity: Column, day: Column, charged: Column, terms: tuple[Plan, ...]
) -> Column:
    """Cents that each piece of work is allowed; never more than was charged."""
    fee = np.array([one.medicare for one in groups()], np.int64)[group] * quantity
    fee = share_of(fee, at_day(_steps(_said()["conversion"]), day))
    of_therapy = np.array([one.place == "LKO-PT" for one in groups()])[group]
    allowed = np.zeros(len(owner), np.int64)
    for at, plan in enumerate(terms):
        if not plan.percent:
            discounted = share_of(charged, 10_000 - _said()["uninsured_discount"])
            allowed = np.where(owner == at, discounted, allowed)
            continue
        share = at_day(plan.percent, day)
        if plan.therapy:
            share = np.where(of_therapy, at_day(plan.therapy, day), share)
        allowed = np.where(owner == at, np.minimum(share_of(fee, share), charged), allowed)
    return allowed


@cache
def _enrolled(seed: int) -> tuple[Column, Column]:
    shares = np.array([one.share for one in plans()], float)
    rng = rng_for(seed, "practice patients")
    return rng.choice(len(shares), PATIENTS, p=shares / shares.sum()).astype(np.int8), rng.random(PATIENTS)


def payer_of(seed: int, patient: Column, day: Column) -> Column:
    """Position of the payer of each patient (by number, from 0) on each day: people keep their plan, but for those
    whose employer chose another."""
    usual, drawn = _enrolled(seed)
    payer = usual[patient % PATIENTS]
    left = np.isin(payer, [position(code) for code in stories.EMPLOYER_LEFT])
    moved = left & (drawn[patient % PATIENTS] < stories.EMPLOYER_SHARE)
    moved &= day >= np.datetime64(stories.EMPLOYER_MOVED_ON)
    return np.where(moved, position(stories.EMPLOYER_CHOSE), payer).astype(np.int8)
