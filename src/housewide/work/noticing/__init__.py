"""What follows from a signal: a task for whoever can do something about it, or the answer that it is known and being
watched until a day. Rules are data; nobody gets two tasks for one signal.

Others ask ``known(measure, place, day)`` and ``open_signals(account, places)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from housewide.org.models import Account
    from housewide.work.noticing.questions import Known, OpenSignal


def known(measure: str, place: str, day: date) -> Known | None:
    """The answer that holds for a measure at a place on a day: known, watching until; None when nobody has said so."""
    from housewide.work.noticing import questions

    return questions.known(measure, place, day)


def open_signals(account: Account, places: Iterable[str]) -> list[OpenSignal]:
    """Signals that hold now at these places, as far as the account sees them, by measure and place."""
    from housewide.work.noticing import questions

    return questions.open_signals(account, places)
