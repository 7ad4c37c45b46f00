"""The jump box: type part of a name anywhere, and go there.

What is typed may be the number of a case, so the box sends it in the body: it never stands in an address, a history
or a log of addresses. A link with ``?q=`` still answers, for whoever wrote one.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from housewide.access.gates import signed_in
from housewide.boards.frame import default_scope
from housewide.boards.search import answers, sees_scope
from housewide.kit.clock import today
from housewide.kit.finding import EXACT_CODE
from housewide.kit.periods import BadPeriod, Month
from housewide.kit.registry import Scope
from housewide.org.tree import tree_on

LONGEST_QUESTION = 200  # SQLite refuses a pattern of more than 50,000 bytes; nobody looks for a name that long
SUGGESTED = 8


@require_http_methods(["GET", "POST"])
def jump(request: HttpRequest) -> HttpResponse:
    """GET or POST q, and where the person was: ``at`` (a place) and ``in`` (a month). htmx gets the list alone."""
    asked = request.POST if request.method == "POST" else request.GET
    question = asked.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION]
    suggesting = request.headers.get("HX-Request") == "true"
    scope = _scope(request, asked.get("at", ""), asked.get("in", ""))
    most = SUGGESTED if suggesting else 40
    hits = answers(signed_in(request), question, scope, most=most) if question else []
    if suggesting:
        return render(request, "boards/parts/jump_answers.html", {"hits": hits, "asked": question})
    if len(hits) == 1 or (hits and hits[0].rank >= EXACT_CODE and hits[0].rank > hits[1].rank):
        return redirect(hits[0].url)
    context = {"title": "Jump to anything", "jump_query": question, "hits": hits, "asked": question}
    return render(request, "boards/jump.html", context)


def _scope(request: HttpRequest, place: str, period: str) -> Scope:
    """Where the person was, as far as they see it and it exists; the rest from their own default."""
    default = default_scope(request.user, tree_on(today()))
    try:
        month = str(Month.parse(period))
    except BadPeriod:
        month = default.period
    wanted = Scope(place, month)
    return wanted if sees_scope(request.user, wanted) else Scope(default.place, month)
