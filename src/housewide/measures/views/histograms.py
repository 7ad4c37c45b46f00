"""A distribution as a histogram with its mean, median, 90th percentile and target marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from housewide.measures.definitions import Definition
from housewide.measures.views.values import count_noun, show_value

if TYPE_CHECKING:
    from housewide.measures.readings import Reading

WORDS = {"mean": "Mean", "median": "Median", "p90": "9 in 10 within"}
MOST_BINS = 60


def histogram_of(definition: Definition, reading: Reading) -> dict[str, Any] | None:
    """SVG and table of the distribution, or None where there is none to draw."""
    if definition.kind != "distribution" or not reading.histogram:
        return None
    from housewide.kit.charts import histogram_svg, histogram_table

    edges, counts = bins_of(reading.histogram, definition.bin, definition.scale)
    whole = all(edge == int(edge) for edge in edges)
    show = show_value(replace(definition, decimals=0) if whole else definition)
    title = f"{definition.title}, {reading.place_name}, {reading.period}"
    options: dict[str, Any] = {"title": title, "show": show, "unit": count_noun(definition, reading)}
    svg = histogram_svg(edges, counts, marks=_marks(definition, reading), **options)
    return {"svg": svg, "table": histogram_table(edges, counts, **options), "stats": _stats(reading)}


def bins_of(histogram: dict[int, int], width: int, scale: int) -> tuple[list[float], list[int]]:
    """Edges in the unit of the measure and the count of each bin, gaps filled.

    ``histogram`` counts by the lower edge of the bin in raw units. Neighbours are joined until at most 60 bins remain.
    """
    low, high = min(histogram), max(histogram)
    joined = width
    while (high - low) // joined + 1 > MOST_BINS:
        joined += width
    start = low // joined * joined
    size = (high - start) // joined + 1
    counts = [0] * size
    for edge, count in histogram.items():
        counts[(edge - start) // joined] += count
    return [(start + at * joined) / scale for at in range(size + 1)], counts


def _marks(definition: Definition, reading: Reading) -> list[Any]:
    from housewide.kit.charts import Mark

    marks = [
        Mark(_number(text), f"{WORDS.get(key, key.capitalize())} {text}")
        for key, text in reading.stats.items()
        if _known(text)
    ]
    if reading.target:
        marks.append(Mark(float(reading.target.value), f"Target {reading.target.text}", is_target=True))
    return marks


def _stats(reading: Reading) -> list[tuple[str, str]]:
    return [(WORDS.get(key, key.capitalize()), text) for key, text in reading.stats.items()]


def _known(text: str) -> bool:
    try:
        _number(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> float:
    """The number a statistic's text begins with: ``−1,204.5 min`` is -1204.5. Raises ValueError."""
    return float(text.split(" ")[0].rstrip("%").replace("\u2212", "-").replace(",", ""))
