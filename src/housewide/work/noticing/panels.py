"""The card of a signal on the page of its measure: since when, whose task, the answer, and the form to give one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed
from housewide.measures.panels import Panel
from housewide.work.noticing.actions import ANSWERS
from housewide.work.noticing.forms import AnswerForm
from housewide.work.noticing.questions import past_answers, signal_at, with_answers

TEMPLATE = "work/parts/signal_panel.html"


def panel(account: Any, measure: str, place: str, period: str, form: AnswerForm | None = None) -> Panel | None:
    """The card while a signal holds; None without one."""
    row = signal_at(measure, place)
    if row is None:
        return None
    [found] = with_answers([row])
    where = [place, period, measure]
    may_answer = allowed(account, ANSWERS, place)
    context = {
        "signal": row,
        "state": found.state,
        "known": found.known,
        "task": found.task,
        "past": [one for one in past_answers(measure, place) if not found.known or one.public_id != found.known.watch],
        "form": (form or AnswerForm(auto_id="answer_%s")) if may_answer else None,
        "open": form is not None,
        "answer_url": reverse("signal-answer", args=where),
        "again_url": reverse("signal-ask-again", args=where),
        "signals_url": reverse("signals", args=[place, period]),
    }
    return Panel(TEMPLATE, context)


def panel_for(account: Any, measure: str, place: str, period: str) -> Panel | None:
    """The card as the page of the measure asks for it."""
    return panel(account, measure, place, period)
