"""What is really hidden in Lakeside's money, for the tests that ask whether Housewide finds it.

Only tests read this module. ``low`` and ``high`` bound ``effect`` as measured from what was played with seed 2026; at
least ``n`` bills or images carry the story. Each has an innocent look-alike that must be left alone.
"""

from __future__ import annotations

from datetime import date

from housewide.demo.answer_key import LAST_DAY, LookAlike, Story
from housewide.demo.answer_key_money import Noise

PRACTICE_STORIES: tuple[Story, ...] = (
    Story(
        key="copays_not_asked",
        title="After somebody leaves the front desk copays are billed instead of asked for",
        first_day=date(2026, 7, 13),
        last_day=LAST_DAY,
        first_visible=date(2026, 7, 31),
        places=("LKO-CLINIC", "LKO-PT"),
        n=1500,
        effect="share of copays due that was paid on the day of the visit, percent",
        low=58,
        high=67,
        looks_like="Patients' payments on the day of the visit fall at once, from about 88 percent of the copays that "
        "the payers name later (PR 3); balances, statements and write-offs of small amounts grow.",
        look_alike=LookAlike(
            "corvane",
            date(2026, 7, 1),
            LAST_DAY,
            "An employer moved its people to a plan without copays: a seventh less is due for a visit, and of what is "
            "due as much is paid.",
        ),
    ),
    Story(
        key="lapsed_authorizations",
        title="Therapy goes on after its authorization has expired, because extensions are asked for too late",
        first_day=date(2026, 8, 1),
        last_day=LAST_DAY,
        first_visible=date(2026, 8, 26),
        places=("LKO-PT",),
        n=40,
        effect="bills of therapy after expiry that were denied, contract dollars",
        low=4_500,
        high=6_500,
        looks_like="Reason 197 on therapy; each such visit lies between the expiry of one authorization and the start "
        "of the next, which was requested after the expiry. None is ever paid.",
        look_alike=LookAlike(
            "all payers, reason 27",
            date(2026, 8, 1),
            LAST_DAY,
            "Denials for eligibility stay at one to two in a hundred answers.",
        ),
    ),
    Story(
        key="old_therapy_rate",
        title="A payer goes on paying therapy by the rate before its amendment of 1 April",
        first_day=date(2026, 4, 1),
        last_day=LAST_DAY,
        first_visible=date(2026, 4, 16),
        places=("LKO-PT", "blue_prairie"),
        n=350,
        effect="expected less allowed on its paid bills of therapy since then, dollars",
        low=5_500,
        high=7_500,
        looks_like="Every bill about a ninth short, a dozen dollars or more, posted as CO 45; its visits to the clinic "
        "are paid right.",
        look_alike=LookAlike(
            "ma_summit, therapy",
            date(2026, 4, 1),
            LAST_DAY,
            "Pays six percent less from the same day on, as its contract says.",
        ),
    ),
    Story(
        key="friday_images",
        title="X-rays of Fridays are taken and not charged since the technologist is away",
        first_day=date(2026, 9, 4),
        last_day=LAST_DAY,
        first_visible=date(2026, 9, 8),
        places=("LKO-XRAY",),
        n=200,
        effect="gross charges that are missing, dollars",
        low=24_000,
        high=33_000,
        looks_like="The statistics count as many images on Fridays as ever; charges XR of these days are a sixth.",
        look_alike=LookAlike(
            "LKO-XRAY",
            date(2026, 10, 12),
            date(2026, 10, 15),
            "Charges of four days are missing for two weeks and all posted on October 28: late, not lost.",
        ),
    ),
)

NOISE = (
    Noise("no-shows of Whitlock, J, PA-C, percent", date(2025, 12, 1), 7.9, 13.6),
    Noise("initial denials of workers' compensation, percent of answers", date(2026, 2, 1), 8.5, 14.1),
    Noise("days in receivables", date(2026, 2, 1), 28.3, 31.0),
)
