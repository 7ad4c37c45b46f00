"""How a month that is not over stands: as many days of the month before, and the part of the target that falls on
the days so far. It is no verdict; a month gets one when it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.amounts import rounded_value, show
from housewide.measures.definitions import Definition
from housewide.measures.formulas import leaves
from housewide.measures.keeping import kept_until_counted_again
from housewide.measures.rollups import Scope, day_totals, scope_of
from housewide.measures.sources import Sources, sources_of
from housewide.measures.sums import Total, rolls_of, total_of_formula
from housewide.measures.targets import Target, targets_for


@dataclass(frozen=True)
class ToDate:
    """A month so far. ``through`` is its last day with rows; ``before`` the value over the same number of days of the
    month before, up to ``before_through``: workdays, or all days where the measure happens on each. ``target`` is
    calendarized: a total's by these days, others whole."""

    measure: str
    period: str
    through: date
    days: int
    days_in_month: int
    value: Decimal | None
    text: str
    before_period: str
    before_through: date
    before: Decimal | None
    before_text: str
    target: Decimal | None
    target_text: str
    sentence: str


@dataclass(frozen=True)
class _Stretches:
    """The days so far and those of the month before that they are set against."""

    month: Month
    first: date
    end: date
    before_first: date
    before_end: date
    days: int
    days_in_month: int
    before_days: int
    unit: str


@kept_until_counted_again("period")
def month_to_date(measure_id: str, place: str, period: str) -> ToDate | None:
    """How one measure stands in a month that is not complete; None for a complete one, and while nothing was
    counted in it. Raises KeyError for an unknown measure, BadPeriod for a text that is no month."""
    return months_to_date([measure_id], place, period)[measure_id]


def months_to_date(measure_ids: Iterable[str], place: str, period: str) -> dict[str, ToDate | None]:
    """The same for several measures: about ten queries in all, and two for each last day in which they differ."""
    chosen = [definitions.get(measure) for measure in dict.fromkeys(measure_ids)]
    month = Month.parse(period)
    found: dict[str, ToDate | None] = dict.fromkeys((one.id for one in chosen), None)
    if not chosen:
        return found
    scope = scope_of(place, [month.shift(-1), month])
    sources = sources_of(chosen, scope)
    targets = targets_for([one.id for one in chosen], place, scope.days_of(month)[1], scope.now)
    together: dict[_Stretches, list[Definition]] = {}
    for one in chosen:
        stretches = _stretches(one, scope, sources, month) if sources.is_partial(one, month) else None
        if stretches is not None:
            together.setdefault(stretches, []).append(one)
    for stretches, some in together.items():
        now = over_days(some, scope, stretches.first, stretches.end)
        past = over_days(some, scope, stretches.before_first, stretches.before_end)
        counted = (one for one in some if now[one.id].value(one) is not None)
        found |= {one.id: _said(one, stretches, now[one.id], past[one.id], targets[one.id]) for one in counted}
    return found


def _stretches(definition: Definition, scope: Scope, sources: Sources, month: Month) -> _Stretches | None:
    """The days that are over and up to which rows have come in, and as many days of the month before."""
    first, last = scope.days_of(month)
    main = next((table for table in definition.reads if table != "calendar"), "")
    highest = min((part.highest for part in sources.of(definition, month) if part.table == main and part.highest),
                  default=None)  # fmt: skip
    if highest is None:
        return None
    end = min(last, today() - timedelta(days=1), highest)
    earlier = scope.days_of(month.shift(-1))
    count = _days_between if definition.every_day else scope.calendar.workdays_between
    days = count(first, end) if end >= first else 0
    if not days:
        return None
    stop = _nth_day(count, *earlier, days)
    unit = "day" if definition.every_day else "workday"
    return _Stretches(
        month, first, end, earlier[0], stop, days, count(first, last), count(earlier[0], stop), unit
    )  # fmt: skip


def _days_between(first: date, last: date) -> int:
    return (last - first).days + 1


def _nth_day(count: Callable[[date, date], int], first: date, last: date, days: int) -> date:
    """The day on which a month has had so many days; its last day when it has fewer."""
    seen = 0
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        seen += count(day, day)
        if seen == days:
            return day
    return last


def over_days(chosen: Iterable[Definition], scope: Scope, first: date, last: date) -> dict[str, Total]:
    """Totals of some measures over a stretch of days, by measure: most add, things are united, of a stock the last day
    counts, a formula is worked out from its components over the stretch. One query."""
    some = list(chosen)
    behind = {leaf.id: leaf for one in some for leaf in leaves(one)}
    days = day_totals(behind, scope.place, first, last, scope)
    held = {key: _stretch(leaf, days[key]) for key, leaf in behind.items()}
    return {one.id: total_of_formula(one, held) if one.kind == "formula" else held[one.id] for one in some}


def _stretch(definition: Definition, days: Mapping[date, Total]) -> Total:
    whole = Total(rolls=rolls_of(definition))
    for day in [max(days)] if definition.kind == "stock" and days else sorted(days):
        whole.join(days[day])
        whole.as_of_batch = max(whole.as_of_batch, days[day].as_of_batch)
        whole.definition_sha256 = days[day].definition_sha256
    return whole


def _said(definition: Definition, over: _Stretches, now: Total, past: Total, target: Target | None) -> ToDate:
    value, before = now.value(definition), past.value(definition)
    earlier = over.month.shift(-1)
    aim = _calendarized(definition, over, target)
    text, before_text, aim_text = (show(definition, one) if one is not None else "–" for one in (value, before, aim))
    return ToDate(
        measure=definition.id,
        period=str(over.month),
        through=over.end,
        days=over.days,
        days_in_month=over.days_in_month,
        value=rounded_value(definition, value),
        text=text,
        before_period=str(earlier),
        before_through=over.before_end,
        before=rounded_value(definition, before),
        before_text=before_text,
        target=rounded_value(definition, aim),
        target_text=aim_text if aim is not None else "",
        sentence=_sentence(over, text, earlier, before_text)
        + (f"; {_target_words(definition)}: {aim_text}" if aim is not None else ""),
    )


def _sentence(over: _Stretches, text: str, earlier: Month, before_text: str) -> str:
    """``So far: 71.0% over 15 workdays; October’s first 15 workdays: 68.0%``."""
    name, unit = earlier.title.split()[0], over.unit
    now = f"{over.days} {unit}{'s' * (over.days != 1)}"
    same = f"first {unit}" if over.days == 1 else f"first {over.days} {unit}s"
    if over.before_days < over.days:  # the month before had fewer
        same = f"{over.before_days} {unit}s"
    return f"So far: {text} over {now}; {name}’s {same}: {before_text}"


def _target_words(definition: Definition) -> str:
    return "the target for these days" if definition.kind == "total" else "target"


def _calendarized(definition: Definition, over: _Stretches, target: Target | None) -> Fraction | None:
    """A total's target falls on the days of its month in equal parts; what is no sum over time keeps it whole."""
    if target is None:
        return None
    whole = Fraction(target.value)
    return whole * over.days / over.days_in_month if definition.kind == "total" else whole
