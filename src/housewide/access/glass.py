"""Breaking the glass: in an emergency somebody opens what their role does not show, for hours, with a reason. Every
look is recorded, a banner shows, and somebody else judges afterwards whether it was right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from housewide.access.gates import allowed, places_where
from housewide.access.models import BrokenGlass
from housewide.access.opened import terms
from housewide.kit import subjects
from housewide.kit.actions import NotSeen, Refused, action
from housewide.kit.audit.models import Look
from housewide.kit.clock import now, today
from housewide.kit.events import emit
from housewide.kit.registry import Owed, registry
from housewide.kit.subjects import Subject
from housewide.org.calendars import calendars
from housewide.org.models import Account, Place
from housewide.org.tree import tree_on

BREAK, REVIEW, KIND = "glass.break", "glass.review", "broken_glass"


def _may_break(*, by: Account, place: str, **_: Any) -> dict[str, str]:
    if not places_where(by, BREAK):
        raise NotSeen("There is nothing here that you can see.")
    if place not in tree_on(today()).places:
        raise Refused("There is no such place.")
    return {"place": place}


@action("access.break_glass", gate=_may_break)
def break_glass(*, by: Account, place: str, reason: str, hours: int, identities: bool) -> BrokenGlass:
    """Open a place (and, if asked for, who its patients are) for some hours. Raises Refused when the reason says
    nothing, the hours are too many, or nothing more would open."""
    rules = terms()
    if len(reason.strip()) < rules.shortest_reason:
        raise Refused(f"Say why in at least {rules.shortest_reason} characters. Somebody else will read it.")
    if not 1 <= hours <= rules.most_hours:
        raise Refused(f"It can stay open for 1 to {rules.most_hours} hours.")
    wanted = rules.opens | (rules.identities_open if identities else frozenset())
    if all(allowed(by, capability, place) for capability in wanted):
        raise Refused("You can see all of this already. Nothing was opened.")
    glass = BrokenGlass.objects.create(
        account=by, place=Place.objects.get(code=place), identities=identities, reason=reason.strip(),
        opened_at=now(), until=now() + timedelta(hours=hours), review_due=review_day(place, today()),
    )  # fmt: skip
    emit("access.glass_broken", {"glass": glass.public_id, "place": place})
    return glass


def review_day(place: str, day: date) -> date:
    """The workday by which it must be judged, counted in the calendar of the place's facility."""
    calendar = calendars().get(tree_on(day).facility_of(place) or "")
    left = terms().review_workdays
    while left:
        day += timedelta(days=1)
        left -= calendar.is_workday(day) if calendar else day.weekday() < 5
    return day


def _own(*, by: Account, glass: BrokenGlass, **_: Any) -> dict[str, str]:
    if glass.account_id != by.pk:
        raise NotSeen("There is nothing here that you can see.")
    return {"place": glass.place.code, "subject": glass.public_id}


@action("access.end_glass", gate=_own)
def end_glass(*, by: Account, glass: BrokenGlass) -> None:
    """Close it before its time. It is judged all the same."""
    if glass.ended_at is None and glass.until > now():
        glass.ended_at = now()
        glass.save(update_fields=["ended_at"])


def may_review(account: Any, glass: BrokenGlass) -> bool:
    """Whether the account judges at this place; nobody judges themselves."""
    return glass.account_id != account.pk and allowed(account, REVIEW, glass.place.code)


def _may_judge(*, by: Account, glass: BrokenGlass, **_: Any) -> dict[str, str]:
    if glass.account_id == by.pk:
        raise Refused("Somebody else must judge this: you opened it yourself.")
    if not may_review(by, glass):
        raise NotSeen("There is nothing here that you can see.")
    return {"place": glass.place.code, "subject": glass.public_id}


@action("access.review_glass", gate=_may_judge)
def review_glass(*, by: Account, glass: BrokenGlass, outcome: str, finding: str) -> None:
    """Judge it: justified or not, with a finding in words. Once. What was still open is closed when it was not."""
    glass = BrokenGlass.objects.select_for_update(of=("self",)).select_related("place").get(pk=glass.pk)
    if glass.outcome:
        raise Refused("This has been judged already.")
    if outcome not in BrokenGlass.Outcome.values or not finding.strip():
        raise Refused("Say whether it was justified, and what you found.")
    glass.outcome, glass.finding = outcome, finding.strip()
    glass.reviewed_by, glass.reviewed_at = by, now()
    if outcome == BrokenGlass.Outcome.NOT_JUSTIFIED and glass.ended_at is None and glass.until > now():
        glass.ended_at = now()
    glass.save()
    emit("access.glass_reviewed", {"glass": glass.public_id, "place": glass.place.code, "outcome": outcome})


def visible_to(account: Any) -> Any:
    """What the account broke itself, and what it may judge."""
    judged = places_where(account, REVIEW)
    rows = BrokenGlass.objects.filter(Q(account=account) | Q(place__code__in=judged))
    return rows.select_related("account__person", "place", "reviewed_by__person")


def looks_through(glass: BrokenGlass) -> list[Look]:
    """Every page seen and every row looked at while it was open, oldest first."""
    end = glass.ended_at or min(glass.until, now())
    rows = Look.objects.filter(actor=glass.account.username, at__gte=glass.opened_at, at__lte=end)
    return list(rows.order_by("pk"))


def reviewers(place: str) -> list[Account]:
    """Active accounts that judge at a place."""
    from housewide.access.models import Grant
    from housewide.access.roles import roles_that_can

    held = Grant.objects.filter(role__in=roles_that_can(REVIEW), account__is_active=True)
    found = {grant.account for grant in held.select_related("account")}
    return sorted((one for one in found if allowed(one, REVIEW, place)), key=lambda one: one.pk)


def owed(account: Any) -> Iterable[Owed]:
    """Judgements that wait for this account, for Today and the digest."""
    if not places_where(account, REVIEW):
        return
    for glass in visible_to(account).filter(outcome="").exclude(account=account):
        yield Owed(
            f"{glass.account} broke the glass at {glass.place.name}: was it right?", glass.reason,
            reverse("glass-one", args=[glass.public_id]), glass.review_due, "break-glass review",
            place=glass.place.code, waiting=True,
        )  # fmt: skip


def _subject(id: str) -> Subject | None:
    glass = BrokenGlass.objects.filter(public_id=id).select_related("place", "account__person").first()
    if glass is None:
        return None

    def sees(account: Any) -> bool:
        return glass.account_id == account.pk or may_review(account, glass)

    title = f"{glass.account} broke the glass at {glass.place.name}"
    return Subject(KIND, id, glass.place.code, title, reverse("glass-one", args=[id]), sees)


def register() -> None:
    """Judgements are owed, and broken glass is something notices and tasks can be about."""
    registry.add_debt(owed)
    subjects.register(KIND, _subject)
