"""The description is honest: programs that follow it, and programs that do not, get the answers that it promises."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as promises

from housewide.boards.api import asking
from housewide.boards.api.house import schema
from housewide.boards.api.tests.cast import Asked, make_asked

DATABASES = ["default", "cubes"]
FEW, MANY = 5, 80
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CHECKS: list[Any] = [
    schemathesis.checks.not_a_server_error,
    promises.status_code_conformance,
    promises.content_type_conformance,
    promises.response_headers_conformance,
    promises.response_schema_conformance,
    promises.negative_data_rejection,
    promises.ignored_auth,
]


class Closing(WSGIHandler):
    """The client in this process never closes an answer, and with it the files that were sent; a server does."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        answer = super().__call__(environ, start_response)
        content = list(answer)
        answer.close()
        return content


def operations() -> list[str]:
    return [f"{method.upper()} {path}" for path, methods in schema()["paths"].items() for method in methods]


@pytest.fixture
def asked(db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    monkeypatch.setattr(asking, "rates", asking.Rates(most=1_000_000))
    # As Django's own test client does: the connection holds the transaction of the test and must stay open.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield make_asked()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def known_places_and_things(case: Any, asked: Asked) -> None:
    """Half of the requests are about something that exists, or most would be answered 404."""
    real = {"place": "MVH-OR", "period": "2026-10", "measure": "surgery.start_delay.first_cases",
            "id": asked.task.public_id, "subject_kind": "task", "subject_id": asked.task.public_id}  # fmt: skip
    for name in list(case.path_parameters or {}):
        case.path_parameters[name] = real[name]
    if isinstance(case.body, dict):
        body = {"place": "MVH-OR", "owner": "bob@example.org", "to": "olga@example.org", "subject_kind": "task",
                "subject_id": asked.task.public_id}  # fmt: skip
        case.body = {**case.body, **{name: value for name, value in body.items() if name in case.body}}


def hold(operation: str, mode: GenerationMode, examples: int, asked: Asked) -> int:
    """Send generated requests to one operation and hold every answer against the description; says how many."""
    method, path = operation.split(" ")
    promised = copy.deepcopy(schema())
    if mode == GenerationMode.NEGATIVE:  # what is wrong is what is sent; a wrong token is the matter of the others
        for one in (one for methods in promised["paths"].values() for one in methods.values()):
            del one["security"]
    described = schemathesis.openapi.from_dict(promised)
    described.app = Closing()
    described_operation = described[path][method]
    sent: list[int] = []

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=described_operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if mode == GenerationMode.POSITIVE and len(sent) % 2:
            known_places_and_things(case, asked)
        headers = {"Authorization": f"Bearer {asked.secrets['alice']}", "Accept-Encoding": "identity"}
        response = case.call(headers=headers)
        sent.append(response.status_code)
        case.validate_response(response, checks=CHECKS, headers=headers)

    run()
    return len(sent)


@pytest.mark.django_db(databases=DATABASES)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", operations())
def test_an_operation_keeps_its_promise(asked: Asked, operation: str, mode: GenerationMode) -> None:
    if mode == GenerationMode.NEGATIVE and operation == "GET /api/v1/me":
        pytest.skip("nothing can be sent that would be wrong")
    assert hold(operation, mode, FEW, asked) > 0


@pytest.mark.slow
@pytest.mark.django_db(databases=DATABASES)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", operations())
def test_an_operation_keeps_its_promise_at_length(asked: Asked, operation: str, mode: GenerationMode) -> None:
    if mode == GenerationMode.NEGATIVE and operation == "GET /api/v1/me":
        pytest.skip("nothing can be sent that would be wrong")
    assert hold(operation, mode, MANY, asked) > FEW


def test_every_operation_says_what_it_is_and_which_problems_it_has() -> None:
    for path, methods in schema()["paths"].items():
        for method, one in methods.items():
            assert one["summary"] and one["security"] == [{"Bearer": []}], f"{method} {path}"
            assert {"400", "401", "403", "404", "422", "429"} <= set(one["responses"])
