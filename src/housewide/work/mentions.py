"""Naming somebody in a comment: “@alice” tells Alice, when she can see what the comment is about.

People type the part of the sign-in name before the @, or the whole of it. What is kept is the account's own id, so a
new name or address never changes who was meant, and the words of a comment are plain text until they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from housewide.kit.subjects import Subject
from housewide.org.models import Account

_TYPED = re.compile(r"(?<![\w@.{])@([A-Za-z0-9_]+(?:[.+-][A-Za-z0-9_]+)*(?:@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*)?)")
_KEPT = re.compile(r"@\{([a-z0-9]{12})\}")
MOST = 20
SUGGESTED = 6


def handles(people: Iterable[Account]) -> dict[str, Account]:
    """What may be typed after the @, lower case: every sign-in name, and its first part where only one has it."""
    found: dict[str, Account] = {}
    short: dict[str, list[Account]] = {}
    for account in people:
        found[account.username.lower()] = account
        short.setdefault(account.username.split("@")[0].lower(), []).append(account)
    return {key: owners[0] for key, owners in short.items() if len(owners) == 1} | found


def handle_of(account: Account, known: dict[str, Account]) -> str:
    """The shortest handle that means this account among those known."""
    local = account.username.split("@")[0].lower()
    return local if known.get(local) == account else account.username.lower()


def keep(text: str, people: Iterable[Account]) -> tuple[str, list[Account]]:
    """The text with ids in place of the handles of these people, and those who were named, each once.

    A handle of nobody among them stays as it was typed.
    """
    known = handles(people)
    named: dict[int, Account] = {}

    def swap(found: re.Match[str]) -> str:
        account = known.get(found[1].lower())
        if account is None or (account.pk not in named and len(named) >= MOST):
            return found[0]
        named[account.pk] = account
        return f"@{{{account.public_id}}}"

    return _TYPED.sub(swap, text), list(named.values())


def unknown_handles(text: str) -> list[str]:
    """What a kept text still names by handle: nobody who can see what it is about."""
    return list(dict.fromkeys(_TYPED.findall(text)))


def plain(text: str, named: Iterable[Account]) -> str:
    """A kept text with names in place of ids, for a notice, an e-mail or an export; it is not escaped."""
    names = {account.public_id: str(account) for account in named}
    return _KEPT.sub(lambda found: f"@{names[found[1]]}" if found[1] in names else found[0], text)


def shown(text: str, named: Iterable[Account], link: Callable[[Account], str]) -> SafeString:
    """A kept text for a page: escaped, with line breaks, the people named as links where ``link`` gives an address."""
    accounts = {account.public_id: account for account in named}
    return format_html_join(
        SafeString("<br>"), "{}", ((_line(line, accounts, link),) for line in text.splitlines() or [""])
    )


def _line(line: str, accounts: dict[str, Account], link: Callable[[Account], str]) -> SafeString:
    parts = _KEPT.split(line)
    out = [conditional_escape(parts[0])]
    for id, after in zip(parts[1::2], parts[2::2], strict=True):
        account = accounts.get(id)
        if account is None:
            out.append(conditional_escape(f"@{{{id}}}"))
        elif address := link(account):
            out.append(format_html('<a class="mention" href="{}">@{}</a>', address, str(account)))
        else:
            out.append(format_html('<span class="mention">@{}</span>', str(account)))
        out.append(conditional_escape(after))
    return SafeString("".join(out))


def can_be_named(subject: Subject) -> list[Account]:
    """Who can see the subject, in order of name."""
    from housewide.work.queries import people_who_see

    return [account for account in people_who_see(subject.place) if subject.visible_to(account)]


def suggestions(subject: Subject, typed: str) -> list[tuple[str, Account]]:
    """(handle, account) of those who can be named and whose name or handle has a word that begins so."""
    people = can_be_named(subject)
    known, wanted = handles(people), typed.strip().lower()
    fits = [(handle_of(account, known), account) for account in people if _fits(account, wanted)]
    return fits[:SUGGESTED]


def _fits(account: Account, wanted: str) -> bool:
    words = [*str(account).lower().split(), *re.split(r"[.@_+-]", account.username.lower()), account.username.lower()]
    return str(account).lower().startswith(wanted) or any(word.startswith(wanted) for word in words)


def link_for(viewer: Account) -> Callable[[Account], str]:
    """Where a name leads for this viewer: the person's page, when they may open it."""
    from housewide.access.gates import places_where
    from housewide.org.models import Position

    def link(account: Account) -> str:
        if account.person_id is None:
            return ""
        seen = Position.objects.filter(person=account.person_id, place__code__in=places_where(viewer, "see.people"))
        return reverse("person", args=[account.person.code]) if account.person and seen.exists() else ""

    return link
