"""The morning e-mail: what Today shows, in a few lines, with links.

An e-mail leaves the house, so it holds numbers of places and the words of the house only. Nothing that a person typed
(the title of a task, an issue) and no row is in it: a title may name a patient.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from housewide.boards.mornings import Change, Due, Morning, Stat, morning
from housewide.kit.ui.days import weekday_text
from housewide.measures.definitions import all_definitions


@dataclass(frozen=True)
class Digest:
    """An e-mail before it is sent."""

    subject: str
    text: str
    html: str
    address: str

    def message(self, connection: Any = None) -> EmailMultiAlternatives:
        """The message as Django sends it; ``connection`` is an open one when several go out together."""
        made = EmailMultiAlternatives(
            self.subject, self.text, settings.DEFAULT_FROM_EMAIL, [self.address], connection=connection,
            headers={"List-Unsubscribe": f"<{absolute(reverse('digest-choice'))}>", "Auto-Submitted": "auto-generated"},
        )  # fmt: skip
        made.attach_alternative(self.html, "text/html")
        return made


def digest_for(account: Any) -> Digest:
    """The digest of today for a person, made with that person's own eyes."""
    found = morning(account)
    context = {
        "morning": found,
        "stats": [stat for stat in found.stats if not _is_small(stat)],
        "changed": [line for line in found.changed if not _is_small(line.daily)],
        "owed": owed_in_counts(found.due),
        "waiting": owed_in_counts(found.waiting),
        "today_url": absolute(reverse("today")),
        "choice_url": absolute(reverse("digest-choice")),
        "organization": settings.HOUSEWIDE_ORGANISATION,
        "base": settings.HOUSEWIDE_BASE_URL,
    }
    return Digest(
        subject=subject_of(found),
        text=_tidy(render_to_string("boards/digest.txt", context)),
        html=render_to_string("boards/digest.html", context),
        address=account.email,
    )


def subject_of(found: Morning) -> str:
    """``Mon, Nov 23: 1 worsening, 3 due, 1 waiting for you``."""
    worse = sum(line.daily.signal.word == "worsening" for line in found.changed)
    parts = [
        f"{worse} worsening" if worse else "",
        f"{len(found.due) + found.more_due} due" if found.due else "",
        f"{len(found.waiting)} waiting for you" if found.waiting else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{weekday_text(found.at)}: {said or 'nothing stands out'}"


def owed_in_counts(owed: list[Due]) -> list[str]:
    """``2 tasks, overdue``, ``1 comment, due today``: kinds and days, never a title."""
    counted = Counter((one.owed.kind or "item", "overdue" if one.late else lower_first(one.when)) for one in owed)
    return [f"{times} {kind}{'s' * (times > 1)}, {said}" for (kind, said), times in counted.items()]


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def absolute(path: str) -> str:
    """An address as it works from outside the house."""
    return settings.HOUSEWIDE_BASE_URL.rstrip("/") + path


def _is_small(one: Any) -> bool:
    """Whether a measure hides small counts and this one is small."""
    daily = one if not isinstance(one, Stat | Change) else getattr(one, "daily", None)
    if daily is None:
        return False
    least = all_definitions()[daily.measure].small_cell
    return bool(least) and 0 < (daily.den or daily.count) < least


def _tidy(text: str) -> str:
    """No more than one empty line in a row."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip() or (lines and lines[-1].strip()):
            lines.append(line.rstrip())
    return "\n".join(lines).strip() + "\n"
