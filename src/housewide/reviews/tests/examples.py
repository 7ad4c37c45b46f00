"""A frozen review made by hand, for the tests that need its figures and not how they were computed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from housewide.kit.periods import Month, months_back
from housewide.org.models import Place
from housewide.reviews.models import Figure, Review, ReviewComment
from housewide.reviews.seals import figure_sha256
from housewide.work.tests.cast import Cast

FROZEN_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SURGEONS = [
    ("Dr. Adaeze Chen", 62, 80),
    ("Dr. Bo Lindqvist", 20, 32),
    ("Dr. Cara Moreau", 3, 8),
    ("Dr. Dev Patel", 40, 60),
]
CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">'
    '<path d="M5 50L195 10" stroke="#101c2c" fill="none"/></svg>'
)


def a_reading(title: str = "First cases on time", word: str = "worsening", missed: bool = True) -> dict[str, Any]:
    """A reading of 125 of 180, as a figure keeps it."""
    months = [str(month) for month in months_back(Month(2026, 10), 24)]
    series = [
        {"period": month, "num": 100 + at, "den": 180, "value": f"{(100 + at) / 1.8:.1f}"}
        for at, month in enumerate(months)
    ]
    series[-1] = {"period": "2026-10", "num": 125, "den": 180, "value": "69.4"}
    rows = [
        {
            "label": name,
            "mask": f"Surgeon 0{at}",
            "num": num,
            "den": den,
            "count": den,
            "value": f"{100 * num / den:.1f}",
            "shown": f"{100 * num / den:.1f} %",
        }
        for at, (name, num, den) in enumerate(SURGEONS, start=1)
    ]
    return {
        "title": title,
        "sentence": "First scheduled case of each room in the room within 5 minutes.",
        "unit": "%",
        "value": "69.4",
        "shown": "69.4 %",
        "num": 125,
        "den": 180,
        "counts": "125 of 180 first cases",
        "target": "80",
        "target_shown": "80 %",
        "missed_target": missed,
        "signal": {"word": word, "tone": "bad" if word == "worsening" else "neutral", "shape": "bad down", "rule": ""},
        "reach": "usually 62 % to 76 %; 80 % needs a change in how we work",
        "source": "OR log",
        "as_of": "import 41 of 2026-11-03",
        "version": 1,
        "caveats": [],
        "left_out": [{"reason": "weekend or holiday", "count": 12}],
        "formula": {"kind": "ratio", "per": 100, "divisor": 1, "places": 1},
        "series": series,
        "breakdowns": [{"by": "surgeon", "title": "Surgeon", "people": True, "rows": rows}],
        "chart": CHART,
    }


def a_frozen_review(cast: Cast, *readings: dict[str, Any], state: str = "frozen") -> Review:
    """October at the operating rooms, with one figure for each reading."""
    review = Review.objects.create(
        place=Place.objects.get(code="MVH-OR"), period="2026-10", state=state, opened_by=cast.alice,
        opened_at=FROZEN_AT, frozen_at=FROZEN_AT, as_of_batch=41, frozen_head="ab" * 32,
    )  # fmt: skip
    for order, reading in enumerate(readings or [a_reading()]):
        figure = Figure(
            review=review, measure=f"surgery.measure_{order}", order=order, definition_sha256="cd" * 32, as_of_batch=41,
            parts=[["facts/or_case/p202610-a.parquet", "ef" * 32]], tree_sha256="01" * 32,
            components={"num": reading["num"], "den": reading["den"]}, reading=reading,
        )  # fmt: skip
        figure.sha256 = figure_sha256(figure)
        figure.save()
    text = "Two rooms lost their <first> case to late trays; #set text(red) *vendor* called."
    ReviewComment.objects.create(review=review, measure="surgery.measure_0", text=text, by=cast.alice, at=FROZEN_AT)
    return review
