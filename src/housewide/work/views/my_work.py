"""My work: what I owe, the most pressing first; what I asked of others; what was closed lately. Acts on many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from housewide.access.gates import places_where, sees_any, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.kit.lists import BulkAction, Column, Filter, QuerySetSource, list_response
from housewide.org.models import Account
from housewide.org.tree import tree_on
from housewide.work import actions, queries
from housewide.work.forms import DueForm, FinishForm, HandOverForm
from housewide.work.models import Task

MOST = 200
TABS = {"mine": "Mine", "asked": "Asked of others", "closed": "Closed lately"}
EMPTY = {
    "mine": (
        "You owe nothing right now",
        "Tasks that people hand to you, and those you raise for yourself, stand here.",
    ),
    "asked": ("Nobody owes you anything", "Tasks that you raise for others stand here until they are closed."),
    "closed": ("Nothing was closed lately", "What you finished or dropped in the last 14 days stands here."),
}
FINISH, HAND_OVER = BulkAction("finish", "Finish"), BulkAction("hand_over", "Hand over")
DUE = BulkAction("due", "Change due")
BULK = {"mine": (FINISH, HAND_OVER, DUE), "asked": (DUE, HAND_OVER), "closed": ()}


@require_GET
def show(request: HttpRequest) -> HttpResponseBase:
    """GET /work/?show=mine|asked|closed"""
    if not sees_any(request.user, queries.SEES):
        raise NotSeen("There is nothing here that you can see.")
    account = signed_in(request)
    which = request.GET.get("show", "mine")
    which = which if which in TABS else "mine"
    work = queries.my_work(account)
    counts = {"mine": work.open, "asked": len(work.asked), "closed": 0}
    raises = [{"url": reverse("task-new"), "title": "Raise a task", "icon": "plus", "primary": True}]
    context = {
        "tabs": [
            {"title": title, "url": f"?show={key}", "current": key == which, "count": counts[key] or ""}
            for key, title in TABS.items()
        ],
        "actions": raises if sees_any(account, "task.raise") else [],
    }
    return list_response(
        request,
        _source(account, which),
        title="My work",
        lead=f"{work.open} open, {len(work.overdue)} overdue" if work.open else "Nothing open",
        noun="tasks",
        empty=EMPTY[which],
        row_key=(lambda task: task.public_id) if BULK[which] else None,
        bulk=BULK[which],
        bulk_url=reverse("tasks-many"),
        context=context,
    )


def _source(account: Account, which: str) -> QuerySetSource:
    columns = [
        Column("title", "Task", link=lambda task: reverse("task", args=[task.public_id]), detail=_about),
        Column("standing", "Standing", "signal", sortable=False, value=_standing),
        Column("due", "Due", "date", order_by="due_or_last"),
        Column("place", "Place", value=lambda task: task.place.name, order_by="place__name"),
        Column("owner", "Owner", value=lambda task: str(task.owner), order_by="owner__person__name"),
        Column("raised_by", "Raised by", value=lambda task: str(task.raised_by or "Housewide"), sortable=False),
    ]
    if which == "closed":
        columns[2:3] = [Column("closed_at", "Closed", "date"), Column("outcome", "Outcome", sortable=False)]
    filters = [Filter("title", "Words"), Filter("place", "Place", lambda: _places(account), _at)]
    if which != "closed":
        filters.append(Filter("due", "Due", (("late", "Overdue"), ("week", "Within 7 days"), ("none", "No day")), _due))
    return QuerySetSource(
        queries.work_of(account, which), columns, filters, "-closed_at" if which == "closed" else "due"
    )


def _about(task: Task) -> str:
    return task.subject_title


def _standing(task: Task) -> tuple[str, str] | None:
    if task.state != Task.State.OPEN:
        return (task.get_state_display(), "good check" if task.state == Task.State.DONE else "neutral")
    if task.due is None or task.due > today():
        return None
    if task.due == today():
        return ("Due today", "warn clock")
    days = (today() - task.due).days
    return (f"Overdue {days} day{'' if days == 1 else 's'}", "bad clock")


def _places(account: Account) -> list[tuple[str, str]]:
    seen = places_where(account, queries.SEES)
    return sorted(((code, place.name) for code, place in tree_on(today()).places.items() if code in seen),
                  key=lambda pair: pair[1])  # fmt: skip


def _at(tasks: Any, code: str) -> Any:
    return tasks.filter(place__code__in=tree_on(today()).below(code))


def _due(tasks: Any, wanted: str) -> Any:
    if wanted == "none":
        return tasks.filter(due=None)
    day = today()
    return tasks.filter(due__lt=day) if wanted == "late" else tasks.filter(due__lte=day + timedelta(days=7))


@require_POST
def many(request: HttpRequest) -> HttpResponse:
    """POST action and row (repeated) asks once; with ``sure`` it is done to each task that may be changed."""
    account, action = signed_in(request), request.POST.get("action", "")
    tasks = queries.changeable(account, request.POST.getlist("row")[:MOST])
    if action not in ("finish", "hand_over", "due") or not tasks:
        messages.error(request, "Tick at least one open task of yours first. Nothing was changed.")
        return redirect("my-work")
    title, submit, form = _asked(request, action, tasks)
    if "sure" in request.POST and form.is_valid():
        _do_each(request, account, action, tasks, form.cleaned_data)
        return redirect("my-work")
    count = f"{len(tasks)} task{'' if len(tasks) == 1 else 's'}"
    context = {"title": f"{title} {count}", "form": form, "tasks": tasks, "action": action, "submit": submit}
    return render(request, "work/many.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, action: str, tasks: list[Task]) -> tuple[str, str, Form]:
    given = request.POST if "sure" in request.POST else None
    if action == "finish":
        return "Finish", "Finish them", FinishForm(given)
    if action == "due":
        return "Change the day of", "Change the day", DueForm(given)
    return "Hand over", "Hand them over", HandOverForm(queries.people_who_see_all(tasks), given)


def _do_each(request: HttpRequest, account: Account, action: str, tasks: list[Task], given: dict[str, Any]) -> None:
    """Each task by its own action; one that is refused holds up no other, and its reason is said."""
    do: dict[str, Callable[..., Any]] = {
        "finish": actions.finish_task, "hand_over": actions.hand_over_task, "due": actions.change_due
    }  # fmt: skip
    done = 0
    for task in tasks:
        try:
            do[action](by=account, task=task, **given)
            done += 1
        except Refused as refusal:
            messages.warning(request, f"{task.title}: {refusal}")
    word = {"finish": "finished", "hand_over": "handed over", "due": "given another day"}[action]
    if done:
        messages.success(request, f"{done} task{'' if done == 1 else 's'} {word}.")
