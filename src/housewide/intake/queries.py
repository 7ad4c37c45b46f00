"""What a person may see of the feeds: only those of their places, and of each what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from housewide.access.gates import allowed, places_where
from housewide.facts import set_aside
from housewide.facts.models import Batch, Crosswalk, Feed
from housewide.facts.publishing import is_published
from housewide.kit.actions import NotSeen, Refused
from housewide.org.models import Account

SEES, IMPORTS, PROFILES, ROWS = "see.intake", "intake.import", "intake.profile", "see.rows"
NOTHING = "There is nothing here that you can see."
DOING = {
    IMPORTS: "import files",
    PROFILES: "change how files are read",
    ROWS: "see single rows, because they may be about patients",
}


def feeds_seen(account: Any, capability: str = SEES) -> list[Feed]:
    """Feeds run by a place at which the account has the capability, by title; not those the house fills itself."""
    places = places_where(account, capability)
    feeds = Feed.objects.select_related("scope", "owner").order_by("title")
    return [feed for feed in feeds if feed.owning_place in places and not is_published(feed)]


def feed_for(account: Any, code: str, capability: str = SEES) -> Feed:
    """The feed, when the account may see it; NotSeen otherwise, Refused when it sees it but may not do this."""
    feed = Feed.objects.select_related("scope", "owner").filter(code=code).first()
    if feed is None or is_published(feed):
        raise NotSeen(NOTHING)
    _check(account, feed, capability)
    return feed


def batch_for(account: Any, public_id: str, capability: str = SEES) -> Batch:
    """The import, by the same rules."""
    found = Batch.objects.select_related("feed__scope", "feed__owner", "corrects").filter(public_id=public_id).first()
    if found is None:
        raise NotSeen(NOTHING)
    _check(account, found.feed, capability)
    return found


def _check(account: Any, feed: Feed, capability: str) -> None:
    if not allowed(account, SEES, feed.owning_place):
        raise NotSeen(NOTHING)
    if not allowed(account, capability, feed.owning_place):
        raise Refused(f"You may not {DOING[capability]} here. Ask an administrator which role you need.")


@dataclass(frozen=True)
class Waiting:
    """A code nobody has explained yet: what kind, how many rows wait for it."""

    kind: str
    code: str
    rows: int


def waiting_codes(feed: Feed) -> list[Waiting]:
    """Unknown codes in waiting rows of a feed, the most rows first; those explained since are left out."""
    waiting = Batch.objects.filter(feed=feed, set_aside_open__gt=0)
    unknown = [batch for batch in waiting if any(reason.startswith("unknown ") for reason in batch.reasons)]
    totals = set_aside.counts_by_code(*unknown) if unknown else {}
    known = set(Crosswalk.objects.filter(scope=feed.scope.code).values_list("kind", "source_code"))
    found = [Waiting(kind, code, rows) for (kind, code), rows in totals.items() if (kind, code) not in known]
    return sorted(found, key=lambda one: (-one.rows, one.kind, one.code))


def rows_waiting(feed: Feed) -> int:
    """Rows of a feed that were set aside and still wait for a correction."""
    return int(Batch.objects.filter(feed=feed).aggregate(rows=Sum("set_aside_open"))["rows"] or 0)


@dataclass(frozen=True)
class NextStep:
    """What a person should do with a feed now."""

    title: str
    url: str


def next_step(feed: Feed, last: Batch | None, waiting: int, codes: int) -> NextStep:
    """The one thing that brings a feed forward."""
    if not feed.profile:
        return NextStep("Set up how its files are read", reverse("feed-profile", args=[feed.code]))
    if last is None:
        return NextStep("Import the first file", reverse("feed-import", args=[feed.code]))
    if codes:
        return NextStep(
            f"Explain {codes} unknown code{'s' * (codes > 1)}", reverse("feed-crosswalks", args=[feed.code])
        )
    if waiting:
        oldest = Batch.objects.filter(feed=feed, set_aside_open__gt=0).order_by("-pk").first()
        assert oldest is not None
        return NextStep(
            f"Correct {waiting:,} set-aside row{'s' * (waiting > 1)}", reverse("batch", args=[oldest.public_id])
        )
    return NextStep("Import the next file", reverse("feed-import", args=[feed.code]))


def who(actor: str) -> str:
    """The person behind an actor's name, as people know them."""
    if actor.startswith("system:"):
        return "the system"
    account = Account.objects.filter(username=actor).select_related("person").first()
    return str(account) if account else actor
