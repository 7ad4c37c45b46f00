"""What intake tells the rest of the house: its place in the navigation, its search, and what an import is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from housewide.access.gates import allowed, sees_any
from housewide.facts.models import Batch
from housewide.intake.queries import SEES, feeds_seen
from housewide.kit import subjects
from housewide.kit.finding import closeness
from housewide.kit.registry import Hit, Scope, Screen, registry
from housewide.kit.subjects import Subject
from housewide.kit.ui.days import day_text


def batch_subject(public_id: str) -> Subject | None:
    """An import as something people talk about."""
    batch = Batch.objects.select_related("feed__scope", "feed__owner").filter(public_id=public_id).first()
    if batch is None:
        return None
    place = batch.feed.owning_place
    return Subject(
        kind="batch",
        id=public_id,
        place=place,
        title=f"{batch.feed.title}, imported {day_text(batch.at)}",
        url=reverse("batch", args=[public_id]),
        visible_to=lambda account: allowed(account, SEES, place),
    )


def find_feeds(account: Any, text: str, scope: Scope) -> Iterable[Hit]:
    """Feeds by title, code or table."""
    for feed in feeds_seen(account):
        if rank := closeness(text, feed.title, codes=[feed.code], beside=[feed.code, feed.table]):
            yield Hit(feed.title, f"Feed of {feed.scope.name}", reverse("feed", args=[feed.code]), rank)


def _sees_intake(account: Any, scope: Scope) -> bool:
    return sees_any(account, SEES)


def _address(scope: Scope) -> str:
    return reverse("intake")


def register() -> None:
    """Called once when the house starts."""
    subjects.register("batch", batch_subject)
    registry.add_screen(Screen("intake", "Data intake", _address, _sees_intake, door="Settings", order=30))
    registry.add_search(find_feeds)
