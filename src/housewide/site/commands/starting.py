"""Getting Django ready for a command, and finding the account it acts for."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from housewide.kit import home
from housewide.site.commands.errors import CommandFailed

if TYPE_CHECKING:
    from housewide.org.models import Account

LEISURE = 19


def ready(*, needs_home: bool = True) -> None:
    """Set Django up on the home folder. Raises CommandFailed when there is no home yet, or its database refuses."""
    from housewide.kit.servers import DatabaseRefused, reach
    from housewide.site.databases import has_home, setting

    try:
        there = has_home(home.home_folder(), setting("database"))
        if needs_home and not there:
            raise CommandFailed(
                f"there is no Housewide home in {home.home_folder()}. “housewide run” makes one with demo data; "
                "--home or HOUSEWIDE_HOME points to another."
            )
        if there:
            _must_be_writable(home.home_folder())
        import django

        django.setup()
        reach()
    except DatabaseRefused as problem:
        raise CommandFailed(str(problem)) from problem


def bring_up_to_date() -> None:
    """Make the tables of this version. The cubes' database holds tables of ``measures`` alone."""
    from django.core.management import call_command

    call_command("migrate", database="default", verbosity=0)
    call_command("migrate", "measures", database="cubes", verbosity=0)


def give_way() -> None:
    """Work that nobody watches yields to the people who wait for a page."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(LEISURE)


def _must_be_writable(folder: Path) -> None:
    """Said now, not at the first thing that somebody wants to keep."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as problem:
        raise CommandFailed(
            f"{folder} cannot be written ({problem.strerror}). Nothing was changed. Is the disk full or mounted "
            "read-only, or does the folder belong to another user?"
        ) from problem


def account_called(username: str) -> Account:
    """The account, or CommandFailed."""
    from housewide.org.models import Account

    found: Account | None = Account.objects.filter(username=username.lower(), is_active=True).first()
    if found is None:
        raise CommandFailed(f"there is no account {username}. “housewide user {username}” makes one.")
    return found


def say(text: str) -> None:
    """A line for the person at the terminal, at once."""
    print(text, flush=True)


def progress(share: int, doing: str) -> None:
    """A progress line that overwrites itself on a terminal and stays quiet in a log."""
    if sys.stderr.isatty():
        bar = "█" * (share // 5)
        print(
            f"\r  {bar:<20} {share:3d} %  {doing[:50]:<50}",
            end="" if share < 100 else "\n",
            file=sys.stderr,
            flush=True,
        )
