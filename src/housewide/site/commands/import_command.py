"""Import files with the stored profile of a feed, or the organization's own places, people and holidays."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import account_called, give_way, progress, ready, say

if TYPE_CHECKING:
    from housewide.facts.models import Batch, Feed
    from housewide.org.models import Account

ORGANIZATION = ("places", "people", "holidays")


def run(asked: Namespace) -> int:
    ready()
    give_way()
    if asked.feed in ORGANIZATION:
        return 1 if sum(_failed(name, lambda path: _organization(asked.feed, path)) for name in asked.files) else 0
    from housewide.kit import jobs

    feed, by, corrected = _asked_for(asked)
    failed = sum(_failed(name, lambda path: _rows(asked, feed, by, corrected, path)) for name in asked.files)
    if not asked.no_refresh:
        jobs.run_all()
    return 1 if failed else 0


def _asked_for(asked: Namespace) -> tuple[Feed, Account | None, Batch | None]:
    from housewide.facts.models import Batch, Feed
    from housewide.facts.publishing import is_published

    feed = Feed.objects.filter(code=asked.feed).select_related("scope").first()
    if feed is None:
        known = ", ".join(one.code for one in Feed.objects.all() if not is_published(one)) or "none yet"
        raise CommandFailed(f"there is no feed {asked.feed}; feeds are: {known}.")
    if is_published(feed):
        raise CommandFailed(f"Housewide fills {feed} itself; no file is taken for it.")
    by = account_called(asked.actor) if asked.actor else None
    corrected = Batch.objects.filter(public_id=asked.corrects).first() if asked.corrects else None
    if asked.corrects and corrected is None:
        raise CommandFailed(f"there is no receipt {asked.corrects}.")
    if asked.restate and (by is None or not asked.reason or corrected or len(asked.files) != 1):
        raise CommandFailed("--restate takes one file, --reason and --as, and goes without --corrects.")
    return feed, by, corrected


def _failed(name: str, take: Callable[[Path], None]) -> bool:
    """Take one file; a file that cannot be taken is said and the next one goes on."""
    from housewide.intake.imports import ImportRefused
    from housewide.kit.actions import NotSeen, Refused

    path = Path(name)
    if not path.is_file():
        say(f"{name}: there is no such file; nothing was imported from it.")
        return True
    try:
        take(path)
    except (ImportRefused, Refused, NotSeen) as problem:
        say(f"{name}: {problem}")
        return True
    return False


def _rows(asked: Namespace, feed: Feed, by: Account | None, corrected: Batch | None, path: Path) -> None:
    from housewide.intake.imports import import_file
    from housewide.intake.restating import import_restating

    if asked.restate and by is not None:
        batch = import_restating(
            by=by, feed=feed, path=path, period=asked.restate, reason=asked.reason, progress=progress
        )
    else:
        actor = by.username if by else "system:import"
        batch = import_file(feed=feed, path=path, actor=actor, by=by, corrects=corrected, progress=progress)
    counted = f"read {batch.rows_read:,} = accepted {batch.rows_accepted:,} + set aside {batch.rows_set_aside:,}"
    say(f"{path}: {counted}  (receipt {batch.public_id})")
    for reason, count in sorted(batch.reasons.items(), key=lambda pair: -pair[1]):
        say(f"    {count:>6,}  {reason}")


def _organization(what: str, path: Path) -> None:
    from housewide.kit.actions import Refused
    from housewide.org import actions

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Refused("this is not UTF-8 text; nothing was imported from it.") from problem
    take = {"places": actions.import_places, "people": actions.import_people, "holidays": actions.import_holidays}
    outcome = take[what](by="system:setup", text=text)
    say(f"{path}: read {outcome.read:,} = took {outcome.taken:,} + refused {len(outcome.refused):,}")
    for line, reason in outcome.refused:
        say(f"    line {line}: {reason}")
