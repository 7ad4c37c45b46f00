"""Seals the audit trail: a chain of hashes in which one altered, added or missing byte shows.

What it guarantees: every act, change and look up to the last seal is as it was when sealed, byte for byte and type for
type. What it cannot see alone: seals cut off at the end. For that the head is printed in packs, signatures and backups;
``verify(expected_head=…)`` looks for it. Rows after the last seal are not protected until the next one.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection, transaction

from housewide.kit.audit.dialects import Dialect, dialect_for
from housewide.kit.audit.hashing import (
    FIRST,
    SEAL_COLUMNS,
    SEAL_NOTE,
    SEALED,
    covered_by,
    feed,
    feed_rows,
    pair,
    seal_pairs,
    verify_chain,
)
from housewide.kit.audit.models import Seal
from housewide.kit.audit.postgresql import PostgreSQL
from housewide.kit.audit.stretches import Missing, join, without
from housewide.kit.checks import Problem
from housewide.kit.clock import now
from housewide.kit.locks import hold


def seal(why: str) -> Seal:
    """Seal every act, change and look since the last seal. Nothing new: the last seal is returned.

    On SQLite the transaction holds the write lock from its first statement, so that no other writer's rows can slip in
    below the numbers that it seals. PostgreSQL gives numbers out before the commit: those that cannot be seen yet are
    noted in the seal, and a later one has them. Nobody waits for anybody but for another seal.
    """
    with transaction.atomic():
        hold("audit seal")
        last = Seal.objects.order_by("-pk").first()
        starts = {name: getattr(last, f"last_{name}") if last else 0 for name in SEALED}
        before = Missing.read(last.missing if last else "")
        with connection.cursor() as cursor:
            dialect = dialect_for(connection)
            ends, after, fresh = _look(cursor, dialect, starts, before)
            if last and not fresh:
                return last
            digest = hashlib.sha256()
            rows = feed_rows(digest, cursor, dialect, covered_by(starts, ends, before, after))
        entry = Seal(
            pk=last.pk + 1 if last else 1,
            at=now().isoformat(),
            why=why[:40],
            rows=rows,
            previous=last.hash if last else FIRST,
            missing=after.text(),
            **{f"last_{name}": end for name, end in ends.items()},
        )
        feed(digest, seal_pairs([pair(getattr(entry, column)) for column in (*SEAL_COLUMNS, SEAL_NOTE)]))
        entry.hash = digest.hexdigest()
        entry.save(force_insert=True)
    return entry


def _look(
    cursor: Any, dialect: Dialect, starts: dict[str, int], before: Missing
) -> tuple[dict[str, int], Missing, bool]:
    """Up to which number there is something, what is missing below it, and whether anything is new.

    What was missing at the last seal and still is, though every transaction of that moment has ended, was rolled back
    and never comes: it is covered as empty, so that a row slipped in there shows.
    """
    settled = not before.stretches or (isinstance(dialect, PostgreSQL) and dialect.is_settled(cursor, before.moment))
    ends, missing, fresh = {}, {}, False
    for name, (table, _) in SEALED.items():
        start = starts[name]
        new = dialect.there(cursor, table, start, None)
        late = [s for first, last in before.of(name) for s in dialect.there(cursor, table, first - 1, last)]
        ends[name] = new[-1][1] if new else start
        gaps = without([(start + 1, ends[name])], new) if not dialect.numbers_in_commit_order else []
        missing[name] = join([] if settled else without(before.of(name), late), gaps)
        fresh = fresh or bool(new) or bool(late)
    moment = dialect.moment(cursor) if isinstance(dialect, PostgreSQL) else ("", "")
    return ends, Missing(missing, moment), fresh


def head() -> str:
    """Hash of the last seal: print it where the database cannot reach it. Zeros when nothing was sealed yet."""
    return Seal.objects.order_by("-pk").values_list("hash", flat=True).first() or FIRST


def verify(expected_head: str | None = None) -> list[Problem]:
    """Recompute every seal. Names the first that does not hold and its rows; empty when all is well.

    ``expected_head`` is a head printed earlier; it must be one of the seals.
    """
    with connection.cursor() as cursor:
        return verify_chain(cursor, dialect_for(connection), expected_head)
