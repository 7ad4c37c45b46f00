"""What a task, a comment or a piece of evidence is about: anything that can be named, linked and guarded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Account = Any  # kit does not know what an account is; it only passes it to the gate


@dataclass(frozen=True)
class Subject:
    """A thing people talk about: a case, a reading, a review, an import.

    ``place`` is the code of the place it belongs to; ``visible_to`` is the gate of the layer that owns the kind.
    """

    kind: str
    id: str
    place: str
    title: str
    url: str
    visible_to: Callable[[Account], bool]


Resolver = Callable[[str], Subject | None]
_resolvers: dict[str, Resolver] = {}


def register(kind: str, resolver: Resolver) -> None:
    """Teach the house a kind of subject. The resolver returns None for an id that is gone."""
    if kind in _resolvers and _resolvers[kind] is not resolver:
        raise ValueError(f"two resolvers for subjects of kind “{kind}”")
    _resolvers[kind] = resolver


def find(kind: str, id: str) -> Subject | None:
    """The subject, whether or not a person may see it; ask its gate before showing anything of it."""
    resolver = _resolvers.get(kind)
    return resolver(id) if resolver else None


def find_visible(account: Account, kind: str, id: str) -> Subject | None:
    """The subject when this account may see it, else None: a stranger cannot tell missing from forbidden."""
    subject = find(kind, id)
    return subject if subject and subject.visible_to(account) else None
