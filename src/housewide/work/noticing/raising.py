"""Raises tasks for signals, so that nobody drowns: one task a person and week, the lowest place that shows it.

``raise_tasks`` looks at everything that holds now and does what is still to be done; doing it again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from housewide.access.models import Grant
from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.measures.definitions import all_definitions
from housewide.measures.models import Noticed
from housewide.measures.screens import subject_id
from housewide.org.calendars import PLAIN, calendars
from housewide.org.models import Account
from housewide.org.tree import Tree, tree_on
from housewide.work.actions import close_for_system, raise_for_system
from housewide.work.models import Task
from housewide.work.noticing.models import SignalTask, Watch
from housewide.work.noticing.questions import with_answers
from housewide.work.noticing.rules import Rule, rule_for

NAMED = 3


@dataclass(frozen=True)
class Due:
    """A signal that a task is to be raised for: by which rule, whose, in which round."""

    signal: Noticed
    rule: Rule
    owner: Account
    owner_place: str
    round: int


def raise_tasks() -> int:
    """Raise or add to tasks for signals that hold and nobody has answered; close those that are settled. Inside an
    act. Returns how many signals came onto a task."""
    day = today()
    tree = tree_on(day)
    close_settled()
    groups: dict[tuple[int, str], list[Due]] = {}
    found = _due(day, tree)
    for due in found:
        groups.setdefault((due.owner.pk, due.owner_place), []).append(due)
    for some in groups.values():
        _raise_group(some, day, tree)
    return len(found)


def _due(day: date, tree: Tree) -> list[Due]:
    """Open signals that fit a rule, are not known, on no open task, and were not asked in this round."""
    rows = [row for row in Noticed.objects.filter(ended_at=None) if row.place in tree.places]
    ruled = [(row, rule) for row in _lowest(rows, tree) if (rule := rule_for(row.measure, row.word))]
    ids = [row.public_id for row, _ in ruled]
    rounds = _rounds(ids, day)
    asked = set(SignalTask.objects.filter(signal__in=ids).values_list("signal", "round"))
    owners = _Owners(day, tree)
    found = []
    for one, (row, rule) in zip(with_answers([row for row, _ in ruled], day), ruled, strict=True):
        number = rounds[row.public_id]
        if one.known or one.task or (row.public_id, number) in asked:
            continue
        owner = owners.of(row.place, rule)
        if owner is not None:
            found.append(Due(row, rule, *owner, number))
    return found


def _lowest(rows: Sequence[Noticed], tree: Tree) -> list[Noticed]:
    """Signals that no place below shows as well: what a unit looks at, its hospital need not look at too."""
    shown = {(row.measure, row.word, above) for row in rows for above in tree.above(row.place)[1:]}
    return [row for row in rows if (row.measure, row.word, row.place) not in shown]


def _rounds(signals: Sequence[str], day: date) -> Counter[str]:
    """How many answers to each signal have lapsed (or were taken back): each asks once more."""
    over = Watch.objects.filter(signal__in=signals).filter(Q(until__lt=day) | ~Q(withdrawn_at=None))
    return Counter(over.values_list("signal", flat=True))


class _Owners:
    """Who holds which role where today, asked once."""

    def __init__(self, day: date, tree: Tree) -> None:
        self.tree = tree
        holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
        self.held: dict[tuple[str, str], Account] = {}
        for grant in Grant.objects.filter(holds, account__is_active=True).select_related("account", "place"):
            self.held.setdefault((grant.place.code, grant.role), grant.account)

    def of(self, place: str, rule: Rule) -> tuple[Account, str] | None:
        """The person with one of the rule's roles at the nearest place, and that place."""
        for code in self.tree.above(place):
            for role in rule.owner_roles:
                if (code, role) in self.held:
                    return self.held[code, role], code
        return None


def _raise_group(some: Sequence[Due], day: date, tree: Tree) -> None:
    """One task for a person, place and week: the open one of this week, else a new one."""
    first = some[0]
    due_day = min(_workday_after(day, due.rule.due_workdays, first.owner_place, tree) for due in some)
    task = _task_of_week(first.owner, first.owner_place, day)
    if task is None:
        lead = min(some, key=lambda due: (due.rule.due_workdays, due.signal.measure, due.signal.place)).signal
        task = raise_for_system(
            title="Look at a signal", why="", place=first.owner_place, owner=first.owner, due=due_day,
            subject_kind="reading", subject_id=subject_id(lead.measure, lead.place, lead.period),
        )  # fmt: skip
    elif task.due is None or due_day < task.due:
        task.due = due_day
    SignalTask.objects.bulk_create(
        SignalTask(
            signal=due.signal.public_id, measure=due.signal.measure, place=due.signal.place, round=due.round,
            rule=due.rule.key, task=task, raised_on=day,
        )
        for due in some
    )  # fmt: skip
    _describe(task, tree)


def _task_of_week(owner: Account, place: str, day: date) -> Task | None:
    monday = day - timedelta(days=day.weekday())
    links = SignalTask.objects.filter(task__owner=owner, task__place__code=place, task__state=Task.State.OPEN)
    for link in links.select_related("task__place", "task__owner").order_by("-pk"):
        if link.raised_on >= monday:
            return link.task
    return None


def _workday_after(day: date, workdays: int, place: str, tree: Tree) -> date:
    facilities = tree.facilities_below(place)
    calendar = calendars().get(facilities[0], PLAIN) if facilities else PLAIN
    while workdays > 0:
        day += timedelta(days=1)
        workdays -= calendar.is_workday(day)
    return day


def _describe(task: Task, tree: Tree) -> None:
    """Title and reason of a task by the signals that are on it."""
    ids = list(SignalTask.objects.filter(task=task).order_by("pk").values_list("signal", flat=True))
    rows = {row.public_id: row for row in Noticed.objects.filter(public_id__in=ids)}
    signals = [rows[one] for one in ids if one in rows]
    titles = list(dict.fromkeys(_title(row) for row in signals))
    more = f" and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
    count = "a signal" if len(signals) == 1 else f"{len(signals)} signals"
    task.title = f"Look at {count}: {', '.join(titles[:NAMED])}{more}"[:200]
    task.why = "\n".join(_line(row, tree) for row in signals)
    task.save(update_fields=["title", "why", "due"])


def _title(row: Noticed) -> str:
    definition = all_definitions().get(row.measure)
    return definition.title if definition else row.measure


def _line(row: Noticed, tree: Tree) -> str:
    where = tree.places[row.place].name if row.place in tree.places else row.place
    since = Month.parse(row.since).title if row.since else ""
    return f"{_title(row)}, {where}: {row.word} since {since}, now {row.value} ({row.rule})"


def close_settled() -> int:
    """Close open tasks of which every signal has ended or is known. Returns how many."""
    on_tasks = SignalTask.objects.filter(task__state=Task.State.OPEN).values("task")
    tasks = list(Task.objects.select_for_update(of=("self",)).filter(pk__in=on_tasks).select_related("owner", "place"))
    links: dict[int, list[str]] = {task.pk: [] for task in tasks}
    for pk, signal in SignalTask.objects.filter(task__in=tasks).values_list("task_id", "signal"):
        links[pk].append(signal)
    rows = Noticed.objects.filter(public_id__in={signal for ids in links.values() for signal in ids})
    state_of = {one.signal.public_id: one.state for one in with_answers(rows)}
    closed = 0
    for task in tasks:
        states = {state_of.get(signal, "ended") for signal in links[task.pk]}
        if "new" in states:
            continue
        if "known" in states:
            close_for_system(task, Task.State.DONE, "Known and being watched.")
        else:
            close_for_system(task, Task.State.DROPPED, "Back to usual by itself: the signals have ended.")
        closed += 1
    return closed
