"""Where the minutes went: the start delay of first cases, stage by stage, by room and by reason."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from housewide.access.gates import allowed
from housewide.duties.surgery.calc.stages import StageShare
from housewide.duties.surgery.queries import DELAY, MONTHS_BEFORE, STAGES, Minutes, where_the_minutes_went
from housewide.duties.surgery.views.scopes import scope


def _minutes(amount: float) -> str:
    return f"{amount:.1f} min"


def _signed(amount: Fraction | None) -> str:
    if amount is None:
        return "–"
    text = f"{abs(float(amount)):.1f}"
    return text if text == "0.0" else f"{'+' if amount > 0 else '−'}{text}"


def where_the_minutes_went_page(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """Needs ``see.measures``; the links to rows are only there for those who may see rows."""
    found, month = scope(request.user, "see.measures", place, period)
    minutes = where_the_minutes_went(place, period, request.user)
    context = {
        "title": "Where the minutes went",
        "lead": f"First cases of {found.name} · {month.title}",
        "crumbs": [("Operating rooms", reverse("or-home", args=[place, period]))],
        "minutes": minutes,
        "delay_url": reverse("measure", args=[place, period, DELAY]),
        "finding": _finding(minutes),
        "months_before": MONTHS_BEFORE,
        "stages": [_stage_row(share) for share in minutes.stages],
        "grid": _grid(minutes),
        "reasons": [
            {"slice": one, "minutes": _minutes(float((one.value or 0) * one.count))} for one in minutes.reasons
        ],
        "rows_url": reverse("measure-rows", args=[place, period, STAGES])
        if allowed(request.user, "see.rows", place)
        else "",
        "reason_rows_url": reverse("measure-rows", args=[place, period, DELAY])
        if allowed(request.user, "see.rows", place)
        else "",
        **_charts(minutes),
    }
    return render(request, "surgery/minutes.html", context)


def _charts(minutes: Minutes) -> dict[str, Any]:
    from housewide.kit.charts import Contribution, waterfall_svg, waterfall_table

    parts = [Contribution(_name(share.stage), float(share.per_case or 0)) for share in minutes.stages]
    if not parts:
        return {}
    title, total = "Start delay of first cases, minutes per case by stage", "Start delay"
    columns = ("Stage", "Minutes per case")
    return {
        "chart": waterfall_svg(parts, title=title, show=_minutes, total_name=total),
        "chart_table": waterfall_table(parts, title=title, show=_minutes, total_name=total, columns=columns),
    }


def _name(stage: str) -> str:
    """The stage without the number that keeps it in order."""
    return stage.split(" ", 1)[-1]


def _within(stage: str) -> str:
    """The stage inside a sentence: a small letter first, unless it begins with an abbreviation."""
    name = _name(stage)
    return name if name[1:2].isupper() or not name[1:2].isalpha() else name[:1].lower() + name[1:]


def _mid_sentence(stage: str) -> str:
    """The stage's name inside a sentence: “H&P” keeps its capitals."""
    name = _name(stage)
    return name if name[1:2] != name[1:2].lower() or not name[1:2].isalpha() else name[:1].lower() + name[1:]


def _stage_row(share: StageShare) -> dict[str, Any]:
    change = share.change
    tone = "neutral" if change is None or abs(change) < 1 else ("bad" if change > 0 else "good")
    return {
        "stage": share.stage,
        "name": _name(share.stage),
        "now": _signed(share.per_case),
        "usual": _signed(share.usual),
        "change": _signed(change),
        "tone": tone,
        "shape": {"bad": "bad up", "good": "good down", "neutral": "neutral"}[tone],
        "word": {"bad": "More than usual", "good": "Less than usual", "neutral": "As usual"}[tone],
        "total": f"{share.seconds / 60:,.0f}".replace("-", "−"),
        "query": urlencode({"stage": share.stage}),
    }


def _grid(minutes: Minutes) -> dict[str, Any]:
    stages = [share.stage for share in minutes.stages]
    rows = []
    for room, cells in minutes.rooms.items():
        shown = []
        for stage in stages:
            cell = cells.get(stage)
            per_case = cell.per_case if cell else None
            tone = (
                "bad"
                if per_case is not None and per_case >= 8
                else "warn"
                if per_case is not None and per_case >= 4
                else ""
            )
            shown.append({"text": _signed(per_case), "tone": tone, "query": urlencode({"room": room, "stage": stage})})
        whole = sum((cell.per_case or Fraction(0) for cell in cells.values()), Fraction(0))
        rows.append({"room": room, "cells": shown, "whole": _signed(whole)})
    return {"stages": [_name(stage) for stage in stages], "rows": rows}


def _finding(minutes: Minutes) -> list[str]:
    """Two or three sentences for somebody with ten minutes."""
    if not minutes.cases:
        return []
    said = [f"{minutes.cases} first cases started {minutes.delay.text} late on average."]
    worst = [f"{_within(cell.stage)} in {cell.room} ({cell.seconds / 60:,.0f} min)" for cell in minutes.worst]
    if worst:
        said.append(f"Most minutes went to {', '.join(worst)}.")
    moved = minutes.biggest_change
    if moved and moved.change and minutes.cases_before:
        more = "more" if moved.change > 0 else "fewer"
        said.append(
            f"Against the {MONTHS_BEFORE} months before, {_within(moved.stage)} took "
            f"{abs(float(moved.change)):.1f} minutes a case {more}."
        )
    return said
