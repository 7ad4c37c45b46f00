"""What a number of a place and month is, is found out once and kept until an import, a target, a place or a cube
changes: two hundred people who open the same page in the morning ask for the same readings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast

from housewide.kit.clock import today
from housewide.kit.memory import kept, offer

P = ParamSpec("P")
R = TypeVar("R")
# What a reading is made of; named one by one, because much else of facts and measures is written all day.
RESTS_ON = ("org", "facts_part", "facts_batch", "facts_feed", "facts_restatement", "measures_target", "cubes")


class Kept(Generic[P, R]):
    """A query over the cubes whose answers are kept by its (hashable) arguments and the business day.

    A list or dict is given out as a copy, so that a caller may sort or add to its own.
    """

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        found = kept(self._key(args, kwargs), lambda: self._function(*args, **kwargs), on=RESTS_ON)
        return cast(R, found.copy()) if isinstance(found, list | dict) else found

    def offer(self, answer: R, *args: P.args, **kwargs: P.kwargs) -> None:
        """Keep an answer that was found along the way, under the arguments by which it will be asked for."""
        offer(self._key(args, kwargs), answer, on=RESTS_ON)

    def _key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        return (self._function, args, tuple(sorted(kwargs.items())), today())


def kept_until_counted_again(function: Callable[P, R]) -> Kept[P, R]:
    """Keep the answers of a query over the cubes; see ``Kept``."""
    return Kept(function)
