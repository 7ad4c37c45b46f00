"""Readings as the rows of a table: title, signal, latest value, target, sparkline, reach. One look on every screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.kit.periods import Month, months_back
from housewide.measures.definitions import all_definitions
from housewide.measures.readings import Reading, readings
from housewide.measures.rollups import scope_of, totals
from housewide.measures.series import Point, points_of, series
from housewide.measures.sources import sources_of
from housewide.measures.views.values import show_value

SPARK_POINTS = 16
CHANGES = ("worsening", "improving", "changed")
REACH_WORDS = {
    "consistently_hits": ("Reaches the target", "good"),
    "hit_or_miss": ("Hit or miss", "neutral"),
    "consistently_misses": ("Cannot reach target", "warn"),
}
POINT_TYPES = {"improving": "IMPROVEMENT", "worsening": "CONCERN"}


@dataclass(frozen=True)
class ReadingRow:
    """One row of a table of readings; ``templates/measures/reading_row.html`` draws it."""

    reading: Reading
    spark: str
    url: str
    rows_url: str
    steward: str

    @property
    def has_changed(self) -> bool:
        return self.reading.signal.word in CHANGES

    @property
    def usual(self) -> str:
        """What the process usually gives: the first half of the reach sentence."""
        return self.reading.reach.sentence.partition(";")[0].removeprefix("usually ")

    @property
    def verdict(self) -> str:
        """Whether the target is in reach, in a few words; nothing for a month that is not over."""
        word = reach_words(self.reading)
        return word[0] if word else ""


def reading_rows(measure_ids: Iterable[str], place: str, period: str, *, account: Any) -> list[ReadingRow]:
    """A row for each measure that has data in the months the sparkline shows; what changed stands first.

    The value links to its rows when the account may see them. The caller has asked the gate for ``see.measures``.
    """
    can_rows = allowed(account, "see.rows", place)
    known = [measure for measure in measure_ids if measure in all_definitions()]
    sparks = _points_of_all(known, place, Month.parse(period))
    found = [one for one in readings(known, place, period) if _has_data(one, sparks[one.measure])]
    shown = [row_of(one, sparks[one.measure], can_rows=can_rows) for one in found]
    return sorted(shown, key=lambda row: _order(row.reading))


def _points_of_all(measures: Sequence[str], place: str, last: Month) -> dict[str, list[Point]]:
    """The months of every sparkline, with as many queries as for one."""
    definitions = [all_definitions()[measure] for measure in measures]
    scope = scope_of(place, months_back(last, SPARK_POINTS))
    counted, sources = totals(measures, scope), sources_of(definitions, scope)
    return {one.id: points_of(one, counted, scope, sources) for one in definitions}


def row_of(reading: Reading, points: Sequence[Point] | None = None, *, can_rows: bool) -> ReadingRow:
    """One reading as a row; its points are looked up when they are not given."""
    where = [reading.place, reading.period, reading.measure]
    if points is None:
        points = series(reading.measure, reading.place, Month.parse(reading.period), SPARK_POINTS)
    return ReadingRow(
        reading,
        spark_of(reading, points),
        reverse("measure", args=where),
        reverse("measure-rows", args=where) if can_rows else "",
        all_definitions()[reading.measure].steward,
    )


def _has_data(reading: Reading, points: Sequence[Point]) -> bool:
    return reading.value is not None or bool(reading.left_out) or any(point.value is not None for point in points)


def reach_words(reading: Reading) -> tuple[str, str] | None:
    """The verdict on the target in a few words with its tone; None without a target or for a partial month."""
    if reading.partial or reading.target is None:
        return None
    return REACH_WORDS.get(reading.reach.verdict or "")


def _order(reading: Reading) -> tuple[int, str]:
    word = reading.signal.word
    return (CHANGES.index(word) if word in CHANGES else len(CHANGES), reading.title)


def spark_of(reading: Reading, points: Sequence[Point]) -> str:
    """The sparkline of a reading, its last point marked with what the signal says."""
    from housewide.kit.charts import sparkline_svg
    from housewide.methods.spc import PointType

    values: list[float | None] = [_number(point.value) for point in points]
    kind = PointType[POINT_TYPES.get(reading.signal.word, "COMMON")]
    return sparkline_svg(
        values,
        title=f"{reading.title}, {len(values)} months",
        show=show_value(all_definitions()[reading.measure]),
        point_type=kind,
        target=_number(reading.target.value) if reading.target else None,
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
