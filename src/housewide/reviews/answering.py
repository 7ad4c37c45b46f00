"""Who answers for the review of a place, and what they still owe: comments first, then the signature."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse

from housewide.access.gates import places_where
from housewide.access.models import Delegation, Grant
from housewide.access.roles import roles_that_can
from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.kit.registry import Owed
from housewide.org.models import Account, Place
from housewide.org.tree import Tree, tree_on
from housewide.reviews.models import Review
from housewide.reviews.offering import places_offered
from housewide.reviews.timetable import due_days, workdays_set

SIGNS = "review.sign"


@dataclass(frozen=True)
class Duty:
    """What a place still owes its review of a month. ``what`` is ``comment`` or ``signature``; ``missing`` counts the
    comments; ``owners`` are the accounts that answer for it."""

    place: Place
    period: str
    what: str
    said: str
    missing: int
    due: date | None
    owners: tuple[Account, ...]

    @property
    def days_late(self) -> int:
        return max(0, (today() - self.due).days) if self.due else 0

    @property
    def url(self) -> str:
        return reverse("review", args=[self.place.code, self.period])


def _signers(day: date) -> dict[str, list[Account]]:
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    grants = Grant.objects.filter(holds, role__in=roles_that_can(SIGNS), account__is_active=True)
    found: dict[str, list[Account]] = {}
    for grant in grants.select_related("account__person", "place").order_by("account_id"):
        found.setdefault(grant.place.code, []).append(grant.account)
    return found


def who_answers(places: Iterable[str], tree: Tree | None = None) -> dict[str, tuple[Account, ...]]:
    """For each place the accounts that may sign its review by a grant at the place, else at the nearest place above."""
    tree, signers = tree or tree_on(today()), _signers(today())
    return {
        place: tuple(next((signers[up] for up in tree.above(place) if up in signers), ())) for place in places
    }  # fmt: skip


def stands_in_for(account: Account, place: str, tree: Tree) -> set[int]:
    """Keys of the accounts for whom this one acts at a place today; itself among them."""
    day = today()
    lent = Delegation.objects.filter(
        receiver=account, valid_from__lte=day, valid_to__gte=day, withdrawn_at=None, giver__is_active=True
    ).values_list("giver_id", "place__code")
    above = set(tree.above(place))
    return {account.pk} | {giver for giver, top in lent if top in above}


def month_under_review() -> Month:
    """The month whose review is due now: the last one that is over."""
    return Month.of(today()).shift(-1)


def duties(places: Iterable[str]) -> list[Duty]:
    """What these places owe: the reviews of the last complete month, and older ones that were begun and not signed.

    About eight queries, whatever the number of places. Drafts say how many comments were missing when last looked at.
    """
    offered, tree, last = places_offered(places), tree_on(today()), str(month_under_review())
    unsigned = Review.objects.filter(place__code__in=offered, period__lte=last).prefetch_related("comments")
    reviews = {(one.place.code, one.period): one for one in unsigned.select_related("place")}
    keys = {key for key, one in reviews.items() if one.state != Review.State.SIGNED}
    keys |= {(code, last) for code in offered if (code, last) not in reviews and _holds_one(tree, code, reviews)}
    answers = who_answers({code for code, _ in keys}, tree)
    own = workdays_set({facility for code, _ in keys for facility in tree.facilities_below(code)})
    found = [
        _duty(tree, code, period, reviews.get((code, period)), answers[code], own) for code, period in sorted(keys)
    ]
    return sorted(found, key=lambda duty: (duty.due or date.max, duty.place.code))


def _holds_one(tree: Tree, code: str, reviews: dict[tuple[str, str], Review]) -> bool:
    """A unit owes a review only when it held one the month before; its department's covers it otherwise."""
    before = str(month_under_review().shift(-1))
    return tree.places[code].kind != Place.Kind.UNIT or (code, before) in reviews


def _duty(tree: Tree, code: str, period: str, review: Review | None, owners: tuple[Account, ...], own: Any) -> Duty:
    days = due_days(code, Month.parse(period), tree, own)
    place = tree.places[code]
    if review is None:
        return Duty(place, period, "comment", "The review has not begun", 0, days.get("comments"), owners)
    missing = len(missing_comments(review))
    if missing:
        said = f"{missing} comment{'' if missing == 1 else 's'} missing"
        return Duty(place, period, "comment", said, missing, days.get("comments"), owners)
    said = "Frozen, not signed" if review.state == Review.State.FROZEN else "Not frozen and signed yet"
    return Duty(place, period, "signature", said, 0, days.get("signature"), owners)


def missing_comments(review: Review) -> list[str]:
    """Measures that ask for a comment and have none: as frozen, else as they were when last looked at."""
    said = {comment.measure for comment in review.comments.all()}
    return [measure for measure in review.asks if measure not in said]


def owed_by(account: Any) -> Iterator[Owed]:
    """What an account owes to reviews now, its own and those of people it acts for: Today and the digest ask."""
    mine = places_where(account, SIGNS)
    if not mine:
        return
    tree = tree_on(today())
    for duty in duties(mine):
        stand_ins = stands_in_for(account, duty.place.code, tree)
        owner = next((one for one in duty.owners if one.pk in stand_ins), None)
        if owner is None:
            continue
        month = Month.parse(duty.period).title
        detail = duty.said if owner.pk == account.pk else f"{duty.said}; you act for {owner}"
        yield Owed(
            f"Review of {duty.place.name}, {month}", detail, duty.url, duty.due, duty.what, duty.place.code,
            waiting=duty.days_late > 0,
        )  # fmt: skip
