"""API tokens: make one, see when each was last used, revoke it; and the reference of the interface."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from housewide.access.gates import signed_in
from housewide.boards.api.tokens import LONGEST, SCOPES, holds, make_token, revoke_token, see_token, tokens_of
from housewide.kit.actions import Refused
from housewide.kit.clock import today

USUAL = timedelta(days=90)


class TokenForm(forms.Form):
    """What a token is for, what it may do, and until when."""

    title = forms.CharField(label="What it is for", max_length=80, help_text="Such as “Figures into the warehouse”.")
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Never more than you may do yourself.",
    )
    valid_to = forms.DateField(
        label="Last day",
        help_text=f"At most {LONGEST.days} days from today.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """GET lists, POST makes one; its secret stands on the answer and nowhere else."""
    account = signed_in(request)
    form = TokenForm(request.POST or None, initial={"valid_to": (today() + USUAL).isoformat()})
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = make_token(by=account, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            form = TokenForm(initial={"valid_to": (today() + USUAL).isoformat()})
    rows = [{"token": one, "holds": holds(one), "scopes": [SCOPES.get(key, key) for key in one.scopes]}
            for one in tokens_of(account)]  # fmt: skip
    context = {
        "title": "API tokens",
        "lead": "A program asks in your name, for what its token says, and never for more than you may do yourself.",
        "rows": rows,
        "form": form,
        "made": made,
        "actions": [{"url": reverse("api-reference"), "title": "API reference", "icon": "file-text"}],
    }
    return render(request, "boards/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST ends a token at once."""
    token = see_token(signed_in(request), public_id)
    revoke_token(by=signed_in(request), token=token)
    messages.success(request, f"“{token.title}” is revoked. Programs that use it are refused from now on.")
    return redirect("api-tokens")


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """GET /api/: every address, made from the description that programs read too."""
    from housewide.boards.api.house import PREFIX, schema

    described = schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            groups.setdefault((one.get("tags") or ["Other"])[0], []).append(_operation(method, path, one))
    context = {
        "title": "API reference",
        "about": described["info"]["description"].replace("`", ""),
        "groups": groups.items(),
        "shapes": [_shape(name, one) for name, one in sorted(described["components"]["schemas"].items())],
        "schema_url": f"{PREFIX}/openapi.json",
        "crumbs": [("API tokens", reverse("api-tokens"))],
    }
    return render(request, "boards/api_reference.html", context)


def _operation(method: str, path: str, one: dict[str, Any]) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {})
    answers = {code: _answer(said) for code, said in one["responses"].items()}
    return {
        "method": method.upper(),
        "path": path,
        "summary": one.get("summary", ""),
        "description": one.get("description", ""),
        "parameters": [
            {"name": each["name"], "where": each["in"], "required": each.get("required", False),
             "type": _named(each["schema"]), "says": each["schema"].get("description", each.get("description", ""))}
            for each in one.get("parameters", ())
        ],
        "body": [f"{kind}: {_named(said['schema'])}" for kind, said in body.items()],
        "gives": {code: name for code, name in answers.items() if not str(code).startswith(("4", "5"))},
        "problems": ", ".join(str(code) for code in answers if str(code).startswith(("4", "5"))),
    }  # fmt: skip


def _answer(said: dict[str, Any]) -> str:
    kinds = list(said.get("content", {}).values())
    return _named(kinds[0]["schema"]) if kinds else "nothing"


def _shape(name: str, one: dict[str, Any]) -> dict[str, Any]:
    required = set(one.get("required", ()))
    fields = [
        {"name": key, "type": _named(said), "required": key in required, "says": said.get("description", "")}
        for key, said in one.get("properties", {}).items()
    ]
    return {"name": name, "description": one.get("description", ""), "fields": fields}


def _named(schema: dict[str, Any]) -> str:
    """The type of a field in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_named(one) for one in schema[key]))
    if "enum" in schema:
        return " or ".join(f"“{one}”" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_named(schema.get('items', {}))}"
    kind = schema.get("format") or schema.get("type") or "anything"
    return "nothing" if kind == "null" else str(kind)
