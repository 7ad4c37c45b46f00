"""Close a month of a facility, or of one owner's feeds there."""

from __future__ import annotations

from argparse import Namespace

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import account_called, ready, say


def run(asked: Namespace) -> int:
    ready()
    from housewide.facts.states import close_period
    from housewide.kit.actions import NotSeen, Refused

    account = account_called(asked.actor)
    try:
        close_period(by=account, facility=asked.facility, period=asked.period, owner=asked.owner)
    except (Refused, NotSeen) as problem:
        raise CommandFailed(str(problem)) from problem
    whose = f"{asked.facility}, feeds of {asked.owner}," if asked.owner else asked.facility
    say(f"{asked.period} of {whose} is closed.")
    return 0
