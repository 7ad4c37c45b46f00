"""Store a feed's profile from a TOML file, or print the stored one."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import ready, say


def run(asked: Namespace) -> int:
    ready()
    from housewide.facts.models import Feed
    from housewide.intake.profiles import BadProfile, store_feeds
    from housewide.kit.actions import Refused

    if asked.file:
        path = Path(asked.file)
        if not path.is_file():
            raise CommandFailed(f"there is no file {path}.")
        try:
            stored = store_feeds(path.read_text(encoding="utf-8"), by="system:setup")
        except UnicodeDecodeError as problem:
            raise CommandFailed(f"{path} is not text in UTF-8. Nothing was stored.") from problem
        except (BadProfile, Refused) as problem:
            raise CommandFailed(str(problem)) from problem
        if asked.feed not in [feed.code for feed in stored]:
            raise CommandFailed(f"{path} was stored, but it says nothing of a feed {asked.feed}.")
        say(f"Stored {', '.join(feed.code for feed in stored)}.")
        return 0
    feed = Feed.objects.filter(code=asked.feed).first()
    if feed is None:
        raise CommandFailed(f"there is no feed {asked.feed}.")
    say(json.dumps(feed.profile, indent=2, ensure_ascii=False))
    return 0
