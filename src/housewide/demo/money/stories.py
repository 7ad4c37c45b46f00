"""What went wrong with Mercy Valley's money, and when: dated changes of what the other steps take as usual.

How much each is worth, and what looks like it and is not, stands in ``answer_key_money``, which only tests read.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

# A payer that never loaded the outpatient surgery rates of 1 July and pays no implants beside them.
STALE_PAYER = "unison"
STALE_FROM = date(2026, 7, 1)

# A surgeon who began before one payer had enrolled her.
NEW_SURGEON = "ASHWORTH-LEAL, TESS"
NEW_SURGEON_FROM = date(2026, 10, 5)
NOT_ENROLLED_WITH = "blue_prairie"
NOT_ENROLLED = "B7"

# More outpatient surgery, less of it well paid.
MIX_FROM, MIX_UNTIL = date(2026, 4, 1), date(2026, 6, 30)
MIX_VOLUME = 1.10
MIX = {"medicare": 1.08, "ma_summit": 1.40, "ma_evergreen": 1.45, "medicaid": 1.35, "blue_prairie": 0.72,
       "unison": 0.74, "corvane": 0.70}  # fmt: skip

# Patients pay less of what they owe, and the books go on expecting the old share.
THIN_FROM = date(2026, 7, 1)
THIN_FACTOR = 0.74
THIN_PAYERS = ("blue_prairie", "unison", "corvane", "ma_summit", "ma_evergreen")

# Two implants of October without a charge: one is found and posted late, the other never.
IMPLANT_MONTH = date(2026, 10, 1)
IMPLANT_LATE_DAYS = 23
IMPLANT_GROUP = 7

# Sepsis stays billed in February as severe with MCC that were not, corrected and paid back in May.
MISCODED_MONTH = date(2026, 2, 1)
MISCODED, SHOULD_BE = 871, 872
MISCODED_SHARE = 0.6
CORRECTED_ON = date(2026, 5, 19)

# An invoice for the scanner suite's supplies that was posted to 4 West.
MISPOSTED_ON = date(2026, 9, 16)
MISPOSTED = ("MVH-IMG", "MVH-4W", 6110, "Brightline Contrast Supply", 18_640_000)

# An agency bill for imaging technologists that was accrued by the close and once more by hand.
TWICE_ON = date(2026, 2, 28)
TWICE = ("MVH-IMG", 6030, "Northgate Allied Staffing", 9_428_000)
TWICE_TAKEN_BACK_ON = date(2026, 4, 30)


def outpatient_volume(month: date) -> float:
    """Outpatient surgery against an ordinary month."""
    return MIX_VOLUME if MIX_FROM <= month <= MIX_UNTIL else 1.0


def mix_factors(month: date, payers: Any) -> Any:
    """By what each payer's share of outpatient surgery is multiplied."""
    inside = MIX_FROM <= month <= MIX_UNTIL
    return np.array([MIX.get(one.code, 1.0) if inside else 1.0 for one in payers])
