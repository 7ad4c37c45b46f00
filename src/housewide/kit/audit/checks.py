"""What ``housewide check`` asks of the audit trail."""

from __future__ import annotations

from housewide.kit.audit.chain import seal, verify
from housewide.kit.audit.outside import drift_problems, outside_problems
from housewide.kit.audit.triggers import trigger_problems
from housewide.kit.checks import Problem, check


@check("audit triggers")
def triggers_are_as_they_should_be() -> list[Problem]:
    return trigger_problems()


@check("changes outside actions")
def every_change_came_through_an_action() -> list[Problem]:
    return outside_problems()


@check("audit drift")
def rows_are_what_the_trail_says() -> list[Problem]:
    return drift_problems()


@check("audit chain")
def the_chain_holds() -> list[Problem]:
    """Verifies, and seals what is new when all is well: a broken chain is left as it was found."""
    problems = verify()
    if not problems:
        seal("check")
    return problems
