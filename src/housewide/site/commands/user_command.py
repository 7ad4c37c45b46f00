"""Make an account or set its password, grant it a role, or let somebody in again who cannot get in."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import ready, say


def ask_password(*, from_input: bool) -> str:
    """The password, typed unseen or read from standard input. Raises CommandFailed when there is nobody to type it."""
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    try:
        return getpass.getpass("Password: ")
    except EOFError as problem:
        raise CommandFailed(
            "no password was given; nothing was changed. Use --password-stdin in a script."
        ) from problem


def look_after(asked: Namespace) -> int:
    """Lift a lockout, reset the second factor, end sign-ins: as many as were asked for."""
    from housewide.access import keys
    from housewide.kit.actions import Refused
    from housewide.org.models import Account

    account = Account.objects.filter(username=asked.username.lower()).first()
    if account is None:
        raise CommandFailed(f"there is no account {asked.username}. Nothing was changed.")
    try:
        if asked.unlock:
            lifted = keys.unlock(by=keys.SETUP, account=account)
            say(f"Lifted the lockout of {account.username}." if lifted else f"{account.username} was not locked out.")
        if asked.reset_second_factor is not None:
            keys.reset_second_factor(by=keys.SETUP, account=account, reason=asked.reset_second_factor)
            say(f"{account.username} has no second factor any more and is signed out everywhere.")
        if asked.end_sessions:
            say(f"Ended {keys.end_sessions(by=keys.SETUP, account=account)} sign-ins of {account.username}.")
    except Refused as problem:
        raise CommandFailed(str(problem)) from problem
    return 0


def run(asked: Namespace) -> int:
    ready()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from housewide.access.actions import grant_role, make_account
    from housewide.access.keys import owe_password
    from housewide.access.roles import roles
    from housewide.kit.actions import Refused, act
    from housewide.kit.clock import today
    from housewide.org.models import Account, Person, Place

    if bool(asked.role) != bool(asked.place):
        raise CommandFailed("--role and --place go together.")
    if asked.place and not Place.objects.filter(code=asked.place).exists():
        raise CommandFailed(f"there is no place {asked.place}.")
    if asked.role and asked.role not in roles():
        raise CommandFailed(f"there is no role {asked.role}; roles are {', '.join(sorted(roles()))}.")
    if asked.unlock or asked.reset_second_factor is not None or asked.end_sessions:
        return look_after(asked)
    person = Person.objects.filter(code=asked.person).first() if asked.person else None
    if asked.person and person is None:
        raise CommandFailed(f"there is no person {asked.person}.")
    account = Account.objects.filter(username=asked.username.lower()).first()
    password = ask_password(from_input=asked.password_stdin)
    try:
        validate_password(password)
        if account is None:
            account = make_account(by="system:setup", username=asked.username, password=password, person=person)
            say(f"Made the account {account.username}.")
        else:
            with act("access.set_password", actor="system:setup", subject=account.username):
                account.set_password(password)
                account.save()
            say(f"Set the password of {account.username}.")
        if asked.temporary:
            with act("access.owe_password", actor="system:setup", subject=account.username):
                owe_password(account)
        if asked.role:
            grant_role(by="system:setup", account=account, role=asked.role, place=asked.place, valid_from=today())
            say(f"{account.username} now is {asked.role} at {asked.place}.")
    except ValidationError as problem:
        raise CommandFailed(" ".join(problem.messages)) from problem
    except Refused as problem:
        raise CommandFailed(str(problem)) from problem
    return 0
