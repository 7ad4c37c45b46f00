"""Everybody whom Lakeside can bill for: visits to the clinic, sessions of therapy, and operations at Mercy Valley.

Visits are the completed appointments of ``clinic``; operations are the cases of Lakeside's surgeons in the hospital's
operating-room log that were not canceled, under the hospital's case number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from housewide.demo.clinic import appointment_rows
from housewide.demo.operating_rooms import is_workday
from housewide.demo.practice.contracts import groups, payer_of
from housewide.demo.practice.therapy import THERAPISTS, Sessions
from housewide.demo.schedule import schedule_day
from housewide.demo.stays import Column, Table, rng_for

CLINIC, THERAPY, SURGERY = range(3)
SERVICES = ("orthopedics", "therapy", "surgery")
PLACES = ("LKO-CLINIC", "LKO-PT", "LKO-CLINIC")
PRACTICE = "LKO"


@dataclass(frozen=True)
class Visits(Table):
    """One entry per visit or operation, by day. ``number``: the account's; ``kind``: position in ``SERVICES``;
    ``patient`` as printed; ``payer``: position in ``plans()``; ``what``: the kind of appointment, EVAL or PT, or the
    group of the operation; ``arrived``, ``left`` minutes; ``authorized`` as in ``therapy``."""

    number: Column
    kind: Column
    day: Column
    patient: Column
    payer: Column
    what: Column
    provider: Column
    arrived: Column
    left: Column
    authorized: Column


def visits_of(seed: int, first: date, until: date, sessions: Sessions) -> Visits:
    """Everybody seen between two days, in the order of days and kinds."""
    seen = sessions.take((sessions.day >= np.datetime64(first)) & (sessions.day <= np.datetime64(until)))
    rows, cases = _completed(seed, first, until), _operated(seed, first, until)
    every = Visits.join([_of_clinic(seed, rows), _of_therapy(seen), _of_surgery(seed, cases)])
    return every.take(np.lexsort((every.number, every.kind, every.day)))


def draws(seed: int, step: str, of: Visits, columns: int) -> Column:
    """Random numbers in rows, one row for a visit: a stream per kind and month, so that neither another month nor a
    day more changes those of a visit."""
    found = np.zeros((len(of), columns))
    month = of.day.astype("datetime64[M]")
    for kind in range(len(SERVICES)):
        for one in np.unique(month[of.kind == kind]):
            at = np.flatnonzero((of.kind == kind) & (month == one))
            found[at] = rng_for(seed, f"practice {step}", kind, one).random((len(at), columns))
    return found


@cache
def _completed(seed: int, first: date, until: date) -> list[tuple[str, ...]]:
    days = [first + timedelta(days=at) for at in range((until - first).days + 1)]
    return [row for day in days for row in appointment_rows(seed, day) if row[6] == "Completed"]


@cache
def _operated(seed: int, first: date, until: date) -> list[tuple[date, str, str, str, str]]:
    """(day, case number, surgeon, procedure, patient) of what Lakeside's surgeons did at the hospital."""
    days = [first + timedelta(days=at) for at in range((until - first).days + 1)]
    return [
        (day, case.number, case.surgeon.name, case.procedure.name, case.patient)
        for day in days
        for case in schedule_day(seed, "MVH", day, is_workday(day)).cases
        if case.surgeon.practice == PRACTICE and not case.cancel_reason
    ]


def _stamps(texts: list[str]) -> Column:
    """11/03/2024 07:30 -> minutes."""
    iso = [f"{one[6:10]}-{one[:2]}-{one[3:5]}T{one[11:]}" for one in texts]
    return np.array(iso, "datetime64[m]")


def _of_clinic(seed: int, rows: list[tuple[str, ...]]) -> Visits:
    arrived, left = _stamps([row[7] for row in rows]), _stamps([row[9] for row in rows])
    day = _stamps([f"{row[1]} 00:00" for row in rows]).astype("datetime64[D]")
    patient = np.array([int(row[10][2:]) for row in rows], np.int64)
    return Visits(
        np.array([f"V{row[0]}" for row in rows], "U12"), np.full(len(rows), CLINIC, np.int8), day,
        np.array([row[10] for row in rows], "U9"), payer_of(seed, patient, day),
        np.array([row[4] for row in rows], "U8"), np.array([row[3] for row in rows], "U32"), arrived, left,
        np.ones(len(rows), bool),
    )  # fmt: skip


def _of_therapy(seen: Sessions) -> Visits:
    size = len(seen)
    nth = np.arange(size) - np.searchsorted(seen.day, seen.day, side="left") + 1
    days = [f"{one:%y%m%d}" for one in seen.day.astype(object).tolist()]
    arrived = seen.day.astype("datetime64[m]") + seen.minute
    return Visits(
        np.array([f"T{day}{at:03d}" for day, at in zip(days, nth.tolist(), strict=True)], "U12"),
        np.full(size, THERAPY, np.int8), seen.day, np.array([f"LK{one:06d}" for one in seen.patient.tolist()], "U9"),
        seen.payer, np.where(seen.nth == 0, "EVAL", "PT").astype("U8"),
        np.array(THERAPISTS, "U32")[seen.therapist], arrived, arrived + 50, seen.authorized,
    )  # fmt: skip


def _of_surgery(seed: int, cases: list[tuple[date, str, str, str, str]]) -> Visits:
    codes = {one.operation: one.code for one in groups() if one.operation}
    day = np.array([case[0] for case in cases], "datetime64[D]")
    patient = np.array([int(case[4]) for case in cases], np.int64)
    noon = day.astype("datetime64[m]") + 720
    return Visits(
        np.array([case[1] for case in cases], "U12"), np.full(len(cases), SURGERY, np.int8), day,
        np.array([case[4] for case in cases], "U9"), payer_of(seed, patient, day),
        np.array([codes[case[3]] for case in cases], "U8"), np.array([case[2] for case in cases], "U32"), noon, noon,
        np.ones(len(cases), bool),
    )  # fmt: skip
