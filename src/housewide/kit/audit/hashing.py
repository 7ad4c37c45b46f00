"""How a seal is computed and checked: plain bytes in a fixed order, so that anybody can do it again elsewhere.

Needs no running application: a copy of the database is checked with a plain cursor before it is restored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from housewide.kit.audit.dialects import Dialect
from housewide.kit.audit.stretches import LOWEST, Missing, Stretch, join, without
from housewide.kit.checks import Problem

FIRST = "0" * 64
SEALED = {
    "act": ("audit_act", ("id", "at", "name", "actor", "on_behalf_of", "place", "subject", "reason")),
    "change": ("audit_change", ("id", "at", "act", "table", "row", "op", "before", "after")),
    "look": ("audit_look", ("id", "at", "actor", "table", "rows", "count", "purpose", "place")),
}
SEAL_COLUMNS = ("id", "at", "why", "last_act", "last_change", "last_look", "rows", "previous", "hash")
SEAL_NOTE = "missing"  # beside them: empty on SQLite, and then not part of the hash
Pairs = list[tuple[str, bytes]]


def feed_rows(digest: Any, cursor: Any, dialect: Dialect, covered: Mapping[str, list[Stretch]]) -> int:
    """Add every act, change and look of these stretches to the hash; returns how many."""
    count = 0
    for name, (table, columns) in SEALED.items():
        digest.update(f"{table}:{','.join(columns)}\n".encode())
        for first, last in covered[name]:
            for pairs in dialect.raw_rows(cursor, table, columns, first - 1, last):
                feed(digest, pairs)
                count += 1
    return count


def covered_by(
    starts: Mapping[str, int], ends: Mapping[str, int], before: Missing, after: Missing
) -> dict[str, list[Stretch]]:
    """What a seal covers: all since the last one and what that one missed, less what is missing still."""
    return {
        # The first seal reaches down: nothing hides below number 1.
        name: without(join(before.of(name), [((starts[name] or LOWEST) + 1, ends[name])]), after.of(name))
        for name in SEALED
    }


def feed(digest: Any, pairs: Pairs) -> None:
    """Add one row: each value with its type and its length, so that neighbours can never trade a character."""
    digest.update(b"".join(b"%s %d:%s," % (kind.encode(), len(value), value) for kind, value in pairs) + b"\n")


def pair(value: int | str) -> tuple[str, bytes]:
    """A value as the database stores it."""
    return ("integer" if isinstance(value, int) else "text", str(value).encode())


def verify_chain(cursor: Any, dialect: Dialect, expected_head: str | None = None) -> list[Problem]:
    """Recompute every seal, oldest first. Names the first that does not hold and the rows it covers."""
    state = _Reading(cursor, dialect)
    heads = {FIRST}
    noted = SEAL_NOTE in dialect.columns(cursor, "audit_seal")  # a copy may be older than the column
    columns = (*SEAL_COLUMNS, SEAL_NOTE) if noted else SEAL_COLUMNS
    for pairs in list(dialect.raw_rows(cursor, "audit_seal", columns, LOWEST, -LOWEST)):
        problem = state.check_seal(pairs if noted else [*pairs, ("text", b"")])
        if problem:
            return [Problem("audit chain", problem)]
        heads.add(state.previous)
    if expected_head is not None and expected_head not in heads:
        text = (
            f"The head {expected_head[:16]}… printed earlier is not among the {state.number} seals: seals were cut off."
        )
        return [Problem("audit chain", text)]
    return []


class _Reading:
    """How far the chain has been followed."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self.cursor, self.dialect = cursor, dialect
        self.number, self.previous = 0, FIRST
        self.starts = dict.fromkeys(SEALED, 0)
        self.missing = Missing()

    def check_seal(self, pairs: Pairs) -> str:
        """Follow the chain by one seal; what is wrong with it in words, empty when it holds."""
        self.number += 1
        name = f"Seal {self.number} ({_words(pairs[2])}, {_words(pairs[1])})"
        try:
            ends = {key: int(pairs[index][1]) for index, key in enumerate(SEALED, start=3)}
            own_number, count = int(pairs[0][1]), int(pairs[6][1])
            missing = Missing.read(_words(pairs[9]))
        except ValueError:
            return f"{name} is damaged: its numbers cannot be read."
        if own_number != self.number:
            return f"Seal {self.number} is missing; the next one there is number {own_number}."
        starts = self.starts
        spans = ", ".join(f"{key}s {starts[key] + 1} to {ends[key]}" for key in ends if ends[key] > starts[key])
        if _words(pairs[7]) != self.previous:
            return f"{name} does not follow from the seal before it. It covers {spans}."
        digest = hashlib.sha256()
        covered = covered_by(starts, ends, self.missing, missing)
        found = feed_rows(digest, self.cursor, self.dialect, covered)
        feed(digest, seal_pairs(pairs))
        if found != count:
            return f"{name} covers {spans}: it sealed {count} rows, {found} are there."
        if pairs[8] != ("text", digest.hexdigest().encode()):
            return f"{name} does not match what is there now: something in {spans} or in the seal was altered."
        self.previous, self.starts, self.missing = _words(pairs[8]), ends, missing
        return ""


def seal_pairs(pairs: Pairs) -> Pairs:
    """What of a seal goes into its hash: all but the hash, and the note only where there is one."""
    return [*pairs[:8], *(pairs[9:] if pairs[9] != ("text", b"") else [])]


def _words(value: tuple[str, bytes]) -> str:
    return value[1].decode(errors="replace")
