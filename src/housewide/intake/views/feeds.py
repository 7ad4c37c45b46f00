"""Every feed the person sees: when it last came, what waits, what to do next; and a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from housewide.access.gates import places_where, sees_any
from housewide.facts.models import Batch, Feed
from housewide.facts.tables import tables
from housewide.intake import queries
from housewide.intake.profiles import make_feed
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.kit.lists import Column, RowSource, list_response
from housewide.org.models import Account, Place
from housewide.org.tree import tree_on


@require_safe
def show(request: HttpRequest) -> HttpResponseBase:
    """The list of feeds."""
    if not sees_any(request.user, queries.SEES):
        raise NotSeen(queries.NOTHING)
    feeds = queries.feeds_seen(request.user)
    imports = places_where(request.user, queries.IMPORTS)
    makes = sees_any(request.user, queries.PROFILES)
    source = RowSource(
        [_row(feed, feed.owning_place in imports) for feed in feeds],
        [
            Column("title", "Feed", "link", link=lambda row: row["url"], detail=lambda row: row["table"]),
            Column("place", "Run by"),
            Column("last", "Last import", "date"),
            Column("reaches", "Latest month"),
            Column("waiting", "Rows waiting", "number"),
            Column("next", "Next step", "link", link=lambda row: row["next_url"], sortable=False),
            Column("send", "Import", "link", link=lambda row: row["send_url"], sortable=False),
        ],
        default_sort="title",
    )
    new = {"title": "New feed", "url": reverse("feed-new"), "icon": "plus"}
    ready = [feed for feed in feeds if feed.profile and feed.owning_place in imports]
    send = {"title": "Import a file", "icon": "table-import", "primary": True}
    if len(ready) == 1:
        send["url"] = reverse("feed-import", args=[ready[0].code])
    empty = ("No feed yet", "A feed is one report that a system sends again and again. Make the first one.")
    return list_response(
        request,
        source,
        title="Data intake",
        lead="What the other systems send. Read = accepted + set aside: nothing is dropped.",
        noun="feeds",
        empty=(*empty, reverse("feed-new"), "New feed") if makes else (empty[0], "Ask whoever runs the data feeds."),
        context={"actions": ([send] if "url" in send else []) + ([new] if makes else [])},
    )


def _row(feed: Feed, may_import: bool) -> dict[str, Any]:
    last = Batch.objects.filter(feed=feed).order_by("-pk").first()
    waiting = queries.rows_waiting(feed)
    step = queries.next_step(feed, last, waiting, len(queries.waiting_codes(feed)) if waiting else 0)
    periods = Batch.objects.filter(feed=feed).order_by("-pk").values_list("periods", flat=True)[:24]
    can_send = may_import and bool(feed.profile)
    return {
        "title": feed.title,
        "url": reverse("feed", args=[feed.code]),
        "table": tables()[feed.table].title if feed.table in tables() else feed.table,
        "place": (feed.owner or feed.scope).name,
        "last": last.at.date() if last else None,
        "reaches": max((entry["period"] for batch in periods for entry in batch), default=""),
        "waiting": waiting,
        "next": step.title,
        "next_url": step.url,
        "send": "Import a file" if can_send else "",
        "send_url": reverse("feed-import", args=[feed.code]) if can_send else "",
    }


class FeedForm(forms.Form):
    """What a feed is: which rows, from where, run by whom."""

    title = forms.CharField(
        label="Name", max_length=120, help_text="As people call the report, like “Operating room log”."
    )
    code = forms.SlugField(
        label="Short code", max_length=60, required=False, help_text="Made from the name when empty."
    )
    table = forms.ChoiceField(label="What its rows are")
    owner = forms.ChoiceField(label="Run by", help_text="People of this place see the feed and import its files.")
    mode = forms.ChoiceField(label="A new file", choices=Feed.Mode.choices, initial=Feed.Mode.REPLACE)

    def __init__(self, account: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        tree = tree_on(today())
        codes = sorted(places_where(account, queries.PROFILES))
        owners = [(code, f"{tree.places[code].name} ({code})") for code in codes]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        self.fields["table"].choices = [(one.name, one.title) for one in tables().values()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["code"] = data.get("code") or slugify(data.get("title", ""))[:60]
        if data["code"] in ("", "new") and not self.errors:
            self.add_error("code", "Give the feed a short code of letters and digits.")
        return data


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET asks, POST makes the feed and goes on to its profile."""
    account: Account = request.user  # type: ignore[assignment]
    if not sees_any(account, queries.PROFILES):
        if sees_any(account, queries.SEES):
            raise Refused("You may not set up data feeds. Ask an administrator which role you need.")
        raise NotSeen(queries.NOTHING)
    form = FeedForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            feed = make_feed(by=account, scope=_scope_of(data["owner"]), **data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{feed.title} was made. Show it a file, so that we learn how it is written.")
            return redirect("feed-profile", feed.code)
    context = {"title": "New feed", "form": form, "submit": "Make the feed", "cancel_url": reverse("intake"),
               "crumbs": [("Data intake", reverse("intake")), ("New feed", "")]}  # fmt: skip
    return render(request, "ui/form.html", context, status=422 if form.errors else 200)


def _scope_of(owner: str) -> str:
    """Rows are filed by facility, so a department's feed has its facility as scope."""
    place = Place.objects.get(code=owner)
    return owner if place.kind == Place.Kind.SYSTEM else tree_on(today()).facility_of(owner) or owner
