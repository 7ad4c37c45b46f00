"""Restates a closed month: rows that came too late are let in for a reason, by those who answer for the month.

The month itself stays closed and no signed figure is edited: reviews mark the figures that count differently now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from housewide.access.gates import allowed, may
from housewide.access.models import Grant
from housewide.access.roles import roles_that_can
from housewide.facts import set_aside
from housewide.facts.models import Batch, Feed
from housewide.facts.states import (
    RESTATE,
    drop_restatement,
    may_for_month,
    restate_gate,
    restate_period,
)
from housewide.intake.imports import import_file
from housewide.intake.jobs import ask_for_restated_retry, restating_now
from housewide.intake.queries import IMPORTS
from housewide.kit.actions import Refused, action
from housewide.kit.clock import today
from housewide.kit.jobs.models import Job
from housewide.kit.periods import Month
from housewide.org.models import Account
from housewide.org.tree import tree_on

MOST_NAMED = 3


@dataclass(frozen=True)
class ClosedMonth:
    """Rows of one import that wait because a facility's month is closed."""

    facility: str
    period: str
    rows: int

    @property
    def title(self) -> str:
        """“October 2026”."""
        return Month.parse(self.period).title


def closed_months(batch: Batch) -> list[ClosedMonth]:
    """The closed months for which rows of an import wait, the oldest first."""
    found = set_aside.lines_by_closed_month(batch)
    months = [ClosedMonth(facility, period, len(lines)) for (facility, period), lines in found.items()]
    return sorted(months, key=lambda one: (one.period, one.facility))


def may_restate(account: Any, facility: str, feed: Feed) -> bool:
    """Whether the account may restate months of the facility with rows of this feed."""
    return may_for_month(account, RESTATE, facility, feed.owning_place) and allowed(account, IMPORTS, feed.owning_place)


def who_restates(facility: str, feed: Feed) -> list[str]:
    """Names of people who may restate months of a facility with rows of the feed; a few, by name."""
    tree = tree_on(today())
    near = {up for code in (facility, feed.owning_place) for up in tree.above(code)}
    granted = Grant.objects.filter(role__in=roles_that_can(RESTATE), place__code__in=near).values("account")
    people = Account.objects.filter(pk__in=granted, is_active=True).select_related("person").order_by("username")
    return [str(account) for account in people if may_restate(account, facility, feed)][:MOST_NAMED]


def ask_whom(facility: str, feed: Feed) -> str:
    """What somebody who may not restate is told."""
    names = who_restates(facility, feed)
    who = " or ".join(names) if names else "an administrator for a role that may restate"
    return f"You may not restate months of {facility} with rows of this feed. Ask {who}."


def _gate(*, by: Any, batch: Batch, facility: str, **_: Any) -> dict[str, str]:
    may(by, IMPORTS, batch.feed.owning_place, "import files", sees="see.intake")
    about = restate_gate(by=by, facility=facility, owner=batch.feed.owning_place)
    return {**about, "subject": f"batch:{batch.public_id}"}


@action("intake.restate_rows", gate=_gate)
def restate_rows(*, by: Account, batch: Batch, facility: str, period: str, reason: str) -> Job:
    """Let the rows of an import that wait for a closed month in, by a job. Raises Refused; then nothing was changed."""
    waiting = next((one for one in closed_months(batch) if (one.facility, one.period) == (facility, period)), None)
    if waiting is None:
        raise Refused("No row of this import waits for that month any more. Nothing was changed.")
    if restating_now(batch.feed, facility, period):
        raise Refused(f"{waiting.title} is being restated already; wait for that import. Nothing was changed.")
    owner = batch.feed.owning_place
    restatement = restate_period(by=by, facility=facility, period=period, reason=reason, owner=owner)
    return ask_for_restated_retry(by=by, batch=batch, restatement=restatement, rows=waiting.rows)


def import_restating(
    *, by: Account, feed: Feed, path: Path, period: str, reason: str, progress: Callable[[int, str], None] | None = None
) -> Batch:
    """Import one file into a closed month. Raises Refused, NotSeen or ImportRefused; then the month stays as it was."""
    facility = tree_on(today()).facility_of(feed.scope.code)
    if facility is None:
        raise Refused(
            f"“{feed.title}” has rows of several facilities, and months are restated one facility at a time. Import "
            "the file; its receipt then offers each closed month. Nothing was imported."
        )
    may(by, IMPORTS, feed.owning_place, "import files", sees="see.intake")
    owner = feed.owning_place
    restatement = restate_period(by=by, facility=facility, period=period, reason=reason, owner=owner)
    try:
        return import_file(feed=feed, path=path, actor=by.username, by=by, restate=restatement, progress=progress)
    except BaseException:
        drop_restatement(by=by, restatement=restatement)
        raise
