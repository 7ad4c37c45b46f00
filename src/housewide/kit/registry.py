"""How a layer above tells the house what it has: navigation, search and screens register; nobody imports upward."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

DOORS = ("", "People", "Money", "Flow", "Quality", "Compliance", "Strategy", "Settings")


@dataclass(frozen=True)
class Scope:
    """Which place and month a person is looking at; both sit in the address."""

    place: str
    period: str


@dataclass(frozen=True)
class Screen:
    """One entry of the navigation. ``door`` is "" for the four that stand above the doors.

    ``url`` gives the address for a scope; ``allowed`` says whether this account sees the entry at this scope.
    """

    key: str
    title: str
    url: Callable[[Scope], str]
    allowed: Callable[[Any, Scope], bool]
    door: str = ""
    icon: str = ""
    order: int = 100
    count: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class Hit:
    """One answer of the jump box. ``rank`` says how good it is (``kit.finding.closeness``); 0 asks for the title's."""

    title: str
    detail: str
    url: str
    rank: int = 0


@dataclass(frozen=True)
class Owed:
    """Something a person owes by a day: a task, a comment, an answer, a signature. Today lists them, oldest first.

    ``kind`` is a word or two for the list ("task", "comment", "escalation"); ``waiting`` marks what others wait for.
    """

    title: str
    detail: str
    url: str
    due: date | None
    kind: str
    place: str = ""
    waiting: bool = False


@dataclass
class Registry:
    """Everything that has registered, in one object so that a test can start from an empty one."""

    screens: dict[str, Screen] = field(default_factory=dict)
    searches: list[Callable[[Any, str, Scope], Iterable[Hit]]] = field(default_factory=list)
    debts: list[Callable[[Any], Iterable[Owed]]] = field(default_factory=list)

    def add_screen(self, screen: Screen) -> None:
        """Raises ValueError for an unknown door or a key that is taken."""
        if screen.door not in DOORS:
            raise ValueError(f"unknown door “{screen.door}”")
        if screen.key in self.screens and self.screens[screen.key].title != screen.title:
            raise ValueError(f"two screens called “{screen.key}”")
        self.screens[screen.key] = screen

    def add_search(self, search: Callable[[Any, str, Scope], Iterable[Hit]]) -> None:
        if search not in self.searches:
            self.searches.append(search)

    def add_debt(self, source: Callable[[Any], Iterable[Owed]]) -> None:
        """``source(account)`` says what the account owes now, only where it may see; Today and the digest ask it."""
        if source not in self.debts:
            self.debts.append(source)


registry = Registry()
