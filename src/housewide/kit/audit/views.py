"""The audit trail on paper and screen: who did what, which rows changed and how, who looked at patients' data.

An auditor sees the acts and looks at their places. What belongs to no single place, and what came round the actions,
is for those who audit every place.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from housewide.kit import gates
from housewide.kit.actions import NotSeen
from housewide.kit.audit.models import Act, Change, Look
from housewide.kit.audit.tables import watched_models
from housewide.kit.audit.veils import veiled
from housewide.kit.audit.words import act_words, table_words
from housewide.kit.lists import Column, Filter, QuerySetSource, list_response

CAPABILITY = "see.audit"
CHANGES_SHOWN = 200
NOT_SHOWN = "not shown"
OPERATIONS = {"I": "added", "U": "changed", "D": "removed"}


@dataclass(frozen=True)
class Difference:
    """One column of a changed row."""

    column: str
    before: str
    after: str


def _gated(account: Any, rows: Any) -> Any:
    """Acts or looks this account may see. Raises NotSeen for one that audits nothing."""
    places = gates.places(account, CAPABILITY)
    if not places:
        raise NotSeen("There is nothing here that you can see.")
    return rows if gates.everywhere(account, CAPABILITY) else rows.filter(place__in=places)


def _gated_changes(account: Any) -> Any:
    acts = _gated(account, Act.objects.all())
    if gates.everywhere(account, CAPABILITY):
        return Change.objects.all()
    return Change.objects.filter(act__in=acts.values("pk"))


def _tabs(current: str, account: Any) -> list[dict[str, Any]]:
    names = (("audit-list", "Acts"), ("audit-changes", "Changes"), ("audit-looks", "Looks"))
    return [{"title": title, "url": reverse(name), "current": name == current} for name, title in names]


def _places(account: Any) -> list[tuple[str, str]]:
    return [(code, code) for code in sorted(gates.places(account, CAPABILITY))]


@require_GET
def list_acts(request: HttpRequest) -> HttpResponseBase:
    """Who did what, newest first."""
    source = QuerySetSource(
        _gated(request.user, Act.objects.all()),
        columns=[
            Column(
                "name",
                "Act",
                value=lambda act: act_words(act.name),
                link=lambda act: reverse("audit-act", args=[act.pk]),
            ),
            Column("at", "When", value=lambda act: localtime(act.at), order_by="pk"),
            Column("actor", "Who", detail=lambda act: f"for {act.on_behalf_of}" if act.on_behalf_of else ""),
            Column("place", "Place"),
            Column("subject", "About"),
            Column("reason", "Why", sortable=False),
        ],
        filters=[
            Filter("actor", "Who"),
            Filter("name", "Act"),
            Filter("place", "Place", _places(request.user)),
            Filter("subject", "About"),
        ],
        default_sort="-at",
    )
    return _list(request, source, "audit-list", "Who did what, and why.", "acts")


@require_GET
def list_changes(request: HttpRequest) -> HttpResponseBase:
    """Which rows changed, newest first."""
    source = QuerySetSource(
        _gated_changes(request.user),
        columns=[
            Column("table", "Record", value=lambda change: table_words(change.table), detail=lambda c: f"row {c.row}"),
            Column("op", "What", value=lambda change: OPERATIONS.get(change.op, change.op)),
            Column("at", "When", value=lambda change: localtime(datetime.fromisoformat(change.at)), order_by="pk"),
            Column("act", "Act", value=_act_words, link=_act_link),
        ],
        filters=[
            Filter("table", "Record", sorted(((t, table_words(t)) for t in watched_models()), key=lambda one: one[1])),
            Filter("row", "Row", apply=lambda rows, value: rows.filter(row=value)),
            Filter("op", "What", list(OPERATIONS.items())),
            Filter(
                "outside", "Came from", [("1", "outside any action")], apply=lambda rows, value: rows.filter(act=None)
            ),
        ],
        default_sort="-at",
    )
    return _list(request, source, "audit-changes", "Every row that was added, changed or removed.", "changes")


def _act_words(change: Change) -> str:
    return f"act {change.act}" if change.act else "outside any action"


def _act_link(change: Change) -> str | None:
    return reverse("audit-act", args=[change.act]) if change.act else None


@require_GET
def list_looks(request: HttpRequest) -> HttpResponseBase:
    """Who looked at rows about patients, newest first."""
    source = QuerySetSource(
        _gated(request.user, Look.objects.all()),
        columns=[
            Column("actor", "Who"),
            Column("at", "When", value=lambda look: localtime(look.at), order_by="pk"),
            Column("table", "Table"),
            Column("count", "Rows", kind="number"),
            Column("purpose", "Purpose"),
            Column("place", "Place"),
        ],
        filters=[
            Filter("actor", "Who"),
            Filter("purpose", "Purpose"),
            Filter("place", "Place", _places(request.user)),
            Filter("rows", "Row id"),
        ],
        default_sort="-at",
    )
    return _list(request, source, "audit-looks", "Who saw rows about patients, and for what purpose.", "looks")


def _list(request: HttpRequest, source: QuerySetSource, name: str, lead: str, noun: str) -> HttpResponseBase:
    return list_response(
        request,
        source,
        title="Audit",
        lead=lead,
        noun=noun,
        empty=(f"No {noun} yet", "What people and the house do is written down here as it happens."),
        context={"tabs": _tabs(name, request.user)},
    )


@require_GET
def show_act(request: HttpRequest, act: int) -> HttpResponse:
    """One act and every row it changed, column by column."""
    entry = _gated(request.user, Act.objects.all()).filter(pk=act).first()
    if entry is None:
        raise NotSeen("There is nothing here that you can see.")
    rows = Change.objects.filter(act=entry.pk).order_by("pk")
    changes = [
        {
            "change": change,
            "record": table_words(change.table),
            "what": OPERATIONS.get(change.op, change.op),
            "differences": differences(change, veiled(change.table, request.user, entry.place)),
        }
        for change in rows[:CHANGES_SHOWN]
    ]
    context = {
        "title": act_words(entry.name),
        "act": entry,
        "changes": changes,
        "left_out": max(0, rows.count() - len(changes)),
        "crumbs": [("Audit", reverse("audit-list"))],
    }
    return render(request, "audit/act.html", context)


def _value_words(row: dict[str, Any], column: str) -> str:
    value = row.get(column)
    if isinstance(value, dict | list):  # PostgreSQL records JSON as it is
        return json.dumps(value, ensure_ascii=False)
    return "–" if value is None else "(empty)" if value == "" else str(value)


def differences(change: Change, hidden: Collection[str] = ()) -> list[Difference]:
    """The columns that differ between before and after; all of them for a row that was added or removed. Of those that
    are ``hidden`` it is only said that they were written."""
    before = json.loads(change.before) if change.before else {}
    after = json.loads(change.after) if change.after else {}
    columns = list(dict.fromkeys([*before, *after]))
    return [
        Difference(column, *(NOT_SHOWN if column in hidden else _value_words(row, column) for row in (before, after)))
        for column in columns
        if change.op != "U" or before.get(column) != after.get(column)
    ]
