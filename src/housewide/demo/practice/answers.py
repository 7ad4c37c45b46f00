"""What payers and patients answer to Lakeside's bills: copays at the desk, payments, denials, balances paid or not.

Every bill ends at nothing: charges = payments + contractual adjustments + what patients pay + what is written off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from housewide.demo.money.contracts import share_of
from housewide.demo.money.remittances import (
    CHARITY,
    CONTRACTUAL,
    DENIAL,
    DENIAL_WRITE_OFF,
    OWED,
    PATIENT_PAYMENT,
    PAYMENT,
    WRITE_OFF,
    Answers,
)
from housewide.demo.practice import stories
from housewide.demo.practice.claims import Claims
from housewide.demo.practice.contracts import position, term
from housewide.demo.practice.visits import Visits, draws
from housewide.demo.stays import Column

# Reasons of initial denials (claim adjustment reason codes by number): wrong or missing information leads, eligibility
# and authorization follow (MGMA's polls and Change Healthcare's denials index of 2022); the shares are assumptions.
REASONS = ("16", "27", "97", "50", "29", "197")
ELIGIBILITY = "27"
REASON_SHARES = (0.36, 0.24, 0.16, 0.12, 0.08, 0.04)
GIVEN_UP_AFTER = 24  # days from a denial that is not appealed to its write-off
WRITTEN_OFF_AFTER = 120  # days from the first statement
SPREAD = 0.25  # of the logarithm of days to an answer
REDUCING = (PAYMENT, CONTRACTUAL, PATIENT_PAYMENT, CHARITY, WRITE_OFF, DENIAL_WRITE_OFF)


def answers_to(seed: int, of: Visits, claims: Claims) -> Answers:
    """Everything that will ever be said to these bills, in the order of posting; days still to come with it."""
    drawn = draws(seed, "answers", of, 14)[claims.visit]
    owner, service = claims.owner, claims.service
    alone = owner == position("self_pay")
    at_desk = (claims.copay > 0) & (drawn[:, 0] < stories.copays_asked(service))
    answered = _later(claims.day, np.maximum(term("lag", owner) * np.exp(SPREAD * _normal(drawn[:, 1:3])), 10))
    uncovered = ~of.authorized[claims.visit] & ~alone
    denied = ~alone & ((drawn[:, 3] < term("denied", owner) / 10_000) | uncovered)
    won = denied & (drawn[:, 4] < term("overturned", owner) / 10_000) & ~uncovered
    places = np.searchsorted(np.cumsum(REASON_SHARES)[:-1], drawn[:, 5], side="right")
    reason = np.where(uncovered, stories.NO_AUTHORIZATION, np.array(REASONS, "U4")[places])
    settled = np.where(denied, _later(answered, 14 + _exponential(drawn[:, 6], 20)), answered)
    no, lost, desk = np.flatnonzero(denied), np.flatnonzero(denied & ~won), np.flatnonzero(at_desk)
    given_up = _later(answered[lost], np.full(len(lost), GIVEN_UP_AFTER))
    back = at_desk[lost]
    made = [
        _lines(desk, service[desk], PATIENT_PAYMENT, claims.copay[desk]),
        _lines(no, answered[no], DENIAL, claims.charges[no], "CO", reason[no]),
        _lines(lost, given_up, DENIAL_WRITE_OFF, claims.charges[lost], "CO", reason[lost], _off(claims, lost)),
        _lines(lost[back], given_up[back], PATIENT_PAYMENT, -claims.copay[lost[back]]),
        *_allowed(claims, np.flatnonzero(~alone & (~denied | won)), settled, at_desk, drawn),
        *_uninsured(claims, np.flatnonzero(alone), drawn),
    ]
    found = Answers.join(made)
    found = found.take(found.cents != 0)
    return found.take(np.lexsort((found.kind, found.claim, found.day)))


def _off(claims: Claims, at: Column) -> Column:
    """What the contract takes off each bill."""
    off: Column = claims.charges[at] - claims.expected[at]
    return off


def _normal(drawn: Column) -> Column:
    """Normal numbers from pairs of uniform ones (Box and Muller)."""
    made: Column = np.sqrt(-2 * np.log1p(-drawn[:, 0])) * np.cos(2 * np.pi * drawn[:, 1])
    return made


def _exponential(drawn: Column, mean: float) -> Column:
    made: Column = -mean * np.log1p(-drawn)
    return made


def _later(day: Column, days: Column) -> Column:
    """So many days later, on a workday."""
    on = (day + np.rint(days).astype("timedelta64[D]")).astype("datetime64[D]")
    moved: Column = np.busday_offset(on, 0, roll="forward")
    return moved


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
        claim, day.astype("datetime64[D]"), np.full(size, kind, np.int8), cents, np.full(size, group, "U2"),
        np.broadcast_to(np.asarray(reason, "U4"), size), np.zeros(size, np.int64) if released is None else released,
    )  # fmt: skip


def _allowed(claims: Claims, at: Column, settled: Column, at_desk: Column, drawn: Column) -> list[Answers]:
    """A bill that is paid: the payment, what the contract takes off, the copay and what else the patient owes."""
    allowed, owner, copay, day = claims.allowed[at], claims.owner[at], claims.copay[at], settled[at]
    owes = drawn[at, 7] < term("owes", owner) / 10_000
    share = np.minimum(drawn[at, 8] * 2 * term("owed", owner), 10_000).astype(np.int64)
    more = np.where(owes, share_of(allowed - copay, share), 0)
    why = np.where(drawn[at, 9] < 0.5, "1", "2")
    balance = more + np.where(at_desk[at], 0, copay)
    return [
        _lines(at, day, PAYMENT, allowed - copay - more),
        _lines(at, day, CONTRACTUAL, claims.charges[at] - allowed, "CO", "45", _off(claims, at)),
        _lines(at, day, OWED, copay, "PR", "3"),
        _lines(at, day, OWED, more, "PR", why),
        *_balances(at, owner, day, balance, drawn),
    ]


def _balances(at: Column, owner: Column, day: Column, cents: Column, drawn: Column) -> list[Answers]:
    """What is sent to patients comes in some weeks later, or is written off."""
    pays = drawn[at, 10] < term("collected", owner) / 10_000
    when = _later(day, np.minimum(15 + _exponential(drawn[at, 11], 25), WRITTEN_OFF_AFTER - 5))
    gone = _later(day, np.full(len(at), WRITTEN_OFF_AFTER))
    return [
        _lines(at[pays], when[pays], PATIENT_PAYMENT, cents[pays]),
        _lines(at[~pays], gone[~pays], WRITE_OFF, cents[~pays]),
    ]


def _uninsured(claims: Claims, at: Column, drawn: Column) -> list[Answers]:
    """People without insurance get the discount on the first statement."""
    day, rest = claims.day[at], claims.expected[at]
    return [
        _lines(at, day, CONTRACTUAL, _off(claims, at), "", "", _off(claims, at)),
        _lines(at, day, OWED, rest, "PR"),
        *_balances(at, claims.owner[at], day, rest, drawn),
    ]


def balances(claims: Claims, found: Answers) -> Column:
    """What is still owed on each bill; cents."""
    reduces = np.isin(found.kind, REDUCING)
    left = claims.charges.copy()
    np.subtract.at(left, found.claim[reduces], found.cents[reduces])
    return left


def states(claims: Claims, found: Answers) -> Column:
    """Where each bill stands after these answers: open, denied, paid or closed."""
    kind = np.full(len(claims), "open", "U6")
    for of, word in ((DENIAL, "denied"), (PAYMENT, "paid")):
        kind[found.claim[found.kind == of]] = word
    kind[balances(claims, found) == 0] = "closed"
    return kind
