"""What a number of a place and month is, is found out once and kept until an import, a target, a place or a cube
changes: two hundred people who open the same page in the morning ask for the same readings."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import date
from typing import Any, Generic, ParamSpec, TypeVar, cast

from housewide.kit.clock import today
from housewide.kit.memory import kept, offer
from housewide.kit.periods import BadPeriod, Month
from housewide.kit.shelves import Group, Through
from housewide.org.calendars import calendars

P = ParamSpec("P")
R = TypeVar("R")
# What a reading is made of; named one by one, because much else of facts and measures is written all day.
BY_MONTH = ("facts_part", "facts_batch", "facts_restatement", "cubes")  # changed by workers and imports, month by month
ANY_MONTH = ("org", "facts_feed", "measures_target")
RESTS_ON: tuple[Group, ...] = (*ANY_MONTH, *BY_MONTH)


def rests_on(month: Month) -> tuple[Group, ...]:
    """What a number of a month rests on: nothing of the months after it. Where some facility counts fiscal months, a
    day of the one's month may lie in the other's next, which then counts too."""
    last = str(month.shift(1) if _fiscal_months() else month)
    return (*ANY_MONTH, *(Through(group, last) for group in BY_MONTH))


def _fiscal_months() -> bool:
    return kept("fiscal months", lambda: any(own.pattern != "calendar" for own in calendars().values()), on=("org",))


class Kept(Generic[P, R]):
    """A query over the cubes whose answers are kept by its (hashable) arguments and the business day.

    A list or dict is given out as a copy, so that a caller may sort or add to its own.
    """

    def __init__(self, function: Callable[P, R], through: str) -> None:
        self._function = function
        self._through = list(inspect.signature(function).parameters).index(through), through
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        find = functools.partial(self._function, *args, **kwargs)
        found = kept(self._key(args, kwargs), find, on=self._on(args, kwargs), renewed=True)
        return cast(R, found.copy()) if isinstance(found, list | dict) else found

    def offer(self, answer: R, *args: P.args, **kwargs: P.kwargs) -> None:
        """Keep an answer that was found along the way, under the arguments by which it will be asked for."""
        offer(self._key(args, kwargs), answer, on=self._on(args, kwargs))

    def _key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        return (self._function, args, tuple(sorted(kwargs.items())), today())

    def _on(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Group, ...]:
        at, name = self._through
        said = args[at] if at < len(args) else kwargs[name]
        if isinstance(said, date):  # a fiscal month may begin before the calendar's
            return rests_on(Month.of(said).shift(1))
        try:
            return rests_on(said if isinstance(said, Month) else Month.parse(said))
        except BadPeriod:
            return RESTS_ON


def kept_until_counted_again(through: str) -> Callable[[Callable[P, R]], Kept[P, R]]:
    """Keep the answers of a query over the cubes until something of the month it is about, or of an earlier one, has
    changed. ``through`` names the argument with that month (or day); see ``Kept``."""
    return lambda function: Kept(function, through)
