"""What went wrong with Lakeside's money, and when: dated changes of what the other steps take as usual.

How much each is worth, and what looks like it and is not, stands in ``answer_key_practice``, which only tests read.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from housewide.demo.stays import Column

# The front desk's most experienced person leaves, and copays are billed instead of asked for.
DESK_SHORT_FROM = date(2026, 7, 13)
COPAYS_ASKED, COPAYS_ASKED_THEN = 0.88, 0.62

# An employer moves its people to a plan without copays: less comes in at the desk, and less is due there.
EMPLOYER_MOVED_ON = date(2026, 7, 1)
EMPLOYER_SHARE = 0.22
EMPLOYER_LEFT, EMPLOYER_CHOSE = ("blue_prairie", "unison"), "corvane"

# Extensions of therapy authorizations are asked for only after the first has expired.
LAPSES_FROM = date(2026, 8, 1)
LAPSED_SHARE = 0.45
NO_AUTHORIZATION = "197"

# A payer goes on paying therapy by the rate before its amendment; another's therapy rate fell by contract.
OLD_RATE_PAYER = "blue_prairie"
OLD_RATE_FROM = date(2026, 4, 1)

# No technologist on Fridays: the medical assistants take the images, and most of them are never charged.
NO_TECHNOLOGIST_FROM = date(2026, 9, 4)
NOT_CHARGED = 0.85
FRIDAY = 4

# Four days of X-rays are charged late, and whole: the interface stood still.
LATE_FIRST, LATE_LAST, LATE_POSTED = date(2026, 10, 12), date(2026, 10, 15), date(2026, 10, 28)


def copays_asked(day: Column) -> Column:
    """Chance that a copay that is due is paid at the desk."""
    return np.where(day >= np.datetime64(DESK_SHORT_FROM), COPAYS_ASKED_THEN, COPAYS_ASKED)


def is_uncharged_day(day: Column) -> Column:
    """Fridays without a technologist."""
    friday = (day.astype(int) + 3) % 7 == FRIDAY
    found: Column = friday & (day >= np.datetime64(NO_TECHNOLOGIST_FROM))
    return found


def was_late(day: Column) -> Column:
    """Days whose X-rays were charged when the interface ran again."""
    found: Column = (day >= np.datetime64(LATE_FIRST)) & (day <= np.datetime64(LATE_LAST))
    return found
