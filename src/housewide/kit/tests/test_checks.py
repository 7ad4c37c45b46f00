"""A check that finds something says it in words, and one that breaks is itself a problem."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from housewide.kit import checks
from housewide.kit.checks import Problem, check, registered_checks, run_checks


@pytest.fixture
def _own_checks() -> Iterator[None]:
    kept = dict(checks._checks)
    checks._checks.clear()
    yield
    checks._checks.clear()
    checks._checks.update(kept)


@pytest.mark.usefixtures("_own_checks")
def test_sentences_become_problems_and_a_broken_check_is_one() -> None:
    check("fine")(list)
    check("words")(lambda: ["Something is off."])
    check("own")(lambda: [Problem("own", "A little off.", "warning")])

    @check("broken")
    def broken() -> list[str]:
        raise ValueError("patient Smith")

    found = run_checks()
    assert [(p.check, p.severity) for p in found] == [("words", "error"), ("own", "warning"), ("broken", "error")]
    assert "ValueError" in found[2].text and "Smith" not in found[2].text
    assert run_checks(["own"]) == [Problem("own", "A little off.", "warning")]


@pytest.mark.usefixtures("_own_checks")
def test_two_checks_never_share_a_name() -> None:
    check("one")(registered_checks)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two checks"):
        check("one")(run_checks)


@pytest.mark.django_db(databases=["default", "cubes"])
def test_an_empty_house_checks_clean() -> None:
    own = {"databases", "audit triggers", "audit drift", "audit chain", "changes outside actions", "events", "jobs"}
    assert own | {"artefacts"} <= registered_checks().keys()
    assert run_checks(own | {"artefacts"}) == []


@pytest.mark.django_db(databases=["default", "cubes"], transaction=True)
def test_a_reference_that_leads_nowhere_is_found() -> None:
    connection.disable_constraint_checking()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        cursor.execute("INSERT INTO jobs_jobline (job_id, at, text) VALUES (999, '2026-01-01', 'x')")
        if connection.vendor == "postgresql":
            cursor.execute("RESET session_replication_role")
    connection.enable_constraint_checking()
    [problem] = run_checks(["databases"])
    assert "jobs_jobline" in problem.text
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_jobline")
