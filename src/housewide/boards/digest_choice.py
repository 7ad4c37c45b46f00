"""Whether the morning e-mail comes: everybody decides for themselves."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from housewide.access.gates import signed_in
from housewide.boards.actions import choose_digest, wants_digest


class ChoiceForm(forms.Form):
    wanted = forms.BooleanField(
        label="Send me the morning e-mail",
        required=False,
        help_text="At 06:45 on workdays: the numbers of Today and how much is due from you. It names no patient and "
        "repeats nothing that anybody typed.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """GET and POST /account/digest/"""
    account = signed_in(request)
    if request.method == "POST":
        form = ChoiceForm(request.POST)
        if form.is_valid():
            choose_digest(by=account, wanted=form.cleaned_data["wanted"])
            said = (
                "The morning e-mail comes on workdays." if form.cleaned_data["wanted"] else "No morning e-mail comes."
            )
            messages.success(request, said)
            return redirect("digest-choice")
    form = ChoiceForm(initial={"wanted": wants_digest(account)})
    where = f"It goes to {account.email}." if account.email else "Your account has no e-mail address, so none is sent."
    return render(request, "boards/digest_choice.html", {"title": "Morning e-mail", "lead": where, "form": form})
