"""Answering a signal: known, watching until a day; and taking the answer back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from housewide.access.gates import may, signed_in
from housewide.kit.actions import Refused
from housewide.kit.ui.days import day_text
from housewide.measures.views.scopes import open_measure
from housewide.work.noticing import actions
from housewide.work.noticing.forms import AnswerForm
from housewide.work.noticing.panels import panel


@require_POST
def answer(request: HttpRequest, place: str, period: str, measure: str) -> HttpResponse:
    """POST until, reason"""
    scope = open_measure(request, place, period, measure)
    account = signed_in(request)
    may(account, actions.ANSWERS, place, "answer signals")
    form = AnswerForm(request.POST, auto_id="answer_%s")
    if form.is_valid():
        try:
            watch = actions.watch_signal(by=account, measure=measure, place=place, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"Known, watching until {day_text(watch.until)}. It is asked again the day after."
            )
            return redirect(f"{scope.url('measure')}#signal")
    context = {
        "title": "Answer a signal",
        "lead": f"{scope.definition.title}, {scope.where.name}",
        "crumbs": scope.crumbs((scope.definition.title, scope.url("measure"))),
        "panel": panel(account, measure, place, period, form),
        "form": form,
        "back_url": scope.url("measure"),
    }
    return render(request, "work/answer.html", context, status=422)


@require_POST
def ask_again(request: HttpRequest, place: str, period: str, measure: str) -> HttpResponse:
    """POST takes the answer back"""
    scope = open_measure(request, place, period, measure)
    may(request.user, actions.ANSWERS, place, "answer signals")
    try:
        actions.withdraw_watch(by=signed_in(request), measure=measure, place=place)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The answer was taken back; the signal is new again.")
    return redirect(f"{scope.url('measure')}#signal")
