"""The receipt of one import: what was read, what was accepted, what was set aside and why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from housewide.access.gates import places_where, signed_in
from housewide.facts import set_aside
from housewide.facts.models import Batch
from housewide.facts.tables import tables
from housewide.intake import letting_go, queries, restating
from housewide.kit.actions import Refused


class RestateForm(forms.Form):
    """Why a closed month has to take these rows."""

    facility = forms.CharField(max_length=40, widget=forms.HiddenInput)
    period = forms.CharField(max_length=10, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why it has to be restated", widget=forms.Textarea(attrs={"rows": 2}))


class LetGoForm(forms.Form):
    """Which rows need no correction, and why."""

    kind = forms.ChoiceField(label="Rows set aside because")
    reason = forms.CharField(label="Why they need no correction", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, batch: Batch, data: Any = None) -> None:
        super().__init__(data, auto_id="let-go-%s")
        waiting = set_aside.counts_by_reason(batch)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, f"{kind} ({rows:,})") for kind, rows in waiting.items()]


@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt."""
    return _page(request, queries.batch_for(request.user, public_id))


@require_POST
def restate(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST facility, period, reason: let the rows that wait for a closed month in."""
    batch = queries.batch_for(request.user, public_id, queries.IMPORTS)
    facility = request.POST.get("facility") or batch.feed.scope.code
    if not restating.may_restate(request.user, facility, batch.feed):
        raise Refused(restating.ask_whom(facility, batch.feed))
    form = RestateForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, form)
    try:
        job = restating.restate_rows(by=signed_in(request), batch=batch, **form.cleaned_data)
    except Refused as refusal:
        return _page(request, batch, form, str(refusal))
    return redirect(f"{reverse('feed', args=[batch.feed.code])}?job={job.public_id}")


@require_POST
def let_go(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST kind, reason: these rows need no correction and wait no longer."""
    queries.batch_for(request.user, public_id, queries.ROWS)
    batch = queries.batch_for(request.user, public_id, queries.IMPORTS)
    form = LetGoForm(batch, request.POST)
    if not form.is_valid():
        return _page(request, batch, letting=form)
    try:
        letting_go.let_go(by=signed_in(request), batch=batch, **form.cleaned_data)
    except Refused as refusal:
        return _page(request, batch, refusal=str(refusal), letting=form)
    return redirect("batch", public_id)


def _months(account: Any, batch: Batch, bound: RestateForm | None) -> list[dict[str, Any]]:
    """Closed months that rows wait for, each with its form, or with whom to ask."""
    found = []
    for at, month in enumerate(restating.closed_months(batch)):
        mine = bound is not None and (bound["facility"].value(), bound["period"].value()) == (
            month.facility,
            month.period,
        )
        given = {"facility": month.facility, "period": month.period}
        can = restating.may_restate(account, month.facility, batch.feed)
        rows = f"{month.rows:,} row{'s' * (month.rows != 1)}"
        found.append({
            "month": month,
            "form": (bound if mine else RestateForm(initial=given, auto_id=f"restate-{at}-%s")) if can else None,
            "submit": f"Restate {month.title} with {'this' if month.rows == 1 else 'these'} {rows}",
            "ask": "" if can else restating.ask_whom(month.facility, batch.feed),
        })  # fmt: skip
    return found


def _page(
    request: HttpRequest,
    batch: Batch,
    bound: RestateForm | None = None,
    refusal: str = "",
    letting: LetGoForm | None = None,
) -> HttpResponse:
    """The receipt; with what was typed and why it was refused."""
    public_id = batch.public_id
    feed, place = batch.feed, batch.feed.owning_place
    listed = reverse("batch-set-aside", args=[public_id])
    still = set_aside.counts_by_reason(batch) if batch.set_aside_open else {}
    imports = place in places_where(request.user, queries.IMPORTS)
    reasons = [
        {"reason": reason, "rows": rows, "waiting": still.get(reason, 0),
         "url": f"{listed}?{urlencode({'reason': reason})}"}
        for reason, rows in sorted(batch.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]  # fmt: skip
    sees_rows = place in places_where(request.user, queries.ROWS)
    context = {
        "title": f"Import of {batch.file_name}",
        "batch": batch,
        "feed": feed,
        "table": tables().get(feed.table),
        "reasons": reasons,
        "who": queries.who(batch.actor),
        "corrections": Batch.objects.filter(corrects=batch).order_by("pk"),
        "closed_months": _months(request.user, batch, bound),
        "refusal": refusal,
        "sees_rows": sees_rows,
        "imports": imports,
        "letting": letting or (LetGoForm(batch) if imports and sees_rows and still else None),
        "codes": queries.waiting_codes(feed)[:8] if batch.set_aside_open else [],
        "crumbs": [
            ("Data intake", reverse("intake")),
            (feed.title, reverse("feed", args=[feed.code])),
            (batch.file_name, ""),
        ],
    }
    return render(request, "intake/batch.html", context, status=422 if bound or letting else 200)
