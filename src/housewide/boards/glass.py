"""Whoever judges a broken glass hears of it in the page; Today lists it until it is judged."""

from __future__ import annotations

from housewide.access.glass import KIND, reviewers
from housewide.access.models import BrokenGlass
from housewide.kit.actions import act
from housewide.kit.events import Happened, listen
from housewide.work.notices import notify


@listen("access.glass_broken")
def tell_those_who_judge(event: Happened) -> None:
    """A notice for everybody with ``glass.review`` at the place, except the person themselves."""
    glass = (
        BrokenGlass.objects.filter(public_id=event.payload["glass"]).select_related("place", "account__person").first()
    )
    if glass is None:
        return
    with act("glass.tell", actor="system:events", place=glass.place.code, subject=glass.public_id):
        for person in reviewers(glass.place.code):
            if person.pk != glass.account_id:
                title = f"{glass.account} broke the glass at {glass.place.name}"
                notify(to=person, title=title, place=glass.place.code, subject_kind=KIND, subject_id=glass.public_id,
                       why=glass.reason)  # fmt: skip
