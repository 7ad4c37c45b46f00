"""A number that explains itself: its value at a place and period, its target, what the statistics say, and where it
comes from. Every screen, review and pack reads numbers through here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from housewide.kit.periods import Month, months_back
from housewide.measures import definitions
from housewide.measures.amounts import amount_text, rounded_value, show, statistic
from housewide.measures.breakdowns import Slice, breakdown, breakdown_series
from housewide.measures.charting import RARE_KINDS, choice_of
from housewide.measures.contributions import in_words, largest_part
from housewide.measures.definitions import Definition
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.rollups import Scope, Totals, scope_of, totals
from housewide.measures.series import POINTS, Point, chart_of, charted, days, gaps_of, points_of, series
from housewide.measures.signals import (
    Reach,
    Signal,
    is_met,
    rare_reach,
    rare_signal,
    reach_of,
    signal_of,
    target_in_words,
)
from housewide.measures.sources import Sources, sources_of
from housewide.measures.sums import Total
from housewide.measures.targets import Target, targets_for
from housewide.org.calendars import hold_calendars

__all__ = [
    "Point",
    "Reach",
    "Reading",
    "Signal",
    "Slice",
    "Target",
    "breakdown",
    "breakdown_series",
    "chart_of",
    "days",
    "reading",
    "readings",
    "series",
]
FEW_POINTS = 12


@dataclass(frozen=True)
class Reading:
    """One measure at one place in one month. ``num``, ``den``, ``count`` and ``exact`` are the raw integers behind it
    (of a distribution: ``num`` = ``count``, ``exact`` = the sum of its values). ``chart`` says which control chart the
    signal was read from, and why."""

    measure: str
    title: str
    sentence: str
    place: str
    place_name: str
    period: str
    value: Decimal | None
    text: str
    unit: str
    num: int
    den: int
    count: int
    target: Target | None
    met: bool | None
    signal: Signal
    reach: Reach
    as_of: datetime | None
    as_of_batch: int
    definition_version: int
    definition_sha256: str
    left_out: dict[str, int]
    source: str
    caveats: tuple[str, ...]
    partial: bool
    histogram: dict[int, int] | None
    stats: dict[str, str]
    exact: int = 0
    chart: str = ""
    components: dict[str, str] = field(default_factory=dict)


def reading(measure_id: str, place: str, period: str, *, points: int = POINTS) -> Reading:
    """The reading of one measure. Raises KeyError for an unknown measure, BadPeriod for a text that is no month."""
    return readings([measure_id], place, period, points=points)[0]


def readings(measure_ids: Iterable[str], place: str, period: str, *, points: int = POINTS) -> list[Reading]:
    """Readings of several measures, in the order given: about ten queries in all, and one for each that has changed.

    Raises KeyError for an unknown measure, BadPeriod for a text that is no month.
    """
    return _readings(tuple(measure_ids), place, period, points)


@kept_until_counted_again("period")
def _readings(measure_ids: tuple[str, ...], place: str, period: str, points: int) -> list[Reading]:
    chosen = [definitions.get(measure) for measure in measure_ids]
    month = Month.parse(period)
    if not chosen:
        return []
    with hold_calendars():
        scope = scope_of(place, months_back(month, points))
        counted = totals([d.id for d in chosen], scope)
        sources = sources_of(chosen, scope)
        targets = targets_for([d.id for d in chosen], place, scope.days_of(month)[1], scope.now)
        return [_reading(d, scope, month, counted, sources, targets[d.id]) for d in chosen]


def _reading(
    definition: Definition, scope: Scope, month: Month, counted: Totals, sources: Sources, target: Target | None
) -> Reading:
    points = points_of(definition, counted, scope, sources)
    chart, said = charted(definition, points, target.value if target else None)
    chart_of.offer((chart, points, said), definition.id, scope.place, month, len(points))
    choice = choice_of(definition, points)
    if choice.kind in RARE_KINDS:
        gaps = gaps_of(definition, scope, choice.kind, points)
        reach, signal = rare_reach(gaps), rare_signal(points, gaps)
    else:
        reach, signal = reach_of(definition, said), signal_of(definition, points, said)
    total = counted.get((definition.id, month), {}).get("", Total())
    last = points[-1]
    caveats = [*sources.caveats(definition, month), *_about_the_cube(definition, total, sources, month)]
    if said.base < FEW_POINTS:
        months = "1 complete month" if said.base == 1 else f"{said.base} complete months"
        caveats.append(f"Only {months} so far; what is usual can be said from {FEW_POINTS} on")
    return Reading(
        measure=definition.id,
        title=definition.title,
        sentence=definition.sentence,
        place=scope.place,
        place_name=scope.name,
        period=str(month),
        value=last.value,
        text=last.text,
        unit=definition.unit,
        num=total.num,
        den=total.den,
        count=total.count,
        target=target,
        met=is_met(definition, last.value, target, last.partial),
        signal=_explained(definition, scope, signal, target, reach),
        reach=reach,
        as_of=sources.as_of(definition, month),
        as_of_batch=total.as_of_batch,
        definition_version=definition.version,
        definition_sha256=total.definition_sha256 or definition.sha256,
        left_out=dict(sorted(total.left_out.items(), key=lambda item: (-item[1], item[0]))),
        source=sources.sentence(definition, month),
        caveats=tuple(caveats),
        partial=last.partial,
        histogram=dict(sorted(total.bins.items())) if definition.kind == "distribution" else None,
        stats=_stats(definition, total),
        exact=total.exact,
        chart=choice.why,
        components=_components(definition, total),
    )


def _explained(definition: Definition, scope: Scope, signal: Signal, target: Target | None, reach: Reach) -> Signal:
    why = list(signal.why)
    against = target_in_words(definition, target, reach)
    why += [against] if against else []
    if signal.is_change and signal.since:
        since = Month.parse(signal.since)
        part = largest_part(definition, scope, since)
        why += [in_words(definition, part, since)] if part else []
    return replace(signal, why=why)


def _about_the_cube(definition: Definition, total: Total, sources: Sources, month: Month) -> list[str]:
    """Whether the number is behind its rows or its definition: it is being counted again."""
    said = []
    if any(_is_behind(leaf, of, sources, month) for leaf, of in _leaf_totals(definition, total)):
        said.append("A newer import is being counted; this number does not have it yet")
    if total.definition_sha256 and total.definition_sha256 != definition.sha256:
        said.append("Counted with an earlier version of the definition; it is to be counted again")
    return said


def _is_behind(definition: Definition, total: Total, sources: Sources, month: Month) -> bool:
    newest = max((part.batch.pk for part in sources.of(definition, month)), default=0)
    return newest > total.as_of_batch


def _leaf_totals(definition: Definition, total: Total) -> list[tuple[Definition, Total]]:
    """What was counted, each with its definition: of a formula, those of its components that have rows here."""
    if definition.kind != "formula":
        return [(definition, total)]
    parts = [(one.behind, total.components[one.name]) for one in definition.components if total.components]
    return [pair for behind, part in parts if part.as_of_batch for pair in _leaf_totals(behind, part)]


def _components(definition: Definition, total: Total) -> dict[str, str]:
    """What a formula was worked out from, by the title of each measure."""
    if definition.kind != "formula" or not total.components:
        return {}
    amounts = total.amounts(definition)
    return {one.name: amount_text(one, amounts[one.name]) for one in definition.components}


def _stats(definition: Definition, total: Total) -> dict[str, str]:
    if definition.kind != "distribution" or not total.count:
        return {}
    found = {}
    for stat in ("mean", "median", "p90"):
        exact = statistic(definition, stat, total.count, total.exact, total.bins)
        found[stat] = show(definition, exact) if rounded_value(definition, exact) is not None else "–"
    return found
