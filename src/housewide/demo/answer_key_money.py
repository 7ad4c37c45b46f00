"""What is really hidden in Mercy Valley's money, for the tests that ask whether Housewide finds it.

Only tests read this module. ``low`` and ``high`` bound ``effect`` as measured from what was played with seed 2026; at
least ``n`` bills, lines or cases carry the story. Each has an innocent look-alike that must be left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from housewide.demo.answer_key import LAST_DAY, LookAlike, Story

MONEY_STORIES: tuple[Story, ...] = (
    Story(
        key="stale_schedule",
        title="A payer never loaded the outpatient surgery rates of 1 July and dropped the implants paid beside them",
        first_day=date(2026, 7, 1),
        last_day=LAST_DAY,
        first_visible=date(2026, 7, 22),
        places=("MVH-OR", "unison"),
        n=560,
        effect="expected less allowed on its paid bills of outpatient surgery since then, dollars",
        low=640_000,
        high=750_000,
        looks_like="Contractual adjustments a little deeper on every bill, thousands deeper on those with an implant; "
        "posted without a word as CO 45. No denial, no change in volume.",
        look_alike=LookAlike(
            "blue_prairie, outpatient surgery",
            date(2026, 7, 1),
            LAST_DAY,
            "New rates of the same day, loaded and paid; one bill in a hundred is a little short, as ever.",
        ),
    ),
    Story(
        key="misposted_invoice",
        title="One invoice for imaging's contrast supplies is posted to 4 West",
        first_day=date(2026, 9, 16),
        last_day=date(2026, 9, 16),
        first_visible=date(2026, 9, 16),
        places=("MVH-4W", "MVH-IMG"),
        n=1,
        effect="invoiced to 4 West for an order of imaging, dollars",
        low=186_400,
        high=186_400,
        looks_like="4 West spends several times its usual month on supplies; the order names another department.",
        look_alike=LookAlike(
            "MVH-3W", date(2026, 9, 1), date(2026, 9, 30), "Supplies twice the usual: more orders of the usual size."
        ),
    ),
    Story(
        key="lost_implant",
        title="A joint is bought and set, and never charged",
        first_day=date(2026, 10, 1),
        last_day=date(2026, 10, 31),
        first_visible=date(2026, 11, 1),
        places=("MVH-OR",),
        n=1,
        effect="gross charge that is missing, dollars",
        low=10_000,
        high=30_000,
        looks_like="A bill-only purchase line names the encounter; no charge in revenue center implants does.",
        look_alike=LookAlike(
            "MVH-OR, another joint of the same week",
            date(2026, 10, 1),
            date(2026, 10, 31),
            "Its charge is posted 23 days after the operation: late, not lost, and its bill waits for it.",
        ),
    ),
    Story(
        key="payer_mix",
        title="More outpatient surgery, less of it commercially insured: volume hides what the mix takes",
        first_day=date(2026, 4, 1),
        last_day=date(2026, 6, 30),
        first_visible=date(2026, 4, 30),
        places=("MVH-OR",),
        n=3000,
        effect="expected price of an outpatient operation, second quarter against first, percent",
        low=-17,
        high=-7,
        looks_like="Net revenue of the service about flat while cases rise by a tenth.",
        look_alike=LookAlike(
            "MVH-OR",
            date(2026, 1, 1),
            date(2026, 1, 31),
            "The commercial share of one January is higher by chance, and back in February.",
        ),
    ),
    Story(
        key="thin_reserve",
        title="Patients of commercial and Advantage plans pay less of what they owe; the reserve stays as it was",
        first_day=date(2026, 7, 1),
        last_day=LAST_DAY,
        first_visible=date(2026, 9, 30),
        places=("MVH",),
        n=2000,
        effect="share of what such patients were told to pay that came in 60 days, third quarter less first, points",
        low=-20,
        high=-7,
        looks_like="Receivables from patients age; implicit price concessions stay at the same share of what is owed.",
        look_alike=LookAlike(
            "medicaid", date(2026, 7, 1), LAST_DAY, "Collects little, as reserved: its share is as it always was."
        ),
    ),
    Story(
        key="agency_twice",
        title="An agency's bill of February is accrued by the close and once more by hand, until April",
        first_day=date(2026, 2, 28),
        last_day=date(2026, 4, 30),
        first_visible=date(2026, 2, 28),
        places=("MVH-IMG",),
        n=1,
        effect="agency expense of imaging in February above what was received, dollars",
        low=94_280,
        high=94_280,
        looks_like="A journal by hand to 6030 for an amount that the close had accrued too; April too low.",
        look_alike=LookAlike(
            "MVH-IMG, other bills of the agency",
            date(2026, 2, 1),
            date(2026, 3, 31),
            "Accrued at the end of the month and taken back the day after, once each.",
        ),
    ),
    Story(
        key="coding_error",
        title="Sepsis stays billed in February as severe with MCC are corrected in May, and paid back",
        first_day=date(2026, 2, 1),
        last_day=date(2026, 2, 28),
        first_visible=date(2026, 5, 19),
        places=("MVH",),
        n=20,
        effect="paid back on bills of February, dollars",
        low=140_000,
        high=320_000,
        looks_like="Bills of February printed again with MS-DRG 872; account 5090 in May; February's case mix falls.",
        look_alike=LookAlike(
            "MVH, MS-DRG 871 in January and March",
            date(2026, 1, 1),
            date(2026, 3, 31),
            "As many such stays in the months beside it, none corrected.",
        ),
    ),
    Story(
        key="not_enrolled",
        title="A new surgeon operates before one payer has enrolled her",
        first_day=date(2026, 10, 5),
        last_day=LAST_DAY,
        first_visible=date(2026, 10, 28),
        places=("MVH-OR", "blue_prairie", "ASHWORTH-LEAL, TESS"),
        n=6,
        effect="share of her bills answered by that payer that were denied, percent",
        low=100,
        high=100,
        looks_like="Reason B7 on every one of her bills to this payer; no other payer, no other surgeon.",
        look_alike=LookAlike(
            "unison, her bills there", date(2026, 10, 5), LAST_DAY, "Denied now and then for the usual reasons."
        ),
    ),
)


@dataclass(frozen=True)
class Noise:
    """A month that looks alarming and has no cause: ``usual`` and ``seen`` as the figure was and is."""

    what: str
    month: date
    usual: float
    seen: float


NOISE = (
    Noise("supplies of imaging, dollars", date(2026, 7, 1), 97_000, 204_000),
    Noise("initial denials of Corvane, percent of answers", date(2026, 7, 1), 11.3, 14.5),
    Noise("supplies of 3 West, dollars", date(2026, 9, 1), 20_000, 42_000),
)
