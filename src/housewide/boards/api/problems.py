"""What went wrong, in one shape for every answer that is not a success: a status, a title, and words to act on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

TITLES = {
    400: "The request cannot be read",
    401: "A token is needed",
    403: "Refused",
    404: "Nothing here that you can see",
    405: "Not this way",
    409: "It is no longer as you think",
    413: "Too large",
    422: "Some of what was sent does not fit",
    429: "Too many requests",
    500: "Something broke here",
    503: "Busy",
}


class ApiProblem(Exception):
    """An answer that is not a success, with its status and words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> JsonResponse:
    """The answer itself: {status, title, detail, errors: [{where, what}]}."""
    title = TITLES.get(status) or HTTPStatus(status).phrase
    body: dict[str, Any] = {"status": status, "title": title, "detail": detail, "errors": errors or []}
    answer = JsonResponse(body, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Housewide"'
    if status == 429:
        answer["Retry-After"] = "60"
    return answer


def no_token(request: HttpRequest, error: Any) -> HttpResponse:
    """401"""
    return problem(401, "Send “Authorization: Bearer …” with a token that holds. The page “API tokens” makes one.")


def does_not_fit(request: HttpRequest, error: Any) -> HttpResponse:
    """422, with what does not fit and where; never with the value itself, which may be about a patient."""
    errors = [{"where": ".".join(map(str, one["loc"])), "what": str(one["msg"])} for one in error.errors[:20]]
    return problem(422, "Nothing was changed. See errors for what does not fit and where.", errors)


def unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """What ninja itself refuses: broken JSON and the like."""
    return problem(error.status_code, f"{error.message}. Nothing was changed.")


def known(request: HttpRequest, error: Any) -> HttpResponse:
    """A problem that an operation found."""
    return problem(error.status, error.detail)


def refused(request: HttpRequest, error: Any) -> HttpResponse:
    """403, with the reason that the action gave."""
    return problem(403, str(error) or TITLES[403])


def not_seen(request: HttpRequest, error: Any) -> HttpResponse:
    """404: missing and forbidden look alike."""
    return problem(404, "There is nothing here that you can see.")


def not_a_month(request: HttpRequest, error: Any) -> HttpResponse:
    """422"""
    return problem(422, str(error))


def busy(request: HttpRequest, error: Any) -> HttpResponse:
    """503"""
    return problem(503, str(error) or "Too many rows are being counted at once. Try again in a moment.")


def register(api: Any) -> None:
    """Teach the interface every exception of the house."""
    from ninja.errors import AuthenticationError, HttpError, ValidationError

    from housewide.facts.engines import EngineBusy, TookTooLong
    from housewide.kit.actions import NotSeen, Refused
    from housewide.kit.periods import BadPeriod

    answers = {
        AuthenticationError: no_token, ValidationError: does_not_fit, HttpError: unreadable, ApiProblem: known,
        Refused: refused, NotSeen: not_seen, BadPeriod: not_a_month, EngineBusy: busy, TookTooLong: busy,
    }  # fmt: skip
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)
