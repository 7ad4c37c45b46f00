"""Breaking the glass, closing it, and judging it afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from housewide.access import glass as breaking
from housewide.access.gates import places_where, signed_in
from housewide.access.models import BrokenGlass
from housewide.access.opened import terms
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import now, today
from housewide.org.tree import tree_on


class BreakForm(forms.Form):
    """Where, why and for how long."""

    place = forms.ChoiceField(label="Place", help_text="It opens with everything below it.")
    reason = forms.CharField(
        label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What happened and why it cannot wait. Somebody else reads this and judges it.",
    )  # fmt: skip
    hours = forms.IntegerField(label="For how many hours", min_value=1)
    identities = forms.BooleanField(label="Also who the patients are", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = tree_on(today())
        named = sorted((place.name, code) for code, place in tree.places.items())
        self.fields["place"].choices = [("", "Choose"), *((code, name) for name, code in named)]  # type: ignore[attr-defined]
        self.fields["hours"].initial = terms().hours
        self.fields["hours"].max_value = terms().most_hours  # type: ignore[attr-defined]


class JudgeForm(forms.Form):
    """Whether it was right."""

    outcome = forms.ChoiceField(label="Outcome", choices=BrokenGlass.Outcome.choices, widget=forms.RadioSelect)
    finding = forms.CharField(label="What you found", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@require_http_methods(["GET", "POST"])
def glass_list(request: HttpRequest) -> HttpResponse:
    """What was opened, by oneself or where one judges; whoever may, opens here."""
    account = signed_in(request)
    breaks, judges = bool(places_where(account, "glass.break")), bool(places_where(account, "glass.review"))
    if not breaks and not judges:
        raise NotSeen
    form = BreakForm(request.POST or None) if breaks else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise Refused("Your role does not let you break the glass. Ask an administrator.")
        if form.is_valid():
            try:
                made = breaking.break_glass(by=account, **form.cleaned_data)
                messages.warning(request, f"{made.place.name} is open to you. Every page you see is recorded.")
                return redirect("glass-one", made.public_id)
            except Refused as problem:
                form.add_error(None, str(problem))
        status = 422
    rows = [(one, breaking.may_review(account, one)) for one in breaking.visible_to(account)[:200]]
    context = {"title": "Break the glass", "rows": rows, "form": form, "now": now(), "terms": terms()}
    return render(request, "access/glass/list.html", context, status=status)


def _found(request: HttpRequest, glass: str) -> BrokenGlass:
    found: BrokenGlass | None = breaking.visible_to(signed_in(request)).filter(public_id=glass).first()
    if found is None:
        raise NotSeen
    return found


@require_http_methods(["GET", "POST"])
def one_glass(request: HttpRequest, glass: str) -> HttpResponse:
    """One opening: why, until when, what was looked at, and the judgement."""
    found = _found(request, glass)
    judges = breaking.may_review(signed_in(request), found) and not found.outcome
    form = JudgeForm(request.POST or None) if judges else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise Refused("You cannot judge this: it is your own, or it has been judged.")
        if form.is_valid():
            breaking.review_glass(by=signed_in(request), glass=found, **form.cleaned_data)
            messages.success(request, "Your judgement was kept.")
            return redirect("glass-one", glass)
        status = 422
    context = {
        "title": f"{found.account} broke the glass", "glass": found, "form": form, "now": now(),
        "looks": breaking.looks_through(found), "mine": found.account_id == signed_in(request).pk,
        "is_open": found.ended_at is None and found.until > now(),
    }  # fmt: skip
    return render(request, "access/glass/one.html", context, status=status)


@require_POST
def glass_end(request: HttpRequest, glass: str) -> HttpResponse:
    """Close it before its time."""
    breaking.end_glass(by=signed_in(request), glass=_found(request, glass))
    messages.success(request, "It is closed. It will be judged all the same.")
    return redirect("glass-one", glass)
