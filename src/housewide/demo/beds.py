"""Who lies in which bed: every stay is laid, moved and discharged minute by minute, and waits where no bed is free.

Nothing is drawn here. Who comes, for how long and what care they need is given; where they lie follows from the beds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from heapq import heapify, heappop, heappush

import numpy as np

from housewide.demo.arrivals import all_stays, lines
from housewide.demo.stays import BedStays, Column, Stays


@dataclass(frozen=True)
class Unit:
    """``code`` is the census system's own name; ``care`` hours of direct care a patient day."""

    code: str
    beds: int
    care: float


UNITS = (
    Unit("ICU", 20, 17.6),
    Unit("STEPDN", 24, 10.8),
    Unit("3 EAST", 32, 8.6),
    Unit("3 WEST", 32, 8.5),
    Unit("4 EAST", 33, 8.4),
    Unit("4 WEST", 33, 8.5),
    Unit("5 EAST", 33, 8.6),
    Unit("5 WEST", 33, 8.5),
    Unit("MOTHER BABY", 30, 8.0),
    Unit("BHU", 30, 6.6),
)
NUMBER = {unit.code: at for at, unit in enumerate(UNITS)}
FLOORS = ("3 EAST", "3 WEST", "4 EAST", "4 WEST", "5 EAST", "5 WEST")
NURSERY = "MOTHER BABY"
SPARE = 2
LEAVE, WANT = 0, 1  # of two things in one minute, who leaves goes first


@dataclass
class _House:
    """The beds as they are, and who waits for which care."""

    free: list[list[int]] = field(default_factory=lambda: [list(range(1, unit.beds + 1)) for unit in UNITS])
    lies: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # stay -> unit, bed, since
    waiting: dict[str, deque[tuple[int, int]]] = field(default_factory=dict)  # care -> (stay, step)
    gone: set[int] = field(default_factory=set)
    told: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def release(self, stay: int, minute: int) -> int | None:
        """Empty the bed of a stay; the unit it was in."""
        if stay not in self.lies:
            return None
        unit, bed, since = self.lies.pop(stay)
        if minute > since:
            self.told.append((stay, unit, bed, since, minute))
        heappush(self.free[unit], bed)
        return unit

    def lay(self, stay: int, unit: int, minute: int) -> int | None:
        """Lay a stay into the first free bed of a unit; the unit it came from."""
        left = self.release(stay, minute)
        self.lies[stay] = unit, heappop(self.free[unit]), minute
        return left


def _care_steps(stays: Stays) -> list[list[tuple[str, int]]]:
    """What each stay needs one after another: (care, minute from which)."""
    wanted = stays.decided.astype(int)
    steps = []
    for line, came, intensive, step_down in zip(
        stays.line.tolist(), wanted.tolist(), stays.intensive.tolist(), stays.step_down.tolist(), strict=True
    ):
        of_stay = []
        if intensive:
            of_stay.append(("ICU", came))
        if step_down:
            of_stay.append(("STEPDN", came + intensive))
        of_stay.append((line, came + intensive + step_down))
        steps.append(of_stay)
    return steps


def _room_for(house: _House, care: str) -> int | None:
    """The unit that takes somebody who needs this care now: a usual one, else the floor with most free beds."""
    if care in NUMBER:
        unit = NUMBER[care]
        return unit if house.free[unit] else None
    usual = lines()[care].floors
    own = NUMBER[usual[0]]
    if len(house.free[own]) > SPARE:
        return own
    # A floor that fills up hands on to the next ones, which keep a bed for their own patients.
    next_best = max((NUMBER[code] for code in usual), key=lambda unit: len(house.free[unit]) - (unit != own))
    if len(house.free[next_best]) > (next_best != own):
        return next_best
    if usual[0] not in FLOORS:
        return None
    most = max((NUMBER[code] for code in FLOORS), key=lambda unit: len(house.free[unit]))
    return most if house.free[most] else None


def _fill(house: _House, unit: int, minute: int) -> None:
    """A bed came free in a unit: let in whoever has waited longest for what it gives, and so on where they lay."""
    freed = deque([unit])
    while freed:
        at = freed.popleft()
        for care in _cares_of(at):
            queue = house.waiting.get(care)
            while queue and (room := _room_for(house, care)) is not None:
                stay, _ = queue.popleft()
                if stay in house.gone:
                    continue
                left = house.lay(stay, room, minute)
                if left is not None and left != room:
                    freed.append(left)


@cache
def _cares_of(unit: int) -> tuple[str, ...]:
    code = UNITS[unit].code
    if code not in FLOORS:
        return (code, *(line.name for line in lines().values() if line.floors[0] == code))
    return tuple(line.name for line in lines().values() if line.floors[0] in FLOORS)


def _lay_all(stays: Stays, until: int) -> _House:
    house, steps = _House(), _care_steps(stays)
    left = stays.left.astype(int).tolist()
    events: list[tuple[int, int, int, int]] = []
    for stay, of_stay in enumerate(steps):
        events += [(minute, WANT, stay, step) for step, (_, minute) in enumerate(of_stay)]
        events.append((left[stay], LEAVE, stay, 0))
    events = [event for event in events if event[0] <= until]
    heapify(events)
    while events:
        minute, what, stay, step = heappop(events)
        if what == LEAVE:
            house.gone.add(stay)
            unit = house.release(stay, minute)
            if unit is not None:
                _fill(house, unit, minute)
        elif stay not in house.gone:
            _want(house, stay, steps[stay], step, minute)
    return house


def _want(house: _House, stay: int, steps: list[tuple[str, int]], step: int, minute: int) -> None:
    """Somebody needs another level of care: a bed there, or a place in its queue (and in no other any more)."""
    care = steps[step][0]
    before = steps[step - 1][0] if step else ""
    queue = house.waiting.get(before)
    if queue and (stay, step - 1) in queue:
        queue.remove((stay, step - 1))
    room = _room_for(house, care)
    if room is None:
        house.waiting.setdefault(care, deque()).append((stay, step))
        return
    here = house.lies.get(stay)
    if here is not None and here[0] == room:
        return
    left = house.lay(stay, room, minute)
    if left is not None:
        _fill(house, left, minute)


@dataclass(frozen=True)
class Movements:
    """Everybody's stays and beds up to the end of a day."""

    stays: Stays
    beds: BedStays
    until: date


@cache
def movements(seed: int, until: date) -> Movements:
    """All stays since the beginning of the world, bed by bed."""
    stays = all_stays(seed, until)
    in_beds = np.flatnonzero(stays.kind != "newborn")
    end = int((np.datetime64(until + timedelta(days=1), "m")).astype(int))
    house = _lay_all(stays.take(in_beds), end - 1)
    now = [(stay, unit, bed, since, -1) for stay, (unit, bed, since) in house.lies.items()]
    stay, unit, bed, started, ended = np.array(house.told + now, dtype=np.int64).reshape(-1, 5).T
    never = np.datetime64("NaT", "m")
    beds = BedStays(
        in_beds[stay], unit, bed, started.astype("datetime64[m]"),
        np.where(ended < 0, never, ended.astype("datetime64[m]")),
    )  # fmt: skip
    return Movements(stays, beds.take(np.lexsort((beds.started, beds.stay))), until)


@dataclass(frozen=True)
class Nights:
    """What the census counts, by unit (row) and day (column) from ``first`` on."""

    first: date
    patients: Column
    observation: Column
    admissions: Column
    discharges: Column
    transfers_in: Column
    transfers_out: Column

    @property
    def columns(self) -> tuple[Column, ...]:
        return (
            self.patients, self.observation, self.admissions, self.discharges, self.transfers_in, self.transfers_out,
        )  # fmt: skip


@cache
def nights(seed: int, until: date) -> Nights:
    """Count the beds at every midnight, and who came and went in between."""
    moved = movements(seed, until)
    beds, stays = moved.beds, moved.stays
    first = stays.arrived[0].astype("datetime64[D]")
    size = (np.datetime64(until, "D") - first).astype(int) + 1
    started = (beds.started.astype("datetime64[D]") - first).astype(int)
    ended = np.where(np.isnat(beds.ended), size, (beds.ended.astype("datetime64[D]") - first).astype(int))
    before = np.r_[False, beds.stay[1:] == beds.stay[:-1]]
    after = np.r_[before[1:], False]
    closed = ~np.isnat(beds.ended)
    observed = stays.kind[beds.stay] == "observation"
    lying, under_observation = (
        np.cumsum(_steps(beds.unit, started, which, size) - _steps(beds.unit, ended, which, size), axis=1)[:, :size]
        for which in (np.ones(len(beds), bool), observed)
    )
    return Nights(
        first.astype(object), lying, under_observation,
        _steps(beds.unit, started, ~before, size)[:, :size], _steps(beds.unit, ended, closed & ~after, size)[:, :size],
        _steps(beds.unit, started, before, size)[:, :size], _steps(beds.unit, ended, closed & after, size)[:, :size],
    )  # fmt: skip


def _steps(unit: Column, day: Column, which: Column, size: int) -> Column:
    """How many of these fall on each unit and day; what is still to come stands in one more column."""
    counted = np.zeros((len(UNITS), size + 1), dtype=np.int64)
    np.add.at(counted, (unit[which], np.minimum(day[which], size)), 1)
    return counted
