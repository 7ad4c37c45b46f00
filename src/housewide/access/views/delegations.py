"""Who acts for me while I am away, and for whom I act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from housewide.access.actions import delegate, withdraw_delegation
from housewide.access.gates import places_where, signed_in
from housewide.access.models import Delegation
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.org.models import Account
from housewide.org.tree import tree_on


class DelegationForm(forms.Form):
    """Who, where, between which days, why."""

    receiver = forms.ModelChoiceField(Account.objects.none(), label="Who acts for you", empty_label="Choose a person")
    place = forms.ChoiceField(
        label="Where", help_text="Here and at every place below, as far as your own role reaches."
    )
    valid_from = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label="Reason", max_length=300, help_text="For example: leave.")

    def __init__(self, by: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = tree_on(today())
        codes = sorted(places_where(by, "delegate"))
        self.fields["place"].choices = [(code, tree.places[code].name) for code in codes]  # type: ignore[attr-defined]
        own = by.person.positions.filter(place__code__in=codes).order_by("-valid_from").first() if by.person else None
        self.initial.setdefault("place", own.place.code if own else None)
        others = Account.objects.filter(is_active=True, grants__place__code__in=codes).exclude(pk=by.pk)
        self.fields["receiver"].queryset = others.distinct().order_by("username")  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """The person's own delegations, given and received."""
    account = signed_in(request)
    may = bool(places_where(account, "delegate"))
    form = DelegationForm(account, request.POST or None) if may else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise Refused("You have no role that you could lend.")
        if form.is_valid():
            try:
                delegate(by=account, **{**form.cleaned_data, "place": form.cleaned_data["place"]})
                messages.success(request, f"{form.cleaned_data['receiver']} acts for you in these days.")
                return redirect("delegations")
            except Refused as problem:
                form.add_error(None, str(problem))
        status = 422
    rows = Delegation.objects.filter(Q(giver=account) | Q(receiver=account)).select_related(
        "giver", "receiver", "place"
    )
    context = {"title": "Who acts for me", "rows": rows.order_by("-valid_from"), "form": form, "today": today()}
    return render(request, "access/delegations.html", context, status=status)


@require_POST
def delegation_withdraw(request: HttpRequest, delegation: str) -> HttpResponse:
    """Take it back at once."""
    found = Delegation.objects.filter(public_id=delegation).select_related("giver", "place").first()
    if found is None:
        raise NotSeen
    withdraw_delegation(by=signed_in(request), delegation=found)
    messages.success(request, "The delegation was withdrawn.")
    return redirect("delegations")
