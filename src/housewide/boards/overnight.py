"""What came in since the last look: which feeds brought files, and which rows of them wait for a correction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.urls import reverse

from housewide.access.gates import sees_any
from housewide.facts.models import Batch
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
    rows = (
        Batch.objects.filter(feed__in=feeds, at__gte=evening)
        .values("feed")
        .annotate(files=Count("pk"), rows=Sum("rows_accepted"), waiting=Sum("set_aside_open"), newest=Max("at"))
    )
    found = [
        Arrival(
            feeds[row["feed"]].title, row["files"], row["rows"], row["waiting"], row["newest"],
            reverse("feed", args=[feeds[row["feed"]].code]),
        )
        for row in rows
    ]  # fmt: skip
    older = Batch.objects.filter(feed__in=feeds, at__lt=evening).aggregate(rows=Sum("set_aside_open"))["rows"] or 0
    found.sort(key=lambda one: (-one.set_aside, one.title))
    return Overnight(evening, found, int(older), reverse("intake"))
