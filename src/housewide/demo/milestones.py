"""What really happened to each case on the day of surgery: from the front door to wheels out, and why it was late.

One cause at a time: a late case has one driver, the stage that driver belongs to is the one that took too long, and the
reason printed in the log names it. (The log has no code for a slow hand-off; the nurses print `Pre-op incomplete`.)
Minutes are minutes after midnight of the surgery day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from housewide.demo import stories
from housewide.demo.schedule import BookedCase, DaySchedule
from housewide.demo.surgeons import turnover_factor

STAGES = ("arrived", "preop_ready", "site_marked", "anaesthesia_seen", "surgeon_seen", "in_room")
USUAL_GAPS = (62.0, 17.0, 11.0, 12.0, 14.0)

PATIENT_LATE = "Patient arrived late"
PREOP_INCOMPLETE = "Pre-op incomplete"
CONSENT_MISSING = "Consent/H&P missing"
ANAESTHESIA = "Anesthesia"
SURGEON = "Surgeon not available"
ROOM_NOT_READY = "Room not ready"
PREVIOUS_RAN_OVER = "Previous case ran over"
TRAY = "Equipment/tray"

# The stage (index into STAGES) that a driver holds up, and how often it is the driver of a late first case.
STAGE_HELD_UP = {
    PATIENT_LATE: 0,
    PREOP_INCOMPLETE: 1,
    CONSENT_MISSING: 2,
    ANAESTHESIA: 3,
    SURGEON: 4,
    ROOM_NOT_READY: 5,
    TRAY: 5,
    PREVIOUS_RAN_OVER: 5,
}
FIRST_CASE_DRIVERS = {
    SURGEON: 34,
    PATIENT_LATE: 19,
    PREOP_INCOMPLETE: 14,
    ANAESTHESIA: 13,
    CONSENT_MISSING: 9,
    ROOM_NOT_READY: 6,
    TRAY: 5,
}
LATER_CASE_DRIVERS = {
    SURGEON: 44,
    ANAESTHESIA: 14,
    PREOP_INCOMPLETE: 12,
    PATIENT_LATE: 10,
    CONSENT_MISSING: 10,
    TRAY: 10,
}

FIRST_LATE_CHANCE = 0.30
LATER_LATE_CHANCE = 0.09
PRINTED_AFTER = 5
NIGHT_ENDS = 5 * 60
CLEAR_BY = 26 * 60 + 10  # no evening case is still on the table when the next morning's first may roll at 02:20


@dataclass
class Course:
    """The minutes a case passed each milestone (absent when it never did) and the printed late reason."""

    times: dict[str, int] = field(default_factory=dict)
    late_reason: str = ""


@dataclass
class _Room:
    free: int
    surgeon: str
    overran: bool


def _gaps(rng: Random, urgent: bool) -> list[float]:
    factor = 0.45 if urgent else 1.0
    return [max(3.0, usual * factor * rng.lognormvariate(0.0, 0.17)) for usual in USUAL_GAPS]


def course_before_room(rng: Random, due: float, driver: str, late: int, urgent: bool = False) -> dict[str, int]:
    """Milestones up to in-room for a case due to roll at `due` that `driver` makes `late` minutes late.

    Stages before the held-up one keep their time against `due`; those after it are hurried.
    """
    gaps = _gaps(rng, urgent)
    on_time = [due - sum(gaps[index:]) for index in range(5)] + [due]
    if not driver or late <= 0:
        times = on_time
    else:
        held = STAGE_HELD_UP[driver]
        hurried = [max(2.0, gap * (0.8 if index == 0 else 0.4)) for index, gap in enumerate(gaps)]
        rolled = due + late
        times = on_time[:held] + [rolled - sum(hurried[index:]) for index in range(held, 6)]
    whole = [round(time) for time in times]
    for index in range(1, 6):
        whole[index] = max(whole[index], whole[index - 1] + 1)
    return dict(zip(STAGES, whole, strict=True))


def course_in_room(rng: Random, case: BookedCase, in_room: int, surgeon_free: int) -> dict[str, int]:
    """Anaesthesia ready, incision, close and wheels out; the incision waits for a surgeon still in the other room."""
    minutes = max(20, min(case.true_minutes, CLEAR_BY - in_room))
    asleep = min(round(10 * rng.lognormvariate(0.0, 0.35)) + 2, max(2, minutes // 4))
    prepared = min(round(12 * rng.lognormvariate(0.0, 0.35)) + 2, max(2, minutes // 4))
    waking = min(round(8 * rng.lognormvariate(0.0, 0.35)) + 2, max(2, minutes // 5))
    ready = in_room + asleep
    incision = max(ready + prepared, surgeon_free + 5)
    operating = max(4, minutes - asleep - prepared - waking)
    close = incision + operating
    return {"anaesthesia_ready": ready, "incision": incision, "close": close, "out_room": close + waking}


def _driver(rng: Random, case: BookedCase, first: bool) -> tuple[str, int]:
    """What holds the case up, if anything, and for how many minutes."""
    day = case.day
    table = FIRST_CASE_DRIVERS if first else LATER_CASE_DRIVERS
    chance = FIRST_LATE_CHANCE if first else LATER_LATE_CHANCE
    named = rng.choices(list(table), list(table.values()))[0]
    minutes = 5 + round(rng.lognormvariate(2.35 if first else 2.0, 0.75))
    late, consent, storm = rng.random() < chance, rng.random(), rng.random()
    if consent < stories.consent_chance(case.surgeon, day) * (1.0 if first else 0.4):
        return CONSENT_MISSING, minutes + 6
    if stories.is_storm(day) and storm < 0.6:
        return PATIENT_LATE, minutes + 14
    return (named, minutes) if late else ("", 0)


def _turnover(rng: Random, case: BookedCase, before: _Room) -> tuple[int, int]:
    """(minutes the room needs between patients, of which waiting for trays)."""
    minutes = 24.5 * turnover_factor(case.surgeon.service) * rng.lognormvariate(0.0, 0.27)
    other_surgeon = 8 if before.surgeon != case.surgeon.name else 0
    trays = stories.tray_wait(rng, case.room, case.day)
    return round(minutes) + other_surgeon + trays, trays


def _first_case(rng: Random, case: BookedCase) -> tuple[dict[str, int], str]:
    due = case.start + min(5.0, max(-9.0, rng.gauss(-0.6, 2.6)))
    driver, late = _driver(rng, case, first=True)
    handoff = stories.handoff_minutes(rng, case.room, case.day)
    times = course_before_room(rng, due, driver, late)
    times["in_room"] += handoff
    return times, (PREOP_INCOMPLETE if handoff > late else driver)


def _later_case(rng: Random, case: BookedCase, room: _Room, surgeon_free: int) -> tuple[dict[str, int], str]:
    turnover, trays = _turnover(rng, case, room)
    early = rng.randint(8, 45)
    ready = max(room.free + turnover, surgeon_free - 18 if surgeon_free else 0)
    due = max(ready, case.start - early)
    driver, late = _driver(rng, case, first=False)
    if due > case.start + PRINTED_AFTER and due - case.start >= late:
        if trays >= 8:
            reason = TRAY
        elif room.overran or room.free + 32 > case.start + PRINTED_AFTER:
            reason = PREVIOUS_RAN_OVER
        else:
            reason = ROOM_NOT_READY
        driver, late = "", 0
    else:
        reason = driver
    times = course_before_room(rng, due, driver, late, urgent=case.kind in ("emergent", "trauma"))
    return times, reason


def _urgent_alone(rng: Random, case: BookedCase) -> tuple[dict[str, int], str]:
    """An unbooked case into an empty room: it goes when the patient and the team are ready."""
    due = case.start + max(-10.0, rng.gauss(4.0, 9.0))
    late = max(0, round(due) - case.start)
    reason = rng.choices((SURGEON, ANAESTHESIA, PREOP_INCOMPLETE, ROOM_NOT_READY), (4, 3, 3, 1))[0]
    driver = reason if late > PRINTED_AFTER else ""
    start = due - late if driver else due
    times = course_before_room(rng, start, driver, late, urgent=case.kind != "elective")
    return times, driver


def _cancelled(rng: Random, case: BookedCase) -> Course:
    """Half of the patients cancelled on the day had already come in."""
    if case.cancel_reason == "Patient did not arrive" or rng.random() < 0.5:
        return Course()
    times = course_before_room(rng, case.start, "", 0)
    return Course({name: times[name] for name in STAGES[: rng.choice((1, 2, 2))]})


def _move_surgeon_clash(case: BookedCase, surgeon_free: int) -> int:
    """Surgeons outside a two-room day finish and walk over; in a two-room day the next patient is already asleep."""
    return 0 if case.surgeon.flip and not case.add_on else surgeon_free


def play_day(seed: int, hospital: str, schedule: DaySchedule) -> list[tuple[BookedCase, Course]]:
    """Every case of the day with its course, in the order of the schedule."""
    rng = Random(f"{seed}/{hospital}/{schedule.day.isoformat()}/course")
    rooms: dict[str, _Room] = {}
    surgeon_free: dict[str, int] = {}
    played: dict[str, Course] = {}
    for case in sorted(schedule.cases, key=lambda item: (item.start, item.room)):
        if case.cancel_reason:
            played[case.number] = _cancelled(rng, case)
            continue
        room = rooms.get(case.room)
        if room is not None and case.start > NIGHT_ENDS and room.free < NIGHT_ENDS:
            room = None
        free = surgeon_free.get(case.surgeon.name, 0)
        if room is not None:
            times, reason = _later_case(rng, case, room, _move_surgeon_clash(case, free))
        elif case.add_on:
            times, reason = _urgent_alone(rng, case)
        else:
            times, reason = _first_case(rng, case)
        times |= course_in_room(rng, case, times["in_room"], free)
        late = times["in_room"] - case.start
        unrecorded = rng.random() < 0.06
        printed = reason if late > PRINTED_AFTER and not unrecorded else ""
        played[case.number] = Course(times, printed)
        rooms[case.room] = _Room(
            times["out_room"], case.surgeon.name, times["out_room"] > case.start + case.booked + PRINTED_AFTER
        )
        surgeon_free[case.surgeon.name] = times["close"]
    return [(case, played[case.number]) for case in schedule.cases]
