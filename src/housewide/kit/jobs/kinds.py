"""What kinds of job there are: each is a function that registers under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from housewide.kit.jobs.runs import JobRun

Function = Callable[["JobRun"], "dict[str, Any] | None"]


@dataclass(frozen=True)
class Kind:
    """A kind of job. ``again``: running it a second time after an effect is harmless, because it writes the same thing
    over itself. ``cron``: five fields in the installation's time zone."""

    name: str
    title: str
    function: Function
    max_attempts: int
    again: bool
    cron: str


kinds: dict[str, Kind] = {}


def job(
    name: str, *, title: str, max_attempts: int = 3, again: bool = False, cron: str = ""
) -> Callable[[Function], Function]:
    """Register a function as a kind of job."""

    def register(function: Function) -> Function:
        there = kinds.get(name)
        if there and there.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two kinds of job called “{name}”")
        kinds[name] = Kind(name, title, function, max_attempts, again, cron)
        return function

    return register
