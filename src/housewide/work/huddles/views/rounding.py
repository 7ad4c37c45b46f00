"""Leader rounding: what was heard, place by place, and what was made of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from housewide.access.gates import places_where, sees_any, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.org.models import Account
from housewide.work.huddles import actions, queries
from housewide.work.huddles.forms import RoundForm
from housewide.work.huddles.plans import plans_on


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """GET /huddles/rounding/"""
    account = signed_in(request)
    if not sees_any(account, queries.SEES):
        raise NotSeen(queries.NOTHING)
    notes = queries.rounding_notes(account)
    context = {
        "title": "Leader rounding",
        "lead": "What leaders heard on their rounds; it stands on the boards for three days.",
        "crumbs": [("Huddles", reverse("huddles"))],
        "notes": notes,
        "actions": [{"url": reverse("rounding-new"), "title": "Note a round", "icon": "plus", "primary": True}]
        if sees_any(account, actions.RUNS)
        else [],
    }
    return render(request, "huddles/rounding.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET asks, POST notes /huddles/rounding/new/"""
    account = signed_in(request)
    if not sees_any(account, actions.RUNS):
        raise NotSeen(queries.NOTHING)
    form = _form(account, request.POST or None)
    if request.GET.get("place"):
        form.initial["place"] = request.GET["place"]
    if request.method == "POST" and form.is_valid():
        given = {key: value for key, value in form.cleaned_data.items() if key != "sure"}
        try:
            note = actions.note_round(by=account, **given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Noted, and raised as an issue." if note.issue else "Noted.")
            return redirect("rounding")
    context = {"title": "Note a round", "form": form, "submit": "Keep the note", "cancel_url": reverse("rounding"),
               "crumbs": [("Huddles", reverse("huddles")), ("Leader rounding", reverse("rounding"))]}  # fmt: skip
    return render(request, "ui/form.html", context, status=422 if form.errors else 200)


def _form(account: Account, data: object) -> RoundForm:
    plans = plans_on()
    codes = [code for code in places_where(account, actions.RUNS) if plans.home_of(code)]
    homes = [home for code in codes if (home := plans.home_of(code))]
    topics = {topic.key: topic for home in homes for topic in home.topics}
    places = sorted(((code, plans.tree.places[code].name) for code in codes), key=lambda pair: pair[1])
    return RoundForm(topics.values(), places, data, auto_id="round_%s")
