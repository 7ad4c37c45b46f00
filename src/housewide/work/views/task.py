"""One task: what it is about, its history, and what its owner can do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from housewide.access.gates import places_where, signed_in
from housewide.kit import subjects
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.org.models import Account, Place
from housewide.work import actions, queries
from housewide.work.forms import DropForm, DueForm, FinishForm, HandOverForm, NewTaskForm, PlaceForm, SayForm
from housewide.work.models import Task
from housewide.work.views.comments import tell_of_unknown


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET asks, POST raises /work/new/?subject_kind=&subject_id=&place="""
    account: Account = request.user  # type: ignore[assignment]
    asked = request.POST if request.method == "POST" else request.GET
    kind, id = asked.get("subject_kind", ""), asked.get("subject_id", "")
    subject = subjects.find_visible(account, kind, id) if kind else None
    may_at = places_where(account, "task.raise")
    if (kind and subject is None) or not may_at:
        raise NotSeen("There is nothing here that you can see.")
    place = subject.place if subject else asked.get("place", "")
    if not place:
        return _ask_place(request, may_at)
    if place not in may_at:
        raise NotSeen("There is nothing here that you can see.")
    start = {"place": place, "subject_kind": kind, "subject_id": id, "owner": account.public_id}
    form = NewTaskForm(queries.people_who_see(place), request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "place": place, "subject_kind": kind, "subject_id": id}
        try:
            task = actions.raise_task(by=account, **values)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Raised: {task.title}.")
            return redirect("task", public_id=task.public_id)
    context = {"title": "Raise a task", "form": form, "subject": subject, "where": Place.objects.get(code=place)}
    return render(request, "work/new_task.html", context, status=422 if form.errors else 200)


def _ask_place(request: HttpRequest, codes: frozenset[str]) -> HttpResponse:
    places = Place.objects.filter(code__in=codes).order_by("name")
    form = PlaceForm([(place.code, place.name) for place in places])
    return render(request, "work/new_task.html", {"title": "Raise a task", "place_form": form})


@require_GET
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /work/<public_id>/"""
    return _page(request, queries.see_task(request.user, public_id))  # type: ignore[arg-type]


def _page(request: HttpRequest, task: Task, **bound: django_forms.Form) -> HttpResponse:
    account: Account = request.user  # type: ignore[assignment]
    open_ = task.state == Task.State.OPEN
    mine = open_ and account.pk in (task.owner_id, task.raised_by_id)
    subject = subjects.find_visible(account, task.subject_kind, task.subject_id) if task.subject_kind else None
    people = [one for one in queries.people_who_see(task.place.code) if one.pk != task.owner_id] if mine else []
    context = {
        "title": task.title,
        "task": task,
        "subject": subject,
        "late": open_ and task.due is not None and task.due < today(),
        "finish_form": bound.get("finish") or FinishForm(auto_id="finish_%s"),
        "drop_form": bound.get("drop") or DropForm(auto_id="drop_%s"),
        "hand_over_form": bound.get("hand_over") or HandOverForm(people, auto_id="hand_over_%s"),
        "due_form": bound.get("due")
        or DueForm(auto_id="due_%s", initial={"due": task.due.isoformat() if task.due else ""}),
        "say_form": bound.get("say"),
        "opened": next(iter(bound), ""),
        "mine": mine,
        "history": queries.history(task),
    }
    return render(request, "work/task.html", context, status=422 if bound else 200)


def _change(
    request: HttpRequest,
    public_id: str,
    name: str,
    make: Callable[[Task], django_forms.Form],
    do: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Read one form, call one action; what is wrong comes back on the page with what was typed."""
    task = queries.see_task(request.user, public_id)  # type: ignore[arg-type]
    form = make(task)
    if form.is_valid():
        try:
            do(task, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("task", public_id=public_id)
    return _page(request, task, **{name: form})


@require_POST
def finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST outcome"""
    return _change(
        request, public_id, "finish", lambda task: FinishForm(request.POST, auto_id="finish_%s"),
        lambda task, given: actions.finish_task(by=signed_in(request), task=task, **given), "Finished.",
    )  # fmt: skip


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST reason"""
    return _change(
        request, public_id, "drop", lambda task: DropForm(request.POST, auto_id="drop_%s"),
        lambda task, given: actions.drop_task(by=signed_in(request), task=task, **given), "Dropped.",
    )  # fmt: skip


@require_POST
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST to, reason"""

    def make(task: Task) -> HandOverForm:
        return HandOverForm(queries.people_who_see(task.place.code), request.POST, auto_id="hand_over_%s")

    return _change(
        request, public_id, "hand_over", make,
        lambda task, given: actions.hand_over_task(by=signed_in(request), task=task, **given), "Handed over.",
    )  # fmt: skip


@require_POST
def due(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST due"""
    return _change(
        request, public_id, "due", lambda task: DueForm(request.POST, auto_id="due_%s"),
        lambda task, given: actions.change_due(by=signed_in(request), task=task, **given), "The day was changed.",
    )  # fmt: skip


@require_POST
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST text"""

    def do(task: Task, given: dict[str, Any]) -> None:
        comment = actions.say(by=signed_in(request), subject_kind="task", subject_id=task.public_id, **given)
        tell_of_unknown(request, comment.text)

    return _change(request, public_id, "say", lambda task: SayForm(request.POST, auto_id="say_%s"), do, "Said.")
