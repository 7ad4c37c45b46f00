"""Lakeside's bills: one for every visit or operation with a charge, sent once its charges are in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from housewide.demo.practice.charges import Charges
from housewide.demo.practice.contracts import term
from housewide.demo.practice.visits import CLINIC, SURGERY, THERAPY, Visits, draws
from housewide.demo.stays import Column, Table

HOLD = (1, 1, 3)  # days after the last charge before a bill goes, by kind


@dataclass(frozen=True)
class Claims(Table):
    """One entry per bill, also those that are still to be sent. ``visit``: position in the visits; ``owner``: position
    in ``plans()``; ``day`` of billing; cents: ``charges``, ``expected``, ``allowed``, and the ``copay`` that was due at
    the desk."""

    visit: Column
    owner: Column
    service: Column
    day: Column
    charges: Column
    expected: Column
    allowed: Column
    copay: Column


def claims_of(seed: int, of: Visits, charges: Charges) -> Claims:
    """The bills in the order of the visits. Only a visit with an examination or treatment carries a copay."""
    visit, first = np.unique(charges.visit, return_index=True)
    owner, kind, service = of.payer[visit], of.kind[visit], of.day[visit]
    total, expected, allowed = (
        np.add.reduceat(column, first) for column in (charges.cents, charges.expected, charges.allowed)
    )
    posted = np.maximum.reduceat(charges.posted, first)
    coded = np.floor(draws(seed, "coding", of, 1)[visit, 0] ** 2 * 4) + np.array(HOLD)[kind]
    day = np.busday_offset((posted + coded.astype("timedelta64[D]")).astype("datetime64[D]"), 0, roll="forward")
    copay = np.where(kind == THERAPY, term("therapy_copay", owner), term("copay", owner))
    none = (kind == SURGERY) | ((kind == CLINIC) & (of.what[visit] == "POSTOP"))
    copay = np.minimum(np.where(none, 0, copay), allowed)
    return Claims(visit, owner, service, day, total, expected, allowed, copay)
