"""What a person should know, in the page: work handed to them, an answer, their name in a comment.

A notice holds its own sentence, but shows it only while the person can see what it is about: a title never outlives
the right to read it. While it is unread, the same news about the same thing is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from housewide.kit import subjects
from housewide.kit.actions import NotSeen, action
from housewide.kit.clock import now
from housewide.kit.subjects import Subject
from housewide.org.models import Account
from housewide.work.models import Comment, Notice

NOTHING = "There is nothing here that you can see."
SHOWN = 200
EARLIER = 30


@dataclass(frozen=True)
class Shown:
    """A notice that its person may see, with what it is about."""

    notice: Notice
    subject: Subject


@dataclass(frozen=True)
class Notices:
    """Unread and earlier notices, newest first; ``hidden`` unread ones are about what the person no longer sees."""

    unread: list[Shown]
    earlier: list[Shown]
    hidden: int


def notify(*, to: Account, title: str, place: str, subject_kind: str, subject_id: str, why: str = "") -> Notice | None:
    """Tell a person something about a subject. A system writer: call it inside an act (an action, a listener, a job).

    Nothing is written for somebody who cannot see the subject or may not sign in any more. While the same title about
    the same subject is unread, it is moved to the top instead of written again.
    """
    if not to.is_active or subjects.find_visible(to, subject_kind, subject_id) is None:
        return None
    about = {"to": to, "subject_kind": subject_kind, "subject_id": subject_id, "title": title.strip()[:200]}
    unread = Notice.objects.filter(**about, read_at=None).first()
    if unread is None:
        return Notice.objects.create(**about, place=place, why=why.strip(), at=now())
    unread.why, unread.at = why.strip(), now()
    unread.save(update_fields=["why", "at"])
    return unread


def tell_those_who_spoke(subject: Subject, *, title: str, why: str, but: set[int]) -> None:
    """Notify everybody who has commented on a subject, except the accounts of ``but``; inside an act."""
    spoke = Comment.objects.filter(subject_kind=subject.kind, subject_id=subject.id).exclude(by__in=but)
    for account in Account.objects.filter(pk__in=spoke.values("by"), is_active=True):
        notify(to=account, title=title, why=why, place=subject.place, subject_kind=subject.kind, subject_id=subject.id)


def unread_count(account: Account) -> int:
    """How many notices wait: one query over a small index. It says how many, never about what."""
    return Notice.objects.filter(to=account, read_at=None).count()


def notices_of(account: Account) -> Notices:
    """The notices of a person whose subjects they can see now."""
    unread = list(Notice.objects.filter(to=account, read_at=None)[:SHOWN])
    shown = _visible(account, unread)
    earlier = Notice.objects.filter(to=account).exclude(read_at=None)
    return Notices(shown, _visible(account, earlier[:EARLIER]), len(unread) - len(shown))


def see_notice(account: Account, public_id: str) -> Shown:
    """One notice of the person's own, with what it is about. Raises NotSeen."""
    found = _visible(account, Notice.objects.filter(to=account, public_id=public_id))
    if not found:
        raise NotSeen(NOTHING)
    return found[0]


def _visible(account: Account, notices: Iterable[Notice]) -> list[Shown]:
    found: dict[tuple[str, str], Subject | None] = {}
    shown = []
    for notice in notices:
        key = (notice.subject_kind, notice.subject_id)
        if key not in found:
            found[key] = subjects.find_visible(account, *key)
        subject = found[key]
        if subject is not None:
            shown.append(Shown(notice, subject))
    return shown


def _own_gate(*, by: Account, notice: Notice, **_: object) -> dict[str, str]:
    if notice.to_id != by.pk:
        raise NotSeen(NOTHING)
    return {"place": notice.place, "subject": f"{notice.subject_kind}:{notice.subject_id}"}


def _anyone(*, by: Account, **_: object) -> dict[str, str]:
    return {}


@action("notice.read", gate=_own_gate)
def read_notice(*, by: Account, notice: Notice) -> Notice:
    """Put a notice of one's own away as read; reading it again changes nothing."""
    if notice.read_at is None:
        notice.read_at = now()
        notice.save(update_fields=["read_at"])
    return notice


@action("notice.read_all", gate=_anyone)
def read_all_notices(*, by: Account) -> int:
    """Put all of one's own notices away as read; returns how many there were."""
    return Notice.objects.filter(to=by, read_at=None).update(read_at=now())
