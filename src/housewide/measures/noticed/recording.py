"""Keeps what was said month by month, and turns it into signals that begin once and end once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.kit.events import emit
from housewide.kit.periods import Month
from housewide.measures.models import Noticed, SignalRecord
from housewide.measures.noticed.states import State, states_of

RAISED, ENDED = "measures.signal_raised", "measures.signal_ended"
SAID = tuple(field.name for field in fields(State))
Pair = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """How many states were judged, how many records were new or different, and which signals began and ended."""

    judged: int
    written: int
    raised: int
    ended: int


def notice(
    measures: Iterable[str],
    places: Iterable[str],
    months: Sequence[Month],
    *,
    effect: Callable[[], AbstractContextManager[Any]] | None = None,
) -> Outcome:
    """Judge these neighbouring months (oldest first) and record what is new. Saying the same again changes nothing.

    A measure-place that was never judged gets its history too: past signals are kept as ended and raise nothing.
    """
    ids, codes = list(measures), list(places)
    states = states_of(ids, codes, months)
    with effect() if effect else act("measures.notice", actor="system:measures"):
        known = set(Noticed.objects.filter(measure__in=ids, place__in=codes).values_list("measure", "place"))
        judged_before = _recorded_pairs(ids, codes)
        written = _record(states, ids, codes, months)
        raised, ended = _follow(states, known | judged_before)
    return Outcome(len(states), written, raised, ended)


def _recorded_pairs(measures: Sequence[str], places: Sequence[str]) -> set[Pair]:
    rows = SignalRecord.objects.using("cubes").filter(measure__in=measures, place__in=places)
    return set(rows.values_list("measure", "place").distinct())


def _record(states: Sequence[State], measures: Sequence[str], places: Sequence[str], months: Sequence[Month]) -> int:
    """Write the records that differ, and take away those of months that no longer say anything."""
    rows = SignalRecord.objects.using("cubes").filter(
        measure__in=measures, place__in=places, period__gte=str(months[0]), period__lte=str(months[-1])
    )
    there: dict[tuple[str, str, str], tuple[int, datetime, tuple[Any, ...]]] = {}
    for pk, at, *said in rows.values_list("pk", "first_noticed_at", *SAID).iterator(chunk_size=5000):
        there[said[0], said[1], said[2]] = (pk, at, tuple(said))
    moment = now()
    fresh: list[tuple[Any, ...]] = []
    gone: list[int] = []
    for state in states:
        said = tuple(getattr(state, name) for name in SAID)
        old = there.pop((state.measure, state.place, state.period), None)
        if old and old[2] == said:
            continue
        if old:
            gone.append(old[0])
        same = old is not None and old[2][SAID.index("word")] == state.word
        at = old[1] if old and same else moment
        fresh.append((*said, at))
    gone += [pk for pk, _, _ in there.values()]
    with transaction.atomic(using="cubes"):
        for start in range(0, len(gone), 500):
            SignalRecord.objects.using("cubes").filter(pk__in=gone[start : start + 500]).delete()
        _insert(fresh)
    return len(fresh) + len(there)


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    """One prepared statement for all rows: making a model object for each took as long as judging it."""
    connection = connections["cubes"]
    quote, adapt = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    columns = ", ".join(map(quote, (*SAID, "first_noticed_at")))
    marks = ", ".join(["%s"] * (len(SAID) + 1))
    sql = f"INSERT INTO {quote(SignalRecord._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*row[:-1], adapt(row[-1])) for row in rows])


def _follow(states: Sequence[State], known: set[Pair]) -> tuple[int, int]:
    """Begin and end signals by the newest state of each measure-place; the first time by its whole history."""
    by_pair: dict[Pair, list[State]] = {}
    for state in states:
        by_pair.setdefault((state.measure, state.place), []).append(state)
    open_now = {(row.measure, row.place): row for row in _open(by_pair)}
    moment = now()
    begun: list[Noticed] = []
    over: list[Noticed] = []
    held: list[Noticed] = []
    for pair, line in by_pair.items():
        line.sort(key=lambda state: state.period)
        if pair not in known:
            begun += _history(line, moment)
        else:
            _step(line[-1], open_now.get(pair), moment, begun, over, held)
    Noticed.objects.bulk_update(over, ["ended_at", "ended_period"])
    Noticed.objects.bulk_update(held, ["period", "rule", "since", "arrow", "value"])
    Noticed.objects.bulk_create(begun)
    raised = [row for row in begun if row.ended_at is None]
    for row in over:
        emit(ENDED, told(row))
    for row in raised:
        emit(RAISED, told(row))
    return len(raised), len(over)


def _open(pairs: Iterable[Pair]) -> Iterator[Noticed]:
    wanted = set(pairs)
    rows = Noticed.objects.filter(ended_at=None, measure__in={measure for measure, _ in wanted})
    return (row for row in rows if (row.measure, row.place) in wanted)


def _step(
    state: State, row: Noticed | None, moment: datetime,
    begun: list[Noticed], over: list[Noticed], held: list[Noticed],
) -> None:  # fmt: skip
    if row is not None and state.period < row.first_period:
        return
    if row is not None and _is_same(row, state):
        if _hold(row, state):
            held.append(row)
        return
    if row is not None:
        row.ended_at, row.ended_period = moment, state.period
        over.append(row)
    if state.is_change:
        begun.append(_begin(state, moment))


def _is_same(row: Noticed, state: State) -> bool:
    """Whether a month still holds a signal. A measure without a direction that turns the other way has a new one."""
    return row.word == state.word and (row.word != "changed" or row.arrow == state.arrow)


def _hold(row: Noticed, state: State) -> bool:
    """The signal as this month has it; it began where its first stretch did."""
    before = (row.period, row.rule, row.since, row.arrow, row.value)
    row.period, row.rule, row.arrow, row.value = state.period, state.rule, state.arrow, state.value
    row.since = min(row.since, state.since)
    return before != (row.period, row.rule, row.since, row.arrow, row.value)


def _begin(state: State, moment: datetime) -> Noticed:
    return Noticed(
        measure=state.measure, place=state.place, word=state.word, tone=state.tone, arrow=state.arrow, rule=state.rule,
        since=state.since, first_period=state.period, period=state.period, value=state.value, first_noticed_at=moment,
    )  # fmt: skip


def _history(line: Sequence[State], moment: datetime) -> list[Noticed]:
    """Every signal of the months judged, the last one open when the newest month still holds it."""
    found: list[Noticed] = []
    for state in line:
        last = found[-1] if found and found[-1].ended_at is None else None
        if last is not None and _is_same(last, state):
            _hold(last, state)
            continue
        if last is not None:
            last.ended_at, last.ended_period = moment, state.period
        if state.is_change:
            found.append(_begin(state, moment))
    return found


def told(row: Noticed) -> dict[str, str]:
    """What listeners are told of a signal."""
    return {
        "signal": row.public_id, "measure": row.measure, "place": row.place, "word": row.word, "tone": row.tone,
        "period": row.period, "first_period": row.first_period, "ended_period": row.ended_period,
    }  # fmt: skip
