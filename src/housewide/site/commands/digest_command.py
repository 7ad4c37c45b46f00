"""Print the morning e-mail of a person, or send it now, whether or not it has gone already."""

from __future__ import annotations

from argparse import Namespace
from datetime import date

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import ready, say


def run(asked: Namespace) -> int:
    ready()
    from smtplib import SMTPException

    from django.conf import settings

    from housewide.boards.digest_jobs import in_words
    from housewide.boards.digests import digest_for
    from housewide.kit.memory import remembering
    from housewide.org.models import Account

    if asked.day:
        try:
            settings.HOUSEWIDE_TODAY = date.fromisoformat(asked.day).isoformat()
        except ValueError as problem:
            raise CommandFailed(f"“{asked.day}” is not a day; write it like 2026-11-23.") from problem
    account = Account.objects.filter(username=asked.to.strip().lower(), is_active=True).first()
    if account is None:
        raise CommandFailed(f"there is no account {asked.to} that may sign in.")
    with remembering():
        digest = digest_for(account)
    if not asked.send:
        say(f"To: {digest.address or 'nobody, the account has no address'}\nSubject: {digest.subject}\n\n{digest.text}")
        return 0
    if not digest.address:
        raise CommandFailed(f"the account {asked.to} has no e-mail address; nothing was sent.")
    try:
        digest.message().send()
    except (OSError, SMTPException) as problem:
        raise CommandFailed(f"nothing was sent. {in_words(problem)}") from problem
    say(f"Sent to {digest.address}.")
    return 0
