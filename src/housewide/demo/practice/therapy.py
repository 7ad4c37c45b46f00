"""Courses of physical therapy: who comes twice a week for how long, and what the plan authorized of it.

A course is eight to twelve visits. Plans that want an authorization give one for four weeks; who needs longer asks for
an extension, usually a week before the first expires.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from housewide.demo.clinic import is_open
from housewide.demo.practice import stories
from housewide.demo.practice.contracts import PATIENTS, payer_of, plans
from housewide.demo.stays import Column, Table, rng_for

COURSES = 42  # begun a month
AUTHORIZED_FOR = 28  # days
FIRST_VISITS, MORE_VISITS = 8, 6
MISSED = 0.07
# Kinds of the columns of the two tables below.
OF_SESSIONS = ("i8", "i8", "M8[D]", "i8", "i1", "i1", "i8", "?")
OF_AUTHORIZATIONS = ("U12", "i8", "i1", "i8", "i8", "M8[D]", "M8[D]", "M8[D]", "M8[D]")
Row = tuple[Any, ...]
THERAPISTS = ("Larkspur, E, PT", "Halvorsen-Quist, M, PT", "Dabrowa-Lund, S, PT", "Teague-Amara, L, PT")


@dataclass(frozen=True)
class Authorizations(Table):
    """One entry per request. ``number`` of the authorization; ``course``; ``payer`` its position; ``patient`` number;
    ``visits`` authorized; ``starts``, ``expires``, ``requested``, ``answered`` days."""

    number: Column
    course: Column
    payer: Column
    patient: Column
    visits: Column
    starts: Column
    expires: Column
    requested: Column
    answered: Column


@dataclass(frozen=True)
class Sessions(Table):
    """One entry per visit that took place. ``course``; ``nth`` of the course from 0; ``authorized``: whether an
    authorization ran on the day, or none was wanted."""

    course: Column
    nth: Column
    day: Column
    patient: Column
    payer: Column
    therapist: Column
    minute: Column
    authorized: Column


def courses_of(seed: int, months: list[date]) -> tuple[Sessions, Authorizations]:
    """The visits and authorizations of all courses begun in these months, also of days still to come."""
    sessions: list[Row] = []
    asked: list[Row] = []
    for month in months:
        rng = rng_for(seed, "courses of therapy", month)
        days = [month + timedelta(days=at) for at in range(monthrange(month.year, month.month)[1])]
        days = [day for day in days if is_open(day)]
        drawn = rng.random((COURSES, 32))
        for nth in range(COURSES):
            course = (month.year * 12 + month.month) * 100 + nth
            start = days[int(drawn[nth, 0] * len(days))]
            seen = _days_of(start, 8 + int(drawn[nth, 1] * 5), drawn[nth, 12:])
            patient = (course // 100 * COURSES + nth) * 1_009 % PATIENTS
            payer = int(payer_of(seed, np.array([patient]), np.array([start], "datetime64[D]"))[0])
            runs = _authorized(course, payer, patient, start, seen[-1], drawn[nth, 2:8])
            asked += runs
            minute = 450 + 30 * int(drawn[nth, 8] * 18)
            therapist = int(drawn[nth, 9] * len(THERAPISTS))
            wanted = plans()[payer].authorization
            for at, day in enumerate(seen):
                covered = not wanted or any(run[5] <= day <= run[6] for run in runs)
                sessions.append((course, at, day, patient, payer, therapist, minute, covered))
    of = Sessions(*_columns(sessions, OF_SESSIONS))
    table = Authorizations(*_columns(asked, OF_AUTHORIZATIONS))
    return of.take(np.lexsort((of.course, of.day))), table.take(np.lexsort((table.number, table.requested)))


def _columns(rows: list[Row], kinds: tuple[str, ...]) -> list[Column]:
    columns = zip(*rows, strict=True)
    return [np.array(column, np.dtype(kind)) for column, kind in zip(columns, kinds, strict=True)]


def _days_of(start: date, visits: int, drawn: Column) -> list[date]:
    """Twice a week, three and four days apart; a closed day is made up for on the next; some visits are missed."""
    found: list[date] = []
    day = start
    for nth in range(visits):
        held = day
        while not is_open(held):
            held += timedelta(days=1)
        if not found or (held > found[-1] and drawn[nth] >= MISSED):
            found.append(held)
        day += timedelta(days=3 if nth % 2 == 0 else 4)
    return found


def _authorized(course: int, payer: int, patient: int, start: date, last: date, drawn: Column) -> list[Row]:
    """The requests for a course, none where the plan wants none: the first, and an extension where it is too short."""
    if not plans()[payer].authorization:
        return []
    ends = start + timedelta(days=AUTHORIZED_FOR - 1)
    asked = start - timedelta(days=3 + int(drawn[0] * 6))
    answered = min(asked + timedelta(days=1 + int(drawn[1] * 4)), start)
    name = f"A{course % 100_000_000:08d}"
    found: list[Row] = [(f"{name}-1", course, payer, patient, FIRST_VISITS, start, ends, asked, answered)]
    if last > ends:
        begins = ends + timedelta(days=1)
        asked = ends - timedelta(days=4 + int(drawn[2] * 5))
        answered = min(asked + timedelta(days=1 + int(drawn[3] * 4)), ends)
        if ends >= stories.LAPSES_FROM and drawn[4] < stories.LAPSED_SHARE:
            asked = ends + timedelta(days=5 + int(drawn[2] * 6))
            begins = answered = asked + timedelta(days=2 + int(drawn[3] * 3))
        until = begins + timedelta(days=AUTHORIZED_FOR - 1)
        found.append((f"{name}-2", course, payer, patient, MORE_VISITS, begins, until, asked, answered))
    return found
