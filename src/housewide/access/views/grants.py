"""Who holds which role where, granting and ending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from housewide.access.actions import end_grant, grant_role, make_account
from housewide.access.gates import places_where, signed_in
from housewide.access.keys import owe_password
from housewide.access.models import Grant
from housewide.access.roles import roles
from housewide.kit.actions import NotSeen, Refused, act
from housewide.kit.clock import today
from housewide.org.models import Account, Person
from housewide.org.tree import tree_on


class GrantForm(forms.Form):
    """One role for one account at one place."""

    account = forms.ModelChoiceField(Account.objects.filter(is_active=True).order_by("username"), label="Account")
    role = forms.ChoiceField(label="Role", choices=[(key, role.title) for key, role in roles().items()])
    place = forms.ChoiceField(label="Place", help_text="The role holds here and at every place below.")
    valid_from = forms.DateField(label="From", initial=today, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label="Last day", required=False, help_text="Leave empty for no end.",
                               widget=forms.DateInput(attrs={"type": "date"}))  # fmt: skip

    def __init__(self, by: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = tree_on(today())
        codes = sorted(places_where(by, "access.grant"))
        self.fields["place"].choices = [(code, f"{tree.places[code].name} ({code})") for code in codes]  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    """A new account, for someone who works here."""

    username = forms.EmailField(label="Work e-mail")
    person = forms.ModelChoiceField(Person.objects.filter(account=None), label="Person", required=False)
    password = forms.CharField(label="First password", min_length=12, widget=forms.PasswordInput,
                               help_text="At least 12 characters.")  # fmt: skip


@require_http_methods(["GET", "POST"])
def grants(request: HttpRequest) -> HttpResponse:
    """Everyone's roles at places the viewer may see access of; an administrator grants here."""
    seen = places_where(request.user, "see.access")
    if not seen:
        raise NotSeen
    tops = places_where(request.user, "access.grant")
    what = request.POST.get("what")
    grant_form = GrantForm(signed_in(request), request.POST if what == "grant" else None)
    account_form = AccountForm(request.POST if what == "account" else None)
    status = 200
    if request.method == "POST":
        if not tops:
            raise Refused("You may not grant roles. Ask an administrator.")
        form = grant_form if what == "grant" else account_form
        if form.is_valid() and _saved(request, form):
            return redirect("grants")
        status = 422
    rows = Grant.objects.filter(place__code__in=seen).select_related("account__person", "place")
    context = {
        "title": "People & access",
        "rows": [{"grant": row, "role": roles()[row.role].title if row.role in roles() else row.role} for row in rows],
        "grant_form": grant_form if tops else None,
        "account_form": account_form if tops else None,
        "today": today(),
    }
    return render(request, "access/grants.html", context, status=status)


def _saved(request: HttpRequest, form: forms.Form) -> bool:
    data = form.cleaned_data
    try:
        if isinstance(form, GrantForm):
            grant_role(by=request.user, **data)
            messages.success(request, f"{data['account']} now is {roles()[data['role']].title} at {data['place']}.")
        else:
            place = min(places_where(request.user, "access.grant"), key=len)
            with act("access.make_account", actor=signed_in(request).username, place=place, subject=data["username"]):
                owe_password(make_account(by=request.user, place=place, **data))
            messages.success(
                request, f"The account {data['username']} was made. It sees nothing until you grant a role."
            )
    except Refused as problem:
        form.add_error(None, str(problem))
        return False
    return True


@require_POST
def grant_end(request: HttpRequest, grant: str) -> HttpResponse:
    """End a grant at once."""
    seen = places_where(request.user, "see.access")
    found = Grant.objects.filter(public_id=grant, place__code__in=seen).first()
    if found is None:
        raise NotSeen
    end_grant(by=request.user, grant=found, last_day=today() - timedelta(days=1), reason=request.POST.get("reason", ""))
    messages.success(request, f"{found.account} no longer has this role.")
    return redirect(reverse("grants"))
