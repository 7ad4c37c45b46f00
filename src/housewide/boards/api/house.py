"""The interface put together, once, at the first request: nothing of it is loaded before somebody asks."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI

from housewide import __version__
from housewide.boards.api import doing, numbers, problems, reviewed, sending

PREFIX = "/api/v1"
ABOUT = (
    "The same questions, changes and gates as the screens. Send `Authorization: Bearer …` with a token that you made "
    "on the page “API tokens”; it never allows more than you may do yourself. What you cannot see is 404, what you may "
    "not do is 403 with the reason, and every answer that is not a success has the shape `Problem`."
)


@cache
def api() -> NinjaAPI:
    """The interface with all its operations."""
    made = NinjaAPI(title="Housewide", version=__version__, description=ABOUT, docs_url=None, openapi_url=None,
                    urls_namespace="housewide-api")  # fmt: skip
    problems.register(made)
    for router in (numbers.router, doing.router, reviewed.router, sending.router):
        made.add_router("", router)
    return made


@cache
def resolver() -> URLResolver:
    """Finds the operation of a path below the prefix."""
    patterns, _, _ = api().urls
    return URLResolver(RegexPattern(r""), patterns)


@cache
def schema() -> dict[str, Any]:
    """OpenAPI of all operations."""
    found: dict[str, Any] = json.loads(json.dumps(api().get_openapi_schema(path_prefix=PREFIX)))
    return found


@cache
def parameters(route: str, method: str) -> frozenset[str]:
    """Names that the operation of a route (``places/<place>/readings/<period>``) takes after the question mark."""
    path = f"{PREFIX}/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    operation = schema()["paths"].get(path, {}).get(method.lower(), {})
    return frozenset(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
