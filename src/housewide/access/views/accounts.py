"""Accounts and how they get in: lockouts, second factors, sign-ins, passwords; an administrator puts them right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from housewide.access import keys, policy
from housewide.access.gates import places_where, signed_in
from housewide.access.lockouts import locked_names
from housewide.access.models import Grant, SignedIn
from housewide.access.roles import roles
from housewide.kit.actions import NotSeen, Refused
from housewide.org.models import Account


class ReasonForm(forms.Form):
    """Why, for what weakens the protection of somebody's account."""

    reason = forms.CharField(label="Reason", max_length=300, help_text="How you made sure who asked for it.")


def _visible(request: HttpRequest) -> Any:
    """Accounts with a role at a place whose access the viewer may see, and those that have no role yet."""
    seen = places_where(request.user, "see.access")
    if not seen:
        raise NotSeen
    elsewhere = Grant.objects.exclude(place__code__in=seen).values("account")
    here = Grant.objects.filter(place__code__in=seen).values("account")
    every = Account.objects.select_related("person").order_by("username")
    return (every.filter(pk__in=here) | every.exclude(pk__in=elsewhere)).distinct()


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account with what protects it."""
    from allauth.mfa.models import Authenticator

    locked = locked_names()
    strong = set(Authenticator.objects.exclude(type="recovery_codes").values_list("user_id", flat=True))
    found = list(_visible(request))
    signed = set(SignedIn.objects.filter(account__in=found).values_list("account_id", flat=True))
    rows = [
        {"account": one, "locked": one.username in locked, "strong": one.pk in strong, "signed_in": one.pk in signed,
         "required": policy.second_factor(one) == policy.REQUIRED}
        for one in found
    ]  # fmt: skip
    return render(request, "access/accounts.html", {"title": "Accounts and sign-in", "rows": rows})


def _found(request: HttpRequest, account: str) -> Account:
    found: Account | None = _visible(request).filter(public_id=account).first()
    if found is None:
        raise NotSeen
    return found


@require_GET
def account(request: HttpRequest, account: str) -> HttpResponse:
    """One account: how it signs in, where it is signed in; an administrator puts it right."""
    return _page(request, _found(request, account))


def _page(request: HttpRequest, found: Account, form: Any = None, fresh: str = "", status: int = 200) -> HttpResponse:
    held = Grant.objects.filter(account=found).select_related("place")
    context = {
        "title": str(found),
        "crumbs": [("Accounts and sign-in", reverse("accounts"))],
        "found": found,
        "roles": [(roles()[one.role].title if one.role in roles() else one.role, one) for one in held],
        "strong": policy.has_second_factor(found),
        "required": policy.second_factor(found) == policy.REQUIRED,
        "locked": found.username in locked_names(),
        "sign_ins": SignedIn.objects.filter(account=found),
        "changer": keys.may_look_after(signed_in(request), found),
        "form": form or ReasonForm(),
        "fresh": fresh,
    }
    return render(request, "access/account.html", context, status=status)


@require_POST
def account_change(request: HttpRequest, account: str) -> HttpResponse:
    """Unlock, end sign-ins, reset the second factor or the password, close or reopen: what ``what`` says."""
    found, by, what = _found(request, account), signed_in(request), request.POST.get("what", "")
    if not places_where(by, "access.grant"):
        raise Refused("You may not change accounts. Ask an administrator.")
    if what == "unlock":
        count = keys.unlock(by=by, account=found)
        messages.success(request, "The lockout is lifted." if count else "There was no lockout.")
        return redirect("account", found.public_id)
    if what == "end":
        messages.success(request, f"Ended {keys.end_sessions(by=by, account=found)} sign-ins.")
        return redirect("account", found.public_id)
    form = ReasonForm(request.POST)
    if what not in ("factor", "password", "close", "reopen") or not form.is_valid():
        if not keys.may_look_after(by, found):
            raise Refused("You do not administer this account.")
        return _page(request, found, form, status=422)
    reason = form.cleaned_data["reason"]
    if what == "password":
        return _page(request, found, fresh=keys.reset_password(by=by, account=found, reason=reason))
    if what == "factor":
        keys.reset_second_factor(by=by, account=found, reason=reason)
        messages.success(request, "The second factor is gone. It is set up anew at the next sign-in.")
    elif what == "close":
        keys.close_account(by=by, account=found, reason=reason)
        messages.success(request, "The account is closed, and signed out everywhere.")
    else:
        keys.reopen_account(by=by, account=found, reason=reason)
        messages.success(request, "The account may sign in again.")
    return redirect("account", found.public_id)
