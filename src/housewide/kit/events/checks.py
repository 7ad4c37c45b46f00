"""What ``housewide check`` asks of the events."""

from __future__ import annotations

from housewide.kit.checks import Problem, check


@check("events")
def every_listener_keeps_up() -> list[Problem]:
    """Names the listeners that fail again and again, and why."""
    from housewide.kit.events.models import Cursor

    return [
        Problem(
            "events",
            f"“{cursor.listener}” has failed {cursor.failures} times at event {cursor.last_event}: "
            f"{cursor.last_error} It is tried again; nothing was lost.",
            "warning",
        )
        for cursor in Cursor.objects.filter(failures__gte=3).order_by("listener")
    ]
