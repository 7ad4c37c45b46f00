"""Answering a signal: known, watching until a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from housewide.access.gates import may
from housewide.kit.actions import Refused, action
from housewide.kit.clock import now, today
from housewide.kit.events import emit
from housewide.kit.ui.days import day_text
from housewide.org.models import Account, Place
from housewide.work.noticing.models import Watch
from housewide.work.noticing.questions import signal_at
from housewide.work.noticing.raising import close_settled

ANSWERS = "signal.answer"
LONGEST = timedelta(days=92)
"""A quarter: what is watched longer is no longer watched."""


def _gate(*, by: Account, measure: str, place: str, **_: Any) -> dict[str, str]:
    return may(by, ANSWERS, place, "answer signals") | {"subject": f"signal:{measure}|{place}"}


@action("signal.watch", gate=_gate)
def watch_signal(*, by: Account, measure: str, place: str, until: date, reason: str) -> Watch:
    """Say that the signal of a measure at a place is known, and until when it is watched (at most 92 days).

    It raises nothing until then and is asked again the day after. An earlier answer is replaced. Raises Refused
    without a signal, without a reason, or for a day that is not ahead or too far.
    """
    signal = signal_at(measure, place)
    if signal is None:
        raise Refused("There is no signal here any more, so there is nothing to answer. Nothing was changed.")
    if not reason.strip():
        raise Refused("Say in a few words what is known, and what is being done or waited for.")
    day = today()
    if until <= day:
        raise Refused(f"Choose a day after today ({day_text(day)}). Nothing was changed.")
    if until > day + LONGEST:
        raise Refused(f"A signal can be watched for 92 days at most, until {day_text(day + LONGEST)}.")
    Watch.objects.filter(measure=measure, place__code=place, withdrawn_at=None).update(withdrawn_at=now())
    watch = Watch.objects.create(
        signal=signal.public_id, measure=measure, place=Place.objects.get(code=place), word=signal.word, given_on=day,
        until=until, reason=reason.strip(), by=by, at=now(),
    )  # fmt: skip
    close_settled()
    emit("work.signal_known", {"signal": signal.public_id, "measure": measure, "place": place, "until": str(until)})
    return watch


@action("signal.ask_again", gate=_gate)
def withdraw_watch(*, by: Account, measure: str, place: str, reason: str = "") -> int:
    """Take the answer back: the signal is new again. Raises Refused when there is none."""
    held = Watch.objects.filter(measure=measure, place__code=place, withdrawn_at=None, until__gte=today())
    taken = held.update(withdrawn_at=now())
    if not taken:
        raise Refused("Nobody has answered this signal, so there is nothing to take back.")
    return taken
