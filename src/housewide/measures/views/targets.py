"""Setting what a place wants a measure to be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from housewide.access.gates import may
from housewide.kit.actions import Refused
from housewide.kit.ui.days import day_text
from housewide.kit.ui.fields import DayField
from housewide.measures.targets import set_target
from housewide.measures.views.scopes import SETS_TARGET, open_measure

LARGEST = 10**12


class TargetForm(forms.Form):
    """The value in the unit of the measure, who says so, and from which day."""

    value = forms.DecimalField(
        label="Target", max_digits=18, decimal_places=4, min_value=-LARGEST, max_value=LARGEST,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Write the target as a number, like 80 or 12.5."},
    )  # fmt: skip
    source = forms.CharField(
        label="Who says so", max_length=200, help_text="The meeting, policy or person the target comes from."
    )
    valid_from = DayField(label="From")

    def __init__(self, data: Any = None, *, unit: str = "", initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="target_%s", initial=initial)
        if unit:
            self.fields["value"].help_text = f"In {unit}."


@require_POST
def change(request: HttpRequest, place: str, period: str, measure: str) -> HttpResponse:
    """POST /at/<place>/<period>/measures/<measure>/target/"""
    from housewide.measures.views.measure import page

    scope = open_measure(request, place, period, measure)
    may(request.user, SETS_TARGET, place, "set targets")
    form = TargetForm(request.POST, unit=scope.definition.unit)
    if form.is_valid():
        try:
            set_target(by=request.user, measure=measure, place=place, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            since = form.cleaned_data["valid_from"]
            messages.success(request, f"The target of {scope.definition.title} is set from {day_text(since)} on.")
            return redirect(scope.url("measure"))
    return page(request, scope, form)
