"""Codes that nobody has explained: what each means here, then the rows that waited for it are tried again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from housewide.access.gates import places_where
from housewide.facts.crosswalks import map_code, own_codes
from housewide.facts.models import Crosswalk, Feed
from housewide.intake import queries
from housewide.intake.jobs import ask_for_retry
from housewide.kit.actions import Refused
from housewide.org.models import Person, Place

NAMES: dict[str, Any] = {"place": Place, "person": Person}


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    """GET lists waiting and known codes; POST says what some of them mean, all of them or none."""
    saving = request.method == "POST"
    feed = queries.feed_for(request.user, code, queries.PROFILES if saving else queries.SEES)
    waiting = queries.waiting_codes(feed)
    typed = {f"target-{at}": request.POST.get(f"target-{at}", "").strip() for at in range(len(waiting))}
    error = ""
    if saving:
        error = _save(request.user, feed, request.POST)
        if not error:
            return redirect("feed-crosswalks", feed.code)
    kinds = sorted({one.kind for one in waiting})
    place = feed.owning_place
    context = {
        "title": "What codes mean",
        "lead": f"Codes in the files of {feed.title}. They hold for every feed of {feed.scope.name}.",
        "feed": feed,
        "codes": [{"at": at, "one": one, "typed": typed[f"target-{at}"]} for at, one in enumerate(waiting)],
        "choices": {kind: _choices(kind) for kind in kinds},
        "known": Crosswalk.objects.filter(scope=feed.scope.code).order_by("kind", "source_code", "valid_from"),
        "rows_waiting": queries.rows_waiting(feed),
        "changes": place in places_where(request.user, queries.PROFILES),
        "imports": place in places_where(request.user, queries.IMPORTS),
        "error": error,
        "crumbs": [
            ("Data intake", reverse("intake")),
            (feed.title, reverse("feed", args=[feed.code])),
            ("What codes mean", ""),
        ],
    }
    for entry in context["codes"]:  # type: ignore[attr-defined]
        entry["choices"] = context["choices"][entry["one"].kind]  # type: ignore[index]
    return render(request, "intake/crosswalks.html", context, status=422 if error else 200)


def _choices(kind: str) -> dict[str, Any]:
    """What a code of this kind may mean: a closed choice where the house has its own codes, else what others mean."""
    if kind in NAMES:
        rows = NAMES[kind].objects.order_by("name").values_list("code", "name")
        return {"closed": True, "options": [(code, f"{name} ({code})") for code, name in rows]}
    return {"closed": False, "options": [(code, code) for code in sorted(own_codes(kind))]}


def _save(account: Any, feed: Feed, said: Any) -> str:
    """Store what was said; "" or the reason why nothing was."""
    given = []
    for key in said:
        if key.startswith("target-") and said[key].strip():
            at = key.removeprefix("target-")
            given.append((said.get(f"kind-{at}", ""), said.get(f"code-{at}", ""), said[key].strip()))
    if not given:
        return "Say what at least one code means."
    waiting = {(one.kind, one.code) for one in queries.waiting_codes(feed)}
    try:
        with transaction.atomic():
            for kind, code, target in given:
                if (kind, code) not in waiting:
                    raise Refused(f"No row waits for “{code}” any more. Look at the list again.")
                map_code(by=account, kind=kind, scope=feed.scope.code, source_code=code, target=target, feed=feed)
    except Refused as refusal:
        return str(refusal)
    return ""


@require_POST
def retry(request: HttpRequest, code: str) -> HttpResponse:
    """Try the waiting rows of the feed again."""
    feed = queries.feed_for(request.user, code, queries.IMPORTS)
    if not queries.rows_waiting(feed):
        messages.info(request, "No row of this feed is waiting.")
        return redirect("feed", feed.code)
    job = ask_for_retry(by=request.user, feed=feed)
    return redirect(f"{reverse('feed', args=[feed.code])}?job={job.public_id}")
