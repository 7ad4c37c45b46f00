"""The one address of the interface: finds the operation, and gives every answer its shape."""

from __future__ import annotations

import hashlib
import logging

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404
from django.views.decorators.csrf import csrf_exempt

from housewide.boards.api.problems import problem
from housewide.kit.failures import safe_words

MOST_BYTES, MOST_FILE = 1_000_000, 200_000_000
NO_SUCH = "There is no such address. The page “API reference” lists those there are."
logger = logging.getLogger(__name__)


@csrf_exempt  # a token in a header is not sent by a browser on its own, and sessions do not count here
def ask(request: HttpRequest, rest: str) -> HttpResponse:
    """/api/v1/<rest>"""
    from housewide.boards.api.house import parameters, resolver, schema

    if rest == "openapi.json":
        return JsonResponse(schema()) if request.method == "GET" else _not_this_way(["GET"])
    try:
        found = resolver().resolve(rest)
    except Resolver404:
        return problem(404, NO_SUCH)
    if _too_large(request):
        return problem(413, f"A request may have {MOST_BYTES // 1_000_000} MB, a file {MOST_FILE // 1_000_000} MB.")
    unknown = sorted(request.GET.keys() - parameters(found.route, request.method or ""))
    if unknown:
        errors = [{"where": f"query.{name}"[:100], "what": "There is no such parameter here"} for name in unknown[:20]]
        return problem(422, "A parameter that nobody knows would change nothing; was another one meant?", errors)
    try:
        answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    except Http404:
        return problem(404, NO_SUCH)
    except Exception as error:
        logger.error("the interface broke at %s: %s", found.route, safe_words(error))
        return problem(500, "Something broke on our side. Nothing was changed. The log of the server says more.")
    if answer.status_code == 405:
        return _not_this_way(sorted(one.strip() for one in answer.headers.get("Allow", "").split(",")))
    return _tagged(request, answer)


def _too_large(request: HttpRequest) -> bool:
    """By what the request says of itself, before any of it is read."""
    said = request.headers.get("Content-Length") or "0"
    most = MOST_FILE + MOST_BYTES if request.content_type == "multipart/form-data" else MOST_BYTES
    return not said.isdigit() or int(said) > most


def _not_this_way(allowed: list[str]) -> HttpResponse:
    answer = problem(405, f"This address answers {' and '.join(allowed)}.")
    answer["Allow"] = ", ".join(allowed)
    return answer


def _tagged(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """An answer that did not change since is not sent again."""
    answer["Cache-Control"] = "private, no-cache"
    if request.method != "GET" or answer.status_code != 200 or answer.streaming:
        return answer
    tag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    answer["ETag"] = tag
    return answer
