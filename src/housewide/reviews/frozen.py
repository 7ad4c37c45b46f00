"""Takes a reading out of the measures and keeps it whole: value, series, chart, breakdowns, and what it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from housewide.facts.catalogue import last_batch
from housewide.facts.models import Batch, Part
from housewide.facts.tables import table
from housewide.kit.actions import Refused
from housewide.kit.clock import today
from housewide.kit.memory import kept
from housewide.kit.periods import Month, months_back
from housewide.measures import definitions
from housewide.measures.amounts import show
from housewide.measures.asking import months_needed, tables_of
from housewide.measures.definitions import Definition
from housewide.measures.keeping import rests_on
from housewide.measures.labels import labels_for
from housewide.measures.readings import Reading, readings
from housewide.org.tree import tree_on
from housewide.reviews.charting import charted
from housewide.reviews.figures import as_text, in_words
from housewide.reviews.models import Figure
from housewide.reviews.queries import SIGNALS
from housewide.reviews.recounting import Integers, Recount, calendar_sha256, count_again, parts_behind, value_of_counts
from housewide.reviews.watching import watched

POINTS = 24


@dataclass(frozen=True)
class Frozen:
    """Everything a figure keeps. ``parts``: [path, sha256] of every file; ``components``: integers and codes only."""

    parts: list[list[str]]
    definition_sha256: str
    tree_sha256: str
    components: dict[str, Any]
    reading: dict[str, Any]


def newest_batch() -> int:
    """The id of the newest import: what a freeze made now rests on."""
    return last_batch()


def freeze(measure: str, place: str, period: str, as_of: int) -> Frozen:
    """The reading of a measure at a place (its code) and month, from the parts that were current after ``as_of``.

    The integers are counted from the files themselves. Raises Refused when what the pages show is not what the files
    say (a count still under way): nobody signs a number that they have not seen.
    """
    definition, month = definitions.get(measure), Month.parse(period)
    months, tree = months_back(month, POINTS), tree_on(month.last_day())
    trees = {str(one): tree_on(one.last_day()) for one in months}
    places = {period: sorted(was.below(place)) for period, was in trees.items()}
    facilities = sorted({code for was in trees.values() for code in was.facilities_below(place)})
    parts = parts_behind(definition, facilities, months, as_of)
    recount = count_again(definition, parts, places, facilities, months)
    (reading,) = readings([measure], place, period)
    _must_agree(definition, reading, recount.months[period])
    said = _said(definition, reading, recount.months, period)
    drawn = charted(definition, reading, place, month)
    said |= {
        "series": _series(definition, recount),
        "chart": drawn.svg,
        "limits": drawn.limits,
        "breakdowns": _breakdowns(definition, recount, place),
        "left_out": [{"reason": reason, "count": recount.left_out[reason]} for reason in sorted(recount.left_out)],
        "as_of": _as_of(as_of),
    }
    components: dict[str, Any] = {
        "places": places,
        "facilities": facilities,
        "tables": sorted(tables_of(definition)),
        "reads": {code: [str(one) for one in months_needed(definition, code, month)] for code in facilities},
        "calendar": calendar_sha256(facilities, months),
        "months": recount.months,
        "labels": [[by, label, counted] for (by, label), counted in sorted(recount.labels.items())],
        "left_out": recount.left_out,
        "said": in_words(definition, recount.months[period]),
        "definitions": definitions.identities(definition),
    }
    files = [[part.path, part.sha256] for part in parts]
    return Frozen(files, definition.sha256, tree.sha256(), components, said)


def keep_definition(measure: str) -> None:
    """Keep the text of a definition that a figure is about to cite; inside an act."""
    definition = definitions.all_definitions().get(measure)
    if definition is not None:
        definitions.record(definition)


def live_readings(measures: Sequence[str], place: str, period: str) -> list[dict[str, Any]]:
    """The readings as the pages show them now, in the shape that a figure keeps, without what only a freeze adds. The
    chart is drawn where the reading asks for something: the others are folded away on the page."""
    month, found = Month.parse(period), []
    for reading in readings(measures, place, period):
        definition = definitions.get(reading.measure)
        said = _said(definition, reading, None, period)
        wanted = said["missed_target"] or said["signal"]["word"] in SIGNALS
        chart = _kept_chart(definition, reading, place, month) if wanted else ""
        found.append(said | {"series": [], "breakdowns": [], "left_out": [], "as_of": "", "chart": chart})
    return found


def _kept_chart(definition: Definition, reading: Reading, place: str, month: Month) -> str:
    """The picture, drawn once for everybody until something that it rests on changes."""
    key = ("review chart", definition.id, place, str(month), today())
    return kept(key, lambda: charted(definition, reading, place, month).svg, on=rests_on(month))


def is_current(figure: Figure) -> bool:
    """Whether every part behind a figure is still the current one of its table, scope and month."""
    definition = definitions.all_definitions().get(figure.measure)
    if definition is None or definition.sha256 != figure.definition_sha256:
        return False
    later = Q(from_batch__gt=figure.as_of_batch) | Q(to_batch__gt=figure.as_of_batch)
    about = figure.components
    last = max([*about["months"], *(period for needed in about["reads"].values() for period in needed)])
    near = Part.objects.filter(table__in=about["tables"], scope__in=about["facilities"], period__lte=last)
    if not near.filter(later).exists():
        return True
    months = [Month.parse(period) for period in about["months"]]
    now = parts_behind(definition, about["facilities"], months)
    return bool([[part.path, part.sha256] for part in now] == figure.parts)


def _must_agree(definition: Definition, reading: Reading, counted: Integers) -> None:
    if not counted["count"] and not reading.value:
        return
    value = value_of_counts(definition, counted)
    if reading.value is None or value is None or Decimal(reading.value) != value:
        raise Refused(
            f"“{definition.title}” is being counted again: the page says {reading.text}, the files say"
            f" {show(definition, value)}. Wait until the jobs are done, look at it, and freeze then."
        )


def _said(definition: Definition, reading: Reading, months: dict[str, Integers] | None, period: str) -> dict[str, Any]:
    """What is shown of a reading, as JSON without floats."""
    counted = months[period] if months else None
    value = value_of_counts(definition, counted) if counted else reading.value
    target, share = reading.target, definition.kind in ("ratio", "rate")
    num, den = (counted["num"], counted["den"]) if counted else (reading.num or 0, reading.den or 0)
    signal = reading.signal
    return {
        "title": definition.title,
        "sentence": definition.sentence,
        "unit": definition.unit,
        "value": as_text(value),
        "shown": show(definition, value) if value is not None else "No data",
        "num": num if definition.kind not in ("distribution", "formula") else None,
        "den": den if share else None,
        "counts": _counts(definition, counted or {"count": reading.count or 0, "num": num, "den": den}),
        "target": as_text(target.value) if target else None,
        "target_shown": target.text if target else "",
        "missed_target": reading.met is False,
        "signal": {
            "word": signal.word,
            "tone": signal.tone,
            "shape": f"{signal.tone} {signal.arrow}",
            "rule": signal.rule,
        },
        "why": list(signal.why) if signal.is_change else [],
        "watching": watched(definition.id, reading.place, today()) if signal.is_change else "",
        "reach": str(reading.reach.sentence or "not enough points yet to say what is usual").rstrip("."),
        "source": reading.source or ", ".join(table(name).title for name in tables_of(definition)),
        "version": definition.version,
        "caveats": list(reading.caveats),
        "formula": _formula(definition),
    }


def _formula(definition: Definition) -> dict[str, Any] | None:
    """How a workbook works the value out of numerator and denominator; None where they do not give it."""
    if definition.kind in ("ratio", "rate"):
        return {"kind": "ratio", "per": definition.per, "divisor": 1, "places": definition.decimals}
    if definition.kind in ("total", "stock", "distinct"):
        return {"kind": "total", "per": 1, "divisor": definition.scale, "places": definition.decimals}
    return None


def _series(definition: Definition, recount: Recount) -> list[dict[str, Any]]:
    share, spread = definition.kind in ("ratio", "rate"), definition.kind in ("distribution", "formula")
    return [
        {
            "period": period,
            "num": counted["count"] if spread else counted["num"],
            "den": counted["den"] if share else None,
            "value": as_text(value_of_counts(definition, counted)),
        }
        for period, counted in recount.months.items()
    ]


def _breakdowns(definition: Definition, recount: Recount, place: str) -> list[dict[str, Any]]:
    """Each breakdown of the month, largest first; every row with the label under which those without names see it."""
    masks = labels_for(None, place)
    people = any(table(name).phi for name in tables_of(definition))
    found = []
    for by in definition.breakdowns:
        cells = {label: counted for (one, label), counted in recount.labels.items() if one == by}
        ordered = sorted(cells.items(), key=lambda pair: (-pair[1]["count"], pair[0]))
        rows = [_row(definition, label, masks.shown(by, label), counted) for label, counted in ordered]
        found.append({"by": by, "title": by.replace("_", " ").capitalize(), "people": people, "rows": rows})
    return found


def _row(definition: Definition, label: str, mask: str, counted: Integers) -> dict[str, Any]:
    share = definition.kind in ("ratio", "rate")
    value = value_of_counts(definition, counted)
    return {
        "label": label,
        "mask": mask,
        "num": counted["count"] if definition.kind == "distribution" else counted["num"],
        "den": counted["den"] if share else None,
        "count": counted["count"],
        "value": as_text(value),
        "shown": show(definition, value),
    }


def _counts(definition: Definition, counted: Integers) -> str:
    """What the value rests on, for people: seconds over seconds say nothing, the rows behind them do."""
    if definition.kind in ("ratio", "rate") and counted["den"] == counted["count"]:
        return f"{counted['num']:,} of {counted['den']:,}"
    return "" if definition.unit == "cases" else f"from {counted['count']:,} rows"


def _as_of(batch: int) -> str:
    """The newest import in words."""
    found = Batch.objects.filter(pk=batch).first()
    return f"import {found.public_id} of {timezone.localtime(found.at):%Y-%m-%d %H:%M %Z}" if found else "no import yet"
