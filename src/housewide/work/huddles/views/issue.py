"""An issue: what it is and who has it, what can be done with it now, and the way it took."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from housewide.access.gates import allowed, see, sees_any, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.work import queries as work_queries
from housewide.work.actions import say as say_comment
from housewide.work.forms import SayForm
from housewide.work.huddles import issue_actions, queries, ways
from housewide.work.huddles.forms import AnswerForm, AssignForm, EscalateForm, HearForm, ResolveForm
from housewide.work.huddles.models import Issue
from housewide.work.huddles.moments import at, moment_at
from housewide.work.huddles.plans import Meeting, plans_on, topic_of
from housewide.work.huddles.rules import rules
from housewide.work.huddles.views.board import raise_form

State = Issue.State
WORDS = {
    "raised": "Raised", "resolved": "Settled", "assigned": "Assigned", "escalated": "Escalated",
    "passes_up": "Passed further up", "passed_up_late": "Passed further up by Housewide: no answer in time",
    "handed_over": "Its huddle was switched off: handed over",
    "went_up_old": "Sent up by Housewide: it stayed too long", "decided": "Answered", "needs_more": "Needs more",
    "gives_back": "Given back", "heard": "Heard, and closed", "opened_again": "Open again", "overdue": "Overdue",
    "task_done": "Task done", "task_dropped": "Task dropped",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET asks, POST raises /issues/new/?place=; ``huddle`` names the board it is raised from."""
    account = signed_in(request)
    if not sees_any(account, issue_actions.RAISES):
        raise NotSeen(queries.NOTHING)
    asked = request.POST if request.method == "POST" else request.GET
    meeting = _meeting_of(account, asked.get("huddle", ""))
    form = raise_form(account, meeting, request.POST or None)
    if request.method == "GET" and asked.get("place"):
        form.initial["place"] = asked["place"]
    if request.method == "POST" and form.is_valid():
        clock = form.cleaned_data["at"]
        place = form.cleaned_data["place"]
        when = _moment_of(place, clock) if clock else None
        try:
            issue = issue_actions.raise_issue(by=account, at=when, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_raising(request, issue, meeting)
    context = {"title": "Raise an issue", "form": form, "submit": "Raise the issue", "huddle": meeting,
               "cancel_url": reverse("huddles")}  # fmt: skip
    return render(request, "huddles/raise.html", context, status=422 if form.errors else 200)


def _moment_of(place: str, clock: time) -> datetime:
    """The clock time of today; shortly after midnight one that lies ahead is that of the evening before."""
    when = at(place, today(), clock)
    return when if when <= moment_at(place) else at(place, today() - timedelta(days=1), clock)


def _meeting_of(account: Any, code: str) -> Meeting | None:
    return queries.see_meeting(account, code) if code else None


def _after_raising(request: HttpRequest, issue: Issue, meeting: Meeting | None) -> HttpResponse:
    must = ways.must_go_up(issue)
    if must:
        messages.success(request, f"Raised: {issue.title}.")
        return redirect(reverse("issue", args=[issue.public_id]) + "?do=escalate")
    messages.success(request, f"Raised: {issue.title}.")
    if meeting is not None:
        return redirect("huddle", place=meeting.place.code, day=today().isoformat())
    return redirect("issue", public_id=issue.public_id)


@require_GET
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /issues/<public_id>/?do="""
    return _page(request, queries.see_issue(signed_in(request), public_id))


def _page(request: HttpRequest, issue: Issue, **bound: django_forms.Form) -> HttpResponse:
    account = signed_in(request)
    holder, home = issue.holder.code, issue.home.code
    runs = allowed(account, issue_actions.RUNS, holder)
    steps = queries.steps_of(issue)
    context = {
        "title": issue.title,
        "issue": issue,
        "crumbs": [("Huddles", reverse("huddles"))],
        "topic": topic_of(issue.topic).title,
        "kind": rules().kinds[issue.kind].title if issue.kind != "other" else "",
        "harm": rules().harms[issue.harm].title if issue.harm != "none" else "",
        "musts": ways.must_go_up(issue),
        "blocked": bool(ways.must_go_up(issue, aged=False)),
        "above": plans_on().line(holder),
        "may_settle": runs and issue.state in (State.OPEN, State.ASSIGNED),
        "may_answer": issue.state == State.ESCALATED and allowed(account, issue_actions.ANSWERS, holder),
        "may_hear": issue.state == State.ANSWERED and allowed(account, issue_actions.RAISES, home),
        "may_say": allowed(account, "task.raise", issue.place.code),
        "late": issue.state == State.ESCALATED and issue.answer_by is not None and issue.answer_by < moment_at(holder),
        "due": ways.clock(issue.answer_by, holder) if issue.answer_by else "",
        "opened": next(iter(bound), "") or request.GET.get("do", ""),
        "tasks": work_queries.tasks_about("huddle_issue", issue.public_id, account),
        "comments": work_queries.comments_about(account, "huddle_issue", issue.public_id),
        "say_form": bound.get("say") or SayForm(auto_id="say_%s"),
        "steps": [(WORDS.get(step.kind, step.kind), step, ways.clock(step.at, issue.place.code),
                   ways.clock(step.due, issue.place.code) if step.due else "") for step in steps],
        **_forms(issue, bound),
    }  # fmt: skip
    return render(request, "huddles/issue.html", context, status=422 if bound else 200)


def _forms(issue: Issue, bound: dict[str, django_forms.Form]) -> dict[str, django_forms.Form]:
    made = {name: bound.get(name) or _make(name, issue, None) for name in MAKE}
    return {f"{name}_form": form for name, form in made.items()}


def _make(name: str, issue: Issue, data: Any) -> django_forms.Form:
    return MAKE[name](issue, data)


def _resolve_form(issue: Issue, data: Any) -> ResolveForm:
    return ResolveForm(data, auto_id="resolve_%s")


def _assign_form(issue: Issue, data: Any) -> AssignForm:
    return AssignForm(work_queries.people_who_see(issue.place.code), data, auto_id="assign_%s")


def _escalate_form(issue: Issue, data: Any) -> EscalateForm:
    above = plans_on().line(issue.holder.code)
    form = EscalateForm(above, moment_at(issue.holder.code), data, auto_id="escalate_%s")
    musts = ways.must_go_up(issue)
    to = ways.asked_place(issue, musts[0]) if musts else next(iter(above), None)
    if to is not None:
        due = ways.default_answer_by(issue, to, moment_at(issue.holder.code))
        form.initial.update(to=to.place.code, ask=issue.need)
        form.fields[
            "answer_by"
        ].help_text += f" Empty: as the rules say, {ways.clock(due, issue.holder.code)} for {to.place}."
    return form


def _answer_form(issue: Issue, data: Any) -> AnswerForm:
    code = issue.holder.code
    return AnswerForm(plans_on().above(code), moment_at(code), data, auto_id="answer_%s")


def _hear_form(issue: Issue, data: Any) -> HearForm:
    return HearForm(data, auto_id="hear_%s")


MAKE: dict[str, Callable[[Issue, Any], django_forms.Form]] = {
    "resolve": _resolve_form, "assign": _assign_form, "escalate": _escalate_form, "answer": _answer_form,
    "hear": _hear_form,
}  # fmt: skip


def _change(request: HttpRequest, public_id: str, name: str, do: Callable[..., Any], done: str) -> HttpResponse:
    """Read one form, call one action with what it holds; what is wrong comes back on the page with what was typed."""
    by = signed_in(request)
    issue = queries.see_issue(by, public_id)
    form = _make(name, issue, request.POST)
    if form.is_valid():
        given = {key: value for key, value in form.cleaned_data.items() if key != "sure"}
        try:
            do(by=by, issue=issue, **given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return _back(request, issue)
    return _page(request, issue, **{name: form})


def _back(request: HttpRequest, issue: Issue) -> HttpResponse:
    """To the board the change was made from, else to the issue."""
    code = request.POST.get("huddle", "")
    if code and code in plans_on().meetings and allowed(request.user, queries.SEES, code):
        return redirect("huddle", place=code, day=today().isoformat())
    return redirect("issue", public_id=issue.public_id)


@require_POST
def resolve(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST outcome"""
    return _change(request, public_id, "resolve", issue_actions.resolve_issue, "Settled.")


@require_POST
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST owner, due, what"""
    return _change(request, public_id, "assign", issue_actions.assign_issue, "Assigned.")


@require_POST
def escalate(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST ask, to, answer_by"""
    return _change(request, public_id, "escalate", issue_actions.escalate_issue, "Sent up.")


@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST kind, text, answer_by"""
    return _change(request, public_id, "answer", issue_actions.answer_issue, "Answered.")


@require_POST
def hear(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST settled, text"""

    def hear_it(*, settled: str, **given: Any) -> Any:
        return issue_actions.hear_answer(settled=settled == "yes", **given)

    return _change(request, public_id, "hear", hear_it, "Heard.")


@require_POST
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST text"""
    by = signed_in(request)
    issue = queries.see_issue(by, public_id)
    form = SayForm(request.POST, auto_id="say_%s")
    if form.is_valid():
        try:
            say_comment(by=by, subject_kind="huddle_issue", subject_id=public_id, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("issue", public_id=public_id)
    return _page(request, issue, say=form)


@require_GET
def row(request: HttpRequest, table: str, row: str) -> HttpResponse:
    """GET /huddles/rows/<table>/<row>/: from a row behind a number to the huddle or issue itself"""
    from housewide.facts.rows import find
    from housewide.work.huddles.publication import HELD, ISSUES

    account = signed_in(request)
    found = find(table, row) if table in (HELD, ISSUES) else None
    if found is None:
        raise NotSeen(queries.NOTHING)
    see(account, queries.SEES, str(found["place"]))
    if table == ISSUES:
        return redirect("issue", public_id=found["issue_id"])
    return redirect("huddle", place=found["place"], day=found["day"].isoformat())
