"""The operating-room schedule of one day as it stood the evening before, and what was added on the day itself.

Each day is drawn from its own seed, so a month can be written without the months before it. Minutes are minutes after
midnight of the surgery day; they may pass 24 h for a case that runs into the next morning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from housewide.demo import stories
from housewide.demo.surgeons import (
    LATE_EVENING_ROOM,
    ROBOT_ROOM,
    ROOMS,
    URGENT_ROOM,
    Procedure,
    Surgeon,
    block_plan,
    procedures_of,
    services,
    surgeon_named,
    surgeons_of,
)

DAY_START = 7 * 60 + 30
PLANNED_TURNOVER = 30
LOG_SD = 0.33

CANCEL_REASONS = (
    ("Medical condition changed", 27),
    ("Pre-op work-up incomplete", 24),
    ("Patient did not arrive", 14),
    ("Patient declined", 8),
    ("Not fasting", 9),
    ("Surgeon unavailable", 6),
    ("No bed available", 5),
    ("Ran out of time", 4),
    ("Equipment unavailable", 3),
)


@dataclass
class Block:
    """Room time given to an owner; `released` is (days before, minute of that day) or None."""

    block_id: str
    day: date
    room: str
    owner: str
    kind: str
    start: int
    end: int
    released: tuple[int, int] | None = None
    empty: bool = False


@dataclass
class BookedCase:
    """One line of the schedule, with the minutes it will really take (`true_minutes`, known to nobody yet)."""

    day: date
    room: str
    surgeon: Surgeon
    procedure: Procedure
    kind: str
    add_on: bool
    start: int
    booked: int
    true_minutes: int
    frozen: int | None
    planned_late: bool = False
    cancel_reason: str = ""
    number: str = ""
    patient: str = ""


@dataclass
class DaySchedule:
    day: date
    blocks: list[Block] = field(default_factory=list)
    staffed: list[tuple[str, int, int]] = field(default_factory=list)
    cases: list[BookedCase] = field(default_factory=list)


def pick(rng: Random, pairs: list[tuple[Procedure, float]]) -> Procedure:
    """One procedure, by weight."""
    return rng.choices([item for item, _ in pairs], [weight for _, weight in pairs])[0]


def pick_procedure(rng: Random, surgeon: Surgeon, day: date, room: str) -> Procedure:
    """An elective procedure this surgeon books into that room."""
    robot = room == ROBOT_ROOM
    choices = [
        (procedure, stories.procedure_weight(procedure, day))
        for procedure in procedures_of(surgeon.service)
        if procedure.robot == robot and procedure.weight > 0
    ]
    return pick(rng, choices)


def true_minutes(rng: Random, surgeon: Surgeon, procedure: Procedure) -> int:
    """Wheels-in to wheels-out minutes: log-normal around the procedure's median and the surgeon's pace."""
    return max(14, round(procedure.median * surgeon.pace * rng.lognormvariate(0.0, LOG_SD)))


def booked_minutes(rng: Random, surgeon: Surgeon, procedure: Procedure, day: date) -> int:
    """What the office books, to the next five minutes: the expected mean with the surgeon's own bias."""
    mean_of_lognormal = 1.056
    expected = procedure.median * surgeon.pace * mean_of_lognormal
    factor = surgeon.booking * stories.booking_factor(surgeon.service, day) * rng.gauss(1.0, 0.06)
    return max(20, round(expected * factor / 5) * 5)


def plan_blocks(rng: Random, day: date, prefix: str) -> list[Block]:
    """The blocks of one workday, released or left empty by their owners' habits."""
    blocks: list[Block] = []
    given_up: dict[str, tuple[tuple[int, int] | None, bool]] = {}
    for line in block_plan():
        if not line.holds_on(day):
            continue
        releases, leaves_empty = stories.block_habit(line.owner, line.kind)
        drop = 1.0 - stories.demand(day)
        release = (
            (rng.randint(3, 14), rng.randint(8 * 60, 16 * 60 + 30)) if rng.random() < releases + drop * 0.6 else None
        )
        empty = rng.random() < leaves_empty
        if line.owner == stories.IDLE_BLOCK_OWNER:
            release = None
        if line.kind == "surgeon":  # a surgeon with two rooms gives up both or neither
            release, empty = given_up.setdefault(line.owner, (release, empty))
        block_id = f"{prefix}{day:%Y%m%d}-{line.room.removeprefix('OR ').zfill(2)}-{len(blocks) + 1:02d}"
        blocks.append(Block(block_id, day, line.room, line.owner, line.kind, line.start, line.end, release, empty))
    return blocks


def _fill(rng: Random, block: Block, surgeons: list[Surgeon], start: int, day: date) -> list[BookedCase]:
    """Cases one after another in a block until the next would pass what the office is willing to book."""
    cases: list[BookedCase] = []
    willing = start + (block.end - start) * min(
        1.04, rng.triangular(0.74, 1.08, 0.97) * (0.5 + stories.demand(day) / 2)
    )
    at = start
    first_late = rng.random() < stories.planned_late_chance(surgeons[0].service, day)
    if first_late and start == DAY_START:
        at += rng.choice((60, 90))
    for _ in range(16):
        share = (at - start) / max(1, block.end - start)
        surgeon = surgeons[0] if share < 0.5 else surgeons[-1]
        procedure = pick_procedure(rng, surgeon, day, block.room)
        booked = booked_minutes(rng, surgeon, procedure, day)
        if at + booked > willing and (cases or booked > block.end - at + 45):
            if rng.random() < 0.5 or at + 25 > willing:
                break
            continue
        case = BookedCase(
            day,
            block.room,
            surgeon,
            procedure,
            "elective",
            False,
            at,
            booked,
            true_minutes(rng, surgeon, procedure),
            at,
        )
        case.planned_late = first_late and not cases and start == DAY_START
        cases.append(case)
        at += booked + PLANNED_TURNOVER
    return cases


def _fill_two_rooms(rng: Random, blocks: list[Block], surgeon: Surgeon, day: date) -> list[BookedCase]:
    """One surgeon going back and forth between two rooms: each case is booked to open as the last one closes."""
    cases: list[BookedCase] = []
    free = {block.room: block.start for block in blocks}
    end = max(block.end for block in blocks) - 20
    at, turn = blocks[0].start, 0
    while True:
        room = blocks[turn % 2].room
        procedure = pick_procedure(rng, surgeon, day, room)
        booked = booked_minutes(rng, surgeon, procedure, day)
        start = max(at, free[room])
        if start + booked > end or len(cases) >= round(9 * stories.demand(day)):
            return cases
        minutes = true_minutes(rng, surgeon, procedure)
        cases.append(BookedCase(day, room, surgeon, procedure, "elective", False, start, booked, minutes, start))
        free[room] = start + booked + PLANNED_TURNOVER
        at = round((start + booked * 0.80) / 5) * 5
        turn += 1


def _choose_surgeons(rng: Random, service: str, room: str, taken: set[str]) -> list[Surgeon]:
    """One or two surgeons of the service who are not in another room that day; empty when there is none."""
    free = [s for s in surgeons_of(service) if s.name not in taken and (room != ROBOT_ROOM or s.robot)]
    if not free:
        return []
    chosen = rng.sample(free, 2 if len(free) > 1 and rng.random() < 0.35 else 1)
    taken.update(surgeon.name for surgeon in chosen)
    return chosen


def _book_electives(rng: Random, schedule: DaySchedule) -> None:
    day, taken, done = schedule.day, {b.owner for b in schedule.blocks if b.kind == "surgeon"}, set[str]()
    for block in sorted(
        schedule.blocks, key=lambda item: (item.start, item.kind != "surgeon", item.room != ROBOT_ROOM)
    ):
        if block.block_id in done:
            continue
        if block.released is not None:
            service = rng.choice(services())
            if block.room == ROBOT_ROOM or rng.random() > 0.55:
                continue
            surgeons = _choose_surgeons(rng, service, block.room, taken)
            if surgeons:
                schedule.cases += _fill(rng, block, surgeons[:1], block.start, day)
            continue
        if block.empty:
            continue
        if block.kind == "surgeon":
            same = [other for other in schedule.blocks if other.owner == block.owner]
            done.update(other.block_id for other in same)
            surgeon = surgeon_named(block.owner)
            if len(same) == 2:
                schedule.cases += _fill_two_rooms(rng, same, surgeon, day)
            else:
                schedule.cases += _fill(rng, block, [surgeon], block.start, day)
        else:
            surgeons = _choose_surgeons(rng, block.owner, block.room, taken)
            if surgeons:
                schedule.cases += _fill(rng, block, surgeons, block.start, day)


def _urgent_times(rng: Random, workday: bool) -> list[int]:
    """When unbooked cases come, minutes after midnight: by day, in the evening, late and before dawn."""
    times: list[int] = []
    if workday:
        at = DAY_START + rng.choice((0, 0, 30, 60, 90))
        while at < 16 * 60:
            times.append(at)
            at += round(rng.expovariate(1 / 105)) + 100
        times += [rng.randint(17 * 60 + 30, 22 * 60)] if rng.random() < 0.6 else []
    else:
        at = 8 * 60 + rng.randint(0, 60)
        while at < 21 * 60:
            times.append(at)
            at += round(rng.expovariate(1 / 110)) + 120
    times += [rng.randint(22 * 60 + 15, 23 * 60 + 50)] if rng.random() < 0.28 else []
    times += [rng.randint(150, 4 * 60 + 30)] if rng.random() < 0.22 else []
    return sorted(times)


def _book_urgent(rng: Random, schedule: DaySchedule, workday: bool) -> None:
    """Cases nobody could book ahead: by day in OR 10, and at night and on days off when they come."""
    day = schedule.day
    busy = {case.surgeon.name for case in schedule.cases}
    weights = {
        "General Surgery": 36,
        "Orthopedics": 28,
        "Urology": 12,
        "Vascular": 9,
        "Gynecology": 6,
        "Neurosurgery": 4,
    }
    for at in _urgent_times(rng, workday):
        out_of_hours = not DAY_START <= at < 17 * 60 + 30 or not workday
        service = rng.choices(list(weights), list(weights.values()))[0]
        free = [s for s in surgeons_of(service) if out_of_hours or s.name not in busy] or list(surgeons_of(service))
        surgeon = rng.choice(free)
        busy.add(surgeon.name)
        procedure = pick(rng, [(p, p.urgent) for p in procedures_of(service) if p.urgent > 0])
        kinds = ("urgent", "emergent", "trauma", "elective")
        shares = (50, 38, 12, 0) if out_of_hours else (66, 15, 6, 13)
        kind = rng.choices(kinds, shares)[0]
        booked = booked_minutes(rng, surgeon, procedure, day)
        minutes = true_minutes(rng, surgeon, procedure)
        at = at // 5 * 5
        room = LATE_EVENING_ROOM if at >= 22 * 60 + 10 else URGENT_ROOM  # OR 10 may still be running
        schedule.cases.append(BookedCase(day, room, surgeon, procedure, kind, True, at, booked, minutes, None))


def _cancel_and_move(rng: Random, schedule: DaySchedule) -> None:
    """About one elective in twenty falls out on the day; sometimes the next case in the room is moved up."""
    reasons, weights = zip(*CANCEL_REASONS, strict=True)
    following: dict[str, BookedCase] = {}
    for case in sorted(schedule.cases, key=lambda item: (item.room, item.start), reverse=True):
        if rng.random() < (0.053 if case.kind == "elective" else 0.012):
            case.cancel_reason = rng.choices(reasons, weights)[0]
            after = following.get(case.room)
            can_move = after is not None and not after.cancel_reason and not after.add_on and not case.surgeon.flip
            if can_move and after is not None and case.surgeon == after.surgeon and rng.random() < 0.55:
                after.start = case.start
        following[case.room] = case


def _staffed_rooms(schedule: DaySchedule) -> list[tuple[str, int, int]]:
    """Rooms staffed in prime time: every room with a block, to the end of its last block, and the urgent room."""
    ends: dict[str, int] = {}
    for block in schedule.blocks:
        ends[block.room] = max(ends.get(block.room, 0), block.end)
    booked = {case.room for case in schedule.cases}
    released = {block.room for block in schedule.blocks if block.released is not None}
    ends = {room: end for room, end in ends.items() if room in booked or room not in released}
    ends[URGENT_ROOM] = 17 * 60 + 30
    return [(room, DAY_START, ends[room]) for room in ROOMS if room in ends]


def schedule_day(seed: int, hospital: str, day: date, workday: bool) -> DaySchedule:
    """Everything known about `day` by the time it is over except what really happened: blocks, rooms and cases."""
    rng = Random(f"{seed}/{hospital}/{day.isoformat()}/schedule")
    schedule = DaySchedule(day)
    if workday:
        schedule.blocks = plan_blocks(rng, day, "" if hospital == "MVH" else f"{hospital}-")
        _book_electives(rng, schedule)
    _book_urgent(rng, schedule, workday)
    _cancel_and_move(rng, schedule)
    if workday:
        schedule.staffed = _staffed_rooms(schedule)
    schedule.cases.sort(key=lambda case: (case.frozen if case.frozen is not None else case.start, case.room))
    prefix = "" if hospital == "MVH" else hospital.removeprefix("H")
    for index, case in enumerate(schedule.cases, start=1):
        case.number = f"{prefix}{day:%y%j}{index:02d}"
        case.patient = f"{rng.randint(1, 96_000) + 4_100_000}"
    return schedule


def release_moment(block: Block) -> tuple[date, int] | None:
    """(day, minute) the block was released, or None when it was kept."""
    if block.released is None:
        return None
    days, minute = block.released
    return block.day - timedelta(days=days), minute
