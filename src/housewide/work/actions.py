"""Changes to the work people owe: raise, finish, drop, hand over, move the day, say something about it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from housewide.access.gates import allowed, may
from housewide.kit import subjects
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.clock import now
from housewide.kit.events import emit
from housewide.org.models import Account, Place
from housewide.work import mentions
from housewide.work.models import Comment, Task
from housewide.work.notices import notify, tell_those_who_spoke

SEES = "see.measures"
SENT_TWICE = timedelta(minutes=1)


def _raise_gate(*, by: Account, place: str, subject_kind: str = "", subject_id: str = "", **_: Any) -> dict[str, str]:
    about = may(by, "task.raise", place, "raise tasks")
    if subject_kind and subjects.find_visible(by, subject_kind, subject_id) is None:
        raise NotSeen("There is nothing here that you can see.")
    return {**about, "subject": f"{subject_kind}:{subject_id}" if subject_kind else ""}


def _own_gate(*, by: Account, task: Task, **_: Any) -> dict[str, str]:
    """The owner and whoever raised the task, as long as they see its place."""
    if not allowed(by, SEES, task.place.code):
        raise NotSeen("There is nothing here that you can see.")
    _must_own(
        by, Task.objects.select_related("owner").get(pk=task.pk)
    )  # the one in hand may be from before a hand-over
    return {"place": task.place.code, "subject": f"task:{task.public_id}"}


def _must_own(by: Account, task: Task) -> None:
    if by.pk not in (task.owner_id, task.raised_by_id):
        raise Refused(f"Only {task.owner} or the person who raised this task may change it. You can comment on it.")


def _say_gate(*, by: Account, subject_kind: str, subject_id: str, **_: Any) -> dict[str, str]:
    subject = subjects.find_visible(by, subject_kind, subject_id)
    if subject is None:
        raise NotSeen("There is nothing here that you can see.")
    about = {"place": subject.place, "subject": f"{subject_kind}:{subject_id}"}
    if subject_kind == "task" and Task.objects.filter(public_id=subject_id, owner=by).exists():
        return about
    return {**may(by, "task.raise", subject.place, "comment"), **about}


def _must_see(owner: Account, place: str) -> None:
    if not allowed(owner, SEES, place):
        raise Refused(f"{owner} cannot see this place, so the work would be out of their sight. Choose somebody else.")


def _open(task: Task, by: Account) -> Task:
    """The task as it stands now, locked; two people finishing at once must not both succeed."""
    fresh = Task.objects.select_for_update().select_related("owner", "place").get(pk=task.pk)
    if fresh.state != Task.State.OPEN:
        raise Refused(f"This task is already {fresh.get_state_display().lower()}. Nothing was changed.")
    _must_own(by, fresh)
    return fresh


def _words(text: str, missing: str) -> str:
    if not text.strip():
        raise Refused(missing)
    return text.strip()


def _told(name: str, task: Task, by: Account) -> None:
    emit(
        f"work.{name}",
        {"task": task.public_id, "place": task.place.code, "owner": task.owner.username, "by": by.username,
         "subject_kind": task.subject_kind, "subject_id": task.subject_id},
    )  # fmt: skip


def _notify(to: Account | None, by: Account | None, task: Task, title: str, why: str = "") -> None:
    """A notice about the task, unless they did it themselves."""
    if to is not None and to != by:
        notify(
            to=to, title=f"{title}: {task.title}", why=why, place=task.place.code, subject_kind="task",
            subject_id=task.public_id,
        )  # fmt: skip


@action("task.raise", gate=_raise_gate)
def raise_task(
    *,
    by: Account,
    title: str,
    why: str = "",
    place: str,
    owner: Account,
    due: date | None = None,
    subject_kind: str = "",
    subject_id: str = "",
) -> Task:
    """Raise a task at a place (its code), about a subject or about nothing in particular.

    The same task raised again by the same person within a minute is a form sent twice: the first one is given back.
    Raises Refused when the title is empty or the owner cannot see the place; NotSeen when ``by`` cannot see the
    subject.
    """
    twice = Task.objects.filter(
        raised_by=by, title=title.strip(), place__code=place, owner=owner, due=due, subject_kind=subject_kind,
        subject_id=subject_id, state=Task.State.OPEN, created_at__gte=now() - SENT_TWICE,
    ).first()  # fmt: skip
    if twice is not None:
        return twice
    return _write_task(
        by=by, title=title, why=why, place=place, owner=owner, due=due, subject_kind=subject_kind, subject_id=subject_id
    )


def raise_for_system(
    *, title: str, why: str, place: str, owner: Account, due: date | None, subject_kind: str, subject_id: str
) -> Task:
    """A task that the house itself raises inside an act of a system writer (a restated figure, a broken rule)."""
    return _write_task(
        by=None,
        title=title,
        why=why,
        place=place,
        owner=owner,
        due=due,
        subject_kind=subject_kind,
        subject_id=subject_id,
    )


def close_for_system(task: Task, state: str, outcome: str) -> None:
    """Close a task that has settled itself (its signals ended or were answered), inside an act."""
    task.state, task.outcome, task.closed_at = state, outcome, now()
    task.save(update_fields=["state", "outcome", "closed_at"])
    _told(f"task_{state}", task, task.owner)


def _write_task(
    *, by: Account | None, title: str, why: str, place: str, owner: Account, due: date | None,
    subject_kind: str, subject_id: str,
) -> Task:  # fmt: skip
    title = _words(title, "A task needs a title that says what is to be done.")
    if by is not None:
        _must_see(owner, place)
    subject = subjects.find(subject_kind, subject_id) if subject_kind else None
    task = Task.objects.create(
        title=title[:200], why=why.strip(), place=Place.objects.get(code=place), owner=owner, raised_by=by, due=due,
        subject_kind=subject_kind, subject_id=subject_id, subject_title=subject.title[:200] if subject else "",
        created_at=now(),
    )  # fmt: skip
    _told("task_raised", task, by or owner)
    _notify(owner, by, task, f"{by} gave you a task" if by else "A task for you", task.why)
    return task


def _close(task: Task, by: Account, state: str, outcome: str) -> Task:
    fresh = _open(task, by)
    fresh.state, fresh.outcome, fresh.closed_at = state, outcome, now()
    fresh.save(update_fields=["state", "outcome", "closed_at"])
    _told(f"task_{state}", fresh, by)
    for other in (fresh.raised_by, fresh.owner):
        _notify(other, by, fresh, f"{by} {'finished' if state == Task.State.DONE else 'dropped'}", outcome)
    return fresh


@action("task.finish", gate=_own_gate)
def finish_task(*, by: Account, task: Task, outcome: str) -> Task:
    """Say what came of it and close it. Raises Refused without an outcome, or when it is closed already."""
    return _close(task, by, Task.State.DONE, _words(outcome, "Say in a few words what came of it."))


@action("task.drop", gate=_own_gate)
def drop_task(*, by: Account, task: Task, reason: str) -> Task:
    """Close it undone, with the reason. Raises Refused without a reason, or when it is closed already."""
    return _close(task, by, Task.State.DROPPED, _words(reason, "Say why this need not be done any more."))


@action("task.hand_over", gate=_own_gate)
def hand_over_task(*, by: Account, task: Task, to: Account, reason: str = "") -> Task:
    """Give it to somebody who can see its place. Raises Refused when they cannot, or already own it."""
    fresh = _open(task, by)
    if to.pk == fresh.owner_id:
        raise Refused(f"{to} already owns this task.")
    _must_see(to, fresh.place.code)
    fresh.owner = to
    fresh.save(update_fields=["owner"])
    _told("task_handed_over", fresh, by)
    _notify(to, by, fresh, f"{by} handed you a task", reason)
    return fresh


@action("task.change_due", gate=_own_gate)
def change_due(*, by: Account, task: Task, due: date | None, reason: str = "") -> Task:
    """Move the day it is due, or take it away. Raises Refused when the task is closed."""
    fresh = _open(task, by)
    fresh.due = due
    fresh.save(update_fields=["due"])
    _told("task_due_changed", fresh, by)
    return fresh


def _tell_of_comment(subject: subjects.Subject, by: Account, text: str, named: list[Account]) -> None:
    """Whoever is named, owns or raised the task, or spoke before, reads that there is more to read; each once."""
    about = {"place": subject.place, "subject_kind": subject.kind, "subject_id": subject.id, "why": text[:300]}
    told = {by.pk}
    for account in named:
        if account.pk not in told:
            notify(to=account, title=f"{by} named you: {subject.title}", **about)
            told.add(account.pk)
    title = f"{by} commented: {subject.title}"
    if subject.kind == "task":
        task = Task.objects.select_related("owner__person", "raised_by__person").get(public_id=subject.id)
        for other in (task.owner, task.raised_by):
            if other is not None and other.pk not in told:
                notify(to=other, title=title, **about)
                told.add(other.pk)
    tell_those_who_spoke(subject, title=title, why=about["why"], but=told)


@action("comment.say", gate=_say_gate)
def say(*, by: Account, subject_kind: str, subject_id: str, text: str) -> Comment:
    """Say something about any subject one can see; “@name” tells who can see it. Raises Refused for empty text."""
    text = _words(text, "Write something before you send it.")
    subject = subjects.find(subject_kind, subject_id)
    if subject is None:
        raise NotSeen("There is nothing here that you can see.")
    kept, named = mentions.keep(text, mentions.can_be_named(subject))
    comment = Comment.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        place=Place.objects.get(code=subject.place),
        by=by,
        at=now(),
        text=kept,
    )
    comment.mentions.set(named)
    _tell_of_comment(subject, by, mentions.plain(kept, named), named)
    emit(
        "work.said",
        {"subject_kind": subject_kind, "subject_id": subject_id, "by": by.username, "comment": comment.public_id},
    )
    return comment
