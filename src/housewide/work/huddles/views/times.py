"""Times and places: who huddles when at a facility."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from housewide.access.gates import see, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.org.models import Place
from housewide.org.tree import tree_on
from housewide.work.huddles import actions
from housewide.work.huddles.forms import PlanForm
from housewide.work.huddles.plans import Planned, Tier, plan_of, plans_on, presets


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, place: str) -> HttpResponse:
    """GET and POST /huddles/times/<place>/"""
    account = signed_in(request)
    at = see(account, actions.SETS, place)
    if at.kind not in (Place.Kind.FACILITY, Place.Kind.SYSTEM):
        raise NotSeen("There is nothing here that you can see.")
    plan = plan_of(place)
    form = PlanForm(plan, _may_huddle(plan), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_plan(
                by=account, place=place, preset=form.cleaned_data["preset"], tiers=_tiers(plan, form),
                without=form.cleaned_data.get("without") or [],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The times are kept. They hold from the next day that is laid out.")
            return redirect("huddle-times", place=place)
    below = [one for code, one in plans_on().meetings.items() if code in tree_on(today()).below(place)]
    context = {
        "title": f"Times and places: {at.name}", "form": form, "meetings": below, "plan": plan,
        "lead": "Who huddles when. Times are those of the place.", "crumbs": [("Huddles", reverse("huddles"))],
    }  # fmt: skip
    return render(request, "huddles/times.html", context, status=422 if form.errors else 200)


def _tiers(plan: Planned, form: PlanForm) -> list[Tier]:
    """The tiers as the form says; those of the preset when another preset was chosen."""
    if form.cleaned_data["preset"] != plan.preset.key:
        return list(presets()[form.cleaned_data["preset"]].tiers)
    given = form.cleaned_data
    return [replace(tier, time=given[f"time_{tier.number}"], minutes=given[f"minutes_{tier.number}"])
            for tier in plan.tiers]  # fmt: skip


def _may_huddle(plan: Planned) -> list[tuple[str, str]]:
    if plan.place.kind == Place.Kind.SYSTEM:
        return []
    tree = tree_on(today())
    below = [tree.places[code] for code in tree.below(plan.place.code)[1:]]
    return sorted(((place.code, f"{place.name}, {place.get_kind_display().lower()}") for place in below),
                  key=lambda pair: pair[1])  # fmt: skip
