"""What came in since the last look: which feeds brought files, and which rows of them wait for a correction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.urls import reverse

from housewide.access.gates import sees_any
from housewide.facts.models import Batch, Feed
from housewide.intake.queries import SEES, feeds_seen
from housewide.kit.clock import now, today


@dataclass(frozen=True)
class Arrival:
    """What one feed brought. ``set_aside`` rows still wait."""

    title: str
    files: int
    rows: int
    set_aside: int
    newest: datetime
    url: str


@dataclass(frozen=True)
class Overnight:
    """What came in since a moment, feeds with waiting rows first; ``older`` rows of before still wait."""

    since: datetime
    arrivals: list[Arrival]
    older: int
    url: str

    @property
    def set_aside(self) -> int:
        return sum(one.set_aside for one in self.arrivals)


def evening_of(since: date) -> datetime:
    """Six in the evening of a day of business, on the real clock: where a home pins its day, imports and jobs still
    carry the real one, and the same number of days back is meant."""
    zone = ZoneInfo(settings.HOUSEWIDE_TIME_ZONE)
    back = timedelta(days=(today() - since).days)
    return datetime.combine(now().astimezone(zone).date() - back, time(18), zone)


def overnight(account: Any, since: date) -> Overnight | None:
    """What came in since the evening of a day at the feeds that the account sees; None for whoever sees no feeds.
    Two queries."""
    if not sees_any(account, SEES):
        return None
    feeds = {feed.pk: feed for feed in feeds_seen(account)}
    evening = evening_of(since)
    came: dict[int, list[Batch]] = {}
    for batch in Batch.objects.filter(feed__in=feeds, at__gte=evening).annotate(again=Exists(_sent_before())):
        came.setdefault(batch.feed_id, []).append(batch)
    found = [_arrival(feeds[key], batches) for key, batches in came.items() if any(map(_is_news, batches))]
    found.sort(key=lambda one: (-one.set_aside, one.title))
    waiting = Batch.objects.filter(feed__in=feeds).aggregate(rows=Sum("set_aside_open"))["rows"] or 0
    return Overnight(evening, found, int(waiting) - sum(one.set_aside for one in found), reverse("intake"))


def _sent_before() -> QuerySet[Batch]:
    """Earlier imports of the very same file into the same feed."""
    return Batch.objects.filter(feed=OuterRef("feed"), file_sha256=OuterRef("file_sha256"), pk__lt=OuterRef("pk"))


def _is_news(batch: Batch) -> bool:
    """A file that was sent again is none, unless it set rows back that had changed since."""
    return not batch.again or any(entry["changed"] for entry in batch.periods)  # type: ignore[attr-defined]


def _arrival(feed: Feed, batches: list[Batch]) -> Arrival:
    """What a feed brought; rows that a file sent again took over wait here as well."""
    news = [batch for batch in batches if _is_news(batch)]
    return Arrival(
        feed.title, len(news), sum(batch.rows_accepted for batch in news), sum(one.set_aside_open for one in batches),
        max(batch.at for batch in news), reverse("feed", args=[feed.code]),
    )  # fmt: skip
