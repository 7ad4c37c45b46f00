"""Questions about the work people owe: mine, about this thing, what happened to it, who could take it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from housewide.access.gates import places_where
from housewide.access.models import Delegation, Grant
from housewide.access.roles import roles_that_can
from housewide.kit import subjects
from housewide.kit.actions import NotSeen
from housewide.kit.audit.models import Act, Change
from housewide.kit.clock import now, today
from housewide.org.models import Account
from housewide.org.tree import tree_on
from housewide.work.models import Comment, Task

SEES = "see.measures"
LATELY = timedelta(days=14)
WORDS = {
    "task.raise": "Raised",
    "task.finish": "Finished",
    "task.drop": "Dropped",
    "task.hand_over": "Handed over",
    "task.change_due": "Due day changed",
    "comment.say": "Commented",
}


@dataclass(frozen=True)
class Work:
    """What an account owes and has asked of others; every list in the order in which to work it off."""

    overdue: list[Task]
    today: list[Task]
    later: list[Task]
    asked: list[Task]
    lately: list[Task]

    @property
    def open(self) -> int:
        return len(self.overdue) + len(self.today) + len(self.later)


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a task: who did it, when, and what it changed in words."""

    at: datetime
    who: str
    what: str
    reason: str
    changed: list[str]


def visible_tasks(account: Account) -> QuerySet[Task]:
    """Tasks at places that the account sees."""
    return Task.objects.filter(place__code__in=places_where(account, SEES)).select_related(
        "place", "owner__person", "raised_by__person"
    )


def see_task(account: Account, public_id: str) -> Task:
    """The only way to a task. Raises NotSeen."""
    task = visible_tasks(account).filter(public_id=public_id).first()
    if task is None:
        raise NotSeen("There is nothing here that you can see.")
    return task


def my_work(account: Account) -> Work:
    """Open tasks by how pressing they are, what others owe this account, and what was closed in the last 14 days."""
    day = today()
    visible = visible_tasks(account)
    mine = list(visible.filter(owner=account, state=Task.State.OPEN))
    mine.sort(key=lambda task: (task.due or date.max, task.pk))
    asked = visible.filter(raised_by=account, state=Task.State.OPEN).exclude(owner=account).order_by("due", "pk")
    lately = visible.filter(owner=account, closed_at__gte=now() - LATELY).exclude(state=Task.State.OPEN)
    return Work(
        overdue=[task for task in mine if task.due and task.due < day],
        today=[task for task in mine if task.due == day],
        later=[task for task in mine if task.due is None or task.due > day],
        asked=list(asked[:50]),
        lately=list(lately.order_by("-closed_at")[:20]),
    )


def work_of(account: Account, which: str) -> QuerySet[Task]:
    """Tasks of one of the lists of my work: ``mine`` (open), ``asked`` (of others, open), ``closed`` (in 14 days).

    ``due_or_last`` is the due day, or a day after all others where there is none.
    """
    visible = visible_tasks(account).annotate(due_or_last=Coalesce("due", Value(date.max)))
    if which == "asked":
        return visible.filter(raised_by=account, state=Task.State.OPEN).exclude(owner=account)
    if which == "closed":
        return visible.filter(owner=account, closed_at__gte=now() - LATELY).exclude(state=Task.State.OPEN)
    return visible.filter(owner=account, state=Task.State.OPEN)


def changeable(account: Account, ids: Iterable[str]) -> list[Task]:
    """The open ones of these tasks that the account owns or raised, the most pressing first."""
    found = visible_tasks(account).filter(public_id__in=list(ids), state=Task.State.OPEN)
    own = found.filter(Q(owner=account) | Q(raised_by=account))
    return sorted(own, key=lambda task: (task.due or date.max, task.pk))


def people_who_see_all(tasks: Iterable[Task]) -> list[Account]:
    """People who can see the places of all these tasks, in order of name."""
    seen = [people_who_see(code) for code in sorted({task.place.code for task in tasks})]
    everywhere = set.intersection(*({account.pk for account in people} for people in seen)) if seen else set()
    return [account for account in (seen[0] if seen else []) if account.pk in everywhere]


def open_tasks(account: Account) -> int:
    """How many open tasks the account owes; one query besides its gates."""
    return visible_tasks(account).filter(owner=account, state=Task.State.OPEN).count()


def open_tasks_at(account: Account, place: str) -> list[Task]:
    """Open tasks at a place or below it that the account may see, the most pressing first."""
    below = tree_on(today()).below(place)
    found = visible_tasks(account).filter(place__code__in=below, state=Task.State.OPEN)
    return sorted(found, key=lambda task: (task.due or date.max, task.pk))


def tasks_about(kind: str, id: str, account: Account | None = None) -> list[Task]:
    """Tasks about a subject, open ones first; only those the account may see, or all for the house itself."""
    tasks = visible_tasks(account) if account else Task.objects.select_related("place", "owner__person")
    return sorted(
        tasks.filter(subject_kind=kind, subject_id=id),
        key=lambda t: (t.state != Task.State.OPEN, t.due or date.max, t.pk),
    )


def comments_about(account: Account, kind: str, id: str) -> list[Comment]:
    """What was said about a subject, oldest first; nothing when the account cannot see the subject."""
    if subjects.find_visible(account, kind, id) is None:
        return []
    found = Comment.objects.filter(subject_kind=kind, subject_id=id).select_related("by__person")
    return list(found.prefetch_related("mentions__person"))


def may_say(account: Account, kind: str, id: str) -> bool:
    """Whether the account may comment on a subject: whoever may raise tasks at its place, and the owner of a task."""
    subject = subjects.find_visible(account, kind, id)
    if subject is None:
        return False
    own = kind == "task" and Task.objects.filter(public_id=id, owner=account).exists()
    return own or subject.place in places_where(account, "task.raise")


def people_who_see(place: str) -> list[Account]:
    """Active accounts that see a place today, by a grant there or above or by delegation, in order of name."""
    day = today()
    tree = tree_on(day)
    above = tree.above(place)
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    granted = set(
        Grant.objects.filter(holds, place__code__in=above, role__in=roles_that_can(SEES)).values_list(
            "account_id", flat=True
        )
    )
    lent = Delegation.objects.filter(valid_from__lte=day, valid_to__gte=day, withdrawn_at=None, place__code__in=above)
    lent = lent.filter(giver_id__in=granted, giver__is_active=True)
    everybody = granted | set(lent.values_list("receiver_id", flat=True))
    accounts = Account.objects.filter(pk__in=everybody, is_active=True).select_related("person")
    return sorted(accounts, key=lambda account: (str(account).lower(), account.pk))


def history(task: Task) -> list[Happening]:
    """What happened to a task, newest first, from the audit trail: the acts and the fields each of them changed."""
    changes: dict[int, list[Change]] = {}
    rows = Change.objects.filter(table=Task._meta.db_table, row=str(task.pk)).exclude(act=None).order_by("pk")
    for change in rows:
        changes.setdefault(int(change.act or 0), []).append(change)
    about = Q(pk__in=changes) | Q(subject=f"task:{task.public_id}")
    acts = list(Act.objects.filter(about).order_by("-pk")[:200])
    names = _names(act.actor for act in acts)
    return [
        Happening(
            at=act.at,
            who=names.get(act.actor, act.actor),
            what=WORDS.get(act.name, act.name.replace(".", " ").replace("_", " ")),
            reason=act.reason,
            changed=[line for change in changes.get(act.pk, ()) for line in _changed(change)],
        )
        for act in acts
    ]


def _names(usernames: Iterable[str]) -> dict[str, str]:
    asked = set(usernames)
    accounts = Account.objects.filter(username__in=asked).select_related("person")
    ours = {name: "Housewide" for name in asked if name.startswith("system:")}
    return {account.username: str(account) for account in accounts} | ours


def _changed(change: Change) -> list[str]:
    if change.op.upper() != "U" or not change.before or not change.after:
        return []
    before, after = json.loads(change.before), json.loads(change.after)
    lines = []
    if before.get("owner_id") != after.get("owner_id"):
        people = {
            account.pk: str(account)
            for account in Account.objects.filter(pk__in=[before["owner_id"], after["owner_id"]])
        }
        lines.append(f"owner: {people.get(before['owner_id'], '–')} → {people.get(after['owner_id'], '–')}")
    for key, title in (("due", "due"), ("state", "state"), ("outcome", "outcome")):
        if key in after and before.get(key) != after[key]:
            lines.append(f"{title}: {_plain(before.get(key))} → {_plain(after[key])}")
    return lines


def _plain(value: Any) -> str:
    return str(value) if value not in (None, "") else "none"
