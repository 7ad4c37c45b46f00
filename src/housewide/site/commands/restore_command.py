"""Restore a backup into a new home."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from housewide.kit import home
from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import say


def run(asked: Namespace) -> int:
    from housewide.kit import backup
    from housewide.kit.servers import DatabaseRefused
    from housewide.site.databases import addresses

    try:
        manifest = backup.restore_backup(Path(asked.source), home.home_folder(), addresses())
    except (backup.BackupFailed, DatabaseRefused) as problem:
        raise CommandFailed(str(problem)) from problem
    say(f"Restored {len(manifest.files)} files into {home.home_folder()}. “housewide check” looks them over.")
    return 0
