"""Write a backup while the server runs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import ready, say


def run(asked: Namespace) -> int:
    ready()
    from housewide.kit import backup

    target = Path(asked.target)
    if target.exists():
        raise CommandFailed(f"{target} exists already; nothing was written. Choose another name.")
    try:
        manifest = backup.make_backup(target)
    except backup.BackupFailed as problem:
        raise CommandFailed(str(problem)) from problem
    say(f"Wrote {target}: {len(manifest.files)} files, audit head {manifest.audit_head[:16]}.")
    return 0
