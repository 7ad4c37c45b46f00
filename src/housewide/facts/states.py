"""Where a month stands for a facility, or for one owner's feeds there; and who may close or restate it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from housewide.access.gates import allowed, may
from housewide.facts.models import Feed, PeriodState, Restatement
from housewide.kit.actions import Refused, action
from housewide.kit.clock import now, today
from housewide.kit.locks import hold
from housewide.kit.periods import BadPeriod, Month
from housewide.org.calendars import days_of
from housewide.org.models import Account, Place
from housewide.org.tree import tree_on

State = PeriodState.State
RESTATE = "review.restate"
SHUT = (State.CLOSED, State.SIGNED)
# What may follow what; signing belongs to reviews, which use ``set_state``.
FOLLOWS = {
    State.OPEN: {State.SETTLING, State.COMPLETE, State.CLOSED, State.SIGNED},
    State.SETTLING: {State.OPEN, State.COMPLETE, State.CLOSED, State.SIGNED},
    State.COMPLETE: {State.OPEN, State.SETTLING, State.CLOSED, State.SIGNED},
    State.CLOSED: {State.SIGNED},
    State.SIGNED: set(),
}


def state_of(facility: str, period: str | Month, owner: str = "") -> str:
    """The state of a facility's month; with ``owner`` (a place's code) that of the feeds of the owner there: theirs or
    the facility's, whichever is further. Open when nobody has said anything."""
    rows = PeriodState.objects.filter(facility__code=facility, period=str(period)).filter(_spoken_for(owner))
    return max(rows.values_list("state", flat=True), key=State.values.index, default=State.OPEN)


def closed_periods(facilities: Iterable[str], owner: str = "") -> set[tuple[str, str]]:
    """(facility, period) of every month that is closed or signed for the facility or, with ``owner`` (a place's code),
    for the feeds of the owner there."""
    rows = PeriodState.objects.filter(facility__code__in=list(facilities), state__in=SHUT).filter(_spoken_for(owner))
    return set(rows.values_list("facility__code", "period"))


def _spoken_for(owner: str) -> Q:
    whole = Q(owner=None)
    return whole | Q(owner__code=owner) if owner else whole


def set_state(facility: str, period: str | Month, state: str, actor: str, owner: str = "") -> PeriodState:
    """Move a month to another state, inside an act: of the facility, or of one owner's feeds there. A closed month
    stays shut: late rows need a restatement.

    Raises Refused when the step is not allowed.
    """
    place, runs = _facility(facility), _owner(facility, owner) if owner else None
    month = _month(str(period))
    hold("facts")  # no import commits between the look and the step
    row = PeriodState.objects.filter(facility=place, owner=runs, period=str(month)).first()
    was = row.state if row else State.OPEN
    if state != was and state not in FOLLOWS[State(was)]:
        name = (runs or place).name
        raise Refused(f"{month.title} is {was} for {name} and cannot become {state}. Nothing was changed.")
    if row is None:
        row = PeriodState(facility=place, owner=runs, period=str(month))
    row.state, row.changed_at, row.changed_by = state, now(), actor
    row.save()
    return row


def feed_owners(facility: str, tables: Iterable[str] | None = None) -> set[str]:
    """Codes of the places that run the feeds of a facility, or those of its feeds that send one of ``tables``."""
    return {feed.owning_place for feed in feeds_of(facility, tables)}


def feeds_of(facility: str, tables: Iterable[str] | None = None) -> list[Feed]:
    """The feeds that send rows of a facility, or its rows of ``tables``; not what the house publishes itself, which has
    no owner to ask. A feed of a place above or below the facility has rows of it too."""
    tree = tree_on(today())
    feeds = Feed.objects.filter(scope__code__in=[*tree.above(facility), *tree.below(facility)])
    if tables is not None:
        feeds = feeds.filter(table__in=list(tables))
    return [feed for feed in feeds.select_related("owner", "scope") if not feed.profile.get("published")]


def may_for_month(account: object, capability: str, facility: str, owner: str = "") -> bool:
    """Whether the account may close or restate a month of a facility; with ``owner`` that of the owner's feeds, which
    both the owner and the facility answer for (docs/decisions/0030)."""
    return allowed(account, capability, facility) or bool(owner and allowed(account, capability, owner))


def _month_gate(by: object, capability: str, facility: str, owner: str, doing: str) -> dict[str, str]:
    at = facility if not owner or allowed(by, capability, facility) else owner
    return {**may(by, capability, at, doing, sees="see.reviews"), "place": owner or facility}


def _close_gate(*, by: object, facility: str, owner: str = "", **_: object) -> dict[str, str]:
    """Whoever may close at the facility; for the feeds of one owner also whoever may close at the owner."""
    return _month_gate(by, "review.close", facility, owner, "close a month")


@action("facts.close_period", gate=_close_gate)
def close_period(*, by: object, facility: str, period: str, owner: str = "") -> PeriodState:
    """Close a month for a facility or, with an owner, for the owner's feeds there: later rows are set aside. Raises
    Refused for a month that is not over."""
    month = _month(period)
    if owner and owner not in feed_owners(facility):
        raise Refused(f"“{owner}” runs no feed of {facility}. Nothing was changed.")
    if days_of(facility, month)[1] >= today():
        raise Refused(f"{month.title} is not over yet. Nothing was changed.")
    if state_of(facility, period, owner) in SHUT:
        raise Refused(f"{month.title} is closed already. Nothing was changed.")
    return set_state(facility, period, State.CLOSED, str(getattr(by, "username", by)), owner)


def restate_gate(*, by: object, facility: str, owner: str = "", **_: object) -> dict[str, str]:
    """Whoever may restate at the facility; for a feed of one owner also whoever may restate at the owner."""
    return _month_gate(by, RESTATE, facility, owner, "restate a closed month")


@action("facts.restate_period", gate=restate_gate)
def restate_period(*, by: Account, facility: str, period: str, reason: str, owner: str = "") -> Restatement:
    """Open a closed month for exactly one import, which is given the Restatement. The month itself stays closed.
    With an owner: an import of one of the owner's feeds.

    What late rows for a closed month may do instead, being posted forward into an open one, is not built yet.
    """
    month = _month(period)
    if state_of(facility, period, owner) not in SHUT:
        raise Refused(f"{month.title} is not closed, so there is nothing to restate: just import.")
    if len(reason.strip()) < 5:
        raise Refused("Say why the month has to be restated; the reason stands with the figures. Nothing was changed.")
    return Restatement.objects.create(
        facility=_facility(facility), period=str(month), by=by, at=now(), reason=reason.strip()
    )


def _drop_gate(*, by: object, restatement: Restatement, **_: object) -> dict[str, str]:
    if restatement.by == by:
        return {"place": restatement.facility.code}
    return restate_gate(by=by, facility=restatement.facility.code)


@action("facts.drop_restatement", gate=_drop_gate)
def drop_restatement(*, by: Account, restatement: Restatement) -> None:
    """Take back a restatement whose import was refused. Raises Refused when an import used it after all."""
    gone, _ = Restatement.objects.filter(pk=restatement.pk, batch=None).delete()
    if not gone:
        raise Refused("That restatement was used by an import and stands. Nothing was changed.")


def _owner(facility: str, code: str) -> Place:
    place = Place.objects.filter(code=code).first()
    if place is None:
        raise Refused(f"“{code}” is not a place, so it runs no feed of {facility}. Nothing was changed.")
    return place


def _facility(code: str) -> Place:
    place = Place.objects.filter(code=code, kind=Place.Kind.FACILITY).first()
    if place is None:
        raise Refused(f"“{code}” is not a facility. Nothing was changed.")
    return place


def _month(period: str) -> Month:
    try:
        return Month.parse(period)
    except BadPeriod as wrong:
        raise Refused(f"{wrong}. Nothing was changed.") from wrong
