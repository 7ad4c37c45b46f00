"""Changes that came round the actions: found, named, and accepted by somebody who says why."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min

from housewide.kit.actions import act
from housewide.kit.audit.dialects import dialect_for
from housewide.kit.audit.models import Act, Change, Context
from housewide.kit.audit.triggers import watched_tables
from housewide.kit.checks import Problem

ACCEPTED = "accept_outside_changes"


def outside_changes() -> Any:
    """Changes that no action made and nobody has accepted since."""
    last = Act.objects.filter(name=ACCEPTED).order_by("-pk").values_list("subject", flat=True).first()
    return Change.objects.filter(act=None, pk__gt=int(last.removeprefix("change:")) if last else 0)


def outside_problems() -> list[Problem]:
    """One problem a table, with how many changes, when and which."""
    rows = (
        outside_changes().values("table").annotate(count=Count("pk"), first=Min("pk"), last=Max("pk"), since=Min("at"))
    )
    found = [
        Problem(
            "changes outside actions",
            f"“{row['table']}” was changed outside an action {row['count']} times since {row['since']} "
            f"(changes {row['first']} to {row['last']}). Look at them on the Audit page and accept them with a reason.",
            "warning",
        )
        for row in rows.order_by("table")
    ]
    if Context.objects.exclude(act=None).exists():
        text = "The audit context was left set: changes may be put down to a wrong act until the next action clears it."
        found.append(Problem("changes outside actions", text))
    return found


def accept_outside_changes(*, actor: str, reason: str) -> int:
    """Somebody has looked at the changes that came round the actions and says why they are right. Returns how many."""
    waiting = outside_changes()
    count: int = waiting.count()
    if count:
        last = waiting.aggregate(last=Max("pk"))["last"]
        with act(ACCEPTED, actor=actor, subject=f"change:{last}", reason=reason):
            pass
    return count


def drift_problems() -> list[Problem]:
    """Rows that are not what the trail last recorded of them: somebody wrote while the triggers were gone.

    Passed over: rows older than their trigger, and rows recorded before a migration changed the columns.
    """
    found = []
    dialect = dialect_for(connection)
    with connection.cursor() as cursor:
        for table in watched_tables(cursor, dialect):
            cursor.execute(dialect.drift(table), [table.name, ",".join(table.columns)])
            count, first = cursor.fetchone()
            if count:
                text = f"{count} rows of “{table.name}” (first: {first}) are not what the trail last recorded of them: "
                found.append(Problem("audit drift", text + "they were written while the triggers were gone."))
    return found
