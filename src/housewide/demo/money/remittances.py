"""What payers and patients answer: payments, adjustments and denials, what is appealed and what is given up.

Every bill ends at nothing: charges = payments + contractual adjustments + charity + what is written off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from housewide.demo.money import stories
from housewide.demo.money.claims import Claims
from housewide.demo.money.contracts import payers, share_of, uninsured
from housewide.demo.money.encounters import END, Encounters
from housewide.demo.stays import Column, Table, rng_for

KINDS = (
    "payment", "contractual", "denial", "patient_responsibility", "patient_payment", "charity", "write_off",
    "denial_write_off",
)  # fmt: skip
PAYMENT, CONTRACTUAL, DENIAL, OWED, PATIENT_PAYMENT, CHARITY, WRITE_OFF, DENIAL_WRITE_OFF = range(len(KINDS))
BY_PATIENTS = (PATIENT_PAYMENT, CHARITY, WRITE_OFF)
# Reasons of initial denials (claim adjustment reason codes by number) with their shares: missing or wrong information
# leads, authorization follows, as in Change Healthcare's denials index of 2022; the shares themselves are assumptions.
REASONS = ("16", "197", "252", "50", "109", "97", "29")
REASON_SHARES = (0.27, 0.21, 0.15, 0.10, 0.12, 0.10, 0.05)
GIVEN_UP_AFTER = 30  # days from a lost appeal to its write-off
WRITTEN_OFF_AFTER = 120  # days from the first statement; 26 CFR 1.501(r)-6 asks for as many before collection


@dataclass(frozen=True)
class Answers(Table):
    """One entry per line. ``claim``: position in the claims; ``kind``: position in ``KINDS``; ``cents``; ``released``:
    by how much the line uses up the allowance for contracts that was made for its bill."""

    claim: Column
    day: Column
    kind: Column
    cents: Column
    group: Column
    reason: Column
    released: Column


def answers_to(seed: int, of: Encounters, claims: Claims, months: list[date]) -> Answers:
    """All lines posted by the demo's last day, in the order of posting."""
    billed = claims.day.astype("datetime64[M]")
    made = []
    for month in months:
        at = np.flatnonzero(billed == np.datetime64(month, "M"))
        if len(at):
            made.append(_of_month(seed, of, claims, month, at))
    found = Answers.join(made)
    found = Answers.join([found, _taken_back(claims, found)])
    found = found.take((found.day <= END) & (found.cents != 0))
    return found.take(np.lexsort((found.kind, found.claim, claims.owner[found.claim], found.day)))


def _term(name: str, owner: Column) -> Column:
    return np.array([getattr(one, name) for one in payers()], np.int64)[owner]


def _weekday(day: Column) -> Column:
    """Banks and payers post on workdays: a weekend's items come on Monday."""
    found: Column = np.busday_offset(day, 0, roll="forward")
    return found


def _later(day: Column, days: Column) -> Column:
    return _weekday(day + np.rint(days).astype("timedelta64[D]"))


def _lines(
    claim: Column,
    day: Column,
    kind: int,
    cents: Column,
    group: str = "",
    reason: Any = "",
    released: Column | None = None,
) -> Answers:
    size = len(claim)
    return Answers(
        claim, day, np.full(size, kind, np.int8), cents, np.full(size, group, "U2"),
        np.broadcast_to(np.asarray(reason, "U4"), size), np.zeros(size, np.int64) if released is None else released,
    )  # fmt: skip


def _of_month(seed: int, of: Encounters, claims: Claims, month: date, at: Column) -> Answers:
    """Everything that will ever be said to the bills of a month."""
    rng = rng_for(seed, "remittances", month)
    owner = claims.owner[at]
    alone = owner == [one.code for one in payers()].index("self_pay")
    size = len(at)
    answered = _later(claims.day[at], np.maximum(_term("lag", owner) * np.exp(rng.normal(0, 0.28, size)), 13))
    denied = rng.random(size) < _term("denied", owner) / 10_000
    won = rng.random(size) < _term("overturned", owner) / 10_000
    reason = rng.choice(np.array(REASONS, "U4"), size, p=REASON_SHARES)
    locked = _not_enrolled(of, claims, at)
    denied, won = denied | locked, won & ~locked
    reason[locked] = stories.NOT_ENROLLED
    settled = _later(answered, 28 + rng.exponential(24, size))
    said, no = np.flatnonzero(~alone & (~denied | won)), np.flatnonzero(~alone & denied)
    lost = np.flatnonzero(~alone & denied & ~won & ~locked)
    paid_on = np.where(denied, settled, answered)
    made = [_lines(at[no], answered[no], DENIAL, claims.charges[at[no]], "CO", reason[no])]
    made += _allowed(rng, claims, at[said], paid_on[said])
    kept = claims.charges[at[lost]] - claims.expected[at[lost]]
    given_up = _later(settled[lost], np.full(len(lost), GIVEN_UP_AFTER))
    made.append(_lines(at[lost], given_up, DENIAL_WRITE_OFF, claims.charges[at[lost]], "CO", reason[lost], kept))
    return Answers.join(made + _uninsured(rng, claims, at[alone]))


def _not_enrolled(of: Encounters, claims: Claims, at: Column) -> Column:
    locked: Column = of.surgeon[claims.encounter[at]] == stories.NEW_SURGEON
    locked &= np.array([one.code for one in payers()])[claims.owner[at]] == stories.NOT_ENROLLED_WITH
    return locked


def _allowed(rng: np.random.Generator, claims: Claims, at: Column, day: Column) -> list[Answers]:
    """A bill that is paid: the payment, what the contract takes off, and what the patient owes and pays or not."""
    allowed, owner, size = claims.allowed[at], claims.owner[at], len(at)
    asked = np.where(rng.random(size) < 0.6, rng.uniform(0.3, 3.0, size) * _term("owed", owner), 0).astype(np.int64)
    owed = share_of(allowed, np.minimum(asked, 9_000))
    off = claims.charges[at] - allowed
    made = [
        _lines(at, day, PAYMENT, allowed - owed),
        _lines(at, day, CONTRACTUAL, off, "CO", "45", claims.charges[at] - claims.expected[at]),
    ]
    owing = np.flatnonzero(owed > 0)
    why = rng.choice(np.array(["1", "2", "3"], "U4"), len(owing), p=(0.45, 0.40, 0.15))
    made.append(_lines(at[owing], day[owing], OWED, owed[owing], "PR", why))
    return made + _from_patients(rng, claims, at[owing], day[owing], owed[owing])


def _from_patients(rng: np.random.Generator, claims: Claims, at: Column, day: Column, owed: Column) -> list[Answers]:
    owner = claims.owner[at]
    share = _term("collected", owner) / 10_000
    thin = np.isin(np.array([one.code for one in payers()])[owner], stories.THIN_PAYERS)
    share = np.where(thin & (day >= np.datetime64(stories.THIN_FROM)), share * stories.THIN_FACTOR, share)
    pays = rng.random(len(at)) < share
    when = _later(day, np.minimum(18 + rng.exponential(26, len(at)), WRITTEN_OFF_AFTER - 5))
    gone = _later(day, np.full(len(at), WRITTEN_OFF_AFTER))
    return [
        _lines(at[pays], when[pays], PATIENT_PAYMENT, owed[pays]),
        _lines(at[~pays], gone[~pays], WRITE_OFF, owed[~pays]),
    ]


def _uninsured(rng: np.random.Generator, claims: Claims, at: Column) -> list[Answers]:
    """People without insurance get the discount on the first statement; some get charity, few of the others pay."""
    rest, day = claims.expected[at], claims.day[at]
    off = claims.charges[at] - rest
    poor = rng.random(len(at)) < uninsured()[1] / 10_000
    other = ~poor
    return [
        _lines(at, day, CONTRACTUAL, off, "", "", off),
        _lines(at[poor], _later(day[poor], np.full(int(poor.sum()), 9)), CHARITY, rest[poor]),
        _lines(at[other], day[other], OWED, rest[other]),
        *_from_patients(rng, claims, at[other], day[other], rest[other]),
    ]


def _taken_back(claims: Claims, found: Answers) -> Answers:
    """Payers recoup what they paid too much for bills that were corrected."""
    day = np.datetime64(stories.CORRECTED_ON)
    paid = found.claim[(found.kind == PAYMENT) & (found.day < day) & (claims.corrected[found.claim] > 0)]
    paid = paid[claims.allowed[paid] == claims.expected[paid]]
    back = claims.expected[paid] - claims.corrected[paid]
    when = np.full(len(paid), day)
    lines: Sequence[Answers] = [
        _lines(paid, when, PAYMENT, -back),
        _lines(paid, when, CONTRACTUAL, back, "CO", "45", back),
    ]
    return Answers.join(lines)


def recouped(found: Answers) -> Column:
    """Positions of the bills of which a part was taken back."""
    claims: Column = found.claim[(found.kind == PAYMENT) & (found.cents < 0)]
    return claims


def balances(claims: Claims, found: Answers) -> Column:
    """What is still owed on each bill, by payer or patient; cents."""
    reduces = np.isin(found.kind, (PAYMENT, CONTRACTUAL, PATIENT_PAYMENT, CHARITY, WRITE_OFF, DENIAL_WRITE_OFF))
    left = claims.charges.copy()
    np.subtract.at(left, found.claim[reduces], found.cents[reduces])
    return left


def states(claims: Claims, found: Answers) -> Column:
    """Where each bill stands on the demo's last day: open, denied, paid or closed."""
    kind = np.full(len(claims), "open", "U6")
    for of, word in ((DENIAL, "denied"), (PAYMENT, "paid")):
        kind[found.claim[found.kind == of]] = word
    kind[balances(claims, found) == 0] = "closed"
    return kind
